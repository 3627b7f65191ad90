"""A fake Discord that also judges itself, and a bot that writes to it."""

from collections.abc import AsyncIterator

import pytest

from tests.fakes.discord import Channel, FakeDiscord
from tests.fakes.discord_bot import Bot, a_writing_bot


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
