"""What else a bot has to take on the fake Discord: purges, links, the end of places, faults."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import discord
import pytest

from tests.fakes.discord import DROPPED, LOST_ANSWER, Channel, FakeDiscord, Status
from tests.fakes.discord_bot import QUIET, Bot, a_connected_bot, at

ALL = discord.Intents.default()
ALL.message_content = True


@pytest.fixture
async def listener(fake: FakeDiscord, channel: Channel) -> AsyncIterator[Bot]:
    assert channel.guild
    async with a_connected_bot(fake, intents=ALL) as bot:
        yield bot


async def test_a_purge_is_told_once(fake: FakeDiscord, listener: Bot, channel: Channel) -> None:
    ada = fake.add_user("ada")
    said = [await fake.say(ada, channel, text) for text in ("one", "two")]

    await fake.purge(said)
    told = await asyncio.wait_for(listener.edits.get(), 5)

    assert told.message_ids == {each.id for each in said}
    assert fake.messages(channel) == []


async def test_a_link_that_is_shown_changes_a_message_that_nobody_edited(
    fake: FakeDiscord, listener: Bot, channel: Channel
) -> None:
    said = await fake.say(fake.add_user("ada"), channel, "see https://example.com")

    await fake.unfurl(said, "An example")
    told = await asyncio.wait_for(listener.edits.get(), 5)

    assert told.message.embeds[0].title == "An example"
    assert told.message.edited_at is None
    assert told.data["edited_timestamp"] is None


async def test_a_channel_that_is_deleted_is_unknown(
    fake: FakeDiscord, listener: Bot, channel: Channel
) -> None:
    thread = await fake.open_thread(fake.add_user("ada"), channel, "t")
    await fake.delete_channel(channel)

    for place in (channel, thread):
        with pytest.raises(discord.NotFound) as refusal:
            await at(listener, place).send("x")
        assert refusal.value.code == 10003


async def test_a_server_that_has_expelled_the_bot_is_closed_to_it(
    fake: FakeDiscord, listener: Bot, channel: Channel
) -> None:
    assert channel.guild
    gone = asyncio.ensure_future(listener.wait_for("guild_remove", timeout=5))
    await asyncio.sleep(0)
    await fake.expel_bot(channel.guild)

    with pytest.raises(discord.Forbidden) as refusal:
        await at(listener, channel).send("x")

    assert (await gone).id == channel.guild.id
    assert refusal.value.code == 50001


@pytest.mark.parametrize("is_resumable", [True, False])
async def test_a_session_declared_invalid_is_resumed_or_begun_anew(
    fake: FakeDiscord, listener: Bot, channel: Channel, *, is_resumable: bool
) -> None:
    listener.ready.clear()

    fake.gateway.invalidate_all(is_resumable=is_resumable)
    back = listener.resumed if is_resumable else listener.ready
    await asyncio.wait_for(back.wait(), 15)
    await fake.say(fake.add_user("ada"), channel, "there?")

    assert (await listener.hear()).content == "there?"
    assert fake.gateway.resumed == is_resumable


async def test_a_careful_bot_answers_each_once_through_every_fault(fake: FakeDiscord) -> None:
    guild = fake.add_guild()
    channels = [guild.add_channel(f"c{number}") for number in range(40)]
    ada = fake.add_user("ada")
    fake.gateway.disorder.at_random(duplicates=0.1, swaps=0.1, seed=1)
    fake.faults.at_random({Status(503): 0.05, LOST_ANSWER: 0.05, DROPPED: 0.05}, seed=1)
    async with a_connected_bot(fake, intents=ALL) as bot:
        answering = asyncio.create_task(answer_each_once(bot, expected=80))
        for number in range(80):
            await fake.say(ada, channels[number % 40], f"q{number}")
            if number == 40:
                fake.gateway.drop_all()
        await asyncio.wait_for(answering, 60)

    answers = [each.content for place in channels for each in fake.messages(place)]
    assert sorted(answers) == sorted(f"{kind}{number}" for kind in "qa" for number in range(80))
    assert {fault for _, fault in fake.faults.happened} == {Status(503), LOST_ANSWER, DROPPED}
    assert fake.violations == []


async def answer_each_once(bot: Bot, expected: int) -> None:
    answered: set[int] = set()
    async with asyncio.TaskGroup() as tasks:
        while len(answered) < expected:
            question = await bot.hear()
            if question.id not in answered:
                answered.add(question.id)
                tasks.create_task(answer(question))


async def answer(question: discord.Message) -> None:
    """Post an answer, again and again if need be, under one nonce."""
    while True:
        try:
            text = question.content.replace("q", "a")
            await question.channel.send(text, nonce=question.id, allowed_mentions=QUIET)
        except (aiohttp.ClientError, discord.DiscordServerError):
            continue
        return
