"""Sockets to the fake Slack: opened, replaced, cut and refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from bot.platforms.slack.doors.app import create_app
from bot.platforms.slack.doors.calling import web_client
from bot.platforms.slack.doors.gate import Gate
from bot.platforms.slack.doors.sockets import Sockets
from bot.platforms.slack.ways_out import SlackRefuses
from bot.platforms.vitals import Vitals
from config.chats import SlackSettings
from config.references import Address
from routing.clock import Clock
from tests.bot.platforms.slack.heard import Heard
from tests.fakes.slack import Channel, FakeSlack, Status, User
from tests.fakes.told_time import ToldTime


@dataclass
class Ear:
    """A bot that only listens, over two sockets.

    Attributes:
        heard: What came in.
        pauses: How long it waited before it tried again.
    """

    slack: FakeSlack
    heard: Heard = field(default_factory=Heard)
    pauses: list[float] = field(default_factory=list)
    vitals: Vitals = field(default_factory=Vitals)

    async def sleep(self, pause_s: float) -> None:
        self.pauses.append(pause_s)
        await asyncio.sleep(0)

    async def run(self, app_token: str = "") -> None:
        settings = SlackSettings(api_url=Address("literal address", self.slack.api_url))
        client = web_client(settings, timeout_s=5)
        sockets = Sockets(
            create_app(client, Gate(self.heard).take, None),
            client,
            app_token or self.slack.app_token,
            count=2,
            clock=Clock(),
            sleep=self.sleep,
            vitals=self.vitals,
        )
        await sockets.run()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.run())
        await self.slack.until(lambda: self.slack.sockets.count == 2)
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def has_acknowledged(self, count: int) -> None:
        """Wait until so much of what Slack told is acknowledged."""
        told = self.slack.deliveries.told
        await self.slack.until(lambda: sum(each.is_acknowledged for each in told) >= count)


@pytest.fixture
def time() -> ToldTime:
    return ToldTime()


@pytest.fixture
async def slack(time: ToldTime) -> AsyncIterator[FakeSlack]:
    async with FakeSlack(time.clock(), sleep=time.sleep) as fake:
        yield fake
        assert fake.violations == []


@pytest.fixture
def ear(slack: FakeSlack) -> Ear:
    return Ear(slack)


async def test_what_is_said_comes_in_with_its_envelope(
    ear: Ear, ada: User, channel: Channel
) -> None:
    async with ear.listening():
        await ear.slack.mention(ada, channel, "What is tea?")
        await ear.has_acknowledged(2)

    kinds = {payload["event"]["type"] for _, _, _, payload in ear.heard.taken}
    assert kinds == {"message", "app_mention"}
    assert {team for _, team, _, _ in ear.heard.taken} == {ear.slack.team.id}


async def test_what_opens_a_socket_is_not_logged(
    ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    ear.slack.sockets.is_shut = True
    listening = asyncio.create_task(ear.run())
    await ear.slack.until(lambda: bool(ear.pauses))
    listening.cancel()
    await asyncio.wait([listening])

    assert "no connection to Slack" in caplog.text
    assert "ticket" not in caplog.text


async def test_a_socket_that_is_to_be_closed_is_read_until_the_next_one_is_open(
    ear: Ear, ada: User, channel: Channel
) -> None:
    async with ear.listening():
        ear.slack.sockets.refresh_all()
        await ear.slack.say(ada, channel, "over the old one")
        await ear.has_acknowledged(1)
        await ear.slack.until(lambda: ear.slack.sockets.count == 2)
        await ear.slack.say(ada, channel, "over the new one")
        await ear.has_acknowledged(2)

    assert ear.slack.sockets.opened == 4
    assert ear.pauses == []
    assert [len(each.attempts) for each in ear.slack.deliveries.told] == [1, 1]


async def test_after_a_cut_it_comes_back_and_hears_what_was_not_acknowledged(
    ear: Ear, ada: User, channel: Channel, time: ToldTime
) -> None:
    ear.heard.until = asyncio.Event()

    async with ear.listening():
        await ear.slack.say(ada, channel, "What is tea?")
        ear.slack.sockets.drop_all()
        await ear.slack.until(lambda: ear.slack.sockets.opened == 4)
        ear.heard.until.set()
        await time.pass_by(61)
        await ear.has_acknowledged(1)

    assert [0.5 <= each <= 1 for each in ear.pauses] == [True, True]


async def test_what_could_not_be_taken_in_comes_again_at_once(
    ear: Ear, ada: User, channel: Channel, time: ToldTime
) -> None:
    ear.heard.trouble = KeyError("surprise")

    async with ear.listening():
        await ear.slack.say(ada, channel, "What is tea?")
        await ear.slack.until(lambda: ear.heard.trouble is None)
        await time.pass_by(4)
        await ear.has_acknowledged(1)

    assert ear.heard.kinds == ["event"]
    assert [each.what for each in ear.slack.violations] == ["acknowledged late"]
    ear.slack.violations.clear()


async def test_commands_come_over_sockets_too(ear: Ear, ada: User, channel: Channel) -> None:
    async with ear.listening():
        await ear.slack.slash(ada, channel, "ask", "What is tea?")
        await ear.has_acknowledged(1)

    assert ear.heard.kinds == ["command"]


async def test_what_cannot_be_read_does_no_harm(ear: Ear, ada: User, channel: Channel) -> None:
    async with ear.listening():
        ear.slack.sockets.send_unparsable()
        await ear.slack.say(ada, channel, "What is tea?")
        await ear.has_acknowledged(1)

    assert ear.slack.sockets.opened == 2


async def test_socket_mode_switched_off_ends_it_with_the_way_out(ear: Ear) -> None:
    listening = asyncio.create_task(ear.run())
    await ear.slack.until(lambda: ear.slack.sockets.count == 2)

    ear.slack.sockets.disable()

    with pytest.raises(SlackRefuses, match="Socket Mode is switched off"):
        await listening


async def test_a_token_slack_does_not_know_ends_it_with_the_way_out(ear: Ear) -> None:
    with pytest.raises(SlackRefuses, match="SLACK_APP_TOKEN"):
        await ear.run("xapp-somebody-else's")

    assert ear.pauses == [0.0, 0.0]


async def test_slack_may_want_to_be_left_alone_for_a_while(ear: Ear) -> None:
    ear.slack.faults.next("POST", "apps.connections.open", Status(429, retry_after_s=30))

    async with ear.listening():
        pass

    assert 30 in ear.pauses


async def test_slack_is_heard_while_a_socket_is_open(ear: Ear) -> None:
    before = ear.vitals.is_heard
    async with ear.listening():
        await ear.slack.until(lambda: ear.vitals.is_heard)

    assert not before
    assert not ear.vitals.is_heard
