"""What was taken in and is not yet answered: values, and the port of what keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from secrets import token_hex
from typing import Final, Protocol

PASSED_ON: Final = "passed-on"
"""The note of how many workers could not answer a parcel."""

OVERDUE: Final = "overdue"
"""The note that nobody who was there for a while could."""

TAKEN_BACK: Final = "taken-back"
"""The note that a question is not answered: a worker only takes away what says that it waits."""


class Admission(StrEnum):
    """What became of something handed in."""

    READY = "ready"
    WAITING = "waiting"
    AGAIN = "again"
    FULL = "full"


class Wish(StrEnum):
    """What somebody wants of a question that was taken in."""

    STOP = "stop"
    CANCEL = "cancel"


class Ending(StrEnum):
    """What became of the wish to end a parcel."""

    DONE = "done"
    LOST = "lost"
    CANCELLED = "cancelled"


class Whereabouts(StrEnum):
    """Where a question is that somebody wishes something of."""

    WAITING = "waiting"
    RUNNING = "running"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Parcel:
    """Something to be answered, as it is handed in.

    Attributes:
        identity: Unique over platforms: `discord:1234`. Known for 24 hours, it is taken in once.
        lane: What is answered one after the other: a conversation's name.
        asker: Whose share it counts in.
        place: The channel whose share it counts in.
        content: For whoever answers; opaque here.
        handing_in: Of this one try to hand it in: where an answer was lost, the same is told again.
    """

    identity: str
    lane: str
    asker: str
    place: str
    content: str
    handing_in: str = field(default_factory=lambda: token_hex(8), compare=False)


@dataclass(frozen=True, slots=True)
class Admitted:
    """What became of a parcel.

    Attributes:
        admission: Whether it is taken in.
        is_to_be_told: Whether, being refused, its asker has not been told so for a while.
    """

    admission: Admission
    is_to_be_told: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """A parcel in the hands of one worker.

    Attributes:
        identity: Of the parcel.
        content: Of the parcel, as it is now.
        delivery: 1 for the first worker; each further one has a higher number, which fences off
            the writes of those before.
        notes: What earlier workers noted, by name.
    """

    identity: str
    content: str
    delivery: int
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def tries(self) -> int:
        """Return how many workers tried to answer it, with this one: others only passed it on."""
        return self.delivery - int(self.notes.get(PASSED_ON, "0"))

    @property
    def is_taken_back(self) -> bool:
        """Tell whether it is not to be answered: whoever asked it is being forgotten."""
        return TAKEN_BACK in self.notes

    @property
    def is_overdue(self) -> bool:
        """Tell whether it is to be ended by whoever can: nobody there can answer it."""
        return OVERDUE in self.notes


@dataclass(frozen=True, slots=True)
class Renewal:
    """What is known of a claim after its renewal.

    Attributes:
        is_held: Whether it is still this worker's.
        wish: What somebody wants of it; None for nothing.
    """

    is_held: bool
    wish: Wish | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A parcel that somebody wished something of.

    Attributes:
        whereabouts: Where it was.
        content: Of a parcel that waited and is cancelled; else empty.
        notes: What was noted of it.
    """

    whereabouts: Whereabouts
    content: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)


class Inbox(Protocol):
    """Keeps what was taken in until it is answered; shared by all processes of a deployment.

    Every method raises StoreUnavailable when the store does not answer, and may then be called
    again: each is one step that changes nothing the second time.
    """

    async def add(self, parcel: Parcel) -> Admitted:
        """Take a parcel in, once."""
        ...

    async def claim(self, worker: str, at_most: int) -> Sequence[Claim]:
        """Return parcels that are this worker's from now on: those left by the dead come first."""
        ...

    async def renew(self, worker: str, claims: Sequence[Claim]) -> Sequence[Renewal]:
        """Go on holding claims, in one step; tell of each what is known."""
        ...

    async def note(self, claim: Claim, name: str, text: str) -> bool:
        """Note something for whoever has the parcel later; False when the claim is lost."""
        ...

    async def note_waiting(self, identity: str, name: str, text: str) -> bool:
        """Note something of a parcel nobody has begun and that has no such note; else False."""
        ...

    async def done(self, claim: Claim, *, is_withdrawn: bool = False) -> Ending:
        """End a parcel, and let go on what waited for it.

        One that was cancelled is not ended before what is to be seen of it is withdrawn.
        """
        ...

    async def hand_over(self, claim: Claim) -> bool:
        """Let another worker have a parcel at once; False when the claim is lost."""
        ...

    async def pass_on(self, claim: Claim, worker: str, within_s: float) -> bool:
        """Let other workers have a parcel this one cannot answer; False when the claim is lost.

        When none of them has it within that time, any worker is given it, and it is overdue.
        """
        ...

    async def wish(self, identity: str, wish: Wish) -> Found:
        """Wish something of a parcel. One that waits and is cancelled is ended at once."""
        ...

    async def revise(self, identity: str, content: str) -> bool:
        """Replace the content of a parcel nobody has begun; False when there is none."""
        ...

    async def knows(self, identity: str) -> bool:
        """Tell whether a parcel was taken in, or refused, not long ago."""
        ...

    async def is_begun(self, identity: str) -> bool:
        """Tell whether a worker has, or had, a parcel; also of one that is gone."""
        ...

    async def of_asker(self, asker: str) -> frozenset[str]:
        """Return the identities of somebody's parcels: those that wait and those in hand."""
        ...

    async def waiting(self) -> int:
        """Return how many parcels wait for a worker."""
        ...

    async def oldest_at(self) -> datetime | None:
        """Return since when the oldest parcel whose turn has come is not done; None: there is none.

        Aware and in UTC.
        """
        ...
