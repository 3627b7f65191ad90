"""The contract of what admins order while the bot runs, over every store."""

import asyncio
from pathlib import Path

import pytest

from config.settings import UsageSettings
from routing.backends.embedded_store import embedded_store
from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.backends.redis_audit import RedisAudit
from routing.backends.redis_orders import RedisOrders
from routing.errors import OrdersFull
from routing.orders import (
    ALL,
    DENY,
    EVERYWHERE,
    MOST_ORDERS,
    OFF,
    PERSONAS_KEPT,
    Of,
    Order,
    Realm,
    Subject,
    Target,
)
from tests.routing.backends.conftest import connection_to, valkey

USAGE = UsageSettings()
GUILD = Realm("discord", "1")
ADMIN, OTHER = "discord:1", "discord:2"
HERE = Target(Of.CHANNEL, "C1")
LLAMA = Target(Of.MODEL, "llama")


async def test_an_order_holds_on_another_replica_from_the_next_question_on(
    connection: Connection, keys: Keys
) -> None:
    here, there = RedisOrders(connection, keys, USAGE), RedisOrders(connection, keys, USAGE)
    known = await there.load(GUILD)

    assert await here.give(GUILD, Order(Subject.MODEL, LLAMA, OFF), ADMIN) is None
    assert await here.give(EVERYWHERE, Order(Subject.PAUSE, ALL, "over\nbudget"), ADMIN) is None

    found = await there.load(GUILD, known)
    assert found.here.switched_off == {"llama"}
    assert found.everywhere.value(Subject.PAUSE) == "over\nbudget"
    elsewhere = await there.load(Realm("discord", "2"))
    assert elsewhere.here.orders == {}
    assert elsewhere.everywhere == found.everywhere


async def test_what_has_not_changed_is_not_fetched_again(
    connection: Connection, keys: Keys
) -> None:
    orders = RedisOrders(connection, keys, USAGE)
    await orders.give(GUILD, Order(Subject.PRESET, HERE, "best"), ADMIN)
    known = await orders.load(GUILD)

    again = await orders.load(GUILD, known)

    assert again.here is known.here
    assert again.everywhere is known.everywhere


async def test_an_order_replaces_its_like_and_is_taken_back_with_old_and_new_in_the_audit(
    connection: Connection, keys: Keys
) -> None:
    orders, audit = RedisOrders(connection, keys, USAGE), RedisAudit(connection, keys, USAGE)

    assert await orders.give(GUILD, Order(Subject.PRESET, HERE, "best"), ADMIN) is None
    assert await orders.give(GUILD, Order(Subject.PRESET, HERE, "thrifty"), OTHER) == "best"
    assert await orders.take_back(GUILD, Subject.PRESET, HERE, ADMIN) == "thrifty"
    assert await orders.take_back(GUILD, Subject.PRESET, HERE, ADMIN) is None
    await orders.give(EVERYWHERE, Order(Subject.PAUSE, ALL), "terminal:op")

    told = [(each.by, each.what, each.about, each.old, each.new) for each in await audit.last()]
    assert told == [
        ("terminal:op", "pause", "everywhere", "", "without a reason"),
        (ADMIN, "preset", "channel C1", "thrifty", ""),
        (OTHER, "preset", "channel C1", "best", "thrifty"),
        (ADMIN, "preset", "channel C1", "", "best"),
    ]
    assert len(await audit.last(tenant="1")) == 3
    assert await audit.last(tenant="2") == ()
    assert [each.what for each in await audit.last(kinds={"pause"})] == ["pause"]
    assert (await orders.load(GUILD)).here.orders == {}


async def test_two_admins_at_once_lose_nothing_of_one_another(
    connection: Connection, keys: Keys
) -> None:
    replicas = [RedisOrders(connection, keys, USAGE) for _ in range(4)]
    channels = [Target(Of.CHANNEL, f"C{number}") for number in range(4)]

    await asyncio.gather(
        *(
            each.give(GUILD, Order(Subject.ACCESS, channel, DENY), ADMIN)
            for each, channel in zip(replicas, channels, strict=True)
        ),
        *(each.give(GUILD, Order(Subject.PERSONA, HERE, f"number {n}"), ADMIN)
          for n, each in enumerate(replicas)),
    )  # fmt: skip

    found = (await replicas[0].load(GUILD)).here
    assert {target for target, _ in found.of(Subject.ACCESS)} == set(channels)
    versions = await replicas[0].personas(GUILD, HERE)
    assert [each.version for each in versions] == [4, 3, 2, 1]
    persona = found.persona(HERE)
    assert persona is not None
    assert (persona.version, persona.text) == (4, versions[0].text)


async def test_the_same_change_made_again_by_another_worker_counts_once(
    connection: Connection, keys: Keys
) -> None:
    orders, persona = RedisOrders(connection, keys, USAGE), Order(Subject.PERSONA, ALL, "a pirate")
    await orders.give(GUILD, Order(Subject.PERSONA, ALL, "a poet"), ADMIN)

    first = await orders.give(GUILD, persona, ADMIN, "a reply")
    again = await orders.give(GUILD, persona, ADMIN, "a reply")

    assert first == again == "1\na poet"
    assert [each.version for each in await orders.personas(GUILD, ALL)] == [2, 1]
    assert len(await RedisAudit(connection, keys, USAGE).last()) == 2


async def test_personas_are_kept_in_versions_and_not_for_ever(
    connection: Connection, keys: Keys
) -> None:
    orders = RedisOrders(connection, keys, USAGE)
    for number in range(PERSONAS_KEPT + 2):
        await orders.give(GUILD, Order(Subject.PERSONA, HERE, f"line {number}\nand more"), ADMIN)
    await orders.take_back(GUILD, Subject.PERSONA, HERE, OTHER)
    await orders.give(GUILD, Order(Subject.PERSONA, HERE, "anew"), OTHER)

    newest, *_, oldest = found = await orders.personas(GUILD, HERE)

    assert len(found) == PERSONAS_KEPT
    assert (newest.version, newest.text, newest.by) == (PERSONAS_KEPT + 3, "anew", OTHER)
    assert (oldest.version, oldest.text) == (4, "line 3\nand more")
    assert newest.at is not None
    assert cast_int(await connection.command("TTL", keys.personas(GUILD, "C1"))) > 0
    audited = await RedisAudit(connection, keys, USAGE).last(2)
    assert [(each.old, each.new) for each in audited] == [
        ("", f"version {PERSONAS_KEPT + 3}"),
        (f"version {PERSONAS_KEPT + 2}", ""),
    ]


async def test_personas_of_places_changed_long_ago_go_first_and_nothing_else_with_them(
    connection: Connection, keys: Keys
) -> None:
    orders = RedisOrders(connection, keys, USAGE)
    first, *others = (keys.personas(GUILD, f"P{number}") for number in range(MOST_ORDERS))
    changed_at = [part for at_ms, name in enumerate([first, *others]) for part in (at_ms, name)]
    await connection.command("ZADD", keys.persona_places(GUILD), *changed_at)
    for each in (first, others[0], "0"):  # the last is named as a moment is
        await connection.command("LPUSH", each, "kept")

    await orders.give(GUILD, Order(Subject.PERSONA, HERE, "a pirate"), ADMIN)

    left = [await connection.command("LLEN", each) for each in (first, others[0], "0")]
    await connection.command("DEL", "0")
    assert left == [0, 1, 1]
    places = await connection.command("ZRANGE", keys.persona_places(GUILD), 0, 0)
    assert places == [others[0].encode()]


def cast_int(found: object) -> int:
    assert isinstance(found, int)
    return found


async def test_a_realm_has_so_many_orders_and_no_more(connection: Connection, keys: Keys) -> None:
    orders = RedisOrders(connection, keys, USAGE)
    await orders.give(GUILD, Order(Subject.PAUSE, ALL), ADMIN)
    filling = [("access\nuser\n" + str(number), DENY) for number in range(MOST_ORDERS - 1)]
    flat = [part for pair in filling for part in pair]
    await connection.command("HSET", keys.orders(GUILD), *flat)

    with pytest.raises(OrdersFull):
        await orders.give(GUILD, Order(Subject.MODEL, LLAMA, OFF), ADMIN)

    await orders.give(GUILD, Order(Subject.PAUSE, ALL, "replaced all the same"), ADMIN)
    await orders.take_back(GUILD, Subject.PAUSE, ALL, ADMIN)
    await orders.give(GUILD, Order(Subject.MODEL, LLAMA, OFF), ADMIN)


async def test_what_a_later_version_of_us_wrote_is_passed_over(
    connection: Connection, keys: Keys
) -> None:
    orders = RedisOrders(connection, keys, USAGE)
    await connection.command(
        "HSET", keys.orders(GUILD), "version", "v", "curfew\nserver\n", "22:00",
        "model\nplanet\nmars", "off", "nonsense", "", "model\nmodel\nllama", "off",
    )  # fmt: skip

    found = await orders.load(GUILD)

    assert found.here.orders == {(Subject.MODEL, LLAMA): OFF}


async def test_orders_survive_a_restart_of_the_store(tmp_path: Path) -> None:
    keys = Keys("restarted")
    async with embedded_store(valkey(), tmp_path) as url, connection_to(url) as connection:
        orders = RedisOrders(connection, keys, USAGE)
        await orders.give(GUILD, Order(Subject.PAUSE, ALL, "closed"), ADMIN)

    async with embedded_store(valkey(), tmp_path) as url, connection_to(url) as connection:
        found = await RedisOrders(connection, keys, USAGE).load(GUILD)

    assert found.here.value(Subject.PAUSE) == "closed"


async def test_the_digests_of_all_realms_are_known_as_long_as_they_are_ordered(
    connection: Connection, keys: Keys
) -> None:
    orders, there = RedisOrders(connection, keys, USAGE), Realm("slack", "T\n1:2")
    await orders.give(GUILD, Order(Subject.DIGEST, ALL, "one"), ADMIN)
    await orders.give(GUILD, Order(Subject.DIGEST, ALL, "two"), ADMIN)
    await orders.give(there, Order(Subject.DIGEST, ALL, "three"), OTHER)
    assert await orders.digests() == {GUILD: "two", there: "three"}

    await orders.take_back(GUILD, Subject.DIGEST, ALL, ADMIN)

    assert await orders.digests() == {there: "three"}
