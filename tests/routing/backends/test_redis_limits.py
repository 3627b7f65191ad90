"""The contract of limits that change at run time, over every store."""

import asyncio

import pytest

from config.quotas import Quota
from routing.backends.keys import Keys
from routing.backends.redis import Connection, Script
from routing.errors import LimitsFull, QuotaExceeded
from routing.quota import MOST_LIMITS, Limit, identity_of
from routing.quota_lines import to_line
from tests.builders import an_origin
from tests.routing.backends.books import A_DAY, NOON, Books, a_quota

ADMIN = "discord:1"


async def test_a_limit_set_on_one_replica_holds_on_another_from_the_next_question_on(
    connection: Connection, keys: Keys
) -> None:
    here, there = Books(connection, keys), Books(connection, keys)
    await there.reserve(500, call_id="before")

    assert await here.limits.set(A_DAY, ADMIN) is None

    with pytest.raises(QuotaExceeded):
        await there.reserve(1001, call_id="after")


async def test_what_the_configuration_says_is_replaced_and_told_as_old(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY)
    higher = a_quota(usd="0.002", per="day")

    assert await books.limits.set(higher, ADMIN) == A_DAY

    assert await books.limits.in_force() == ((higher, True),)
    await books.reserve(1500)


async def test_a_limit_that_is_lowered_holds_at_once(connection: Connection, keys: Keys) -> None:
    books = Books(connection, keys, A_DAY)
    await books.spend(600)

    await books.limits.set(a_quota(usd="0.0005", per="day"), ADMIN)

    with pytest.raises(QuotaExceeded):
        await books.reserve(1)
    assert await books.level() == (600, 0)


async def test_a_limit_that_is_taken_away_no_longer_holds(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY)

    assert await books.limits.remove(A_DAY, ADMIN) == A_DAY
    assert await books.limits.remove(A_DAY, ADMIN) is None

    await books.reserve(5000)
    assert await books.limits.in_force() == ()


async def test_grants_of_two_admins_at_once_are_both_there(
    connection: Connection, keys: Keys
) -> None:
    books = [Books(connection, keys, A_DAY) for _ in range(5)]

    await asyncio.gather(
        *(each.limits.raise_by(a_quota(usd="0.001", per="day"), ADMIN) for each in books)
    )

    (quota, _), *_ = await books[0].limits.in_force()
    assert quota.amount == 6000


async def test_every_change_is_kept_with_who_when_old_and_new(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY)
    await books.limits.set(a_quota(usd="0.002", per="day"), ADMIN)
    await books.limits.set(a_quota(usd="0.003", per="day"), "discord:2")
    await books.limits.remove(A_DAY, ADMIN)
    await books.limits.link("slack:U1", "discord:1", ADMIN)

    changes = await books.audit.last()

    assert [(each.by, each.what) for each in changes] == [
        (ADMIN, "link"),
        (ADMIN, "limit"),
        ("discord:2", "limit"),
        (ADMIN, "limit"),
    ]
    assert '"0.002"' in changes[2].old
    assert '"0.003"' in changes[2].new
    assert changes[1].new == "none"
    assert changes[0].at.year >= NOON.year


async def test_a_reset_forgives_what_is_spent_but_not_what_is_held(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY)
    await books.spend(600)
    hold = await books.reserve(300)

    assert await books.limits.reset(an_origin(), A_DAY, ADMIN) == 600
    assert await books.level() == (0, 300)

    await books.settle(hold, 100)
    assert await books.level() == (100, 0)
    assert await books.limits.recount(an_origin(), A_DAY) == 100


async def test_a_reset_of_a_rolling_window_forgives_its_buckets(
    connection: Connection, keys: Keys
) -> None:
    per_minute = a_quota(usd="0.001", per="minute")
    books = Books(connection, keys, per_minute)
    await books.spend(300)
    books.advance(seconds=5)
    await books.spend(300)
    hold = await books.reserve(100)

    assert await books.limits.reset(an_origin(), per_minute, ADMIN) == 600

    assert await books.level() == (0, 100)
    await books.settle(hold, 40)
    books.advance(seconds=30)
    assert await books.level() == (40, 0)
    books.advance(seconds=31)
    assert await books.level() == (0, 0)


@pytest.mark.parametrize("per", ["minute", "day", "lifetime"])
async def test_a_counter_that_was_lost_is_counted_anew_from_the_records(
    connection: Connection, keys: Keys, per: str
) -> None:
    quota = a_quota(usd="0.01", per=per)
    books = Books(connection, keys, quota)
    await books.spend(300)
    await books.spend(20, origin=an_origin(person="bob"))
    books.advance(seconds=7)
    await books.spend(500)
    counter, _ = books.ledger.counter_of(_only(books))
    await connection.command("DEL", counter)

    assert await books.limits.recount(an_origin(), quota) == 800
    assert await books.level() == (800, 0)


async def test_a_limit_of_nobody_here_can_be_neither_reset_nor_counted(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys)

    assert await books.limits.reset(an_origin(), A_DAY, ADMIN) is None
    assert await books.limits.recount(an_origin(), A_DAY) is None


async def test_linked_askers_spend_from_one_budget(connection: Connection, keys: Keys) -> None:
    books = Books(connection, keys, A_DAY)
    on_slack = an_origin(platform="slack", tenant="team", person="U1")
    await books.spend(600)

    await books.limits.link("slack:U1", "terminal:ada", ADMIN)

    with pytest.raises(QuotaExceeded):
        await books.reserve(500, origin=on_slack)
    await books.spend(300, origin=on_slack)
    assert await books.level() == (900, 0)
    await books.limits.link("slack:U1", "", ADMIN)
    assert await books.level(platform="slack", person="U1") == (0, 0)


async def test_a_link_and_a_recount_bring_both_ones_spending_together(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY)
    await books.spend(600)
    await books.spend(50, origin=an_origin(platform="slack", tenant="team", person="U1"))

    await books.limits.link("slack:U1", "terminal:ada", ADMIN)
    for _ in range(2):
        await books.limits.recount(an_origin(), A_DAY, ADMIN)

    assert await books.level() == (650, 0)
    assert [(each.what, each.old, each.new) for each in await books.audit.last()] == [
        ("recount", "600", "650"),
        ("link", "", "terminal:ada"),
    ]


async def test_a_change_that_is_sent_twice_is_made_once(connection: Connection, keys: Keys) -> None:
    books = Books(connection, keys, A_DAY)
    before = [keys.ledger("version"), keys.ledger("limits"), keys.audit("")]
    touched = [*before, keys.change("the same"), keys.ledger("audits")]

    for version in ("first", "second"):
        change = ("a limit", "{}", "*", "limit", ADMIN, version, "")
        await connection.run(Script("audit", "policy_change"), touched, (*change, 10, 60))

    assert await connection.command("GET", keys.ledger("version")) == b"first"
    assert len(await books.audit.last()) == 1


def _only(books: Books) -> Limit:
    quota: Quota = books.settings.quotas.limits[0]
    limit = books.ledger.limit_of(an_origin(), quota)
    assert limit is not None
    return limit


async def test_one_tenant_s_changes_are_told_to_it_alone(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, a_quota(usd=1, per="day", tenant="b"))
    await books.limits.set(a_quota(usd=1, per="day", tenant="a"), "discord:a")
    await books.limits.set(a_quota(usd=2, per="day"), "terminal:op")
    await books.limits.reset(
        an_origin(tenant="b"), a_quota(usd=0, per="day", tenant="b"), "discord:b"
    )

    by_tenant = {tenant: await books.audit.last(tenant=tenant) for tenant in ("a", "b")}

    assert [each.by for each in by_tenant["a"]] == ["discord:a"]
    assert [each.by for each in by_tenant["b"]] == ["discord:b"]
    assert len(await books.audit.last()) == 3


async def test_another_tenant_s_many_changes_push_nobody_s_out_of_sight(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys)
    await books.limits.set(a_quota(usd=1, per="day", tenant="a"), "discord:a")
    entry = ("what", "limit", "field", "asker\nb\n\nusd\nday", "old", "", "new", "", "by", "b")
    many = "for n = 1, 2500 do note_change(KEYS[1], KEYS[2], 2000, 60, unpack(ARGV)) end"
    note = Script("audit").text + many
    await connection.command("EVAL", note, 2, keys.audit("b"), keys.ledger("audits"), *entry)

    assert [each.by for each in await books.audit.last(tenant="a")] == ["discord:a"]
    assert 2000 <= len(await books.audit.last(at_most=2600, tenant="b")) < 2200
    assert len(await books.audit.last(at_most=700)) == 700


async def test_the_audit_knows_what_the_configuration_said_before(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY)

    await books.limits.set(a_quota(usd="0.002", per="day"), ADMIN)
    await books.limits.reset(an_origin(), A_DAY, ADMIN)

    forgiven, changed = await books.audit.last()
    assert '"0.001"' in changed.old
    assert forgiven.about == "asker microusd day"


async def test_a_change_is_taken_back_to_what_the_configuration_says(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY)
    await books.limits.remove(A_DAY, ADMIN)

    assert await books.limits.restore(A_DAY, ADMIN) == A_DAY

    assert await books.limits.in_force() == ((A_DAY, False),)


async def test_a_grant_to_somebody_stands_on_what_each_has(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY)
    more = a_quota(ids=["terminal:ada"], usd="0.005", per="day")

    granted = await books.limits.raise_by(more, ADMIN)

    assert granted is not None
    assert granted.amount == 6000
    await books.reserve(5900)
    with pytest.raises(QuotaExceeded):
        await books.reserve(1001, origin=an_origin(person="bob"))


async def test_a_grant_where_nothing_is_limited_limits_nothing(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys)

    assert await books.limits.raise_by(a_quota(usd=1, per="month"), ADMIN) is None
    assert await books.limits.in_force() == ()
    assert await books.limits.raise_by(a_quota(usd=1, per="lifetime"), ADMIN) is not None


async def test_the_same_grant_again_grants_nothing_more(connection: Connection, keys: Keys) -> None:
    books = Books(connection, keys, A_DAY)
    more = a_quota(usd="0.005", per="day")

    granted = [await books.limits.raise_by(more, ADMIN, change_id="once") for _ in range(2)]
    another = await books.limits.raise_by(more, ADMIN, change_id="another")

    assert [each and each.amount for each in (*granted, another)] == [6000, 6000, 11_000]


async def test_a_reset_given_twice_forgives_nothing_that_was_spent_between(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY)
    await books.spend(600)
    forgiven = [await books.limits.reset(an_origin(), A_DAY, ADMIN, "once")]
    await books.spend(250)

    forgiven.append(await books.limits.reset(an_origin(), A_DAY, ADMIN, "once"))

    assert forgiven == [600, 600]
    assert await books.level() == (250, 0)


async def test_a_change_given_twice_undoes_nobody_s_change_between(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY)
    theirs = a_quota(usd="0.003", per="day")
    change = (a_quota(usd="0.002", per="day"), ADMIN, "once")
    replaced = [await books.limits.set(*change)]
    await books.limits.set(theirs, "discord:2")

    replaced.append(await books.limits.set(*change))

    assert replaced == [A_DAY, A_DAY]
    assert await books.limits.in_force() == ((theirs, True),)
    removed = [await books.limits.remove(theirs, ADMIN, "gone") for _ in range(2)]
    assert removed == [theirs, theirs]
    assert len(await books.audit.last()) == 3


async def test_a_tenant_s_admins_set_so_many_limits_and_another_s_are_not_counted(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys)
    there = [a_quota(ids=[f"slack:U{n}"], usd=1, per="day", tenant="a") for n in range(MOST_LIMITS)]
    fields = [text for each in there for text in (identity_of(each), to_line(each))]
    await connection.command("HSET", keys.ledger("limits"), *fields)

    with pytest.raises(LimitsFull):
        await books.limits.set(a_quota(usd=1, per="day", tenant="a"), ADMIN)
    with pytest.raises(LimitsFull):
        await books.limits.raise_by(a_quota(usd=1, per="lifetime", tenant="a"), ADMIN)

    assert await books.limits.set(there[0], ADMIN) == there[0]
    for tenant in ("b", ""):
        assert await books.limits.set(a_quota(usd=1, per="day", tenant=tenant), ADMIN) is None
    await books.limits.remove(there[0], ADMIN)
