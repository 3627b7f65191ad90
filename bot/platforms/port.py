"""What a chat service gives the bot and gets from it."""

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final

from routing.ports import Conversation
from routing.query import Attachment, Origin
from routing.reply import ReplyEvent
from routing.stop import Stop

_ID_CHARS: Final = 32
"""Of a reply id: 128 bits."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Something said that a question is about: data for the model, never an order to the bot.

    Attributes:
        author: What its author is called there.
        text: What was said.
        is_ours: Whether the bot said it.
    """

    author: str
    text: str
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """What a person wrote to the bot.

    It can be written down as JSON and answered later, by another process.

    Attributes:
        message_id: The platform's own; with `origin.platform` it is unique.
        origin: Who wrote it, where.
        conversation: Which transcript it belongs to.
        text: Without the mention of the bot.
        at: When it was written, aware and in UTC.
        wanted: A model, alias or preset asked for with this very message; empty for none.
        is_alone: Whether no earlier turn shapes the answer, and it shapes no later one.
        is_admin: Whether the platform, or the operator, lets this person manage the bot here.
        is_addressed: Whether the bot was named in it, so that a command needs no slash.
        attachments: What came with it.
        author: What the person is called there: for the model, never to tell who it is.
        quotes: What others, or the bot, said that the question is about, oldest first.
        lasting: Where a model is kept that its author chose for all they ask in a place; None where
            one conversation is all there is.
        about: The reply id of the answer that a command or button speaks of; empty: the last one.
        handle: How the platform answers it, in words of its own; `is_ephemeral` and `opens_thread`
            are said by all.
    """

    message_id: str
    origin: Origin
    conversation: Conversation
    text: str
    at: datetime
    wanted: str = ""
    is_alone: bool = False
    is_admin: bool = False
    is_addressed: bool = False
    attachments: tuple[Attachment, ...] = ()
    author: str = ""
    quotes: tuple[Quote, ...] = ()
    lasting: Conversation | None = None
    about: str = ""
    handle: Mapping[str, str] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        """Return its name among all messages of all platforms: `discord:1234`."""
        return f"{self.origin.platform}:{self.message_id}"

    @property
    def is_answered_alone(self) -> bool:
        """Tell whether nobody but its author sees the answer."""
        return self.origin.private or bool(self.handle.get("is_ephemeral"))

    @property
    def opens_thread(self) -> bool:
        """Tell whether the thread of its conversation begins with it."""
        return bool(self.handle.get("opens_thread"))

    @property
    def is_between_us(self) -> bool:
        """Tell whether nobody but its author sees the message itself, either."""
        return self.is_answered_alone and not self.handle.get("is_overheard")

    @property
    def reply_id(self) -> str:
        """Return the name of the answer to it, the same for every worker that is to give it."""
        return sha256(self.identity.encode("utf-8", "surrogatepass")).hexdigest()[:_ID_CHARS]


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that comes with what the bot says: a table, a picture.

    Attributes:
        name: With its ending, such as `usage.csv`.
        content: What is in it.
        media_type: What that is.
        alternative: The same in words, for whoever cannot see it; empty where it is words.
    """

    name: str
    content: bytes
    media_type: str = "text/plain"
    alternative: str = ""

    @property
    def words(self) -> str:
        """Return what it says, where it cannot be attached."""
        is_text = self.media_type.startswith("text/")
        return self.alternative or (self.content.decode("utf-8", "replace") if is_text else "")


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the bot itself says, in Markdown: a command's answer, or why there is no answer.

    Attributes:
        is_failure: Whether the message goes unanswered.
        confirm_by: The command that does what was only told; empty for nothing to confirm.
        files: What comes with it.
        vote_on: The comparison that people can vote on under it; empty for none.
        has_mentions: Whether its mentions are the bot's own (`bot.mentions`), to be shown as names.
    """

    markdown: str
    is_failure: bool = False
    confirm_by: str = ""
    files: tuple[NamedFile, ...] = ()
    vote_on: str = ""
    has_mentions: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """What there is to wait for, in one small line."""

    line: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """The answer is whole and is settled next: to be written down by whoever may be killed.

    Whoever finds the line after a crash finishes the answer by it, and asks no model again.
    """

    line: str


@dataclass(frozen=True, slots=True)
class Remarks:
    """What the bot says beside an answer: what of the attachments was not read, or not whole.

    Attributes:
        lines: Short parts of sentences, in Markdown.
    """

    lines: tuple[str, ...]


OutgoingEvent = ReplyEvent | Waiting | Sealed | Notice | Remarks
"""What comes for a message: the router's events, with Sealed for Ended, or exactly one Notice.

Waiting and Sealed may come before a Notice, where models had a part in it.

Remarks may come once, before the others; they are to be seen also where there is no answer.
"""

OnMessage = Callable[[Message, Stop], AsyncGenerator[OutgoingEvent]]
"""Answers a message; `Stop` ends the answer early, keeping what is there and its cost."""
