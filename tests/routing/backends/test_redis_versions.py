"""Which form is in force while versions come and go; and what one that is too old does then."""

import asyncio
from collections.abc import Awaitable, Callable

import fakeredis
import pytest

from config.settings import Settings
from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.backends.redis_versions import RedisVersions
from routing.backends.schema import LEAST, SCHEMA
from routing.backends.stores import forgetful_stores
from routing.background import beside
from routing.clock import Clock
from routing.errors import StoreNotUnderstood
from routing.ports import Conversation
from routing.versions import STAYS_S, Presence, Speaks
from tests.fakes.told_time import ToldTime
from tests.routing.backends.conftest import PATIENT

OLD, NEW, NEWEST = Speaks("1.0", 1, 1), Speaks("2.0", 1, 2), Speaks("4.0", 3, 4)

Process = Callable[[Speaks], RedisVersions]


@pytest.fixture
def time() -> ToldTime:
    return ToldTime()


@pytest.fixture
def process(connection: Connection, keys: Keys, time: ToldTime) -> Process:
    return lambda speaks: RedisVersions(connection, keys, speaks, lambda: time.now_ms)


async def test_a_new_store_has_the_first_form_until_somebody_is_there(process: Process) -> None:
    assert await process(NEW).look() == 1
    assert await process(NEW).look() == 1
    assert await process(NEW).present() == ()


async def test_a_newer_form_is_in_force_once_nobody_is_there_who_does_not_know_it(
    process: Process, time: ToldTime
) -> None:
    old, new = process(OLD), process(NEW)
    await old.attend()

    assert await new.attend() == 1
    await time.pass_by(STAYS_S / 2)
    await old.attend()
    await time.pass_by(STAYS_S - 1)
    assert await new.attend() == 1
    assert set(await new.present()) == {OLD, NEW}
    await time.pass_by(2)
    assert await new.attend() == 2
    assert await new.look() == 2
    assert await new.present() == (NEW,)


async def test_two_processes_of_a_version_are_two(process: Process) -> None:
    await process(OLD).attend()
    await process(OLD).attend()

    assert await process(OLD).present() == (OLD, OLD)


async def test_a_form_never_falls(process: Process, time: ToldTime) -> None:
    await process(NEW).attend()
    await time.pass_by(10 * STAYS_S)

    assert await process(NEW).look() == 2


@pytest.mark.parametrize("step", [RedisVersions.look, RedisVersions.attend])
async def test_a_version_too_old_or_too_new_for_a_store_says_which_to_run(
    step: Callable[[RedisVersions], Awaitable[int]], process: Process
) -> None:
    with pytest.raises(StoreNotUnderstood, match=r"schema 1, .* none below 3: run a version"):
        await step(process(NEWEST))
    await process(NEW).attend()

    with pytest.raises(StoreNotUnderstood, match=r"schema 2, .* none above 1: run the version"):
        await step(process(OLD))
    assert await process(NEW).present() == (NEW,)


async def test_whoever_is_outgrown_learns_it_as_soon_as_it_says_that_it_is_there(
    process: Process, time: ToldTime
) -> None:
    presence, talking = Presence(process(OLD), time.sleep), asyncio.Event()
    working = asyncio.create_task(presence.while_understood(_waiting(talking)))
    await talking.wait()
    await process(NEW).attend()

    await presence.keep()

    with pytest.raises(StoreNotUnderstood, match="schema 2"):
        await working
    assert "schema 2" in str(await presence.outgrown())


async def test_work_that_ends_by_itself_ends_so_and_one_that_is_cancelled_too(
    process: Process,
) -> None:
    presence, talking = Presence(process(OLD)), asyncio.Event()
    await presence.while_understood(asyncio.sleep(0))
    working = asyncio.create_task(presence.while_understood(_waiting(talking)))
    await talking.wait()
    working.cancel()

    with pytest.raises(asyncio.CancelledError):
        await working


async def test_nothing_is_asked_of_a_store_that_is_not_understood(
    connection: Connection, keys: Keys, process: Process
) -> None:
    before, after = (_gated(connection, process(OLD).look) for _ in range(2))
    await before.command("SET", keys.change("before"), "1")
    await process(NEW).attend()

    with pytest.raises(StoreNotUnderstood):
        await after.command("SET", keys.change("after"), "1")
    assert await connection.command("EXISTS", keys.change("after")) == 0
    assert await before.command("GET", keys.change("before")) == b"1"  # to hand over what it has


async def test_a_process_that_stays_is_there_all_along(keys: Keys, time: ToldTime) -> None:
    # In this process, as any other store takes its own time to answer.
    async with fakeredis.FakeAsyncRedis(server=fakeredis.FakeServer()) as client:
        connection = Connection(client, PATIENT, Clock(), name="the store", way_out="start it")
        old, new = (
            RedisVersions(connection, keys, each, lambda: time.now_ms) for each in (OLD, NEW)
        )
        async with beside(Presence(old, time.sleep).keep()):
            await time.pass_by(1)
            for _ in range(40):
                assert await new.attend() == 1
                await time.pass_by(STAYS_S / 10)


async def _waiting(is_begun: asyncio.Event) -> None:
    is_begun.set()
    await asyncio.Event().wait()


def _gated(connection: Connection, first: Callable[[], Awaitable[int]]) -> Connection:
    """Return another connection to the same store."""
    client = connection._client  # noqa: SLF001 # there is no other way to it
    name, way_out = "the store", "start it"
    return Connection(client, PATIENT, Clock(), name=name, way_out=way_out, first=first)


async def test_the_opened_stores_look_before_anything_else() -> None:
    async with forgetful_stores(Settings()) as stores:
        await stores.history.choose(Conversation("discord", "guild", "general"), "llama")
        assert (stores.versions.speaks.least, stores.versions.speaks.newest) == (LEAST, SCHEMA)
        assert await stores.versions.attend() == SCHEMA
