"""Installations in the store: sealed, each workspace's its own."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from config.errors import ConfigError
from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.backends.redis_installations import RedisInstallations
from routing.backends.sealing import Seal
from routing.installations import Installation, SealBroken

KEY = "a long secret of the operator's"
TOKEN = "xoxb-in-clear"
ACME = Installation(
    team="TACME",
    enterprise="EHOLDING",
    token=TOKEN,
    bot_user="UBOT",
    name="Acme",
    scopes=("chat:write", "commands"),
    installed_by="UADA",
    installed_at=datetime(2026, 11, 25, 12, tzinfo=UTC),
)
HOLDING = replace(ACME, team="", name="Holding", token="xoxb-of-all")


@pytest.fixture(scope="module")
def seal() -> Seal:
    return Seal(KEY)


@pytest.fixture
def installations(connection: Connection, keys: Keys, seal: Seal) -> RedisInstallations:
    return RedisInstallations(connection, keys, seal)


async def test_a_workspace_is_found_as_it_was_kept(installations: RedisInstallations) -> None:
    await installations.keep(ACME)

    assert await installations.find("TACME") == ACME
    assert await installations.find("TOTHER") is None


async def test_the_later_installation_counts(installations: RedisInstallations) -> None:
    await installations.keep(ACME)

    await installations.keep(replace(ACME, token="xoxb-later"))

    found = await installations.find("TACME")
    assert found
    assert found.token == "xoxb-later"


async def test_a_workspace_of_an_organisation_is_served_by_its_installation(
    installations: RedisInstallations,
) -> None:
    await installations.keep(HOLDING)
    unknown = await installations.find("TACME")

    await installations.join("TACME", "EHOLDING")
    of_all = await installations.find("TACME")
    await installations.keep(ACME)
    of_one = await installations.find("TACME")

    assert unknown is None
    assert of_all == HOLDING
    assert of_one == ACME
    assert await installations.find("TOTHER") is None


async def test_what_is_forgotten_is_gone_and_nothing_else(
    installations: RedisInstallations,
) -> None:
    await installations.keep(ACME)
    await installations.keep(HOLDING)
    await installations.join("TACME", "EHOLDING")

    await installations.forget("TACME")
    of_all = await installations.find("TACME")
    await installations.forget("", "EHOLDING")

    assert of_all == HOLDING
    assert await installations.find("TACME") is None


async def test_whoever_reads_the_store_finds_no_token(
    installations: RedisInstallations, connection: Connection, keys: Keys
) -> None:
    await installations.keep(ACME)

    raw = await connection.command("GET", keys.installation("TACME", ""))

    assert isinstance(raw, bytes)
    assert TOKEN.encode() not in raw
    assert b"Acme" not in raw
    assert TOKEN not in repr(ACME)


async def test_a_state_is_good_once(installations: RedisInstallations) -> None:
    await installations.expect("by-chance", within_s=60)

    assert await installations.is_expected("by-chance")
    assert not await installations.is_expected("by-chance")
    assert not await installations.is_expected("never given out")


async def test_the_key_may_change_while_the_earlier_one_stands_below(
    installations: RedisInstallations, connection: Connection, keys: Keys
) -> None:
    await installations.keep(ACME)
    both = RedisInstallations(connection, keys, Seal(f"the new secret of the operator\n{KEY}\n"))
    new = RedisInstallations(connection, keys, Seal("the new secret of the operator"))

    found = await both.find("TACME")
    assert found
    with pytest.raises(SealBroken, match="sealing_key"):
        await new.find("TACME")
    await both.keep(found)

    assert await new.find("TACME") == ACME


async def test_nobody_can_give_a_workspace_the_token_of_another(
    installations: RedisInstallations, connection: Connection, keys: Keys
) -> None:
    await installations.keep(ACME)
    raw = await connection.command("GET", keys.installation("TACME", ""))
    assert isinstance(raw, bytes)

    await connection.command("SET", keys.installation("TOTHER", ""), raw)

    with pytest.raises(SealBroken):
        await installations.find("TOTHER")


@pytest.mark.parametrize("keys", ["", "\n \n", "short", "a long secret of the operator's\nshort"])
def test_a_short_key_is_refused(keys: str) -> None:
    with pytest.raises(ConfigError, match="16 characters"):
        Seal(keys)
