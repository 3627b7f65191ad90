"""What a chat service gives the bot and gets from it."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from routing.ports import Conversation
from routing.query import Attachment, Origin
from routing.reply import ReplyEvent
from routing.stop import Stop


@dataclass(frozen=True, slots=True)
class Message:
    """What a person wrote to the bot.

    Attributes:
        message_id: The platform's own; with `origin.platform` it is unique.
        origin: Who wrote it, where.
        conversation: Which transcript it belongs to.
        text: Without the mention of the bot.
        at: When it was written, aware and in UTC.
        wanted: A model, alias or preset asked for with this very message; empty for none.
        is_alone: Whether no earlier turn shapes the answer, and it shapes no later one.
        is_admin: Whether the platform, or the operator, lets this person manage the bot here.
        attachments: What came with it.
    """

    message_id: str
    origin: Origin
    conversation: Conversation
    text: str
    at: datetime
    wanted: str = ""
    is_alone: bool = False
    is_admin: bool = False
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the bot itself says, in Markdown: a command's answer, or why there is no answer.

    Attributes:
        is_failure: Whether the message goes unanswered.
    """

    markdown: str
    is_failure: bool = False


OutgoingEvent = ReplyEvent | Notice
"""What a platform shows for a message: the router's events, or exactly one Notice."""

OnMessage = Callable[[Message, Stop], AsyncGenerator[OutgoingEvent]]
"""Answers a message; `Stop` ends the answer early, keeping what is there and its cost."""


class Platform(Protocol):
    """A chat service, seen from the bot. It drops what this or any other bot wrote."""

    name: ClassVar[str]

    async def run(self, on_message: OnMessage) -> None:
        """Stay connected and show what `on_message` answers, until the person leaves or cancelled.

        An answer that raises is shown as a failure; it does not end the platform.
        """
        ...
