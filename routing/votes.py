"""What the core needs of whoever keeps votes: a protocol; implementations do not inherit."""

from typing import Protocol

from routing.house import House, Vote


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
