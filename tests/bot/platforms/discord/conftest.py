"""The listening side, connected to a fake Discord with a channel and a person in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bot.platforms.discord.ear import Ear, listening
from tests.bot.platforms.discord.program import Program
from tests.fakes.discord import Channel, FakeDiscord, User
from tests.fakes.provider import FakeProvider


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as discord:
        yield discord
        assert discord.violations == []


@pytest.fixture
def channel(fake: FakeDiscord) -> Channel:
    return fake.add_guild().add_channel()


@pytest.fixture
def ada(fake: FakeDiscord, channel: Channel) -> User:
    return fake.add_user("ada", channel.guild)


@pytest.fixture
async def ear(fake: FakeDiscord, channel: Channel, tmp_path: Path) -> AsyncIterator[Ear]:
    assert channel.guild
    async with listening(fake, tmp_path) as connected:
        yield connected


@pytest.fixture
async def program(fake: FakeDiscord, channel: Channel, tmp_path: Path) -> AsyncIterator[Program]:
    async with FakeProvider() as provider:
        made = Program(provider, tmp_path, fake=fake, channel=channel)
        yield made
        await made.kill()
