"""What was used, as it is told by person, by tenant and day, over every store."""

import asyncio
from datetime import timedelta

from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.pricing import Usage
from tests.builders import an_origin
from tests.routing.backends.books import NOON, Books


async def test_usage_is_counted_by_person_and_model_and_for_the_whole_tenant(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys)
    await books.settle(await books.reserve(), 70, answers=1, saved_microusd=30)
    elsewhere = an_origin(place="a:b", person="bob")
    await books.settle(await books.reserve(origin=elsewhere), 5, answers=1)

    (line,) = await books.accounts.of_person(an_origin(), NOON.date())
    assert (line.day, line.model, line.answers) == (NOON.date(), "llama", 1)
    assert (line.cost_microusd, line.saved_microusd, line.usage) == (70, 30, Usage(10, 20))
    lines = await books.accounts.of_tenant("terminal", "local", NOON.date())
    assert [(each.place, each.person, each.tokens, each.cost_microusd) for each in lines] == [
        ("a:b", "bob", 30, 5),
        ("terminal", "ada", 30, 70),
    ]


async def test_it_is_known_of_which_tenants_there_is_usage(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys)
    for tenant in ("T1", "a:b", "T1"):
        origin = an_origin(platform="slack", tenant=tenant)
        await books.settle(await books.reserve(origin=origin), 5, answers=1)

    assert await books.accounts.tenants() == ("slack:T1", "slack:a:b")
    (line,) = await books.accounts.of_tenant("slack", "a:b", NOON.date())
    assert line.tenant == "slack:a:b"


async def test_what_somebody_used_anywhere_on_a_platform_is_summed_by_day_and_model(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys)
    for tenant, person in (("T1", "U1"), ("a:b", "U1"), ("T1", "U2")):
        origin = an_origin(platform="slack", tenant=tenant, person=person)
        await books.settle(await books.reserve(origin=origin), 5, answers=1, saved_microusd=3)
    books.advance(days=1)
    await books.settle(await books.reserve(origin=origin), 9, answers=1)
    await books.settle(await books.reserve(origin=an_origin(person="U1")), 70, answers=1)

    (line,) = await books.accounts.of_asker("slack", "U1", NOON.date())
    assert (line.day, line.model, line.answers) == (NOON.date(), "llama", 2)
    assert (line.usage, line.cost_microusd, line.saved_microusd) == (Usage(20, 40), 10, 6)
    days = await books.accounts.of_asker("slack", "U2", NOON.date())
    assert [each.cost_microusd for each in days] == [5, 9]
    assert await books.accounts.of_asker("slack", "U3", NOON.date()) == ()
    left_s = await connection.command("TTL", keys.used_in("slack", "U1"))
    assert left_s == books.settings.usage.keep_days * 86_400


async def test_of_where_somebody_is_now_also_what_an_earlier_version_counted_is_told(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys)
    origin = an_origin(platform="slack", tenant="T1", person="U1")
    await books.settle(await books.reserve(origin=origin), 5, answers=1)
    await connection.command("DEL", keys.used_in("slack", "U1"))

    (line,) = await books.accounts.of_asker("slack", "U1", NOON.date(), "T1")

    assert line.cost_microusd == 5
    assert await books.accounts.of_asker("slack", "U1", NOON.date()) == ()


async def test_a_tenant_s_usage_is_read_day_by_day_so_that_others_get_their_turn(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys)
    await books.settle(await books.reserve(), 70, answers=1)
    books.advance(days=2)
    await books.settle(await books.reserve(), 5, answers=1)
    reading = asyncio.ensure_future(
        books.accounts.of_tenant("terminal", "local", NOON.date() - timedelta(days=28))
    )
    turns = 0
    while not reading.done():
        await connection.command("PING")
        turns += 1

    assert [(each.day.day, each.cost_microusd) for each in reading.result()] == [(24, 70), (26, 5)]
    assert turns > 10


async def test_what_the_cache_saved_is_counted_apart_and_as_well(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys)
    await books.settle(await books.reserve(), 70, answers=1, saved_microusd=30)
    await books.settle(await books.reserve(), 0, answers=1, saved_microusd=70, is_cached=True)

    (mine,) = await books.accounts.of_person(an_origin(), NOON.date())
    (ours,) = await books.accounts.of_tenant("terminal", "local", NOON.date())
    for line in (mine, ours):
        assert (line.saved_microusd, line.saved_by_cache_microusd) == (100, 70)
    assert (await books.recorded())["saved_by_cache_microusd"] == 70
