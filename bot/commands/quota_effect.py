"""What a change of a budget means for people: asked for before, told after."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bot.budget_wording import amount_words
from bot.commands.command import AskFirst, Invocation
from config.quotas import Quota, Scope, Unit, Window
from config.zones import zone_named
from routing.periods import period_of
from routing.quota import identity_of
from routing.records import TenantLine

_BROAD: Final = frozenset({Scope.EVERYONE, Scope.TENANT, Scope.ROLE})
"""A limit of these is felt by many: it is changed only when that was said twice."""

_LATELY_DAYS: Final = 30
_MOST_NAMED: Final = 5
_CALENDAR: Final = frozenset({Window.DAY, Window.WEEK, Window.MONTH})


async def asked_first(invocation: Invocation, quota: Quota) -> AskFirst | None:
    """Ask first where a change of a limit is felt by many: whom it is for, what the limit is now.

    Args:
        invocation: The command.
        quota: The limit it names, with its new amount where it has one.
    """
    if quota.of not in _BROAD or invocation.is_confirmed:
        return None
    sentence = f"This is for {_whom(quota)}"
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


def _whom(quota: Quota) -> str:
    if quota.of is Scope.ROLE:
        return f"everybody who has role {', '.join(sorted(quota.ids))}"
    return "everybody" if quota.of is Scope.EVERYONE else "everybody in the server or workspace"


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
        return f" It is used up already: {amount_words(spent, quota.unit)} are spent."
    if quota.of is not Scope.ASKER or quota.ids or quota.per not in _CALENDAR:
        return ""
    message = invocation.message
    zone = zone_named(quota.zone or invocation.services.settings.quotas.zone)
    since = period_of(quota.per, zone, message.at).starts_at.date()
    origin = message.origin
    lines = await invocation.services.accounts.of_tenant(origin.platform, origin.tenant, since)
    return _named(sorted(_over(lines, quota)))


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
