"""How far the bot has listened, so that after a pause it can look up what was said meanwhile."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Mark:
    """The last message for the bot that was taken in somewhere.

    Attributes:
        tenant: The guild or workspace; empty outside of any.
        place: The channel or thread, whose messages are numbered.
        post_id: The message; a later one has a larger number.
    """

    tenant: str
    place: str
    post_id: str


class Marks(Protocol):
    """Remembers marks. Every method raises StoreUnavailable when the store does not answer."""

    async def note(self, platform: str, mark: Mark, at: datetime) -> None:
        """Remember a mark; an earlier one than is known of its place changes nothing."""
        ...

    async def since(self, platform: str, at: datetime, at_most: int) -> tuple[Mark, ...]:
        """Return the marks of places where something was taken in since, the latest first."""
        ...
