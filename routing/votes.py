"""Votes: what they say, and what the core needs of whoever keeps them. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class House:
    """Whose votes count together: one server or workspace, never two."""

    platform: str
    tenant: str


class Verdict(StrEnum):
    """What a vote says of an answer."""

    GOOD = "good"
    BAD = "bad"
    BETTER_WANTED = "a better model was asked for"
    REGENERATED = "asked for again"
    WON = "preferred to another"
    LOST = "another was preferred"

    @property
    def is_implied(self) -> bool:
        """Tell whether nobody judged the answer: what they did next speaks for them."""
        return self in {Verdict.BETTER_WANTED, Verdict.REGENERATED}


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's verdict on one answer, without a word of either.

    Attributes:
        reply_id: Of the answer; a person has one vote on each.
        voter: Platform and person joined by a colon.
        model: The card's name.
        verdict: What is said.
        question: Its vector, as `coarse` gives it.
        at: When the vote was cast, aware and in UTC.
    """

    reply_id: str
    voter: str
    model: str
    verdict: Verdict
    question: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Leaning:
    """How far votes are followed.

    Attributes:
        half_life: After so long a vote counts half.
        votes_per_person: One person's votes on like questions count as at most so many.
    """

    half_life: timedelta = timedelta(days=90)
    votes_per_person: float = 3.0


class Votes(Protocol):
    """Keeps votes, house by house. Every method raises StoreUnavailable when it does not answer.

    They are bounded in number and forgotten after a time, both by setting.
    """

    async def cast(self, house: House, vote: Vote) -> None:
        """Keep a vote; another of the same person on the same reply takes its place."""
        ...

    async def take_back(self, house: House, reply_id: str, voter: str) -> None:
        """Forget one person's vote on one reply; without one this changes nothing."""
        ...

    async def forget(self, house: House, voter: str) -> None:
        """Forget every vote of a person."""
        ...

    async def load(self, house: House, known: str = "") -> tuple[str, tuple[Vote, ...] | None]:
        """Return the votes, oldest first, with the name of their state.

        Args:
            house: Whose votes.
            known: The state the caller has; if nothing changed since, None comes in their place.
        """
        ...
