"""The command `/link`: one person on several platforms, so that one budget covers all of them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from bot.commands.command import AskFirst, Command, Invocation, Services, Typing
from bot.commands.options import Option, Suggestion
from bot.commands.words import NotUnderstood, listed, nearest, shown
from bot.platforms.port import Notice
from routing.linking import NoSuchCode, code_in, new_code, shown_code

_VERBS: Final = ("show", "remove")
_MEANS: Final = (
    "each limit then covers both, whichever of them spends it, and `/usage` tells each of what "
    "both used, everywhere"
)
_NOT_ALONE: Final = Notice(
    "Here others could read along. Say it in a direct message to me, or as a command behind a "
    "slash, where only you see the answer.",
    is_failure=True,
)
_NO_CODE: Final = Notice(
    "I know no such code: each is good for ten minutes, and once. `/link` where else you are gives "
    "a new one. Nothing is changed.",
    is_failure=True,
)
_REFUSED: Final[Mapping[NoSuchCode, Notice]] = MappingProxyType(
    {
        NoSuchCode.UNKNOWN: _NO_CODE,
        NoSuchCode.TOO_MANY_TRIES: Notice(
            "Those were too many codes that I do not know. Try again in ten minutes.",
            is_failure=True,
        ),
        NoSuchCode.TOO_SOON: Notice(
            "You took a code less than 31 days ago. Sooner only the operator can link you, or "
            "whoever else you are takes a code of yours. Nothing is changed.",
            is_failure=True,
        ),
    }
)


async def _link(invocation: Invocation) -> Notice | AskFirst:
    what = invocation.values.get("what", "").lower()
    if what == "show":
        return await _show(invocation)
    if what == "remove":
        return await _remove(invocation)
    if what and not (code := code_in(what)):
        guess = nearest(what, _VERBS, before="/link ")
        raise NotUnderstood(
            f"`{shown(what)}` is no code: those have eight letters and digits.{guess}"
        )
    if not invocation.message.is_between_us:
        if what:
            await invocation.services.link_codes.withdraw(code)
        return _NOT_ALONE
    return await _use(invocation, code) if what else await _offer(invocation)


async def _offer(invocation: Invocation) -> Notice:
    code = new_code()
    await invocation.services.link_codes.offer(invocation.message.origin.asker, code)
    typed = f"/link {shown_code(code)}"
    return Notice(
        f"Say `{typed}` to me where else you are, within ten minutes, and you are one person there "
        f"and here: {_MEANS}. What was spent before stays where it was counted. "
        "`/link remove` ends it. Give the code to nobody else: who says it shares your budget."
    )


async def _use(invocation: Invocation, code: str) -> Notice | AskFirst:
    services, message = invocation.services, invocation.message
    codes, me = services.link_codes, message.origin.asker
    owner = await codes.owner(code, me, is_taken=False)
    if isinstance(owner, NoSuchCode):
        return _REFUSED[owner]
    if why_not := await _why_not(services, me, owner):
        return why_not
    if not invocation.is_confirmed:
        return AskFirst(
            f"You would be counted as `{owner}`: {_MEANS}. Do it only if that is you: whoever it "
            "is could spend what is yours."
        )
    owner = await codes.owner(code, me, is_taken=True)
    if isinstance(owner, NoSuchCode):
        return _REFUSED[owner]
    await services.limits.link(me, owner, me, change_id=message.reply_id)
    return Notice(f"You and `{owner}` are one person now: {_MEANS}. `/link remove` ends that.")


async def _why_not(services: Services, me: str, owner: str) -> Notice | None:
    """Say why somebody cannot be counted as whom a code is of; None where they can.

    Nobody is counted over a third: whoever ended one link of a row would have all behind it begin
    another budget.
    """
    if owner == me:
        return Notice("That is your own code: say it where else you are.", is_failure=True)
    mine, theirs = await services.limits.links(me), await services.limits.links(owner)
    if owner in {*mine, *mine.values()}:
        return Notice(f"You and `{owner}` are one person.")
    if me in mine:
        told = f"You are counted as `{mine[me]}` already: `/link remove` ends that first."
    elif mine:
        told = f"Counted as you already: {listed(sorted(mine))}. Say a code of yours there instead."
    elif owner in theirs:
        told = f"`{owner}` is counted as somebody else: take a code of that one."
    else:
        return None
    return Notice(told, is_failure=True)


async def _show(invocation: Invocation) -> Notice:
    me = invocation.message.origin.asker
    links = await invocation.services.limits.links(me)
    if others := sorted({*links, *links.values()} - {me}):
        return Notice(f"You are one person with {listed(others)}: one budget covers all of you.")
    return Notice("You are linked with nobody. `/link` gives a code for where else you are.")


async def _remove(invocation: Invocation) -> Notice:
    """End the links that somebody made by a code; the operator's are the operator's."""
    services, me = invocation.services, invocation.message.origin.asker
    links = await services.limits.links(me)
    mine = {asker: person for asker, person in links.items() if me in {asker, person}}
    by_code = await services.link_codes.linked(mine)
    own = [asker for asker, person in mine.items() if by_code.get(asker) == person]
    for asker in own:
        change_id = f"{invocation.message.reply_id} {asker}"
        await services.limits.link(asker, "", me, change_id=change_id)
        await services.link_codes.forget(asker)
    if own:
        return Notice("You are counted alone again; what was spent stays where it was counted.")
    if mine:
        return Notice("The operator linked you: only they can end that.", is_failure=True)
    return Notice("You are linked with nobody.", is_failure=True)


async def _verbs(_: Typing) -> Sequence[Suggestion]:
    return [Suggestion(verb, verb) for verb in _VERBS]


LINK: Final = Command(
    "link",
    "be one person on several platforms, with one budget",
    _link,
    options=(
        Option("what", "a code, `show` or `remove`; none: gives a code", has_suggestions=True),
    ),
    asks_first=True,
    suggest=_verbs,
)
