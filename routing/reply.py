"""What the router streams while a query is answered, and what is known once it is. Pure values."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from routing.cache import CacheKeys
from routing.errors import ModelFailed
from routing.holds import Entry, Hold, Level, Spent
from routing.policy import Decision
from routing.pricing import Usage


class Outcome(StrEnum):
    """How an answer ended."""

    COMPLETE = "complete"
    LIMIT = "cut at the output limit"
    FILTERED = "cut by the provider's filter"
    CUT = "cut off"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call of one model.

    Attributes:
        model: The card's name.
        usage: What it used; counted by us where the host reported nothing.
        cost_microusd: What it cost.
        is_reported: Whether the host reported the usage.
        failure: Why it did not end well; empty when it did.
    """

    model: str
    usage: Usage
    cost_microusd: int
    is_reported: bool
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an answer cost and why it came from where it came from.

    Attributes:
        reply_id: Unique; the ledger settles each once.
        model: The card that answered last; empty when none did.
        reason: Why that model, in at most four words.
        outcome: How it ended.
        attempts: Every call, in order.
        saved_microusd: What the same tokens would have cost more on the best allowed model.
        best_model: Which model that is; empty when it was the one that answered.
        took_s: From the question to the end of the answer.
        first_text_s: From the question to the first visible text; None if there was none.
        cached_age_s: How old the answer is if it came from the cache; else None.
        cache_note: What the cache did: kept it, found it, or why it had no part in it.
        cache_tier: How it was found in the cache, word for word or in other words; empty: it was
            not.
        warnings: The limits that this answer brought near their end.
        is_shortened: Whether a budget allowed less than the longest answer.
        is_second_choice: Whether another model would have answered but for a rest, a budget, a
            failure or a trial.
        kept_under: Where the cache keeps the answer; None when it does not.
    """

    reply_id: str
    model: str
    reason: str
    outcome: Outcome
    attempts: tuple[Attempt, ...]
    saved_microusd: int = 0
    best_model: str = ""
    took_s: float = 0.0
    first_text_s: float | None = None
    cached_age_s: float | None = None
    cache_note: str = ""
    cache_tier: Literal["", "exact", "reduced"] = ""
    warnings: tuple[Level, ...] = ()
    is_shortened: bool = False
    is_second_choice: bool = False
    kept_under: CacheKeys | None = None

    @property
    def is_cached(self) -> bool:
        """Tell whether the answer came from the cache."""
        return self.cached_age_s is not None

    @property
    def usage(self) -> Usage:
        """Return the tokens of all attempts."""
        return sum((attempt.usage for attempt in self.attempts), start=Usage())

    @property
    def cost_microusd(self) -> int:
        """Return what all attempts cost."""
        return sum(attempt.cost_microusd for attempt in self.attempts)

    @property
    def is_reported(self) -> bool:
        """Tell whether every number comes from the hosts, none from our own counting."""
        return all(attempt.is_reported for attempt in self.attempts)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A model begins to answer."""

    model: str


@dataclass(frozen=True, slots=True)
class Comparing:
    """Two models answer side by side; text comes when they agree, or from a better one.

    Attributes:
        model: Whose text it is if they agree.
        other: The one beside it.
    """

    model: str
    other: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """More of what the model thinks; not part of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Another model takes the answer over.

    Attributes:
        failure: What happened to the one before.
        model: Who goes on.
        is_continuing: Whether text is already visible, so the next model continues it.
    """

    failure: ModelFailed
    model: str
    is_continuing: bool


@dataclass(frozen=True, slots=True)
class Bill:
    """What is to be settled for the last call of an answer."""

    hold: Hold
    spent: Spent
    entry: Entry


@dataclass(frozen=True, slots=True)
class Ended:
    """All text is there, and what it cost is settled next: time to write down what was said.

    Whoever finds it written down after a crash settles the bill, which is done once only, and asks
    no model again.

    Attributes:
        receipt: As it will be, but for what settling tells: the limits near their end.
        decision: Who might have answered.
        bill: What is to be settled; None when nothing is.
    """

    receipt: Receipt
    decision: Decision
    bill: Bill | None


@dataclass(frozen=True, slots=True)
class Finished:
    """The last event of every answer that did not fail: no more text comes.

    Attributes:
        receipt: What it cost.
        decision: Who might have answered; None where nobody had to be chosen.
    """

    receipt: Receipt
    decision: Decision | None


ReplyEvent = Chosen | Comparing | ReasoningDelta | TextDelta | HandedOver | Ended | Finished
"""In order: Chosen or Comparing, then deltas and hand-overs, Ended, then exactly one Finished.

An answer from the cache has one TextDelta and its Finished.
"""
