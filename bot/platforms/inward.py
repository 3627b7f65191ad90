"""What listening on a chat service needs of the rest of the program."""

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from bot.commands.options import Suggestion
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
    """Answers a command at once, and helps to type one."""

    def answer(self, message: Message, stop: Stop) -> AsyncGenerator[OutgoingEvent]:
        """Answer one message.

        Raises:
            RoutingError: There is no answer.
        """
        ...

    async def suggest(self, message: Message, option: str, typed: str) -> Sequence[Suggestion]:
        """Return what may be meant by an option of a command that is being typed.

        Args:
            message: Who types it, where; its text is the command so far: `/quota remove`.
            option: The option's name.
            typed: What stands there so far.

        Raises:
            StoreUnavailable: It is not known.
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
