"""The contract of a history that is corrected and forgotten, and of posts, over every store."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from config.settings import HistorySettings
from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.backends.redis_history import RedisHistory
from routing.backends.redis_posts import RedisPosts
from routing.ports import Exchange, Transcript
from routing.posts import Posted
from tests.routing.backends.test_redis_history import HERE, a_history, an_exchange

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
TWO_DAYS = HistorySettings(keep_days=2)
THERE = replace(HERE, place="elsewhere", thread="7", person="ada")
STRANGE = 'quotes " and\nlines, Ünïcödé 🦉, a lone \ud83d, \x00'


def asked_by(person: str, reply_id: str) -> Exchange:
    return replace(an_exchange(reply_id), person=person)


async def forgotten(history: RedisHistory, at: datetime = LONG_AGO) -> int:
    return (await history.forget_person("discord", "ada", at)).questions


async def test_a_question_is_revised_and_its_answer_stays(
    connection: Connection, keys: Keys
) -> None:
    history = a_history(connection, keys)
    await history.append(HERE, an_exchange("r1"), "why")
    await history.append(HERE, asked_by("ada", "r2"), "why")

    assert await history.revise(HERE, "r2", STRANGE)

    revised = replace(asked_by("ada", "r2"), question=STRANGE)
    assert (await history.load(HERE)).exchanges == (an_exchange("r1"), revised)
    assert await history.explanation(HERE, "r2") == "why"


async def test_a_question_is_revised_also_where_it_was_asked_anew(
    connection: Connection, keys: Keys
) -> None:
    history = a_history(connection, keys, exchanges=10)
    for reply_id, again_of in (("r1", ""), ("r2", "r1"), ("r3", "")):
        await history.append(HERE, replace(an_exchange(reply_id), again_of=again_of), "why")

    assert await history.revise(HERE, "r1", "7 x 8?")

    transcript = await history.load(HERE)
    now = [exchange.question for exchange in transcript.exchanges]
    assert now == ["7 x 8?", "7 x 8?", an_exchange("r3").question]


async def test_what_is_forgotten_is_not_brought_back_by_revising(
    connection: Connection, keys: Keys
) -> None:
    history = a_history(connection, keys)
    await history.append(HERE, an_exchange("r1"), "why")

    assert not await history.revise(HERE, "r2", "7 x 6?")
    assert not await history.revise(THERE, "r1", "7 x 6?")

    assert await history.load(HERE) == Transcript(exchanges=(an_exchange("r1"),))
    assert await history.load(THERE) == Transcript()


async def test_a_revised_exchange_is_not_remembered_a_second_time(
    connection: Connection, keys: Keys
) -> None:
    history = a_history(connection, keys)
    await history.append(HERE, an_exchange("r1"), "why")
    await history.revise(HERE, "r1", "7 x 6?")

    await history.append(HERE, an_exchange("r1"), "why")

    (exchange,) = (await history.load(HERE)).exchanges
    assert exchange.question == "7 x 6?"


async def test_a_retracted_exchange_is_gone_with_its_explanation(
    connection: Connection, keys: Keys
) -> None:
    history = a_history(connection, keys)
    for reply_id in ("r1", "r2", "r3"):
        await history.append(HERE, an_exchange(reply_id), "why")

    assert await history.retract(HERE, "r2")
    assert not await history.retract(HERE, "r2")

    transcript = await history.load(HERE)
    assert [exchange.reply_id for exchange in transcript.exchanges] == ["r1", "r3"]
    assert await history.explanation(HERE, "r2") is None
    assert await history.explanation(HERE, "r1") == "why"


async def test_a_question_is_retracted_with_all_its_answers_and_no_other(
    connection: Connection, keys: Keys
) -> None:
    history = a_history(connection, keys, exchanges=10)
    for reply_id, again_of in (("r1", ""), ("r2", "r1"), ("r3", ""), ("r4", "r1"), ("r5", "r3")):
        await history.append(HERE, replace(an_exchange(reply_id), again_of=again_of), "why")

    await history.retract_question(HERE, "r1")

    transcript = await history.load(HERE)
    assert [exchange.reply_id for exchange in transcript.exchanges] == ["r3", "r5"]
    assert await history.explanation(HERE, "r4") is None


async def test_a_retracted_exchange_leaves_room_for_another(
    connection: Connection, keys: Keys
) -> None:
    history = a_history(connection, keys, exchanges=2)
    await history.append(HERE, an_exchange("r1"), "why")
    await history.append(HERE, an_exchange("r2"), "why")

    await history.retract(HERE, "r2")
    await history.append(HERE, an_exchange("r3"), "why")

    transcript = await history.load(HERE)
    assert [exchange.reply_id for exchange in transcript.exchanges] == ["r1", "r3"]


async def test_a_person_is_forgotten_in_every_conversation_and_nobody_else_is(
    connection: Connection, keys: Keys
) -> None:
    history = a_history(connection, keys, exchanges=10)
    await history.append(HERE, asked_by("ada", "r1"), "why")
    await history.append(HERE, asked_by("bob", "r2"), "why")
    await history.append(HERE, asked_by("ada", "r3"), "why")
    await history.append(THERE, asked_by("ada", "r4"), "why")
    on_slack = replace(HERE, platform="slack")
    await history.append(on_slack, asked_by("ada", "r5"), "why")

    assert await forgotten(history) == 3

    assert (await history.load(HERE)).exchanges == (asked_by("bob", "r2"),)
    assert await history.load(THERE) == Transcript()
    assert (await history.load(on_slack)).exchanges == (asked_by("ada", "r5"),)
    assert await history.explanation(HERE, "r1") is None
    assert await history.explanation(HERE, "r2") == "why"


async def test_who_asks_again_can_be_forgotten_again_and_no_trace_stays(
    connection: Connection, keys: Keys
) -> None:
    history = a_history(connection, keys)
    assert await forgotten(history) == 0

    for reply_id in ("r1", "r2"):
        await history.append(HERE, asked_by("ada", reply_id), "why")
        assert await forgotten(history) == 1

    assert await forgotten(history) == 0
    assert await connection.command("EXISTS", keys.asked_in("discord", "ada")) == 0


async def test_a_question_asked_while_somebody_is_forgotten_can_be_forgotten_next(
    connection: Connection, keys: Keys
) -> None:
    history = a_history(connection, keys, exchanges=10)
    await history.append(HERE, asked_by("ada", "r1"), "why")
    asking = [history.append(HERE, asked_by("ada", f"m{number}"), "why") for number in range(5)]

    forgetting = asyncio.ensure_future(forgotten(history))
    await asyncio.gather(forgetting, *asking)
    second = await forgotten(history)

    assert forgetting.result() + second == 6
    assert await history.load(HERE) == Transcript()


async def test_an_answer_that_ends_after_its_person_was_forgotten_is_not_remembered(
    connection: Connection, keys: Keys
) -> None:
    history = a_history(connection, keys, exchanges=10)
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert await forgotten(history, now) == 0

    for number, (person, seconds) in enumerate((("ada", -1), ("ada", 0), ("ada", 1), ("bob", -1))):
        asked_at = now + timedelta(seconds=seconds)
        exchange = replace(asked_by(person, f"r{number}"), asked_at=asked_at)
        await history.append(HERE, exchange, "why")

    exchanges = (await history.load(HERE)).exchanges
    assert [exchange.reply_id for exchange in exchanges] == ["r2", "r3"]
    mark = keys.forgotten("discord", "ada")
    assert "ada" not in mark
    assert 0 < cast("int", await connection.command("TTL", mark)) <= 86_400


async def test_where_somebody_asked_is_told_when_they_are_forgotten(
    connection: Connection, keys: Keys
) -> None:
    history = a_history(connection, keys)
    for conversation in (HERE, THERE, HERE):
        await history.append(conversation, asked_by("ada", "r1"), "why")

    found = await history.forget_person("discord", "ada", LONG_AGO)

    assert set(found.conversations) == {HERE, THERE}


async def test_where_somebody_asked_is_forgotten_in_time(
    connection: Connection, keys: Keys
) -> None:
    await a_history(connection, keys).append(HERE, asked_by("ada", "r1"), "why")

    left_s = await connection.command("TTL", keys.asked_in("discord", "ada"))

    assert left_s in range(2 * 86_400 - 60, 2 * 86_400 + 1)


@pytest.mark.parametrize("is_question", [False, True])
async def test_a_post_is_found_where_it_stands_and_nowhere_else(
    connection: Connection, keys: Keys, *, is_question: bool
) -> None:
    posts = RedisPosts(connection, keys, TWO_DAYS)
    posted = Posted(THERE, "r1", is_question)

    await posts.note("discord", "general", "42", posted)

    assert await posts.find("discord", "general", "42") == posted
    for other in (("slack", "general", "42"), ("discord", "x", "42"), ("discord", "general", "4")):
        assert await posts.find(*other) is None


async def test_a_post_belongs_to_what_was_noted_last(connection: Connection, keys: Keys) -> None:
    posts = RedisPosts(connection, keys, TWO_DAYS)

    for reply_id in ("r1", "r2"):
        await posts.note("discord", "general", "42", Posted(HERE, reply_id))

    assert await posts.find("discord", "general", "42") == Posted(HERE, "r2")


async def test_of_many_who_note_a_post_at_once_one_is_first(
    connection: Connection, keys: Keys
) -> None:
    posts = RedisPosts(connection, keys, TWO_DAYS)
    names = [f"r{number}" for number in range(9)]

    noting = (posts.note_first("slack", "C1", "42", Posted(HERE, each)) for each in names)
    were_first = await asyncio.gather(*noting)

    (first,) = [name for name, was_first in zip(names, were_first, strict=True) if was_first]
    assert await posts.find("slack", "C1", "42") == Posted(HERE, first)
    key = keys.post("slack", "C1", "42")
    assert await connection.command("TTL", key) in range(2 * 86_400 - 60, 2 * 86_400 + 1)


class Twice(Connection):
    """A connection that carries each command out twice, as where the first answer was lost."""

    def __init__(self, inner: Connection) -> None:
        self._inner = inner

    async def command(self, *parts: str | bytes | int) -> object:
        await self._inner.command(*parts)
        return await self._inner.command(*parts)


async def test_who_notes_a_post_first_is_first_also_when_told_the_second_time(
    connection: Connection, keys: Keys
) -> None:
    posts = RedisPosts(Twice(connection), keys, TWO_DAYS)

    assert await posts.note_first("slack", "C1", "42", Posted(HERE, "r1"))
    assert not await posts.note_first("slack", "C1", "42", Posted(HERE, "r2"))
    assert await posts.find("slack", "C1", "42") == Posted(HERE, "r1")


async def test_posts_are_forgotten_in_time_and_unknown_when_unreadable(
    connection: Connection, keys: Keys
) -> None:
    posts = RedisPosts(connection, keys, TWO_DAYS)
    await posts.note("discord", "general", "42", Posted(HERE, "r1"))
    key = keys.post("discord", "general", "42")

    assert await connection.command("TTL", key) in range(2 * 86_400 - 60, 2 * 86_400 + 1)
    for line in ("", "[]", '{"v": 1}', '{"v": 2, "reply_id": "r"}', b"\xff"):
        await connection.command("SET", key, line)
        assert await posts.find("discord", "general", "42") is None


def test_no_two_posts_share_a_key(keys: Keys) -> None:
    odd = [("a:b", "c"), ("a", "b:c"), ("a%3Ab", "c"), ("", "a:b:c")]

    named = {keys.post("discord", place, post_id) for place, post_id in odd}

    assert len(named) == len(odd)
