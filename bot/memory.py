"""What is remembered of answers, found again by the posts people see."""

from collections.abc import Sequence
from typing import Protocol

from bot.platforms.port import Message


class Memory(Protocol):
    """Knows which answer a post belongs to. Trouble of the store is logged, never raised."""

    async def answered(self, message: Message, reply_id: str, post_ids: Sequence[str]) -> None:
        """Remember which posts ask and answer."""
        ...

    async def withdrawn(self, message: Message, reply_id: str) -> None:
        """Forget an answer whose question went while it was made."""
        ...

    async def revised(self, message: Message) -> None:
        """Remember a question, answered already, as it reads now."""
        ...

    async def deleted(self, platform: str, place: str, post_id: str) -> None:
        """Forget the exchange that a post was part of."""
        ...
