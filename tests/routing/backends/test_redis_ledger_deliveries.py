"""The contract of a ledger when one worker takes a question over from another, over every store."""

from dataclasses import replace
from typing import cast

import pytest

from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.errors import QuotaExceeded, Superseded
from routing.holds import CallOver, Spent
from routing.pricing import Usage
from tests.builders import an_origin
from tests.routing.backends.books import A_DAY, NOON, Books, a_quota, an_entry

REQUESTS = a_quota(requests=1, per="day")


async def levels(books: Books) -> list[tuple[int, int]]:
    """Return what is spent and held of each limit."""
    standing = await books.ledger.standing(an_origin())
    return [(level.spent, level.held) for level in standing.levels]


async def test_a_later_worker_pays_what_the_dead_one_is_known_to_have_used_and_goes_on(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY)
    wish = books.reservation(600, known=20)
    dead = await books.ledger.reserve(wish)
    await books.ledger.renew(dead, Spent(70, Usage(10, 5), requests=1))

    hold = await books.ledger.reserve(replace(wish, delivery=2))

    assert hold.has_request
    assert await books.level() == (70, 600)
    await books.settle(hold, 300)
    assert await books.level() == (370, 0)
    assert (await books.recorded())["cost_microusd"] == 370
    (line,) = await books.accounts.of_person(an_origin(), NOON.date())
    assert line.cost_microusd == 370


async def test_the_request_and_the_answer_count_once_for_all_workers(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, REQUESTS)
    wish = books.reservation()

    for delivery in (1, 2, 4):
        hold = await books.ledger.reserve(replace(wish, delivery=delivery))
    await books.ledger.settle(hold, Spent(5, requests=0, answers=1), an_entry("call-1"))

    assert await levels(books) == [(1, 0)]
    assert (await books.recorded())["requests"] == 1
    with pytest.raises(CallOver) as over:
        await books.ledger.reserve(replace(wish, delivery=5))
    assert (over.value.has_request, over.value.has_answer) == (True, True)


async def test_taking_over_again_changes_nothing(connection: Connection, keys: Keys) -> None:
    books = Books(connection, keys, A_DAY)
    wish = books.reservation(400, known=20)
    await books.ledger.reserve(wish)

    first = await books.ledger.reserve(replace(wish, delivery=2))
    again = await books.ledger.reserve(replace(wish, delivery=2))

    assert first == again
    assert await books.level() == (20, 400)


async def test_a_call_that_lapsed_meanwhile_is_begun_anew(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY, REQUESTS, lease_s=30)
    wish = books.reservation(400, known=20)
    await books.ledger.reserve(wish)
    books.advance(seconds=31)
    await books.ledger.sweep()

    hold = await books.ledger.reserve(replace(wish, delivery=2))

    assert await levels(books) == [(20, 400), (1, 0)]
    books.advance(seconds=31)
    assert await books.ledger.sweep() == 1
    assert hold.has_request
    assert await levels(books) == [(40, 0), (1, 0)]


@pytest.mark.parametrize("requests", [0, 1])
async def test_a_call_that_is_settled_is_over_and_tells_what_it_counted(
    connection: Connection, keys: Keys, requests: int
) -> None:
    books = Books(connection, keys, A_DAY)
    wish = books.reservation(400)
    hold = await books.ledger.reserve(wish)
    await books.ledger.settle(hold, Spent(70, requests=requests), an_entry("call-1"))

    with pytest.raises(CallOver) as over:
        await books.ledger.reserve(replace(wish, delivery=2))

    assert over.value.has_request == bool(requests)
    assert not over.value.has_answer
    assert await books.level() == (70, 0)


async def test_a_refused_take_over_leaves_the_dead_call_charged_once(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY)
    wish = books.reservation(600, known=300)
    await books.ledger.reserve(wish)
    await books.spend(400)

    for delivery in (2, 2, 3):
        with pytest.raises(QuotaExceeded):
            await books.ledger.reserve(replace(wish, delivery=delivery))

    assert await books.level() == (700, 0)
    assert (await books.recorded())["cost_microusd"] == 700


async def test_a_worker_that_is_past_can_reserve_nothing_for_the_reply(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY)
    wish = books.reservation(100, call_id="r1:0")
    await books.ledger.reserve(wish)
    await books.ledger.reserve(replace(wish, delivery=2))

    for call_id in ("r1:0", "r1:1"):
        with pytest.raises(Superseded):
            await books.ledger.reserve(books.reservation(100, call_id=call_id))
    assert await books.level() == (0, 100)
    assert (await books.reserve(100, call_id="r2:0")).output_tokens


async def test_a_worker_that_is_past_closes_only_its_own_hold(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY)
    wish = books.reservation(300, known=20)
    past = await books.ledger.reserve(wish)
    await books.ledger.reserve(replace(wish, delivery=2))

    await books.ledger.renew(past, Spent(250))
    assert await books.level() == (20, 300)

    await books.settle(past, 130, answers=1)
    await books.settle(past, 130, answers=1)

    assert await books.level() == (130, 300)
    recorded = await books.recorded()
    assert (recorded["cost_microusd"], recorded["requests"], recorded["answers"]) == (130, 1, 0)


async def test_a_past_worker_that_used_nothing_takes_no_request_back(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY, REQUESTS)
    wish = books.reservation(300, known=20)
    past = await books.ledger.reserve(wish)
    hold = await books.ledger.reserve(replace(wish, delivery=2))

    await books.ledger.settle(past, Spent(), an_entry("call-1"))
    await books.ledger.settle(hold, Spent(50, answers=1), an_entry("call-1"))

    assert await levels(books) == [(50, 0), (1, 0)]


async def test_what_was_begun_yesterday_is_charged_to_yesterday(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY, at=NOON.replace(hour=23, minute=59, second=50))
    wish = books.reservation(600, known=20)
    await books.ledger.reserve(wish)
    books.advance(seconds=20)

    hold = await books.ledger.reserve(replace(wish, delivery=2))
    await books.settle(hold, 300)

    assert await books.level() == (300, 0)
    books.advance(seconds=-20)
    assert await books.level() == (20, 0)


async def test_a_record_says_which_worker_it_was(connection: Connection, keys: Keys) -> None:
    books = Books(connection, keys)
    wish = books.reservation()
    await books.ledger.reserve(wish)
    await books.settle(await books.ledger.reserve(replace(wish, delivery=2)), 7)

    records = [each async for each in books.accounts.records(NOON.replace(year=2020))]

    told = [(each.kind, each.call_id, each.facts["delivery"]) for each in records]
    assert told == [("lapsed", "call-1", 1), ("settled", "call-1", 2)]


async def test_nothing_of_workers_that_are_past_stays_for_ever(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY)
    wish = books.reservation()
    await books.ledger.reserve(wish)
    await books.settle(await books.ledger.reserve(replace(wish, delivery=2)), 7)

    for key in (keys.deliveries("call-1"), keys.hold("call-1"), keys.hold("call-1", 2)):
        assert cast("int", await connection.command("TTL", key)) > 86_400
