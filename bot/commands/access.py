"""The command `/access`: who may ask, and where."""

from collections.abc import Container, Mapping
from typing import Final

from bot.commands.command import AskFirst, Audience, Command, Invocation
from bot.commands.ordering import give, take_back
from bot.commands.targets import CHANNEL, ROLE, USER, WHERE, for_whom, missing_in, target_in
from bot.commands.words import NotUnderstood
from bot.platforms.port import Notice
from routing.errors import NotAdmitted
from routing.orders import ALL, ALLOW, DENY, Of, Order, Orders, Subject, Target, realm_of
from routing.query import Origin

_TARGET: Final = (WHERE, CHANNEL, ROLE, USER)
_WHOM: Final = "Say whom: `role ID`, `user ID`, `channel ID`, `here` or `server`."


async def _show(invocation: Invocation) -> Notice:
    origin = invocation.message.origin
    in_force = await invocation.services.orders.load(realm_of(origin))
    access = dict(in_force.here.of(Subject.ACCESS))
    missing = await missing_in(invocation, access)
    return Notice(_overview(access, origin, missing))


async def _allow(invocation: Invocation) -> Notice | AskFirst:
    if _named(invocation) == ALL:
        raise NotUnderstood(
            "Everybody may ask unless told otherwise: `/access remove` takes an order back. "
            "Nothing is changed."
        )
    return await _changed(invocation, ALLOW)


async def _deny(invocation: Invocation) -> Notice | AskFirst:
    return await _changed(invocation, DENY)


async def _remove(invocation: Invocation) -> Notice:
    target, origin = _named(invocation), invocation.message.origin
    old = await take_back(invocation, Subject.ACCESS, target)
    if old is None:
        told = f"Nothing is said of {for_whom(target, origin)}. `/access show` lists what is."
        return Notice(told, is_failure=True)
    was = "allowed" if old == ALLOW else "denied"
    return Notice(f"No longer {was}: {for_whom(target, origin)}.")


async def _changed(invocation: Invocation, value: str) -> Notice | AskFirst:
    orders, origin = invocation.services.orders, invocation.message.origin
    target = _named(invocation)
    realm, order = realm_of(origin), Order(Subject.ACCESS, target, value)
    felt = _felt_by_many((await orders.load(realm)).here, order, origin)
    if felt and not invocation.is_confirmed:
        return AskFirst(felt)
    old = await give(invocation, order)
    here = (await orders.load(realm)).here
    said = "Allowed" if value == ALLOW else "Denied"
    missing = await missing_in(invocation, [target])
    parts = [f"{said}: {for_whom(target, origin, missing)}."]
    if old not in {None, value}:
        parts.append(f"That was {'allowed' if old == ALLOW else 'denied'} before.")
    if value == ALLOW:
        parts.append(_only(here, target))
    try:
        here.admit(origin)
    except NotAdmitted:
        parts.append("You yourself may not ask here now; your commands work all the same.")
    return Notice(" ".join(parts))


def _felt_by_many(here: Orders, order: Order, origin: Origin) -> str:
    """Say what an order means for many; empty when it is about few."""
    target = order.target
    if order.value == DENY:
        whom = for_whom(target, origin)
        return f"Nobody in {whom} could ask any more." if target.of in {Of.SERVER, Of.ROLE} else ""
    if _allowed_beside(here, target):
        return ""
    if target.of is Of.CHANNEL:
        return f"Questions would be answered nowhere but in {for_whom(target, origin)}."
    return f"Nobody could ask any more but {for_whom(target, origin)}."


def _allowed_beside(here: Orders, target: Target) -> int:
    """Return how many are allowed of the same kind: places, or people and roles."""
    of = {Of.CHANNEL} if target.of is Of.CHANNEL else {Of.USER, Of.ROLE}
    return sum(value == ALLOW and each.of in of for each, value in here.of(Subject.ACCESS))


def _only(here: Orders, target: Target) -> str:
    number = _allowed_beside(here, target)
    if target.of is Of.CHANNEL:
        channels = "that channel" if number == 1 else f"{number} channels"
        return f"Questions are answered in {channels} only."
    return "Only the people and roles that are allowed may ask now."


def _overview(access: Mapping[Target, str], origin: Origin, missing: Container[Target]) -> str:
    if not access:
        return "Everybody may ask, everywhere the bot is."
    lines = ["Whoever is denied is out. Where any are allowed, only those are in.", ""]
    for value, said in ((ALLOW, "allowed"), (DENY, "denied")):
        targets = sorted(
            for_whom(each, origin, missing) for each, found in access.items() if found == value
        )
        lines += [f"- {said}: {', '.join(targets)}"] if targets else []
    return "\n".join(lines)


def _named(invocation: Invocation) -> Target:
    """Return whom the order is for.

    Raises:
        NotUnderstood: Nobody is named, or several.
    """
    if (target := target_in(invocation)) is None:
        raise NotUnderstood(f"{_WHOM} Nothing is changed.")
    return target


ACCESS: Final = Command(
    "access",
    "who may ask, and where",
    subcommands=(
        Command("show", "who is allowed and who is denied", _show),
        Command(
            "allow",
            "let only those ask that are allowed",
            _allow,
            options=_TARGET,
            asks_first=True,
            has_form=True,
        ),
        Command(
            "deny",
            "let somebody not ask, or nobody somewhere",
            _deny,
            options=_TARGET,
            asks_first=True,
            has_form=True,
        ),
        Command("remove", "take either back", _remove, options=_TARGET),
    ),
    default="show",
    audience=Audience.ADMINS,
    has_mentions=True,
)
