"""The contract of a ledger, over every store."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.errors import QuotaExceeded
from routing.holds import Hold, Spent
from routing.pricing import Usage
from tests.builders import an_origin
from tests.routing.backends.books import A_DAY, NOON, Books, a_quota, an_entry


async def test_what_is_reserved_counts_at_once_and_what_is_settled_takes_its_place(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY)

    hold = await books.reserve(300)
    assert await books.level() == (0, 300)

    await books.settle(hold, 120)
    assert await books.level() == (120, 0)


async def test_two_who_race_for_the_last_cent_do_not_both_get_it(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY)

    results = await asyncio.gather(*(books.reserve(300) for _ in range(10)), return_exceptions=True)

    granted = [each for each in results if isinstance(each, Hold)]
    refused = [each for each in results if isinstance(each, QuotaExceeded)]
    assert (len(granted), len(refused)) == (3, 7)
    assert await books.level() == (0, 900)


async def test_a_refusal_holds_nothing_and_names_limit_used_and_end(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY, a_quota(of="everyone", usd=1, per="month"))
    await books.spend(800)

    with pytest.raises(QuotaExceeded) as caught:
        await books.reserve(300)

    (refusal,) = caught.value.refusals
    assert (refusal.level.limit.amount, refusal.level.spent, refusal.level.held) == (1000, 800, 0)
    assert caught.value.resets_at == datetime(2026, 11, 25, tzinfo=UTC)
    standing = await books.ledger.standing(an_origin())
    assert [level.used for level in standing.levels] == [800, 800]


async def test_more_than_a_limit_ever_allows_has_no_time_of_return(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY)

    with pytest.raises(QuotaExceeded) as caught:
        await books.reserve(1001)

    assert caught.value.resets_at is None


async def test_an_answer_is_shortened_to_what_is_left(connection: Connection, keys: Keys) -> None:
    books = Books(connection, keys, A_DAY)
    await books.spend(500)

    # 1000 tokens cost 900, 100 tokens 90: for 500 there are 555.
    hold = await books.reserve(900, 90, tokens=(1000, 100))

    assert hold.output_tokens == 555
    assert await books.level() == (500, 500)


async def test_the_floor_is_granted_when_only_that_fits(connection: Connection, keys: Keys) -> None:
    books = Books(connection, keys, A_DAY)
    await books.spend(910)

    assert (await books.reserve(900, 90, tokens=(1000, 100))).output_tokens == 100
    with pytest.raises(QuotaExceeded):
        await books.reserve(900, 90, tokens=(1000, 100))


async def test_a_reservation_made_again_gives_the_first_answer_also_after_it_is_settled(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY)
    reservation = books.reservation(900, 90)

    first = await books.ledger.reserve(reservation)
    again = await books.ledger.reserve(reservation)
    assert (again.output_tokens, await books.level()) == (first.output_tokens, (0, 900))

    await books.settle(first, 10)
    assert (await books.ledger.reserve(reservation)).output_tokens == first.output_tokens
    assert await books.level() == (10, 0)


async def test_a_call_settled_twice_counts_once(connection: Connection, keys: Keys) -> None:
    books = Books(connection, keys, A_DAY)
    hold = await books.reserve(300)

    levels = await books.settle(hold, 120)
    again = await books.settle(hold, 250)

    assert [level.spent for level in levels] == [120]
    assert again == ()
    assert await books.level() == (120, 0)
    assert (await books.recorded())["cost_microusd"] == 120


async def test_a_cost_above_the_hold_counts_in_full(connection: Connection, keys: Keys) -> None:
    books = Books(connection, keys, A_DAY)

    await books.settle(await books.reserve(900), 1200)

    assert await books.level() == (1200, 0)


async def test_a_hold_that_nobody_renews_lapses_to_what_is_known(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY, lease_s=30)
    await books.reserve(300, known=20)
    renewed = await books.reserve(300, known=20)
    books.advance(seconds=20)
    await books.ledger.renew(renewed, Spent(55, Usage(10, 30), requests=1))

    books.advance(seconds=11)
    assert await books.ledger.sweep() == 1
    assert await books.level() == (20, 300)

    books.advance(seconds=20)
    assert await books.ledger.sweep() == 1
    assert await books.level() == (75, 0)
    assert (await books.recorded())["cost_microusd"] == 75


async def test_a_late_settle_corrects_what_lapsed(connection: Connection, keys: Keys) -> None:
    books = Books(connection, keys, A_DAY, lease_s=30)
    hold = await books.reserve(300, known=20)
    books.advance(seconds=31)
    await books.ledger.sweep()

    await books.settle(hold, 130)
    await books.settle(hold, 130)

    assert await books.level() == (130, 0)
    recorded = await books.recorded()
    assert (recorded["cost_microusd"], recorded["requests"]) == (130, 1)
    (line,) = await books.accounts.of_person(an_origin(), NOON.date())
    assert (line.cost_microusd, line.usage.output_tokens) == (130, 20)


async def test_a_lapsed_hold_is_not_brought_back_by_renewing(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY, lease_s=30)
    hold = await books.reserve(300, known=20)
    books.advance(seconds=31)
    await books.ledger.sweep()

    await books.ledger.renew(hold, Spent(200))
    books.advance(seconds=60)
    await books.ledger.sweep()

    assert await books.level() == (20, 0)


async def test_a_reservation_sees_to_dead_holds_itself(connection: Connection, keys: Keys) -> None:
    books = Books(connection, keys, A_DAY, lease_s=30)
    await books.reserve(1000, known=20)
    books.advance(seconds=31)

    await books.reserve(900)

    assert await books.level() == (20, 900)


async def test_a_settle_of_a_hold_the_store_has_lost_counts(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY, a_quota(at_once=1))
    hold = await books.reserve(300)
    await connection.command("DEL", keys.hold(hold.reservation.call_id))

    await books.settle(hold, 120)

    standing = await books.ledger.standing(an_origin())
    assert [level.spent for level in standing.levels] == [120, 0]


async def test_what_is_reserved_before_midnight_counts_for_that_day(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, A_DAY, at=datetime(2026, 11, 24, 23, 59, 59, tzinfo=UTC))
    hold = await books.reserve(300)
    books.advance(seconds=2)

    await books.settle(hold, 120)
    assert await books.level() == (0, 0)

    books.advance(seconds=-2)
    assert await books.level() == (120, 0)


async def test_a_day_ends_at_midnight_of_its_zone(connection: Connection, keys: Keys) -> None:
    in_kathmandu = a_quota(usd="0.001", per="day", zone="Asia/Kathmandu")  # five and three quarters
    books = Books(connection, keys, in_kathmandu, at=datetime(2026, 11, 24, 18, 14, tzinfo=UTC))
    await books.spend(700)
    assert await books.level() == (700, 0)

    books.advance(minutes=1)

    assert await books.level() == (0, 0)


async def test_a_rolling_minute_forgets_what_is_a_minute_old(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, a_quota(requests=3, per="minute"))
    for _ in range(3):
        await books.spend(1)
        books.advance(seconds=10)

    with pytest.raises(QuotaExceeded) as caught:
        await books.reserve(1)
    assert caught.value.resets_at == NOON + timedelta(seconds=61)

    books.advance(seconds=31)
    await books.spend(1)
    with pytest.raises(QuotaExceeded):
        await books.reserve(1)
    books.advance(minutes=10)
    assert await books.level() == (0, 0)


async def test_in_no_minute_is_more_spent_than_allowed(connection: Connection, keys: Keys) -> None:
    books = Books(connection, keys, a_quota(tokens=900, per="minute"))
    spent_at: list[datetime] = []

    for _ in range(120):
        try:
            await books.spend(1, tokens=(20, 20))
            spent_at.append(books.at)
        except QuotaExceeded:
            pass
        books.advance(seconds=1.7)

    for moment in spent_at:
        within = [each for each in spent_at if moment <= each < moment + timedelta(minutes=1)]
        assert len(within) * 30 <= 900
    assert len(spent_at) > 80


async def test_a_settle_after_its_rolling_window_changes_nothing_in_the_new_one(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, a_quota(usd=1, per="minute"))
    hold = await books.reserve(500)
    books.advance(minutes=5)
    await books.spend(70)

    await books.settle(hold, 400)

    assert await books.level() == (70, 0)


async def test_answers_at_once_are_counted_while_they_run(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, a_quota(at_once=2))
    first, _ = await books.reserve(), await books.reserve()

    with pytest.raises(QuotaExceeded) as caught:
        await books.reserve()
    assert caught.value.resets_at is None

    await books.settle(first, 1)
    await books.reserve()


async def test_a_free_call_is_not_refused_for_money_but_counts_as_a_request(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, a_quota(usd=0, per="day"), a_quota(requests=1, per="day"))

    await books.spend(0)

    with pytest.raises(QuotaExceeded) as caught:
        await books.reserve(0)
    assert [each.level.limit.unit for each in caught.value.refusals] == ["requests"]


async def test_a_lifetime_allowance_never_returns(connection: Connection, keys: Keys) -> None:
    books = Books(connection, keys, a_quota(usd="0.001", per="lifetime"))
    await books.spend(900)
    books.advance(days=4000)

    with pytest.raises(QuotaExceeded) as caught:
        await books.reserve(200)

    assert caught.value.resets_at is None


async def test_all_limits_hold_together_and_all_or_nothing_is_written(
    connection: Connection, keys: Keys
) -> None:
    books = Books(
        connection,
        keys,
        a_quota(of="everyone", usd=1, per="day"),
        a_quota(of="place", tokens=5000, per="hour"),
        A_DAY,
        a_quota(requests=1, per="day"),
    )
    await books.reserve(300)

    with pytest.raises(QuotaExceeded):
        await books.reserve(300)

    standing = await books.ledger.standing(an_origin())
    assert [level.held for level in standing.levels] == [300, 1010, 300, 1]


async def test_nobodys_spending_counts_against_another(connection: Connection, keys: Keys) -> None:
    books = Books(connection, keys, A_DAY)

    await books.spend(500)

    for other in ({"person": "bob"}, {"platform": "slack"}):
        assert await books.level(**other) == (0, 0)
    assert await books.level(place="elsewhere") == (500, 0)


@pytest.mark.parametrize("odd", ["a}b", "{a}", "a:b", "a\nb", "a b", "*", "\ud800", '"', "a%3Ab"])
async def test_no_odd_id_ever_shares_a_counter(
    connection: Connection, keys: Keys, odd: str
) -> None:
    books = Books(connection, keys, A_DAY, a_quota(of="place", usd=1, per="day"))
    await books.spend(500, origin=an_origin(person=odd, place=odd))

    mine = await books.ledger.standing(an_origin(person=odd, place=odd))
    others = [
        await books.ledger.standing(an_origin(person=person, place=person))
        for person in ("a", "b", "a:b:", "a%", f"{odd}x")
    ]

    assert [level.spent for level in mine.levels] == [500, 500]
    assert Counter(level.spent for each in others for level in each.levels) == {0: 10}


async def test_a_record_tells_all_but_the_content(connection: Connection, keys: Keys) -> None:
    books = Books(connection, keys)
    hold = await books.reserve(100)
    entry = an_entry("r1:0", rule="no cats", outcome="complete", held_microusd=100)

    await books.ledger.settle(hold, Spent(70, Usage(10, 20), 1, 1, 30), entry)

    (record,) = [each async for each in books.accounts.records(NOON - timedelta(days=1000))]
    assert (record.kind, record.call_id, record.model) == ("settled", "call-1", "llama")
    assert record.amounts["cost_microusd"] == 70
    assert record.facts["rule"] == "no cats"
    assert (record.facts["asker"], record.facts["place"]) == ("terminal:ada", "terminal")


@pytest.mark.parametrize("connection", ["embedded"], indirect=True)  # a Cluster has no one KEYS
async def test_every_key_but_the_limits_has_an_end(connection: Connection, keys: Keys) -> None:
    books = Books(
        connection,
        keys,
        *(a_quota(usd=1, per=per) for per in ("minute", "hour", "day", "week", "month")),
        a_quota(at_once=3),
    )
    await books.spend(1)
    left_open = await books.reserve(1)

    found = await connection.command("KEYS", f"{{{keys.hash_tag}}}*")
    endless = {
        key.decode()
        for key in cast("list[bytes]", found)
        if await connection.command("TTL", key) == -1
    }

    assert endless == {
        keys.ledger("holds"),
        keys.ledger("records"),
        keys.hold(left_open.reservation.call_id),
    }
