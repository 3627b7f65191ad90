"""Two models side by side on one question: what is kept until it is asked, and until all voted."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final, Protocol

from routing.query import Origin
from routing.read_back import read_as
from routing.votes import Verdict

PROPOSED_TTL_S: Final = 3600
"""So long a question that was told the price of may be asked."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a comparison is shown; nobody elsewhere can speak of it."""

    platform: str
    tenant: str
    place: str


def place_of(origin: Origin) -> Place:
    """Return the place somebody speaks in."""
    return Place(origin.platform, origin.tenant, origin.place)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A comparison that is told of and not asked yet.

    Attributes:
        proposal_id: By which it is asked.
        place: Where.
        question: What both would answer.
        models: Two card names, of different models.
        most_microusd: What both together cost at most.
    """

    proposal_id: str
    place: Place
    question: str
    models: tuple[str, str]
    most_microusd: int


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote one of two answers, and at what price.

    Attributes:
        reply_id: Of its receipt.
        model: The card's name.
        cost_microusd: What it cost.
        is_reported: Whether the host said so.
        took_s: From the question to its end.
    """

    reply_id: str
    model: str
    cost_microusd: int
    is_reported: bool
    took_s: float


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison to vote on, without a word of it.

    Attributes:
        reply_id: Of the answer that has both.
        authors: Of A and of B.
        question: Its vector, as `coarse` gives it; empty where nobody's vote counts.
    """

    reply_id: str
    authors: tuple[Author, Author]
    question: bytes


class Choice(StrEnum):
    """What somebody says of two answers."""

    A = "a"
    B = "b"
    SAME = "same"
    BAD = "bad"


VERDICTS: Final[Mapping[Choice, tuple[Verdict, Verdict]]] = MappingProxyType(
    {
        Choice.A: (Verdict.WON, Verdict.LOST),
        Choice.B: (Verdict.LOST, Verdict.WON),
        Choice.SAME: (Verdict.GOOD, Verdict.GOOD),
        Choice.BAD: (Verdict.BAD, Verdict.BAD),
    }
)
"""What a choice says of A and of B."""


class Comparisons(Protocol):
    """Keeps comparisons for a while. Every method raises StoreUnavailable when it does not answer.

    Every call may be made again: it then changes nothing.
    """

    async def propose(self, platform: str, person: str, proposal: Proposal) -> None:
        """Keep what somebody may ask."""
        ...

    async def proposed(self, platform: str, person: str, proposal_id: str) -> Proposal | None:
        """Return what somebody may ask; None when it is forgotten, or somebody else's."""
        ...

    async def forget(self, platform: str, person: str) -> None:
        """Forget all that somebody may ask."""
        ...

    async def keep(self, place: Place, compared: Compared) -> None:
        """Keep what may be voted on, the last one of its place."""
        ...

    async def find(self, place: Place, reply_id: str = "") -> Compared | None:
        """Return a comparison of a place, the last one unless named; None when there is none."""
        ...

    async def vote(self, place: Place, reply_id: str, voter: str, choice: Choice) -> Choice:
        """Note how somebody votes, once; return how: a second choice changes nothing."""
        ...


def is_turned(reply_id: str) -> bool:
    """Tell whether the second model's answer is A: by chance, but the same for every worker."""
    return bool(sha256(reply_id.encode()).digest()[0] & 1)


def proposal_to_value(proposal: Proposal) -> dict[str, Any]:
    """Return a proposal as JSON holds it."""
    return asdict(proposal)


def proposal_from_value(value: Mapping[str, Any]) -> Proposal:
    """Read what `proposal_to_value` gave.

    Raises:
        KeyError, TypeError, ValueError: It is something else.
    """
    first, second = value["models"]
    place = read_as(Place, value["place"])
    return read_as(Proposal, value, place=place, models=(first, second))


def compared_to_value(compared: Compared) -> dict[str, Any]:
    """Return a comparison as JSON holds it."""
    return asdict(compared) | {"question": b64encode(compared.question).decode()}


def compared_from_value(value: Mapping[str, Any]) -> Compared:
    """Read what `compared_to_value` gave.

    Raises:
        KeyError, TypeError, ValueError: It is something else.
    """
    first, second = (read_as(Author, author) for author in value["authors"])
    question = b64decode(value["question"])
    return Compared(value["reply_id"], (first, second), question)
