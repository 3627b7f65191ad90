"""The whole listening side, connected to the fake Discord over real sockets."""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.platforms.discord.addresses import point_at
from bot.platforms.discord.platform import Discord
from bot.platforms.port import Message
from bot.platforms.vitals import Vitals
from bot.shards import ShardRange
from config.references import Resolved
from config.settings import Settings
from tests.bot.platforms.discord.saying import ListedPosts, ListedRest
from tests.bot.platforms.recording import Echo, RecordingIntake, ShownSurface
from tests.fakes.discord import FakeDiscord


class NotedVitals(Vitals):
    """Vitals that remember how often a connection was closed: a break may be over in no time."""

    def __init__(self) -> None:
        super().__init__()
        self.breaks = 0

    def closed(self, connection: Hashable) -> None:
        super().closed(connection)
        self.breaks += not self.is_heard


@dataclass
class Ear:
    """What the bot hears of the fake Discord."""

    fake: FakeDiscord
    intake: RecordingIntake = field(default_factory=RecordingIntake)
    posts: ListedPosts = field(default_factory=ListedPosts)
    rest: ListedRest = field(default_factory=ListedRest)
    surface: ShownSurface = field(default_factory=ShownSurface)
    pauses: list[float] = field(default_factory=list)
    vitals: NotedVitals = field(default_factory=NotedVitals)
    adopt: Callable[[Settings], None] = lambda _: None

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
        vitals=ear.vitals,
    )


@asynccontextmanager
async def listening(
    fake: FakeDiscord, state_dir: Path, shards: ShardRange | None = None, **changes: Any
) -> AsyncIterator[Ear]:
    """Run the listening side; it is connected when the block begins."""
    ear = Ear(fake)
    platform = a_platform(ear, settings_for(fake, state_dir, **changes))
    ear.adopt = platform.adopt
    running = asyncio.create_task(platform.run(ear.intake, shards))
    try:
        await ear.until(lambda: running.done() or fake.gateway.is_connected)
        if running.done():
            await running
        yield ear
    finally:
        running.cancel()
        await asyncio.wait([running])
