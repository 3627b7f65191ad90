"""Commands that say what an answer was worth: `/good`, `/bad` and `/better`."""

from typing import Final

from bot.commands.cache import forget_answer
from bot.commands.command import AskAnew, Command, Invocation
from bot.commands.options import Option
from bot.platforms.port import Notice
from routing.ports import Exchange
from routing.votes import Verdict

_UNDO: Final = "undo"
_NOT_COUNTED: Final = Notice(
    "Votes are not counted here: the operator can switch that on by `house.enabled`.",
    is_failure=True,
)
_POINT_AT_IT: Final = (
    "Each mention opens a conversation of its own: to speak of an answer, press a button below it, "
    "or reply to it with a mention of me and the command."
)
_NOT_GIVEN_AGAIN: Final = "The cache no longer gives that answer to anybody."


async def meant_exchange(invocation: Invocation) -> Exchange | None:
    """Return the exchange a command speaks of, the last one unless told; None when there is none.

    Raises:
        StoreUnavailable: It is not known.
    """
    message = invocation.message
    exchanges = (await invocation.services.history.load(message.conversation)).exchanges
    meant = (each for each in reversed(exchanges) if message.about in {"", each.reply_id})
    return next(meant, None)


def no_exchange(invocation: Invocation, nothing_yet: str) -> Notice:
    """Say that there is no exchange to speak of: there was none yet, or it is forgotten."""
    if invocation.message.about:
        return Notice("I no longer remember that answer.", is_failure=True)
    is_alone = invocation.message.origin.private
    return Notice(nothing_yet if is_alone else f"{nothing_yet} {_POINT_AT_IT}", is_failure=True)


async def _good(invocation: Invocation) -> Notice:
    return await _judged(invocation, Verdict.GOOD)


async def _bad(invocation: Invocation) -> Notice:
    return await _judged(invocation, Verdict.BAD)


async def _judged(invocation: Invocation, verdict: Verdict) -> Notice:
    learning, origin = invocation.services.learning, invocation.message.origin
    if (exchange := await meant_exchange(invocation)) is None:
        return no_exchange(invocation, "There is no answer to judge yet.")
    if "undo" in invocation.values:
        await learning.take_back(origin, exchange.reply_id)
        which = "that" if invocation.message.about else "the last"
        return Notice(f"Taken back: you have no vote on {which} answer.")
    forgotten = ""
    if verdict is Verdict.BAD and await _forget(invocation, exchange):
        forgotten = _NOT_GIVEN_AGAIN
    if not await learning.vote(origin, exchange, verdict):
        return Notice(forgotten) if forgotten else _NOT_COUNTED
    noted = f"Noted: **{exchange.model}** was {verdict} here. `/{verdict} {_UNDO}` takes that back."
    return Notice(f"{noted} {forgotten}".strip())


async def _forget(invocation: Invocation, exchange: Exchange) -> bool:
    conversation = invocation.message.conversation
    return await forget_answer(invocation.services, conversation, exchange.reply_id)


async def _better(invocation: Invocation) -> Notice | AskAnew:
    if (exchange := await meant_exchange(invocation)) is None:
        return no_exchange(invocation, "There is no answer to better yet.")
    await invocation.services.learning.vote(
        invocation.message.origin, exchange, Verdict.BETTER_WANTED
    )
    return AskAnew(exchange.question, "best", exchange)


_TAKEN_BACK: Final = Option("undo", "takes your vote on it back", choices=(_UNDO,))

GOOD: Final = Command(
    "good", "the last answer was good", _good, options=(_TAKEN_BACK,), is_everyday=True
)
BAD: Final = Command(
    "bad", "the last answer was bad", _bad, options=(_TAKEN_BACK,), is_everyday=True
)
BETTER: Final = Command(
    "better",
    "ask the last question of the best model",
    _better,
    asks_a_model=True,
    is_everyday=True,
)
