"""What was said while no bot listened, through discord.py and real sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.platforms.discord.addresses import point_at
from bot.platforms.discord.catching_up import CatchingUp
from bot.platforms.discord.client import PointsmanBot
from bot.platforms.discord.platform import Discord
from bot.platforms.discord.rest import open_rest
from bot.platforms.inward import Intake
from bot.shards import ShardRange
from tests.bot.platforms.discord.ear import settings_for
from tests.bot.platforms.discord.saying import ListedPosts
from tests.bot.platforms.recording import Echo, RecordingIntake, ShownSurface
from tests.fakes.discord import DROPPED, Channel, FakeDiscord, Permission, User
from tests.fakes.ports import DictMarks, ToldClock


@dataclass
class Office:
    """What outlives a process: the marks, and what was taken in."""

    fake: FakeDiscord
    folder: Path
    marks: DictMarks = field(default_factory=DictMarks)
    intake: RecordingIntake = field(default_factory=RecordingIntake)
    time: ToldClock = field(default_factory=ToldClock)
    naps: int = 0
    waits: bool = False

    async def sleep(self, seconds: float) -> None:
        """Note nothing again; wait for room until there is some."""
        if seconds > 1:
            await asyncio.Event().wait()
        if self.marks.is_away:
            self.waits = True
            await asyncio.sleep(0.01)
            return
        self.naps += 1
        self.intake.is_full = self.naps < 3

    @property
    def texts(self) -> list[str]:
        """Return what was taken in."""
        return [message.text for message in self.intake.taken]

    async def until(self, *texts: str) -> None:
        """Return once all of something was taken in."""
        async with asyncio.timeout(10):
            while not {*texts} <= {*self.texts}:  # noqa: ASYNC110 # it becomes so elsewhere
                await asyncio.sleep(0.01)

    @asynccontextmanager
    async def process(self) -> AsyncIterator[None]:
        """Run a process that listens, until left.

        When the block begins it has caught up or, with the store away, waits for it.
        """
        settings = settings_for(self.fake, self.folder)
        point_at(settings.discord)
        async with open_rest(settings.discord) as rest:
            catching_up = WatchedCatchingUp(
                self.marks, rest, self.intake, self.time.clock(), self.sleep
            )
            platform = QuickDiscord(
                settings,
                surface=ShownSurface(),
                rest=rest,
                answers=Echo(),
                posts=ListedPosts(),
                catches_up=lambda _: catching_up,
            )
            running = asyncio.create_task(platform.run(self.intake))
            try:
                async with asyncio.timeout(10):
                    while not (catching_up.has_caught_up or self.waits):  # noqa: ASYNC110 # elsewhere
                        await asyncio.sleep(0.01)
                yield
            finally:
                running.cancel()
                await asyncio.wait([running])


class WatchedCatchingUp(CatchingUp):
    """Says when it has caught up; the same otherwise."""

    has_caught_up = False

    def is_back(self, shard_id: int) -> None:
        super().is_back(shard_id)
        self.has_caught_up = True


class QuickDiscord(Discord):
    """Does not wait for servers that may still be told of."""

    def bot(self, intake: Intake, shards: ShardRange | None = None) -> PointsmanBot:
        made = super().bot(intake, shards)
        made._connection.guild_ready_timeout = 0.1  # noqa: SLF001 # discord.py waits in real time
        return made


@pytest.fixture
def office(fake: FakeDiscord, tmp_path: Path) -> Office:
    made = Office(fake, tmp_path)
    made.time.at = fake.world.clock.now()
    return made


async def hear_first(fake: FakeDiscord, ada: User, channel: Channel, office: Office) -> None:
    """Let a process hear one question in the channel, and end."""
    async with office.process():
        await fake.say(ada, channel, "first", mention_bot=True)
        await office.until("first")


async def test_what_was_said_while_a_process_was_down_is_taken_in_once(
    fake: FakeDiscord, ada: User, channel: Channel, office: Office
) -> None:
    assert channel.guild
    silent = channel.guild.add_channel("silent")
    closed = channel.guild.add_channel("closed")
    closed.deny(Permission.READ_MESSAGE_HISTORY)
    direct = fake.add_dm(ada)
    async with office.process():
        await fake.say(ada, channel, "first", mention_bot=True)
        await fake.say(ada, direct, "hello")
        await office.until("first", "hello")

    await fake.say(ada, channel, "chatter")
    await fake.say(ada, channel, "second", mention_bot=True)
    await fake.say(ada, silent, "third", mention_bot=True)
    await fake.say(ada, closed, "unheard", mention_bot=True)
    await fake.say(ada, direct, "fourth")
    thread = await fake.open_thread(ada, channel, "a thread")
    await fake.say(ada, thread, "fifth", mention_bot=True)
    async with office.process():
        await fake.say(ada, channel, "sixth", mention_bot=True)
        await office.until("second", "third", "fourth", "fifth", "sixth")

    assert sorted(office.texts) == [
        *("fifth", "first", "fourth", "hello", "second", "sixth", "third")
    ]
    second = next(each for each in office.intake.taken if each.text == "second")
    third = next(each for each in office.intake.taken if each.text == "third")
    assert second.origin == next(e.origin for e in office.intake.taken if e.text == "first")
    assert third.origin.place == str(silent.id)


async def test_what_was_said_long_ago_is_left(
    fake: FakeDiscord, ada: User, channel: Channel, office: Office
) -> None:
    await hear_first(fake, ada, channel, office)
    await fake.say(ada, channel, "long ago", mention_bot=True)

    office.time.advance(3600)
    async with office.process():
        await fake.say(ada, channel, "now", mention_bot=True)
        await office.until("now")

    assert office.texts == ["first", "now"]


async def test_with_the_store_away_what_was_missed_is_taken_in_once_it_is_back(
    fake: FakeDiscord, ada: User, channel: Channel, office: Office
) -> None:
    await hear_first(fake, ada, channel, office)
    await fake.say(ada, channel, "second", mention_bot=True)

    office.marks.is_away = True
    async with office.process():
        await fake.say(ada, channel, "third", mention_bot=True)
        await office.until("third")
        before = office.texts
        office.marks.is_away = False
        await office.until("second")

    assert before == ["first", "third"]
    assert sorted(office.texts) == ["first", "second", "third"]


async def test_a_direct_message_is_caught_up_with_without_asking_what_channel_it_is_in(
    fake: FakeDiscord, ada: User, office: Office
) -> None:
    direct = fake.add_dm(ada)
    async with office.process():
        await fake.say(ada, direct, "first")
        await office.until("first")
    await fake.say(ada, direct, "second")

    fake.faults.next("GET", f"/channels/{direct.id}$", DROPPED, times=3)
    async with office.process():
        await office.until("second")

    first, second = office.intake.taken
    assert first.origin == second.origin
    assert first.conversation == second.conversation


async def test_what_was_missed_waits_until_there_is_room(
    fake: FakeDiscord, ada: User, channel: Channel, office: Office
) -> None:
    await hear_first(fake, ada, channel, office)
    await fake.say(ada, channel, "second", mention_bot=True)

    office.intake.is_full = True
    async with office.process():
        await office.until("second")

    assert office.naps == 3
