"""The commands `/pause` and `/resume`: all spending stops at once, and goes on."""

from typing import Final

from bot.commands.command import Audience, Command, Invocation
from bot.commands.options import Kind, Option
from bot.commands.ordering import give, take_back
from bot.commands.words import NotUnderstood
from bot.platforms.port import Notice
from bot.wording import sentence
from routing.orders import ALL, Order, Subject, is_operator, realm_of
from routing.query import Origin

_REASON_CHARS: Final = 200


async def _pause(invocation: Invocation) -> Notice:
    origin = invocation.message.origin
    reason = " ".join(invocation.values.get("reason", "").split())
    if len(reason) > _REASON_CHARS:
        raise NotUnderstood(f"A reason has at most {_REASON_CHARS} characters. Nothing is changed.")
    old = await give(invocation, Order(Subject.PAUSE, ALL, reason))
    already = "" if old is None else f" It was paused before{f': {old}' if old else ''}."
    return Notice(
        f"Paused {_where(origin)}: no question is put to a model any more, and running answers end "
        f"within a second.{already} Commands work. `/resume` lets answers go on."
    )


async def _resume(invocation: Invocation) -> Notice:
    origin, orders = invocation.message.origin, invocation.services.orders
    old = await take_back(invocation, Subject.PAUSE, ALL)
    if still := (await orders.load(realm_of(origin))).pause():
        return Notice(sentence(still), is_failure=True)
    if old is None:
        return Notice(f"Answers are not paused {_where(origin)}.")
    return Notice(f"Answers go on {_where(origin)}.")


def _where(origin: Origin) -> str:
    return "everywhere" if is_operator(origin) else "here"


PAUSE: Final = Command(
    "pause",
    "stop all spending at once",
    _pause,
    options=(Option("reason", "shown to whoever asks", Kind.TEXT),),
    audience=Audience.ADMINS,
)
RESUME: Final = Command("resume", "let answers go on", _resume, audience=Audience.ADMINS)
