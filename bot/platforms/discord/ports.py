"""What listening on Discord needs of the rest of the program."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.platforms.port import Message, OutgoingEvent
from routing.inbox import Admitted
from routing.posts import Posted
from routing.stop import Stop


class Intake(Protocol):
    """Takes in what people ask, and what becomes of it before it is answered."""

    async def accept(self, message: Message) -> Admitted:
        """Take a message in, once; whoever is refused is told."""
        ...

    async def knows(self, identity: str) -> bool:
        """Tell whether a message was taken in before."""
        ...

    async def has_room(self) -> bool:
        """Tell whether a question that has waited long would be taken in beside new ones."""
        ...

    async def edited(self, message: Message) -> object:
        """Let a message read otherwise from now on."""
        ...

    async def deleted(self, platform: str, place: str, post_id: str) -> object:
        """Forget a message, and take back its answer while it is being made."""
        ...

    async def stop(self, identity: str) -> object:
        """End the answer to a message early, keeping what is there.

        Raises:
            StoreUnavailable: It goes on.
        """
        ...


class Answers(Protocol):
    """Answers a command at once."""

    def answer(self, message: Message, stop: Stop) -> AsyncGenerator[OutgoingEvent]:
        """Answer one message.

        Raises:
            RoutingError: There is no answer.
        """
        ...


class PostIndex(Protocol):
    """Knows which answer a post belongs to."""

    async def find(self, platform: str, place: str, post_id: str) -> Posted | None:
        """Return what a post belongs to; None when nothing is known of it.

        Raises:
            StoreUnavailable: The store does not answer.
        """
        ...


class Rest(Protocol):
    """What of Discord's REST API is asked while listening."""

    async def messages_before(
        self, channel_id: str, message_id: str, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        """Return messages of a channel before one, the latest first, as Discord sends them."""
        ...

    async def message(self, channel_id: str, message_id: str) -> Mapping[str, Any]:
        """Return one message as Discord sends it."""
        ...

    async def start_thread(self, channel_id: str, message_id: str, name: str) -> str:
        """Open a thread from a message and return its id."""
        ...


class Archive(Protocol):
    """What of Discord's REST API is asked to catch up."""

    async def messages_after(
        self, channel_id: str, message_id: str, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        """Return the messages of a channel that came next after one, as Discord sends them."""
        ...

    async def member(self, guild_id: str, user_id: str) -> Mapping[str, Any]:
        """Return who somebody is in a server, as Discord sends it."""
        ...


@dataclass(frozen=True, slots=True)
class Inward:
    """What is heard is handed on to.

    Attributes:
        intake: Takes questions in.
        posts: Knows what was asked and answered before.
        rest: Asks Discord what an event did not bring along.
    """

    intake: Intake
    posts: PostIndex
    rest: Rest
