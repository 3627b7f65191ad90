"""What is remembered of answers, found again by the posts people see."""

from collections.abc import Sequence
from typing import Protocol

from bot.platforms.port import Message
from routing.ports import History
from routing.posts import Posted, PostIndex


class Memory(Protocol):
    """Knows which answer a post belongs to.

    Every method raises StoreUnavailable when the store does not answer, and may be called again.
    """

    async def begun(self, message: Message, post_ids: Sequence[str]) -> None:
        """Remember which posts ask and will answer, as soon as they stand."""
        ...

    async def answered(self, message: Message, reply_id: str, post_ids: Sequence[str]) -> None:
        """Remember which posts ask and answer; no reply id: there is no answer to speak of."""
        ...

    async def withdrawn(self, message: Message, reply_id: str) -> None:
        """Forget an answer whose question went while it was made."""
        ...

    async def revised(self, message: Message) -> None:
        """Remember a question that is answered already as it reads now."""
        ...

    async def deleted(self, platform: str, place: str, post_id: str) -> None:
        """Forget the exchange that a post was part of."""
        ...


class PostMemory:
    """Memory by the transcripts and the index of posts."""

    def __init__(self, history: History, posts: PostIndex) -> None:
        self._history = history
        self._posts = posts

    async def begun(self, message: Message, post_ids: Sequence[str]) -> None:
        """Remember which posts ask and will answer, as soon as they stand."""
        await self._note(message, message.reply_id, post_ids, may_go=True)

    async def answered(self, message: Message, reply_id: str, post_ids: Sequence[str]) -> None:
        """Remember which posts ask and answer; no reply id: there is no answer to speak of."""
        await self._note(message, reply_id, post_ids, may_go=False)

    async def withdrawn(self, message: Message, reply_id: str) -> None:
        """Forget an answer whose question went while it was made."""
        await self._history.retract(message.conversation, reply_id)

    async def revised(self, message: Message) -> None:
        """Remember a question that is answered already as it reads now."""
        origin = message.origin
        posted = await self._posts.find(origin.platform, origin.place, message.message_id)
        if posted and posted.is_question:
            await self._history.revise(posted.conversation, posted.reply_id, message.text)

    async def deleted(self, platform: str, place: str, post_id: str) -> None:
        """Forget the exchange that a post was part of."""
        posted = await self._posts.find(platform, place, post_id)
        if posted and posted.is_question:
            await self._history.retract_question(posted.conversation, posted.reply_id)
        elif posted and not posted.may_go:
            await self._history.retract(posted.conversation, posted.reply_id)

    async def _note(
        self, message: Message, reply_id: str, post_ids: Sequence[str], *, may_go: bool
    ) -> None:
        platform, place = message.origin.platform, message.origin.place
        asks = Posted(message.conversation, reply_id, is_question=True)
        await self._posts.note(platform, place, message.message_id, asks)
        for number, each in enumerate(post_ids):
            answers = Posted(message.conversation, reply_id, may_go=may_go and number > 0)
            await self._posts.note(platform, place, each, answers)
