"""The whole listening side, connected to the fake Discord over real sockets."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from bot.commands.options import Suggestion
from bot.draft import Draft, View
from bot.platforms.discord.addresses import point_at
from bot.platforms.discord.platform import Discord
from bot.platforms.port import Message, Notice, OutgoingEvent
from bot.platforms.surface import Posts
from bot.shards import ShardRange
from config.references import Resolved
from config.settings import Settings
from routing.errors import StoreUnavailable
from routing.stop import Stop
from tests.bot.platforms.discord.saying import ListedPosts, ListedRest, RecordingIntake
from tests.fakes.discord import FakeDiscord


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

    name: ClassVar[str] = "discord"
    shown: list[tuple[Message, View]] = field(default_factory=list)

    def has_room(self) -> bool:
        return True

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


@dataclass
class Ear:
    """What the bot hears of the fake Discord."""

    fake: FakeDiscord
    intake: RecordingIntake = field(default_factory=RecordingIntake)
    posts: ListedPosts = field(default_factory=ListedPosts)
    rest: ListedRest = field(default_factory=ListedRest)
    surface: ShownSurface = field(default_factory=ShownSurface)
    pauses: list[float] = field(default_factory=list)

    async def taken(self, number: int = 1) -> list[Message]:
        """Return what was taken in, once it is so much."""
        await self.until(lambda: len(self.intake.taken) >= number)
        return self.intake.taken

    async def until(self, is_so: Any) -> None:
        """Return once something is so."""
        async with asyncio.timeout(10):
            while not is_so():  # noqa: ASYNC110 # it becomes so at any of several places
                await asyncio.sleep(0.005)

    async def pause(self, pause_s: float) -> None:
        """Write down how long the bot would have waited, and let it go on."""
        self.pauses.append(pause_s)
        await asyncio.sleep(0)


def settings_for(fake: FakeDiscord, state_dir: Path, **changes: Any) -> Settings:
    """Build settings that lead to the fake."""
    given = {
        "token": Resolved(fake.token, "env:DISCORD_TOKEN"),
        "api_url": fake.api_url,
        "gateway_url": fake.gateway_url,
        "cdn_url": fake.cdn_url,
    }
    return Settings.model_validate({"state_dir": state_dir, "discord": given | changes})


def a_platform(ear: Ear, settings: Settings) -> Discord:
    """Build Discord as a platform, with all around it recorded."""
    point_at(settings.discord)
    return Discord(
        settings,
        surface=ear.surface,
        rest=ear.rest,
        answers=Echo(),
        posts=ear.posts,
        sleep=ear.pause,
    )


@asynccontextmanager
async def listening(
    fake: FakeDiscord, state_dir: Path, shards: ShardRange | None = None, **changes: Any
) -> AsyncIterator[Ear]:
    """Run the listening side; it is connected when the block begins."""
    ear = Ear(fake)
    platform = a_platform(ear, settings_for(fake, state_dir, **changes))
    running = asyncio.create_task(platform.run(ear.intake, shards))
    try:
        await ear.until(lambda: running.done() or fake.gateway.is_connected)
        if running.done():
            await running
        yield ear
    finally:
        running.cancel()
        await asyncio.wait([running])
