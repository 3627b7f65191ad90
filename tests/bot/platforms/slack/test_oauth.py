"""A workspace installs the app: in a browser, at the fake Slack, into a sealed store."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import fakeredis
import pytest

from bot.platforms.slack.credentials import Credentials
from bot.platforms.slack.doors.calling import web_client
from bot.platforms.slack.doors.oauth import Kept, create_flow
from bot.platforms.slack.doors.server import serving, web_app
from bot.platforms.slack.manifest import SCOPES
from bot.platforms.slack.token_check import is_good
from config.chats import SlackSettings
from config.references import Address
from config.settings import StoreSettings
from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.backends.redis_installations import RedisInstallations
from routing.backends.sealing import Seal
from routing.clock import Clock
from tests.bot.platforms.slack.browser import Browser
from tests.fakes.slack import FakeSlack, Team

PUBLIC = "https://bot.example.com"
SEAL = Seal("a long secret of the operator's")


@dataclass
class Visit:
    """A browser at the app, and what the app keeps."""

    slack: FakeSlack
    browser: Browser
    store: fakeredis.FakeAsyncRedis
    server: fakeredis.FakeServer
    settings: SlackSettings
    installations: RedisInstallations

    async def begins(self) -> str:
        return await self.browser.begins()

    async def comes_back(self, url: str, *, cookie: str | None = None) -> int:
        return await self.browser.comes_back(url, cookie=cookie)


@pytest.fixture
async def visit(slack: FakeSlack) -> AsyncIterator[Visit]:
    settings = SlackSettings(
        api_url=Address("literal address", slack.api_url),
        public_url=Address("literal address", PUBLIC),
    )
    given = Credentials("", "", "8f74", slack.door.client_id, slack.door.client_secret)
    server = fakeredis.FakeServer()
    async with fakeredis.FakeAsyncRedis(server=server) as store:
        patient = StoreSettings(timeout_s=2)
        connection = Connection(store, patient, Clock(), name="the store", way_out="start it")
        installations = RedisInstallations(connection, Keys("test"), SEAL)
        kept = Kept(installations, asyncio.get_running_loop())
        flow = create_flow(settings, given, tuple(SCOPES), web_client(settings, 5), kept)
        async with serving(web_app(None, flow, Clock()), "127.0.0.1", 0) as address:
            yield Visit(slack, Browser(address, PUBLIC), store, server, settings, installations)


@pytest.fixture
def globex(slack: FakeSlack) -> Team:
    return slack.add_team("globex", is_installed=False)


async def test_a_workspace_installs_the_app_and_can_be_answered(visit: Visit, globex: Team) -> None:
    visit.slack.door.team = globex

    asks_at = await visit.begins()
    status = await visit.comes_back(visit.slack.door.decide(asks_at))

    assert status == 200
    assert visit.slack.door.asked == list(SCOPES)
    found = await visit.installations.find(globex.id)
    assert found
    assert (found.token, found.name) == (globex.bot_token, "globex")
    assert await is_good(visit.settings, found.token, 5)


async def test_whoever_reads_the_store_finds_no_token(visit: Visit, globex: Team) -> None:
    visit.slack.door.team = globex
    await visit.comes_back(visit.slack.door.decide(await visit.begins()))

    kept = [await visit.store.get(key) for key in await visit.store.keys()]

    assert len(kept) == 1
    assert isinstance(kept[0], bytes)
    assert globex.bot_token.encode() not in kept[0]


async def test_a_state_is_good_once(visit: Visit, globex: Team) -> None:
    visit.slack.door.team = globex
    asks_at = await visit.begins()
    await visit.comes_back(visit.slack.door.decide(asks_at))

    again = await visit.comes_back(visit.slack.door.decide(asks_at))

    assert again == 401


async def test_and_only_in_the_browser_that_began(visit: Visit, globex: Team) -> None:
    visit.slack.door.team = globex
    back = visit.slack.door.decide(await visit.begins())

    statuses = [
        await visit.comes_back(back, cookie=cookie)
        for cookie in ("", "slack-app-oauth-state=another's")
    ]

    assert statuses == [400, 400]
    assert await visit.installations.find(globex.id) is None


async def test_a_state_nobody_gave_out_is_none(visit: Visit, globex: Team) -> None:
    visit.slack.door.team = globex
    asks_at = await visit.begins()
    state = parse_qs(urlsplit(asks_at).query)["state"][0]
    forged = visit.slack.door.decide(asks_at).replace(state, "forged")

    status = await visit.comes_back(forged, cookie="slack-app-oauth-state=forged")

    assert status == 401


async def test_who_declines_is_told_and_nothing_is_kept(visit: Visit, globex: Team) -> None:
    back = visit.slack.door.decide(await visit.begins())

    await visit.comes_back(back)

    assert "access_denied" in visit.browser.page
    assert await visit.installations.find(globex.id) is None


async def test_while_the_store_is_away_nobody_begins(visit: Visit) -> None:
    visit.server.connected = False

    assert await visit.begins() == ""
    assert "Try again" in visit.browser.page


async def test_a_token_that_was_taken_back_is_no_longer_good(visit: Visit) -> None:
    token = visit.slack.bot_token
    before = await is_good(visit.settings, token, 5)

    await visit.slack.uninstall(visit.slack.team)

    assert before
    assert not await is_good(visit.settings, token, 5)
