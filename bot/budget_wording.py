"""Budgets in words. Pure. What others spent is never told to whoever is not their admin."""

from collections.abc import Container, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from bot.mentions import NOT_FOUND, mention
from bot.money import dollars
from bot.platform_words import tenant_word
from config.quotas import Quota, Scope, Unit, Window
from config.zones import zone_named
from routing.errors import QuotaExceeded, Refusal
from routing.holds import Level
from routing.orders import Of, Target
from routing.query import Origin
from routing.quota import Limit

_WHOSE: Final[Mapping[Scope, str]] = MappingProxyType(
    {
        Scope.EVERYONE: "the budget of everyone",
        Scope.PLACE: "the budget of this channel",
        Scope.ROLE: "your budget",
        Scope.ASKER: "your budget",
    }
)
_WHEN: Final[Mapping[Window, str]] = MappingProxyType(
    {
        Window.MINUTE: "this minute",
        Window.HOUR: "this hour",
        Window.DAY: "today",
        Window.WEEK: "this week",
        Window.MONTH: "this month",
        Window.LIFETIME: "all time",
    }
)
_COUNTED: Final[Mapping[Unit, str]] = MappingProxyType(
    {Unit.TOKENS: "tokens", Unit.REQUESTS: "questions", Unit.AT_ONCE: "answers at once"}
)
_ONE: Final[Mapping[Unit, str]] = MappingProxyType(
    {Unit.TOKENS: "token", Unit.REQUESTS: "question", Unit.AT_ONCE: "answer at once"}
)
_KINDS: Final[Mapping[Scope, Of]] = MappingProxyType(
    {Scope.PLACE: Of.CHANNEL, Scope.ROLE: Of.ROLE, Scope.ASKER: Of.USER}
)


def exceeded(error: QuotaExceeded) -> str:
    """Say which budget has no room for a question, and when it will."""
    # The one that takes longest is what keeps the asker waiting.
    refusal = max(error.refusals, key=_waiting)
    limit = refusal.level.limit
    if limit.unit is Unit.AT_ONCE:
        running = f" ({_of(refusal.level)})" if limit.is_own else ""
        who = "You have" if limit.is_own else "There are"
        what = "as many answers running as may run at once"
        return f"{who} {what}{running}. Try again when one ends."
    what = f"{_sentence(whose(limit))} has no room for this"
    return f"{what}: {_used(refusal.level)}. {_again(error)}"


def warning(level: Level) -> str:
    """Say that a budget comes to its end."""
    if not level.limit.is_own:
        return f"{whose(level.limit)} is nearly used up"
    return f"{whose(level.limit)}: {_of(level)} used"


def whose(limit: Limit) -> str:
    """Name a limit as its asker knows it: `your budget for today`; `here`, in this tenant only."""
    about = _WHOSE.get(limit.scope) or f"the budget of this {tenant_word(limit.who[0])}"
    if limit.tenant and limit.scope in {Scope.EVERYONE, Scope.ROLE, Scope.ASKER}:
        about = f"{about} here"  # the operator may have set one that counts everywhere
    return about if limit.window is None else f"{about} for {_WHEN[limit.window]}"


def targets_of(quota: Quota) -> tuple[Target, ...]:
    """Return the channels, roles or people that a quota names."""
    kind = _KINDS.get(quota.of)
    return tuple(Target(kind, who) for who in sorted(quota.ids)) if kind else ()


def quota_words(quota: Quota, reader: Origin | None = None, missing: Container[Target] = ()) -> str:
    """Write a quota as it is set: `asker discord:1 $5 per day in Europe/Berlin`.

    Args:
        quota: What is written.
        reader: Who is told, where: need not be told where that is, and is shown names there.
        missing: Those it names who are not there.
    """
    tenant = reader.tenant if reader else ""
    parts = [
        quota.of,
        *(_whom(each, reader, missing) for each in targets_of(quota)),
        *([] if quota.of in _KINDS else sorted(quota.ids)),
        amount_words(quota.amount, quota.unit),
        f"per {quota.per}" if quota.per else "",
        f"in {quota.zone}" if quota.zone else "",
        f"(only in {quota.tenant})" if quota.tenant not in {"", tenant} else "",
    ]
    return " ".join(part for part in parts if part)


def _whom(target: Target, reader: Origin | None, missing: Container[Target]) -> str:
    if target in missing:
        return f"{target.who} ({NOT_FOUND})"
    return (mention(target.of, target.who, reader) if reader else "") or target.who


def amount_words(amount: int, unit: Unit) -> str:
    """Write an amount: `$5.00`, `20,000 tokens`, `3 answers at once`."""
    if unit is Unit.MICROUSD:
        return dollars(amount)
    return f"1 {_ONE[unit]}" if amount == 1 else f"{amount:,} {_COUNTED[unit]}"


def moment(at: datetime, zone: str) -> str:
    """Write a moment as the clock of its budget shows it."""
    return f"{at.astimezone(zone_named(zone)):%Y-%m-%d %H:%M} {zone}"


def _used(level: Level) -> str:
    """Tell how much is used; of what is not the asker's own, no more than that it is too much."""
    if not level.limit.is_own:
        return "too little is left"
    held = f", {amount_words(level.held, level.limit.unit)} of it set aside" if level.held else ""
    return f"{_of(level)} are used{held}"


def _of(level: Level) -> str:
    limit = level.limit
    if limit.unit is Unit.MICROUSD:
        return f"{dollars(level.used)} of {dollars(limit.amount)}"
    return f"{level.used:,} of {limit.amount:,} {_COUNTED[limit.unit]}"


def _again(error: QuotaExceeded) -> str:
    limit = max(error.refusals, key=_waiting).level.limit
    if error.resets_at is not None:
        return f"Try again from {moment(error.resets_at, limit.zone)}."
    if limit.window is Window.LIFETIME and limit.unit is Unit.MICROUSD:
        return "Ask an admin for more, or try again with a model that costs nothing."
    if limit.window is Window.LIFETIME:
        return "Ask an admin for more. It does not return by itself, so do not try again."
    return "Try again with less text, or ask an admin for more."


def _waiting(refusal: Refusal) -> float:
    return refusal.resets_at.timestamp() if refusal.resets_at else float("inf")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
