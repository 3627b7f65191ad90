"""A fake Slack with a channel and a person in it."""

from collections.abc import AsyncIterator

import pytest

from tests.fakes.slack import Channel, FakeSlack, User


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as fake:
        yield fake
        assert fake.violations == []


@pytest.fixture
def channel(slack: FakeSlack) -> Channel:
    return slack.add_channel()


@pytest.fixture
def ada(slack: FakeSlack) -> User:
    return slack.add_user("ada")
