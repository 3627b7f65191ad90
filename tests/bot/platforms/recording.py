"""What listening hands on to, written down."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import ClassVar

from bot.commands.options import Suggestion
from bot.draft import Draft, View
from bot.platforms.port import Message, Notice, OutgoingEvent
from bot.platforms.surface import Posts
from config.chats import DiscordSettings
from routing.errors import StoreUnavailable
from routing.inbox import Admission, Admitted
from routing.stop import Stop


@dataclass
class RecordingIntake:
    """Takes in everything and writes it down; with a gate, once that is open."""

    gate: asyncio.Event | None = None
    is_full: bool = False
    refuses: Admitted | None = None
    taken: list[Message] = field(default_factory=list)
    changed: list[Message] = field(default_factory=list)
    gone: list[tuple[str, str, str]] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)

    async def accept(self, message: Message) -> Admitted:
        if self.gate:
            await self.gate.wait()
        if self.refuses:
            return self.refuses
        if any(message.identity == known.identity for known in self.taken):
            return Admitted(Admission.AGAIN)
        self.taken.append(message)
        return Admitted(Admission.READY)

    async def knows(self, identity: str) -> bool:
        return any(identity == known.identity for known in self.taken)

    async def has_room(self) -> bool:
        return not self.is_full

    async def edited(self, message: Message) -> None:
        self.changed.append(message)

    async def deleted(self, platform: str, place: str, post_id: str) -> None:
        self.gone.append((platform, place, post_id))

    async def stop(self, identity: str) -> None:
        self.stopped.append(identity)


@dataclass
class ShownReply:
    """Writes down how an answer ends."""

    message: Message
    shown: list[tuple[Message, View]]

    async def begin(self, status: str, *, is_optional: bool = False) -> None:
        raise AssertionError(f"nothing is to be waited for: {status}, {is_optional}")

    async def run(self, draft: Draft) -> None:
        self.shown.append((self.message, draft.view()))

    async def withdraw(self) -> None:
        raise AssertionError("nothing was posted")


@dataclass
class ShownSurface:
    """Writes down what is shown, to whom."""

    name: ClassVar[str] = "any"
    shown: list[tuple[Message, View]] = field(default_factory=list)

    def has_room(self) -> bool:
        return True

    def adopt(self, settings: DiscordSettings, *, has_votes: bool) -> None:
        del settings, has_votes  # all is shown, whatever they say

    async def surroundings(self, message: Message) -> Message:
        return message

    def reply(self, message: Message, posts: Posts) -> ShownReply:
        posts.confirm()
        return ShownReply(message, self.shown)

    async def refuse(self, message: Message, view: View, *, is_optional: bool = False) -> None:
        del is_optional  # there is always room here
        self.shown.append((message, view))


async def echo(message: Message, _stop: Stop) -> AsyncGenerator[OutgoingEvent]:
    """Answer a command with itself, or fail."""
    if message.text == "/usage":
        raise StoreUnavailable("away")
    if message.text == "/new":
        raise ValueError("nobody foresaw this")
    yield Notice(f"{message.text} of {message.conversation.thread or message.conversation.person}")


class Echo:
    """Answers commands with themselves."""

    def answer(self, message: Message, stop: Stop) -> AsyncGenerator[OutgoingEvent]:
        return echo(message, stop)

    async def suggest(self, message: Message, option: str, typed: str) -> list[Suggestion]:
        if typed == "away":
            raise StoreUnavailable("away")
        label = f"{message.text}, {option}: {typed} by {message.origin.person}"
        return [Suggestion("long" * 99, "too long"), Suggestion(typed, label + "!" * 99)]
