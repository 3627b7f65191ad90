"""In whose name the bot answers."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import fakeredis
import pytest

from bot.platforms.slack.errors import NotInstalled
from bot.platforms.slack.tokens import Installed, SingleWorkspace
from config.settings import StoreSettings
from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.backends.redis_installations import RedisInstallations
from routing.backends.sealing import Seal
from routing.clock import Clock
from routing.installations import Installation

ACME = Installation(
    team="TACME",
    enterprise="",
    token="xoxb-acme",
    bot_user="UBOT",
    name="Acme",
    scopes=("chat:write",),
    installed_by="UADA",
    installed_at=datetime(2026, 11, 25, 12, tzinfo=UTC),
)
SEAL = Seal("a long secret of the operator's")


@dataclass
class World:
    """A store, a clock, and what Slack thinks of tokens."""

    server: fakeredis.FakeServer
    installations: RedisInstallations
    now_s: float = 0.0
    is_good: bool = True

    def tokens(self) -> Installed:
        async def is_good(_token: str) -> bool:
            return self.is_good

        return Installed(self.installations, Clock(elapsed_s=lambda: self.now_s), is_good)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    server = fakeredis.FakeServer()
    async with fakeredis.FakeAsyncRedis(server=server) as client:
        settings = StoreSettings(timeout_s=2)
        connection = Connection(client, settings, Clock(), name="the store", way_out="start it")
        installations = RedisInstallations(connection, Keys("test"), SEAL)
        await installations.keep(ACME)
        yield World(server, installations)


async def test_one_workspace_has_one_token() -> None:
    assert await SingleWorkspace("xoxb-1").token("TANY") == "xoxb-1"


async def test_each_workspace_has_its_own(world: World) -> None:
    await world.installations.keep(replace(ACME, team="TOTHER", token="xoxb-other"))
    tokens = world.tokens()

    assert [await tokens.token(team) for team in ("TACME", "TOTHER")] == ["xoxb-acme", "xoxb-other"]


async def test_without_an_installation_there_is_none(world: World) -> None:
    with pytest.raises(NotInstalled, match="TNOBODY"):
        await world.tokens().token("TNOBODY")


async def test_a_new_installation_counts_within_a_minute(world: World) -> None:
    tokens = world.tokens()
    await tokens.token("TACME")
    await world.installations.keep(replace(ACME, token="xoxb-new"))

    soon = await tokens.token("TACME")
    world.now_s = 61
    later = await tokens.token("TACME")

    assert (soon, later) == ("xoxb-acme", "xoxb-new")


async def test_while_the_store_is_away_what_is_known_still_answers(world: World) -> None:
    tokens = world.tokens()
    await tokens.token("TACME")
    world.now_s = 600
    world.server.connected = False

    assert await tokens.token("TACME") == "xoxb-acme"
    with pytest.raises(NotInstalled):
        await tokens.token("TOTHER")


async def test_a_workspace_that_took_the_app_out_is_forgotten(world: World) -> None:
    tokens = world.tokens()
    await tokens.token("TACME")
    world.is_good = False

    await tokens.uninstalled("TACME", "")

    with pytest.raises(NotInstalled):
        await tokens.token("TACME")


async def test_one_whose_token_still_answers_is_not(world: World) -> None:
    await world.tokens().uninstalled("TACME", "")

    assert await world.tokens().token("TACME") == "xoxb-acme"


async def test_an_organisation_is_found_by_its_workspaces_and_forgotten_as_a_whole(
    world: World,
) -> None:
    await world.installations.keep(replace(ACME, team="", enterprise="EALL", token="xoxb-all"))
    tokens = world.tokens()
    await tokens.met("TONE", "EALL")

    of_one = await world.tokens().token("TONE")
    world.is_good = False
    await tokens.uninstalled("TONE", "EALL")

    assert of_one == "xoxb-all"
    with pytest.raises(NotInstalled):
        await world.tokens().token("TONE")
