"""Fake services, and bots that write to them: Discord, which also judges itself, and Slack."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.discord import Channel, FakeDiscord
from tests.fakes.discord_bot import Bot, a_writing_bot
from tests.fakes.slack import Channel as SlackChannel
from tests.fakes.slack import FakeSlack, User
from tests.fakes.told_time import ToldTime


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(message_content=True) as fake:
        fake.rest.judges_answers = True
        yield fake
    assert not [each for each in fake.violations if each.what == "the fake is wrong"]


@pytest.fixture
async def bot(fake: FakeDiscord) -> AsyncIterator[Bot]:
    async with a_writing_bot(fake) as bot:
        yield bot


@pytest.fixture
def channel(fake: FakeDiscord) -> Channel:
    return fake.add_guild().add_channel()


@pytest.fixture
def time() -> ToldTime:
    return ToldTime()


@pytest.fixture
async def slack(time: ToldTime) -> AsyncIterator[FakeSlack]:
    async with FakeSlack(time.clock(), sleep=time.sleep) as slack:
        slack.limits.grace_s = 0
        yield slack


@pytest.fixture
def ada(slack: FakeSlack) -> User:
    return slack.add_user("ada")


@pytest.fixture
def place(slack: FakeSlack) -> SlackChannel:
    return slack.add_channel()


@pytest.fixture
async def web(slack: FakeSlack) -> AsyncIterator[AsyncWebClient]:
    """Slack's own client, which is to try everything once."""
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(
            slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=[]
        )
