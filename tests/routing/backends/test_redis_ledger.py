"""The contract of a ledger, over every store."""

import asyncio
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from config.settings import UsageSettings
from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.backends.redis_ledger import RedisLedger
from routing.clock import Clock
from routing.ports import Settlement, UsageLine
from routing.pricing import Usage
from routing.reply import Attempt, Outcome, Receipt
from tests.builders import an_origin

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY = NOON.date()


def a_ledger(connection: Connection, keys: Keys) -> RedisLedger:
    return RedisLedger(connection, keys, UsageSettings(keep_days=10), Clock(now=lambda: NOON))


def an_attempt(model: str = "llama", cost_microusd: int = 7) -> Attempt:
    usage = Usage(input_tokens=100, output_tokens=20, cached_input_tokens=30, reasoning_tokens=5)
    return Attempt(model=model, usage=usage, cost_microusd=cost_microusd, is_reported=True)


def a_settlement(
    reply_id: str = "r1", at: datetime = NOON, origin: Any = None, **changes: Any
) -> Settlement:
    given: dict[str, Any] = {
        "model": "llama",
        "reason": "cheapest",
        "outcome": Outcome.COMPLETE,
        "attempts": (an_attempt(),),
        "saved_microusd": 90,
    }
    receipt = Receipt(reply_id=reply_id, **(given | changes))
    return Settlement(receipt=receipt, origin=origin or an_origin(), at=at)


def a_line(**changes: Any) -> UsageLine:
    given: dict[str, Any] = {
        "day": TODAY,
        "model": "llama",
        "answers": 1,
        "usage": an_attempt().usage,
        "cost_microusd": 7,
        "saved_microusd": 90,
    }
    return UsageLine(**(given | changes))


async def test_what_is_settled_is_found_again(connection: Connection, keys: Keys) -> None:
    ledger = a_ledger(connection, keys)

    await ledger.settle(a_settlement())

    assert await ledger.usage(an_origin(), TODAY) == (a_line(),)


async def test_a_reply_settled_twice_counts_once(connection: Connection, keys: Keys) -> None:
    ledger = a_ledger(connection, keys)

    await ledger.settle(a_settlement("r1"))
    await ledger.settle(a_settlement("r1", at=NOON + timedelta(days=1)))

    assert await ledger.usage(an_origin(), TODAY) == (a_line(),)


async def test_settling_fifty_at_once_counts_each_once(connection: Connection, keys: Keys) -> None:
    ledger = a_ledger(connection, keys)
    settlements = [a_settlement(f"r{number}") for number in range(50)]

    await asyncio.gather(*(ledger.settle(each) for each in settlements * 2))

    (line,) = await ledger.usage(an_origin(), TODAY)
    assert (line.answers, line.cost_microusd, line.saved_microusd) == (50, 350, 4500)
    assert line.usage == Usage(5000, 1000, 1500, 250)


async def test_each_attempt_counts_for_its_own_model_and_the_answer_for_the_last(
    connection: Connection, keys: Keys
) -> None:
    ledger = a_ledger(connection, keys)
    attempts = (an_attempt("llama", 7), an_attempt("gpt", 900))

    await ledger.settle(a_settlement(model="gpt", attempts=attempts, saved_microusd=0))

    assert await ledger.usage(an_origin(), TODAY) == (
        a_line(model="gpt", cost_microusd=900, saved_microusd=0),
        a_line(model="llama", answers=0, saved_microusd=0),
    )


async def test_a_failure_costs_but_is_no_answer(connection: Connection, keys: Keys) -> None:
    ledger = a_ledger(connection, keys)

    await ledger.settle(a_settlement(model="", outcome=Outcome.FAILED, saved_microusd=0))

    assert await ledger.usage(an_origin(), TODAY) == (a_line(answers=0, saved_microusd=0),)


async def test_days_come_oldest_first_from_the_day_asked_for(
    connection: Connection, keys: Keys
) -> None:
    ledger = a_ledger(connection, keys)
    for days_ago in (0, 1, 2):
        await ledger.settle(a_settlement(f"r{days_ago}", at=NOON - timedelta(days=days_ago)))

    lines = await ledger.usage(an_origin(), TODAY - timedelta(days=1))

    assert [line.day for line in lines] == [TODAY - timedelta(days=1), TODAY]


async def test_the_day_is_counted_in_utc(connection: Connection, keys: Keys) -> None:
    ledger = a_ledger(connection, keys)
    in_tokyo = datetime(2026, 11, 25, 1, tzinfo=timezone(timedelta(hours=9)))

    await ledger.settle(a_settlement(at=in_tokyo))

    assert await ledger.usage(an_origin(), TODAY) == (a_line(),)


async def test_asking_for_all_time_finds_what_is_kept(connection: Connection, keys: Keys) -> None:
    ledger = a_ledger(connection, keys)
    await ledger.settle(a_settlement())

    assert await ledger.usage(an_origin(), date.min) == (a_line(),)
    assert await ledger.usage(an_origin(), date.max) == ()


async def test_usage_is_kept_for_its_time_and_the_mark_for_a_week(
    connection: Connection, keys: Keys
) -> None:
    await a_ledger(connection, keys).settle(a_settlement("r1"))

    usage_s = await connection.command("TTL", keys.usage(an_origin(), TODAY))
    mark_s = await connection.command("TTL", keys.settled("r1"))

    assert usage_s in range(10 * 86_400 - 60, 10 * 86_400 + 1)
    assert mark_s in range(7 * 86_400 - 60, 7 * 86_400 + 1)


async def test_nobody_sees_what_another_used(connection: Connection, keys: Keys) -> None:
    ledger = a_ledger(connection, keys)

    await ledger.settle(a_settlement())

    for other in ({"person": "bob"}, {"tenant": "other"}, {"platform": "slack"}):
        assert await ledger.usage(an_origin(**other), TODAY) == ()
    assert await ledger.usage(an_origin(place="elsewhere"), TODAY) == (a_line(),)
