"""What went wrong in the ledger once, or would: ends, losses, and amounts nobody can believe."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil
from pathlib import Path
from secrets import token_hex
from typing import cast

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.backends.redis_policies import Policy
from routing.errors import QuotaExceeded
from routing.holds import Hold
from tests.builders import an_origin
from tests.routing.backends.books import A_DAY, NOON, Books, a_quota
from tests.routing.backends.ledger_machine import driven_store

EMBEDDED = pytest.mark.parametrize("connection", ["embedded"], indirect=True)
A_MINUTE = a_quota(usd=1, per="minute")


@EMBEDDED
async def test_what_costs_nothing_leaves_no_counter_for_ever(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY)
    counter = keys.counter((await books.reserve(0)).limits[0].counter(books.at))

    await books.spend(0)
    assert await connection.command("EXISTS", counter) == 0

    await books.settle(await books.reserve(0), 5)  # the host charged all the same
    assert cast("int", await connection.command("TTL", counter)) > 0


@pytest.mark.parametrize("at", [datetime(2020, 2, 29, tzinfo=UTC), NOON])
async def test_a_counter_lasts_as_long_as_its_window_whatever_the_time_is(
    connection: Connection, keys: Keys, at: datetime
) -> None:
    books = Books(connection, keys, A_DAY, at=at)

    await books.spend(300)

    assert await books.level() == (300, 0)


async def test_a_lost_hold_from_before_midnight_counts_for_that_day(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY, at=datetime(2026, 11, 24, 23, 59, 59, tzinfo=UTC))
    hold = await books.reserve(300)
    await connection.command("DEL", keys.hold(hold.reservation.call_id))
    books.advance(seconds=2)

    await books.settle(hold, 120)

    assert await books.level() == (0, 0)
    books.advance(seconds=-2)
    assert await books.level() == (120, 300)


async def test_a_lost_hold_counts_in_a_rolling_window_that_is_lost_too(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_MINUTE)
    hold = Hold(books.reservation(300), "terminal:ada", 1000)

    await books.settle(hold, 120)

    assert await books.level() == (120, 0)
    books.advance(seconds=62)
    assert await books.level() == (0, 0)


async def test_what_was_forgiven_of_a_rolling_window_never_becomes_a_gift(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_MINUTE)
    await books.spend(300)
    books.advance(seconds=30)
    await books.limits.reset(an_origin(), A_MINUTE, by="root")

    await books.limits.recount(an_origin(), A_MINUTE)
    books.advance(seconds=32)

    assert await books.level() == (0, 0)


async def test_counting_anew_leaves_to_yesterday_what_was_reserved_yesterday(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY, at=datetime(2026, 11, 24, 23, 59, 59, tzinfo=UTC))
    hold = await books.reserve(300)
    books.advance(seconds=2)
    await books.settle(hold, 120)

    assert await books.limits.recount(an_origin(), A_DAY) == 0
    assert await books.level() == (0, 0)


async def test_answers_at_once_are_in_no_record_so_counting_them_anew_changes_nothing(
    connection: Connection, keys: Keys
) -> None:
    at_once = a_quota(at_once=2)
    books = Books(connection, keys, at_once)
    await books.spend(1)
    await books.reserve(1)

    assert await books.limits.recount(an_origin(), at_once) == 0
    assert await books.level() == (0, 1)


@EMBEDDED
async def test_counting_anew_forgives_nothing_when_old_records_are_gone(
    connection: Connection, keys: Keys
) -> None:
    lifetime = a_quota(usd=1, per="lifetime")
    books = Books(connection, keys, lifetime, records=1000)
    for _ in range(1300):
        await books.spend(1)
    assert cast("int", await connection.command("XLEN", keys.ledger("records"))) < 1300

    assert await books.limits.recount(an_origin(), lifetime) == 1300

    await books.limits.reset(an_origin(), lifetime, by="root")
    await books.spend(7)
    assert await books.limits.recount(an_origin(), lifetime) == 7


async def test_a_change_the_store_lost_is_not_taken_for_the_next_one(
    connection: Connection, keys: Keys
) -> None:
    ours, theirs = Books(connection, keys, A_DAY), Books(connection, keys, A_DAY)
    await ours.limits.set(a_quota(usd=5, per="day"), by="root")
    for what in ("version", "limits"):  # as a fail-over does to what was not yet replicated
        await connection.command("DEL", keys.ledger(what))
    await theirs.limits.set(a_quota(usd="0.0005", per="day"), by="root")

    with pytest.raises(QuotaExceeded):
        await ours.reserve(600)


def test_whoever_is_linked_over_another_is_the_same_person() -> None:
    chain = Policy("1", (), persons={"a": "b", "b": "c"})
    circle = Policy("1", (), persons={"a": "b", "b": "a"})

    assert {chain.person_of(each) for each in "abc"} == {"c"}
    assert {circle.person_of(each) for each in "ab"} == {"a"}


@pytest.mark.parametrize(
    ("cost", "counted"), [(-500, 0), (10**30, 10**12)], ids=["below zero", "beyond belief"]
)
async def test_no_reported_amount_can_spoil_a_counter(
    connection: Connection, keys: Keys, cost: int, counted: int
) -> None:
    books = Books(connection, keys, A_DAY)

    await books.settle(await books.reserve(300), cost)

    assert await books.level() == (counted, 0)
    assert (await books.recorded())["cost_microusd"] == counted


async def test_nobody_is_granted_a_longer_answer_than_was_asked_for(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY)
    await books.reserve(300, call_id="call", tokens=(4096, 64))

    hold = await books.reserve(300, call_id="call", tokens=(2048, 64))

    assert hold.output_tokens == 2048


async def test_an_overdrawn_limit_holds_no_less_than_nothing(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY)
    await books.settle(await books.reserve(300), 1500)

    hold = await books.reserve(300, 0)

    assert hold.output_tokens == hold.reservation.floor_tokens
    assert await books.level() == (1500, 0)


@pytest.mark.parametrize("of", ["asker", "place"])
async def test_a_link_made_while_an_answer_runs_charges_who_was_asked_to_pay(
    connection: Connection, keys: Keys, of: str
) -> None:
    books = Books(connection, keys, a_quota(of=of, usd=1, per="day"))
    hold = await books.reserve(300)
    await books.limits.link("terminal:ada", "discord:1", by="root")

    await books.settle(hold, 120)
    await books.limits.link("terminal:ada", "", by="root")

    assert await books.level() == (120, 0)


async def test_a_limit_removed_while_an_answer_runs_is_settled_all_the_same(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY)
    hold = await books.reserve(300)
    await books.limits.remove(A_DAY, by="root")

    await books.settle(hold, 120)
    await books.limits.set(A_DAY, by="root")

    assert await books.level() == (120, 0)


@pytest.mark.parametrize("connection", ["embedded", "redis"], indirect=True)
async def test_scripts_the_store_has_forgotten_are_sent_again(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY)
    hold = await books.reserve(300)
    await connection.command("SCRIPT", "FLUSH")

    await books.settle(hold, 120)

    assert await books.level() == (120, 0)


def test_what_is_held_is_never_below_the_price_nor_above_what_is_free(tmp_path: Path) -> None:
    with driven_store(tmp_path) as (runner, connection):

        @hypothesis_settings(max_examples=300, derandomize=True, database=None)
        @given(
            input_cost=st.integers(0, 10**9),
            price=st.fractions(0, 10**5, max_denominator=10**4),
            tokens=st.tuples(st.integers(1, 10**6), st.integers(0, 10**6)),
            share=st.fractions(0, 1),
        )
        def check(
            input_cost: int, price: Fraction, tokens: tuple[int, int], share: Fraction
        ) -> None:
            floor, output = tokens[0], tokens[0] + tokens[1]
            most, least = (input_cost + ceil(each * price) for each in (output, floor))
            free = least + int(share * (most - least))
            usd = Decimal(free) / 10**6
            books = Books(connection, Keys(token_hex(8)), a_quota(usd=usd, per="day"))

            hold = runner.run(books.reserve(most, least, tokens=(output, floor)))
            _, held = runner.run(books.level())

            assert floor <= hold.output_tokens <= output
            assert input_cost + ceil(hold.output_tokens * price) <= held <= free
            if hold.output_tokens < output:  # and it is no shorter than it must be
                longer = Fraction(hold.output_tokens + 2 - floor, output - floor)
                assert least + (most - least) * longer > free

        check()
