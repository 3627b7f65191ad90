"""What a worker needs of a chat service: reached by REST alone, so that any process will do."""

from typing import ClassVar, Protocol

from bot.draft import Draft, View
from bot.platforms.port import Message


class ClaimLost(Exception):
    """Another worker has the question now: nothing more may be written for it."""


class QuestionGone(Exception):
    """The question was deleted meanwhile: there is nothing to answer."""


class NotShown(Exception):
    """The platform could not be reached, or refused, so what is to be seen is not.

    Attributes:
        is_final: Whether trying again is of no use: the place is gone, or closed to the bot.
    """

    def __init__(self, reason: str, *, is_final: bool) -> None:
        super().__init__(reason)
        self.is_final = is_final


class NotLetIn(Exception):
    """A service does not let the bot in, and will not later; the message says what to change."""


class Posts(Protocol):
    """What was posted for one question, shared with whoever answers it later.

    Attributes:
        ids: The posts there are, in order, also of earlier workers.
        nonce: The same for every worker; a platform that knows it posts nothing twice.
        may_have_more: Whether an earlier worker may have posted what it could not note any more.
    """

    nonce: str
    may_have_more: bool

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the posts there are, in order."""
        ...

    def confirm(self) -> None:
        """Return if the question is still ours; to be called before each write.

        Raises:
            ClaimLost: It is not, or that cannot be known.
        """
        ...

    async def announce(self) -> None:
        """Write down that one more post is about to be made, where it could be lost sight of.

        Raises:
            ClaimLost: The question is no longer ours.
        """
        ...

    async def note(self, ids: tuple[str, ...]) -> None:
        """Write down which posts there are now.

        Raises:
            ClaimLost: The question is no longer ours.
        """
        ...


class Reply(Protocol):
    """One answer on a platform. It writes only what `Posts.confirm` lets it."""

    async def begin(self, status: str, *, is_optional: bool = False) -> None:
        """Let a small line stand where the answer will come; again replaces the line.

        Args:
            status: The line.
            is_optional: Whether it is better left out than in the way of other posts.

        Raises:
            NotShown: It does not.
            ClaimLost: The question is no longer ours.
        """
        ...

    async def run(self, draft: Draft) -> None:
        """Show a draft as it grows, at the platform's pace, until it is final and seen in full.

        What cannot be shown on the way is shown later; it ends no answer.

        Raises:
            NotShown: The end could not be shown.
            ClaimLost: The question is no longer ours.
        """
        ...

    async def withdraw(self) -> None:
        """Take away what was posted: the question is gone."""
        ...


class Surface(Protocol):
    """A chat service as a worker sees it."""

    name: ClassVar[str]

    def has_room(self) -> bool:
        """Tell whether more answers can be shown beside those that are being shown."""
        ...

    async def surroundings(self, message: Message) -> Message:
        """Return a message with what is around it now: quotes, and where its attachments are.

        What cannot be had is left out.

        Raises:
            QuestionGone: It was deleted.
        """
        ...

    def reply(self, message: Message, posts: Posts) -> Reply:
        """Return where the answer to a message is shown."""
        ...

    async def refuse(self, message: Message, view: View, *, is_optional: bool = False) -> None:
        """Say why a message is not taken in; trouble in saying so is only logged.

        Args:
            message: Which.
            view: The reason.
            is_optional: Whether it is said within a second or not at all: answers go first.
        """
        ...
