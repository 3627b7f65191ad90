"""Listening and answering together at the fake Discord, with one process as both ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.draft import Draft
from bot.platforms.at_once import NotShared
from bot.platforms.discord.errors import DiscordRefuses
from bot.platforms.discord.platform import Discord, open_discord
from bot.platforms.discord.slash import MENU
from bot.platforms.port import Message, Notice
from bot.platforms.presses import ABOUT_ABOVE
from config.references import Resolved
from routing.inbox import Admitted
from tests.bot.platforms.discord.ear import Ear, settings_for
from tests.bot.platforms.discord.saying import ListedPosts
from tests.bot.platforms.recording import Echo, RecordingIntake
from tests.fakes.discord import Channel, FakeDiscord, Permission, Status, Upload, User
from tests.fakes.discord import Message as Post
from tests.fakes.ports import DictMarks


@dataclass
class AnsweringIntake(RecordingIntake):
    """Answers at once with what it was asked, and what that was about."""

    platform: Discord | None = None
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def accept(self, message: Message) -> Admitted:
        admitted = await super().accept(message)
        task = asyncio.create_task(self._answer(message))
        self.tasks.add(task)
        return admitted

    async def _answer(self, message: Message) -> None:
        assert self.platform
        surface = self.platform.surface
        reply = surface.reply(message, NotShared(message.message_id))
        await reply.begin("…")
        message = await surface.surroundings(message)
        draft = Draft()
        quotes = " / ".join(quote.text for quote in message.quotes)
        draft.take(Notice(f"{message.text} ({quotes})"))
        await reply.run(draft)


@asynccontextmanager
async def answering(fake: FakeDiscord, folder: Path, **changes: object) -> AsyncIterator[Ear]:
    """Run both ends; they are connected when the block begins."""
    intake = AnsweringIntake()
    ear = Ear(fake, intake=intake)
    settings = settings_for(fake, folder, **changes)
    async with open_discord(
        settings, answers=Echo(), posts=ListedPosts(), marks=DictMarks()
    ) as platform:
        intake.platform = platform
        running = asyncio.create_task(platform.run(intake))
        await ear.until(lambda: fake.gateway.is_connected)
        yield ear
        running.cancel()
        await asyncio.wait([running])
        await asyncio.gather(*intake.tasks)


@pytest.fixture
async def whole(fake: FakeDiscord, channel: Channel, tmp_path: Path) -> AsyncIterator[Ear]:
    assert channel.guild
    async with answering(fake, tmp_path) as ear:
        yield ear


async def test_a_mention_is_answered_with_what_it_is_about(
    whole: Ear, ada: User, channel: Channel
) -> None:
    bob = whole.fake.add_user("bob", channel.guild)
    first = await whole.fake.say(bob, channel, f"<@{whole.fake.bot.id}> tea is old")
    second = await whole.fake.say(ada, channel, "is it?", mention_bot=True, reply_to=first)

    await whole.until(lambda: "is it?" in to(second, whole))
    assert "tea is old" in to(second, whole)


async def test_ask_and_the_menu_are_answered_in_place(
    whole: Ear, ada: User, channel: Channel
) -> None:
    said = await whole.fake.say(ada, channel, "is the earth flat?")
    asked = await whole.fake.slash(ada, channel, "ask", {"question": "tea?"})
    pointed = await whole.fake.menu(ada, said, MENU)

    await whole.until(lambda: pointed.original and "earth" in pointed.original.content)
    await whole.until(lambda: asked.original and "tea?" in asked.original.content)
    assert pointed.original
    assert ABOUT_ABOVE[:6] in pointed.original.content


async def test_a_command_is_answered_to_its_person_alone(
    whole: Ear, ada: User, channel: Channel
) -> None:
    asked = await whole.fake.slash(ada, channel, "quota audit")

    await whole.until(lambda: asked.original and "/quota audit" in asked.original.content)
    assert asked.original
    assert asked.original.is_ephemeral
    assert answers(whole, channel) == []


async def test_a_mention_is_answered_where_the_history_is_closed(
    whole: Ear, ada: User, channel: Channel
) -> None:
    channel.deny(Permission.READ_MESSAGE_HISTORY)

    await whole.fake.say(ada, channel, "tea?", mention_bot=True)

    await whole.until(lambda: "tea?" in said_in(whole, channel))


async def test_a_direct_message_is_answered(whole: Ear, ada: User) -> None:
    dm = whole.fake.add_dm(ada)
    await whole.fake.say(ada, dm, "tea?")

    await whole.until(lambda: answers(whole, dm) and "tea?" in answers(whole, dm)[0].content)


async def test_a_thread_is_opened_and_goes_on(
    fake: FakeDiscord, ada: User, channel: Channel, tmp_path: Path
) -> None:
    async with answering(fake, tmp_path, open_threads=True) as ear:
        question = await fake.say(ada, channel, "tea?", mention_bot=True)
        await ear.until(lambda: question.thread is not None)
        thread = question.thread
        assert thread is not None

        await fake.say(ada, thread, "and milk?", mention_bot=True)
        await ear.until(lambda: {"tea?", "milk?"} <= set(said_in(ear, thread).split()))

        first, second = await ear.taken(2)
        assert first.conversation == second.conversation
        assert answers(ear, channel) == []


async def test_a_thread_has_a_name_also_where_only_a_file_is_sent(
    fake: FakeDiscord, ada: User, channel: Channel, tmp_path: Path
) -> None:
    async with answering(fake, tmp_path, open_threads=True) as ear:
        file = Upload("plan.txt", b"tea", "text/plain")
        question = await fake.say(ada, channel, "", mention_bot=True, attachments=[file])

        await ear.taken()

    assert question.thread is not None
    assert question.thread.name


async def test_discord_is_waited_for_until_it_can_be_reached(
    fake: FakeDiscord, tmp_path: Path
) -> None:
    ear = Ear(fake)
    fake.faults.next("GET", "/applications/@me", Status(404))
    settings = settings_for(fake, tmp_path)

    async with open_discord(
        settings, answers=Echo(), posts=ListedPosts(), marks=DictMarks(), sleep=ear.pause
    ):
        assert len(ear.pauses) == 1


async def test_a_wrong_token_is_not_tried_again(fake: FakeDiscord, tmp_path: Path) -> None:
    settings = settings_for(fake, tmp_path, token=Resolved("wrong", "env:DISCORD_TOKEN"))

    with pytest.raises(DiscordRefuses, match="DISCORD_TOKEN"):
        async with open_discord(settings, answers=Echo(), posts=ListedPosts(), marks=DictMarks()):
            pass


def answers(whole: Ear, channel: Channel) -> list[Post]:
    """Return what the bot said in a channel, as all see it."""
    return [each for each in whole.fake.messages(channel) if each.author is whole.fake.bot]


def said_in(whole: Ear, channel: Channel) -> str:
    """Return all that the bot said in a channel."""
    return "".join(each.content for each in answers(whole, channel))


def to(question: Post, whole: Ear) -> str:
    """Return what the bot replied to a message; empty for nothing yet."""
    for each in answers(whole, question.channel):
        if each.reference and each.reference.message_id == question.id:
            return each.content
    return ""
