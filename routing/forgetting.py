"""Who is to be forgotten, what was found of them, and the port of what does it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class NobodySo(ValueError):
    """A text names nobody that there can be."""


class ForgettingElsewhere(Exception):
    """Another process takes somebody out of the same records at this moment: begin again later."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person on one platform, in all servers or workspaces there."""

    platform: str
    person: str

    @property
    def asker(self) -> str:
        """Return platform and person joined by a colon: `discord:1234`."""
        return f"{self.platform}:{self.person}"


def somebody(asker: str) -> Somebody:
    """Return who is meant by `discord:1234`, `slack:U024` or `terminal:ada`.

    Raises:
        NobodySo: Nobody can be meant.
    """
    platform, colon, person = asker.strip().partition(":")
    if platform not in {"discord", "slack", "terminal"} or not (colon and person):
        raise NobodySo(f"{asker} names nobody: write discord:1234, slack:U024 or terminal:ada")
    return Somebody(platform, person)


class Trace(StrEnum):
    """What may be there of a person."""

    QUESTIONS = "questions"
    CHOICES = "choices"
    PLACES = "places"
    POSTS = "posts"
    CACHED = "cached"
    VOTES = "votes"
    COMPARISONS = "comparisons"
    LIMITS = "limits"
    LINKS = "links"
    ORDERS = "orders"
    CHANGES = "changes"
    INSTALLATIONS = "installations"
    FILES = "files"
    USAGE = "usage"
    RECORDS = "records"
    BUDGETS = "budgets"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class Traces:
    """What was found of a person.

    Attributes:
        counts: How much of each; only what there is.
        installed: The workspaces, each with its organisation or with one of both empty, that
            installed the app: who did it is sealed.
    """

    counts: Mapping[Trace, int] = field(default_factory=dict)
    installed: tuple[tuple[str, str], ...] = ()


class Forgetting(Protocol):
    """Takes people out of all that is kept. Raises StoreUnavailable when it does not answer.

    Whatever was interrupted goes on when it is begun again, and a second time changes nothing.
    """

    async def begin(self, whom: Somebody, at: datetime) -> frozenset[str]:
        """Let nothing they asked up to a moment be remembered, and end what is being answered.

        What waits is left to a worker, who takes away what says so.

        Returns:
            The identities of their questions that were waiting, or being answered.
        """
        ...

    async def end(self, identities: Iterable[str]) -> None:
        """End what no worker took."""
        ...

    async def is_busy(self, whom: Somebody) -> bool:
        """Tell whether something is still being answered to them."""
        ...

    async def look(self, whom: Somebody, *, with_budgets: bool = False) -> Traces:
        """Count what there is of them, changing nothing."""
        ...

    async def forget(self, whom: Somebody, *, with_budgets: bool = False) -> Traces:
        """Take them out of everything; return what there was.

        What they used stays in all sums, as nobody's.

        Args:
            whom: The person.
            with_budgets: Whether they begin with whole budgets, too; else what they spent counts
                until its time is over.

        Raises:
            ForgettingElsewhere: Another process does so, for whomever: begin again later.
        """
        ...
