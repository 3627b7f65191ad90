"""What the ledger's scripts are told and what they tell: our values as they write them. Pure."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from config.quotas import Unit, Window
from routing.errors import Refusal
from routing.holds import Entry, Level, Reservation, Spent
from routing.periods import BUCKETS, ROLLING_MS
from routing.quota import Limit

_UNITS: Final = {Unit.AT_ONCE: 0, Unit.MICROUSD: 1, Unit.TOKENS: 2, Unit.REQUESTS: 3}
"""Where a unit's amount stands in the scripts' list of amounts, from 1; 0: not in it."""

_MOST: Final = 10**12
"""No call counts for more, nor for less than nothing: sums stay exact whatever a host reports."""

Span = tuple[str, int, int, int, int, str]
"""A limit as the scripts read it."""


def span_of(limit: Limit, at: datetime) -> tuple[str, int, int, int, int]:
    """Describe a limit to the scripts: kind, unit, amount, two moments or a width in ms."""
    unit, amount = _UNITS[limit.unit], limit.amount
    if limit.window and limit.window in ROLLING_MS:
        return "rolling", unit, amount, ROLLING_MS[limit.window] // BUCKETS, 0
    if period := limit.period(at):
        return "calendar", unit, amount, in_ms(period.starts_at), in_ms(period.ends_at)
    return ("lifetime" if limit.window is Window.LIFETIME else "at_once"), unit, amount, 0, 0


def in_ms(at: datetime) -> int:
    """Return a moment in milliseconds."""
    return int(at.timestamp() * 1000)


def amounts_of(spent: Spent, *, is_cached: bool = False) -> str:
    """Write down amounts, in the order in which the scripts count them."""
    usage = spent.usage
    in_order = (
        spent.cost_microusd,
        spent.of(Unit.TOKENS),
        spent.requests,
        usage.input_tokens,
        usage.output_tokens,
        usage.cached_input_tokens,
        usage.reasoning_tokens,
        spent.answers,
        spent.saved_microusd,
        spent.saved_microusd if is_cached else 0,
    )
    return f"[{','.join([str(min(max(each, 0), _MOST)) for each in in_order])}]"


def facts_of(reservation: Reservation, person: str, entry: Entry) -> str:
    """Write down what a record says beside amounts: who asked where, and what came of it."""
    origin = reservation.origin
    facts = {
        "at": reservation.at.isoformat(),
        "platform": origin.platform,
        "tenant": origin.tenant,
        "place": origin.place,
        "asker": origin.asker,
        "person": person,
        "reply_id": entry.reply_id,
        "delivery": reservation.delivery,
        "reason": entry.reason,
        "rule": entry.rule,
        "outcome": entry.outcome,
        "is_cached": entry.is_cached,
        "is_reported": entry.is_reported,
        "held_microusd": entry.held_microusd,
    }
    return json.dumps(facts)


def levels_of(limits: Sequence[Limit], numbers: Sequence[int]) -> tuple[Level, ...]:
    """Read how far each limit is used: what is spent and what is held, in turn."""
    amounts = zip(limits, numbers[::2], numbers[1::2], strict=True)
    return tuple(Level(limit, spent, held) for limit, spent, held in amounts)


def refusals_of(limits: Sequence[Limit], numbers: Sequence[int]) -> tuple[Refusal, ...]:
    """Read what stands in the way: which limit, what is spent and held, when enough is free."""
    refused = zip(numbers[::4], numbers[1::4], numbers[2::4], numbers[3::4], strict=True)
    return tuple(
        Refusal(
            Level(limits[number - 1], spent, held),
            datetime.fromtimestamp(free_at / 1000, UTC) if free_at >= 0 else None,
        )
        for number, spent, held, free_at in refused
    )
