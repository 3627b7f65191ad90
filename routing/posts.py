"""Which answer a message on a platform belongs to."""

from dataclasses import dataclass
from typing import Protocol

from routing.ports import Conversation


@dataclass(frozen=True, slots=True)
class Posted:
    """What a post on a platform belongs to.

    Attributes:
        conversation: In which transcript.
        reply_id: Of the answer.
        is_question: Whether it is the question, not a part of its answer.
        may_go: Whether it is a further part of an answer that is not done: should the answer end
            before it, the bot itself takes it away.
    """

    conversation: Conversation
    reply_id: str
    is_question: bool = False
    may_go: bool = False


class PostIndex(Protocol):
    """Knows which answer a post belongs to, for as long as conversations are remembered.

    Every method raises StoreUnavailable when the store does not answer.
    """

    async def note(self, platform: str, place: str, post_id: str, posted: Posted) -> None:
        """Remember what a post belongs to."""
        ...

    async def note_first(self, platform: str, place: str, post_id: str, posted: Posted) -> bool:
        """Remember it, in one step, unless the post is known as something else.

        Returns:
            Whether it was not: of several who note different things at once, one is first.
        """
        ...

    async def find(self, platform: str, place: str, post_id: str) -> Posted | None:
        """Return what a post belongs to; None when that is not known."""
        ...
