"""Whole answers over real HTTP, with what goes wrong on the way; the fake judges each request."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.draft import Draft, View
from bot.platforms.discord.rest import open_rest
from bot.platforms.discord.surface import DiscordSurface
from bot.platforms.port import Message
from bot.platforms.surface import NotShown
from config.chats import DiscordSettings
from config.references import Resolved
from routing.clock import Clock
from routing.reply import TextDelta
from tests.bot.platforms.discord.posted import LONG, ListPosts, a_message, acknowledge, the_end
from tests.fakes.discord import LOST_ANSWER, Channel, FakeDiscord, Permission, Rate, Status
from tests.fakes.surface import as_it_is

MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = f"{MESSAGES}/{{message_id}}"


@pytest.fixture
async def surface(fake: FakeDiscord) -> AsyncIterator[DiscordSurface]:
    settings = DiscordSettings.model_validate(
        {
            "token": Resolved(fake.token, "env:DISCORD_TOKEN"),
            "api_url": fake.api_url,
            "edit_every_s": 0.2,
        }
    )
    async with open_rest(settings) as rest:
        yield DiscordSurface(rest, settings, as_it_is)


async def asked_in(fake: FakeDiscord, channel: Channel) -> Message:
    """Let somebody ask something."""
    question = await fake.say(fake.add_user("ada"), channel, "why?")
    return a_message(channel=str(channel.id), reply_to=str(question.id))


async def answered(
    surface: DiscordSurface, message: Message, text: str, posts: ListPosts | None = None
) -> None:
    """Begin, stream and end an answer."""
    draft, reply = Draft(), surface.reply(message, posts or ListPosts())
    await reply.begin("asking llama …")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(reply.run(draft))
        for place in range(0, len(text), 500):
            draft.take(TextDelta(text[place : place + 500]))
            await asyncio.sleep(0)
        draft.end(the_end(text))


def texts(fake: FakeDiscord, channel: Channel) -> list[str]:
    return [post.content for post in fake.messages(channel) if post.author is fake.bot]


async def test_an_answer_is_seen_whole_and_once(
    fake: FakeDiscord, surface: DiscordSurface, channel: Channel
) -> None:
    await answered(surface, await asked_in(fake, channel), LONG)

    assert "".join(texts(fake, channel)).count("Paragraph") == 12
    assert texts(fake, channel)[-1].endswith("-# llama · free")


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("fault", [Status(503), Status(429, 0.1), LOST_ANSWER], ids=repr)
async def test_what_goes_wrong_on_the_way_is_not_seen_in_the_end(
    fake: FakeDiscord, surface: DiscordSurface, channel: Channel, method: str, fault: Status
) -> None:
    fake.faults.next(method, "/messages", fault, times=2)

    await answered(surface, await asked_in(fake, channel), LONG)

    assert "".join(texts(fake, channel)).count("Paragraph") == 12
    assert len(texts(fake, channel)) == 3
    assert fake.faults.happened


async def test_two_answers_in_one_channel_share_its_limits_without_a_refusal(
    fake: FakeDiscord, surface: DiscordSurface, channel: Channel
) -> None:
    fake.limits.rates["PATCH", MESSAGE] = Rate(3, 0.3)
    fake.limits.rates["POST", MESSAGES] = Rate(2, 0.3)
    message = await asked_in(fake, channel)
    first, second = ListPosts(), ListPosts()
    second.nonce = "other"

    await asyncio.gather(
        answered(surface, message, LONG, first), answered(surface, message, LONG, second)
    )

    assert "".join(texts(fake, channel)).count("Paragraph") == 24
    assert not fake.limits.refusals


async def test_a_worker_that_takes_over_posts_nothing_twice(
    fake: FakeDiscord, surface: DiscordSurface, channel: Channel
) -> None:
    message, posts = await asked_in(fake, channel), ListPosts()
    await surface.reply(message, ListPosts()).begin("asking llama …")  # and dies before its note

    await answered(surface, message, "So.", posts)

    assert texts(fake, channel) == ["So.\n-# llama · free"]


async def test_an_answer_deleted_by_somebody_is_over(
    fake: FakeDiscord, surface: DiscordSurface, channel: Channel
) -> None:
    draft, reply = Draft(), surface.reply(await asked_in(fake, channel), ListPosts())
    await reply.begin("asking llama …")
    await fake.delete(fake.messages(channel)[-1])
    draft.take(TextDelta("So"))

    with pytest.raises(NotShown) as caught:
        await reply.run(draft)

    assert caught.value.is_final
    assert texts(fake, channel) == []


async def test_where_the_bot_may_attach_nothing_all_is_posted(
    fake: FakeDiscord, surface: DiscordSurface, channel: Channel
) -> None:
    channel.deny(Permission.ATTACH_FILES)
    fake.limits.rates["POST", MESSAGES] = Rate(50, 1)

    await answered(surface, await asked_in(fake, channel), LONG * 3)

    assert "".join(texts(fake, channel)).count("Paragraph") == 36


async def test_a_long_answer_comes_with_a_file(
    fake: FakeDiscord, surface: DiscordSurface, channel: Channel
) -> None:
    await answered(surface, await asked_in(fake, channel), LONG * 3)

    *_, last = fake.messages(channel)
    (file,) = last.attachments
    assert file.upload.content.decode() == LONG * 3
    assert len(texts(fake, channel)) == 5


async def test_a_command_is_answered_in_its_place_though_it_is_acknowledged_late(
    fake: FakeDiscord, surface: DiscordSurface, channel: Channel
) -> None:
    fake.world.commands[None] = [{"id": "5", "name": "ask", "type": 1, "description": "Ask"}]
    asked = await fake.slash(fake.add_user("ada"), channel, "ask")
    ends = Clock().now() + timedelta(minutes=15)
    message = a_message(
        channel=str(channel.id), reply_to="", token=asked.token, expires_at=ends.isoformat()
    )

    await acknowledge(f"{fake.api_url}/interactions/{asked.id}/{asked.token}/callback")
    fake.faults.next("PATCH", "@original", Status(404), times=2)

    await answered(surface, message, LONG)

    assert asked.original
    assert asked.original.content.startswith("Paragraph 0.")
    assert "".join(texts(fake, channel)).count("Paragraph") == 12
    assert asked.follow_ups == []


async def test_a_refusal_is_said_once_and_trouble_with_it_ends_nothing(
    fake: FakeDiscord, surface: DiscordSurface, channel: Channel
) -> None:
    message = await asked_in(fake, channel)
    busy = View("I am busy.", is_final=True, is_notice=True, is_failure=True)

    for _ in range(2):
        await surface.refuse(message, busy)
    channel.deny(Permission.SEND_MESSAGES)
    await surface.refuse(message, busy)

    assert texts(fake, channel) == ["I am busy."]
