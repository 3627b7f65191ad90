"""What was used and changed, as the store keeps it and people are told it. Pure values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from routing.pricing import Usage

RECORD_AMOUNTS: Final = (
    "cost_microusd",
    "tokens",
    "requests",
    "input_tokens",
    "output_tokens",
    "cached_input_tokens",
    "reasoning_tokens",
    "answers",
    "saved_microusd",
    "saved_by_cache_microusd",
)
"""The amounts of a record, in the order in which they are kept."""


BUDGET_KINDS: Final = frozenset({"limit", "link", "reset", "recount"})
ORDER_KINDS: Final = frozenset({"pause", "model", "preset", "access", "persona", "digest"})
FORGOTTEN: Final = "somebody forgotten"
"""What stands for a person who is forgotten, where something was done or used."""

FORGETTING_KINDS: Final = frozenset({"purge", "forget"})
KINDS: Final = BUDGET_KINDS | ORDER_KINDS | FORGETTING_KINDS
"""What is changed or forgotten at run time, and written down for the audit."""


@dataclass(frozen=True, slots=True)
class UsageLine:
    """What one person used of one model on one day.

    Attributes:
        saved_microusd: What the best model would have cost more, and what the cache saved.
        saved_by_cache_microusd: The latter.
    """

    day: date
    model: str
    answers: int
    usage: Usage
    cost_microusd: int
    saved_microusd: int
    saved_by_cache_microusd: int = 0

    def plus(self, other: "UsageLine") -> "UsageLine":
        """Return what was used of the same model on the same day in both."""
        return UsageLine(
            self.day,
            self.model,
            self.answers + other.answers,
            self.usage + other.usage,
            self.cost_microusd + other.cost_microusd,
            self.saved_microusd + other.saved_microusd,
            self.saved_by_cache_microusd + other.saved_by_cache_microusd,
        )


def together(lines: Iterable[UsageLine]) -> tuple[UsageLine, ...]:
    """Sum what one person used in several places up by day and model, oldest day first."""
    sums: dict[tuple[date, str], UsageLine] = {}
    for line in lines:
        known = sums.get((line.day, line.model))
        sums[line.day, line.model] = known.plus(line) if known else line
    return tuple(sums[each] for each in sorted(sums))


@dataclass(frozen=True, slots=True)
class TenantLine:
    """What one person used of one model in one place on one day; fields as in `UsageLine`.

    Attributes:
        tenant: Platform and id, as `discord:1`.
    """

    day: date
    model: str
    place: str
    person: str
    answers: int
    tokens: int
    cost_microusd: int
    saved_microusd: int
    saved_by_cache_microusd: int = 0
    tenant: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the exact ledger.

    Attributes:
        record_id: The store's own, in order.
        kind: `settled`; `lapsed`, when the holder died; `corrected`, what came of it after all;
            or `reset`, by an admin.
        call_id: Of which call; of a reset, which counter.
        at_ms: When its money was set aside, by the store's clock: the windows it counts in.
        model: The card's name.
        amounts: By name, as the store counts them; below zero in a correction or a reset.
        facts: Who, where, when, why: the entry and the origin of the call.
    """

    record_id: str
    kind: str
    call_id: str
    at_ms: int
    model: str
    amounts: Mapping[str, int]
    facts: Mapping[str, str | int | bool]


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a limit, a link or an order, as it is kept for the audit.

    Attributes:
        at: When, by the store's clock.
        by: Who: an asker, or the operator's shell.
        what: One of `KINDS`.
        about: Which one.
        old: What was there before; empty for nothing.
        new: What is there now; empty for nothing.
    """

    at: datetime
    by: str
    what: str
    about: str
    old: str
    new: str
