"""How the fake Discord counts requests, and what it holds against a bot that does not."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import discord
import pytest

from tests.fakes.discord import Channel, FakeDiscord, Rate, Status
from tests.fakes.discord.limits import GLOBAL, PER_PERSON, Limits
from tests.fakes.discord.refusals import Refused
from tests.fakes.discord_bot import Bot, a_writing_bot, at, session_of
from tests.fakes.ports import ToldClock

POST = ("POST", "/channels/{channel_id}/messages")
CALLBACK = ("POST", "/interactions/{interaction_id}/{interaction_token}/callback")


@pytest.fixture
def told() -> ToldClock:
    return ToldClock()


@pytest.fixture
async def fake(told: ToldClock) -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(told.clock()) as fake:
        fake.limits.grace_s = 0
        yield fake


async def test_headers_say_what_remains(
    fake: FakeDiscord, bot: Bot, channel: Channel, told: ToldClock
) -> None:
    first, _, _ = await post(bot, channel)
    told.advance(2)
    second, _, _ = await post(bot, channel)

    assert first["X-RateLimit-Limit"] == "5"
    assert (first["X-RateLimit-Remaining"], second["X-RateLimit-Remaining"]) == ("4", "3")
    assert (first["X-RateLimit-Reset-After"], second["X-RateLimit-Reset-After"]) == (
        "5.000",
        "3.000",
    )
    assert first["X-RateLimit-Reset"] == second["X-RateLimit-Reset"]
    assert first["X-RateLimit-Bucket"] == second["X-RateLimit-Bucket"]
    assert fake.violations == []


async def test_the_sixth_post_is_refused_and_a_violation_until_the_window_is_over(
    fake: FakeDiscord, bot: Bot, channel: Channel, told: ToldClock
) -> None:
    for _ in range(5):
        await post(bot, channel)
    told.advance(2)

    headers, status, body = await post(bot, channel)
    told.advance(3)
    _, later, _ = await post(bot, channel)

    assert status == 429
    assert body == {
        "message": "You are being rate limited.",
        "code": 0,
        "retry_after": 3.0,
        "global": False,
    }
    assert (headers["Retry-After"], headers["X-RateLimit-Scope"]) == ("3", PER_PERSON)
    assert headers["X-RateLimit-Remaining"] == "0"
    assert later == 200
    assert [each.what for each in fake.violations] == ["ignored a rate limit"]
    assert fake.limits.refusals == {PER_PERSON: 1}


async def test_each_channel_has_a_bucket_of_its_own(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    assert channel.guild
    other = channel.guild.add_channel("other")
    for _ in range(5):
        await post(bot, channel)

    headers, status, _ = await post(bot, other)

    assert (status, headers["X-RateLimit-Remaining"]) == (200, "4")
    assert fake.violations == []


def test_the_fifty_first_request_in_a_second_is_refused_whatever_it_asks(told: ToldClock) -> None:
    limits = Limits(told.clock())
    for number in range(50):
        limits.admit(POST, {"channel_id": str(number)})

    with pytest.raises(Refused) as refusal:
        limits.admit(POST, {"channel_id": "50"})
    limits.admit(CALLBACK, {"interaction_id": "1"})
    told.advance(1)
    limits.admit(POST, {"channel_id": "50"})

    assert refusal.value.body["global"] is True
    assert refusal.value.headers["X-RateLimit-Scope"] == GLOBAL
    assert refusal.value.headers["X-RateLimit-Global"] == "true"


async def test_discord_py_waits_as_the_headers_say(bot: Bot, channel: Channel) -> None:
    """Run by the real clock, in a short window: the library sleeps by itself."""
    async with FakeDiscord() as fake:
        fake.limits.rates[POST] = Rate(2, 0.1)
        place = fake.add_guild().add_channel()
        discord.http.Route.BASE = fake.api_url

        await asyncio.gather(*(at(bot, place).send(str(number)) for number in range(5)))

        assert len(fake.messages(place)) == 5
        assert fake.violations == []
    assert channel.messages == {}


@pytest.mark.parametrize("scope", ["user", "shared", "global"])
async def test_a_429_can_be_scripted_and_is_waited_out(
    fake: FakeDiscord, bot: Bot, channel: Channel, scope: str
) -> None:
    fake.faults.next("POST", "/messages$", Status(429, retry_after_s=0.01, scope=scope))

    await at(bot, channel).send("at last")

    assert [request.status for request in list(fake.requests)[-2:]] == [429, 200]
    assert [each.content for each in fake.messages(channel)] == ["at last"]


async def post(bot: Bot, channel: Channel) -> tuple[Mapping[str, str], int, Any]:
    url = f"{discord.http.Route.BASE}/channels/{channel.id}/messages"
    headers = {"Authorization": f"Bot {bot.http.token}"}
    body = {"content": "x", "allowed_mentions": {"parse": []}}
    async with session_of(bot).post(url, json=body, headers=headers) as response:
        return response.headers, response.status, await response.json()


async def test_another_process_that_was_told_nothing_is_not_blamed(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    for _ in range(5):
        await post(bot, channel)

    async with a_writing_bot(fake) as other:
        _, status, _ = await post(other, channel)
        blamed_first = list(fake.violations)
        await post(other, channel)

    assert status == 429
    assert blamed_first == []
    assert [each.what for each in fake.violations] == ["ignored a rate limit"]
