"""What goes wrong between a bot and the fake Discord, by script and by chance; and its files."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import discord
import pytest

from tests.fakes.discord import (
    DROPPED,
    LOST_ANSWER,
    Attachment,
    Channel,
    FakeDiscord,
    Held,
    Status,
    Upload,
)
from tests.fakes.discord.payloads import signed_url
from tests.fakes.discord.rest import SPARED
from tests.fakes.discord_bot import Bot, at
from tests.fakes.faults import Faults
from tests.fakes.ports import ToldClock


@pytest.fixture
def told() -> ToldClock:
    return ToldClock()


@pytest.fixture
async def fake(told: ToldClock) -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(told.clock()) as fake:
        yield fake


async def test_a_dropped_request_is_not_carried_out(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    fake.faults.next("POST", "/messages$", DROPPED)

    with pytest.raises(aiohttp.ClientError):
        await at(bot, channel).send("gone")

    assert fake.messages(channel) == []


async def test_a_lost_answer_leaves_what_was_carried_out_and_the_nonce_saves_it(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    fake.faults.next("POST", "/messages$", LOST_ANSWER)

    with pytest.raises(aiohttp.ClientError):
        await at(bot, channel).send("once", nonce="n")
    again = await at(bot, channel).send("once", nonce="n")

    assert [each.id for each in fake.messages(channel)] == [again.id]


async def test_a_scripted_status_is_answered_once(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    fake.faults.next("POST", "/messages$", Status(503))

    with pytest.raises(discord.DiscordServerError):
        await at(bot, channel).send("x")
    await at(bot, channel).send("y")

    assert [each.content for each in fake.messages(channel)] == ["y"]


async def test_a_held_request_waits(fake: FakeDiscord, bot: Bot, channel: Channel) -> None:
    until = asyncio.Event()
    # Before it knows a bucket, discord.py sends one request at a time.
    await at(bot, channel).send("first")
    fake.faults.next("POST", "/messages$", Held(until))

    sending = asyncio.create_task(at(bot, channel).send("late"))
    await fake.until(lambda: fake.faults.happened)
    await at(bot, channel).send("early")
    until.set()
    await sending

    assert [each.content for each in fake.messages(channel)] == ["first", "early", "late"]


def test_chance_is_the_same_in_each_run_and_spares_the_login() -> None:
    def struck(seed: int) -> list[bool]:
        faults = Faults(SPARED)
        faults.at_random({Status(503): 0.2, LOST_ANSWER: 0.1}, seed)
        faults_at_login = [faults.strike("GET", "/users/@me") for _ in range(100)]
        assert not any(faults_at_login)
        return [bool(faults.strike("POST", "/channels/1/messages")) for _ in range(1000)]

    assert struck(1) == struck(1) != struck(2)
    assert 230 < sum(struck(1)) < 370


async def a_file(fake: FakeDiscord, channel: Channel) -> Attachment:
    upload = Upload("a.txt", b"words", "text/plain")
    message = await fake.say(fake.add_user("ada"), channel, "see", attachments=[upload])
    return message.attachments[0]


async def test_the_address_of_a_file_expires_and_a_new_one_is_given(
    fake: FakeDiscord, bot: Bot, channel: Channel, told: ToldClock
) -> None:
    fake.world.sees_content = True
    attachment = await a_file(fake, channel)
    old_url = signed_url(attachment, fake.world)
    told.advance(24 * 3600 + 1)

    with pytest.raises(discord.NotFound):
        await bot.http.get_from_cdn(old_url)
    message = await at(bot, channel).fetch_message(next(iter(channel.messages)))

    assert message.attachments[0].content_type == "text/plain"
    assert await message.attachments[0].read() == b"words"


async def test_an_address_nobody_signed_is_of_no_use(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    attachment = await a_file(fake, channel)
    url = signed_url(attachment, fake.world)

    for forged in (url.replace("ex=", "ex=f"), url.partition("?")[0], f"{fake.cdn_url}/other"):
        with pytest.raises(discord.NotFound):
            await bot.http.get_from_cdn(forged)


async def test_a_file_can_lead_elsewhere(fake: FakeDiscord, bot: Bot, channel: Channel) -> None:
    first, second = await a_file(fake, channel), await a_file(fake, channel)
    first.redirect = signed_url(second, fake.world)

    assert await bot.http.get_from_cdn(signed_url(first, fake.world)) == b"words"
    assert len(fake.files.requests) == 2
