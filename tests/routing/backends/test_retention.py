"""What is kept in the store ends in its time, and nobody's many push out anybody else's."""

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from config.settings import UsageSettings
from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.backends.redis_audit import RedisAudit
from routing.backends.redis_orders import RedisOrders
from routing.orders import ALL, MOST_ORDERS, Of, Order, Realm, Subject, Target
from routing.records import Change
from tests.builders import an_origin
from tests.routing.backends.books import Books, a_quota

DAY_S = 86_400
GUILD, OTHER = Realm("discord", "1"), Realm("discord", "2")
ADMIN = "discord:7"

ON_ONE_STORE = pytest.mark.parametrize("connection", ["embedded"], indirect=True)


async def test_records_older_than_usage_is_kept_are_dropped_by_the_sweep(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, a_quota(usd=1, per="lifetime"))
    kept = timedelta(days=books.settings.usage.keep_days)
    for age in (kept + timedelta(days=1), kept - timedelta(days=1)):
        record_id = f"{int((datetime.now(UTC) - age).timestamp() * 1000)}-0"
        await connection.command("XADD", keys.ledger("records"), record_id, "old", "1")
    await books.spend(600)
    since = datetime.now(UTC) - timedelta(days=3 * 365)

    assert await books.accounts.reach_back_to(since)
    await books.ledger.sweep()

    assert await connection.command("XLEN", keys.ledger("records")) == 2
    assert not await books.accounts.reach_back_to(since)
    assert await books.accounts.reach_back_to(datetime.now(UTC) - kept + timedelta(minutes=1))


async def test_what_was_spent_in_a_lifetime_is_not_forgiven_with_the_records_of_it(
    connection: Connection, keys: Keys
) -> None:
    lifetime = a_quota(usd=1, per="lifetime")
    books = Books(connection, keys, lifetime)
    await books.spend(600)
    await connection.command("DEL", keys.ledger("records"))
    await connection.command("XADD", keys.ledger("records"), "1-0", "old", "1")
    await books.ledger.sweep()

    assert await books.limits.recount(an_origin(), lifetime, ADMIN) == 600


async def test_orders_that_are_all_taken_back_end_after_a_day(
    connection: Connection, keys: Keys
) -> None:
    orders, key = RedisOrders(connection, keys, UsageSettings()), keys.orders(GUILD)
    await orders.give(GUILD, Order(Subject.PAUSE, ALL, ""), ADMIN)
    assert await connection.command("TTL", key) == -1

    await orders.take_back(GUILD, Subject.PAUSE, ALL, ADMIN)
    assert 0 < cast("int", await connection.command("TTL", key)) <= DAY_S

    await orders.give(GUILD, Order(Subject.PAUSE, ALL, ""), ADMIN)
    assert await connection.command("TTL", key) == -1


@ON_ONE_STORE
async def test_personas_of_as_many_places_are_kept_as_there_may_be_orders(
    connection: Connection, keys: Keys
) -> None:
    orders = RedisOrders(connection, keys, UsageSettings())
    await orders.give(OTHER, Order(Subject.PERSONA, Target(Of.CHANNEL, "C0"), "a poet"), ADMIN)

    for number in range(MOST_ORDERS + 2):
        target = Target(Of.CHANNEL, f"C{number}")
        await orders.give(GUILD, Order(Subject.PERSONA, target, "a pirate"), ADMIN)
        await orders.take_back(GUILD, Subject.PERSONA, target, ADMIN)

    known = [await orders.personas(GUILD, Target(Of.CHANNEL, f"C{each}")) for each in (0, 1, 2)]
    assert [len(each) for each in known] == [0, 0, 1]
    assert len(await orders.personas(OTHER, Target(Of.CHANNEL, "C0"))) == 1


async def test_the_audit_of_each_realm_ends_with_its_usage(
    connection: Connection, keys: Keys
) -> None:
    usage = UsageSettings(keep_days=3)
    audit, key = RedisAudit(connection, keys, usage), keys.audit("1")
    old_id = f"{int((datetime.now(UTC) - timedelta(days=4)).timestamp() * 1000)}-0"
    old = ("what", "pause", "field", "server", "old", "", "new", "", "by", "discord:8")
    await connection.command("XADD", key, old_id, *old)

    for _ in range(2):
        await audit.note(GUILD, "purge", "channel 9", "every kept answer", ADMIN, "once")

    (change,) = await audit.last(tenant="1")
    expected = Change(change.at, ADMIN, "purge", "channel 9", "", "every kept answer")
    assert change == expected
    for name in (key, keys.ledger("audits")):
        assert 3 * DAY_S - 60 < cast("int", await connection.command("TTL", name)) <= 3 * DAY_S
