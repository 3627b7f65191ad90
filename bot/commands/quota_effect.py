"""What a change of a budget means for people: asked for before, told after."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.budget_wording import amount_words, targets_of
from bot.commands.command import AskFirst, Invocation
from bot.commands.targets import missing_in
from bot.mentions import mention
from bot.platform_words import tenant_word
from config.quotas import Quota, Scope, Unit, Window
from config.zones import zone_named
from routing.orders import Of, Target, is_operator
from routing.periods import period_of
from routing.query import Origin
from routing.quota import identity_of
from routing.records import TenantLine

_BROAD: Final = frozenset({Scope.EVERYONE, Scope.TENANT, Scope.ROLE})
"""A limit of these is felt by many: it is changed only when that was said twice."""

_LATELY_DAYS: Final = 30
_MOST_NAMED: Final = 5
_TENANT_PARTS: Final = 2
_PLACE_PARTS: Final = 3
_CALENDAR: Final = frozenset({Window.DAY, Window.WEEK, Window.MONTH})


async def in_force_here(invocation: Invocation) -> list[tuple[Quota, bool]]:
    """Return the limits an admin speaks of, and whether each was set at run time."""
    origin = invocation.message.origin
    return [
        (quota, is_set)
        for quota, is_set in await invocation.services.limits.in_force()
        if quota.tenant == origin.tenant or is_operator(origin)
    ]


async def missing_of(invocation: Invocation, quotas: Iterable[Quota]) -> frozenset[Target]:
    """Return who and what some limits name that is not where the command was given."""
    targets = [target for quota in quotas for target in targets_of(quota)]
    return await missing_in(invocation, targets)


async def asked_first(invocation: Invocation, quota: Quota) -> AskFirst | None:
    """Ask first where a change of a limit is felt by many: whom it is for, what the limit is now.

    Args:
        invocation: The command.
        quota: The limit it names, with its new amount where it has one.
    """
    if quota.of not in _BROAD or invocation.is_confirmed:
        return None
    sentence = f"This is for {_whom(quota, invocation.message.origin)}"
    if (people := await _people(invocation)) is not None:
        asked = "1 person" if people == 1 else f"{people:,} people"
        sentence += f"; {asked} asked here in the last {_LATELY_DAYS} days"
    return AskFirst(f"{sentence}. {await _now(invocation, quota)}")


async def _people(invocation: Invocation) -> int | None:
    """Count who asked here lately; the operator speaks of other places."""
    origin = invocation.message.origin
    if origin.platform == "terminal":
        return None
    since = invocation.message.at.date() - timedelta(days=_LATELY_DAYS - 1)
    accounts = invocation.services.accounts
    lines = await accounts.of_tenant(origin.platform, origin.tenant, since)
    return len({line.person for line in lines})


def _whom(quota: Quota, reader: Origin) -> str:
    if quota.of is Scope.ROLE:
        roles = (mention(Of.ROLE, each, reader) or each for each in sorted(quota.ids))
        return f"everybody who has role {', '.join(roles)}"
    if quota.of is Scope.EVERYONE:
        return "everybody"
    if is_operator(reader):
        return "everybody in the server or workspace"
    return f"everybody in this {tenant_word(reader.platform)}"


async def _now(invocation: Invocation, quota: Quota) -> str:
    in_force = await invocation.services.limits.in_force()
    same = (each for each, _ in in_force if identity_of(each) == identity_of(quota))
    if (now := next(same, None)) is None:
        return "There is no such limit now."
    return f"The limit is {amount_words(now.amount, now.unit)} now."


async def over_now(invocation: Invocation, quota: Quota, spent: int | None) -> str:
    """Say who is over a limit that was just set; empty where nobody is, or nobody can tell.

    Args:
        invocation: The command.
        quota: The limit.
        spent: What is counted against it; None where it is for each of several.
    """
    if spent is not None:
        if quota.unit is Unit.AT_ONCE or spent < quota.amount:
            return ""
        return f" It is used up already: spent are {amount_words(spent, quota.unit)}."
    if quota.of is not Scope.ASKER or quota.ids or quota.per not in _CALENDAR:
        return ""
    message = invocation.message
    zone = zone_named(quota.zone or invocation.services.settings.quotas.zone)
    since = period_of(quota.per, zone, message.at).starts_at.date()
    origin = message.origin
    lines = await invocation.services.accounts.of_tenant(origin.platform, origin.tenant, since)
    over = sorted(_over(lines, quota))
    return _named([mention(Of.USER, each, origin) or each for each in over])


def whom_counted(quota: Quota, origin: Origin) -> Origin | None:
    """Return an origin whose spending a quota counts; None when it means nobody in particular."""
    if quota.of is Scope.EVERYONE:
        return origin
    who = next(iter(quota.ids), "")
    parts = who.split(":")
    match quota.of:
        case Scope.ASKER if who:
            platform, _, person = who.partition(":")
            return replace(origin, platform=platform, person=person, roles=frozenset())
        case Scope.TENANT if len(parts) == _TENANT_PARTS:
            return replace(origin, platform=parts[0], tenant=parts[1])
        case Scope.PLACE if len(parts) == _PLACE_PARTS:
            platform, tenant, place = parts
            return replace(origin, platform=platform, tenant=tenant, place=place)
        case Scope.TENANT if not is_operator(origin) or who == origin.tenant:
            return origin
        case Scope.PLACE if who and (not is_operator(origin) or who == origin.place):
            return replace(origin, place=who)
        case _:
            return None


def _over(lines: Sequence[TenantLine], quota: Quota) -> set[str]:
    """Return who has used as much as a limit of each asker allows."""
    used = Counter[str]()
    for line in lines:
        counted = {Unit.MICROUSD: line.cost_microusd, Unit.TOKENS: line.tokens}
        used[line.person] += counted.get(quota.unit, line.answers)
    return {person for person, amount in used.items() if amount >= quota.amount}


def _named(over: Sequence[str]) -> str:
    if not over:
        return ""
    more = f" and {len(over) - _MOST_NAMED:,} more" if len(over) > _MOST_NAMED else ""
    return f" Over it now: {', '.join(over[:_MOST_NAMED])}{more}."
