"""The contract of a history, over every store."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

from config.catalog import AttachmentKind
from config.settings import HistorySettings
from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.backends.redis_history import RedisHistory
from routing.ports import Conversation, Exchange, Transcript
from routing.query import Turn

HERE = Conversation(platform="discord", tenant="guild", place="general")
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def an_exchange(reply_id: str = "r1", question: str = "6 x 7?") -> Exchange:
    return Exchange(question=question, answer="42", reply_id=reply_id, asked_at=NOON)


def a_history(connection: Connection, keys: Keys, exchanges: int = 3) -> RedisHistory:
    return RedisHistory(connection, keys, HistorySettings(exchanges=exchanges, keep_days=2))


async def test_an_unknown_conversation_is_an_empty_transcript(
    connection: Connection, keys: Keys
) -> None:
    history = a_history(connection, keys)

    assert await history.load(HERE) == Transcript()
    assert await history.explanation(HERE, "r1") is None


async def test_what_is_remembered_comes_back_whole_oldest_first(
    connection: Connection, keys: Keys
) -> None:
    history = a_history(connection, keys)
    strange = an_exchange("r2", question='quotes " and\nlines, Ünïcödé 🦉, a lone \ud83d, \x00')

    await history.append(HERE, an_exchange("r1"), '{"why": 1}')
    await history.append(HERE, strange, '{"why": "\ud83d"}')

    assert await history.load(HERE) == Transcript(exchanges=(an_exchange("r1"), strange))
    assert await history.explanation(HERE, "r1") == '{"why": 1}'
    assert await history.explanation(HERE, "r2") == '{"why": "\ud83d"}'


async def test_what_came_with_a_question_is_remembered_apart_from_it(
    connection: Connection, keys: Keys
) -> None:
    history = a_history(connection, keys)
    kinds = (AttachmentKind.DOCUMENT, AttachmentKind.TEXT)
    exchange = replace(an_exchange(), material="File a:\n", kinds=kinds)

    await history.append(HERE, exchange, "{}")

    assert (await history.load(HERE)).exchanges == (exchange,)
    assert exchange.turns[0] == Turn("user", "File a:\n6 x 7?", frozenset(kinds))


async def test_the_same_reply_is_remembered_once(connection: Connection, keys: Keys) -> None:
    history = a_history(connection, keys)

    await history.append(HERE, an_exchange("r1"), "first")
    await history.append(HERE, an_exchange("r1", question="another?"), "second")

    assert await history.load(HERE) == Transcript(exchanges=(an_exchange("r1"),))
    assert await history.explanation(HERE, "r1") == "first"


async def test_the_oldest_is_forgotten_with_its_explanation(
    connection: Connection, keys: Keys
) -> None:
    history = a_history(connection, keys, exchanges=2)

    for reply_id in ("r1", "r2", "r3"):
        await history.append(HERE, an_exchange(reply_id), "why")

    transcript = await history.load(HERE)
    assert [exchange.reply_id for exchange in transcript.exchanges] == ["r2", "r3"]
    assert await history.explanation(HERE, "r1") is None
    assert await history.explanation(HERE, "r2") == "why"


async def test_a_history_of_no_exchanges_keeps_nothing_and_drops_what_was_kept(
    connection: Connection, keys: Keys
) -> None:
    await a_history(connection, keys, exchanges=2).append(HERE, an_exchange("r1"), "why")
    history = a_history(connection, keys, exchanges=0)

    assert await history.load(HERE) == Transcript()

    await history.append(HERE, an_exchange("r2"), "why")

    assert await a_history(connection, keys, exchanges=2).load(HERE) == Transcript()
    assert await history.explanation(HERE, "r1") is None
    assert await history.explanation(HERE, "r2") is None


async def test_a_choice_is_remembered_until_it_is_taken_back(
    connection: Connection, keys: Keys
) -> None:
    history = a_history(connection, keys)

    await history.choose(HERE, "llama")
    assert await history.load(HERE) == Transcript(wanted="llama")

    await history.choose(HERE, "")
    assert await history.load(HERE) == Transcript()


async def test_forgetting_takes_exchanges_and_explanations_but_not_the_choice(
    connection: Connection, keys: Keys
) -> None:
    history = a_history(connection, keys)
    await history.choose(HERE, "llama")
    await history.append(HERE, an_exchange("r1"), "why")

    await history.forget(HERE)

    assert await history.load(HERE) == Transcript(wanted="llama")
    assert await history.explanation(HERE, "r1") is None


async def test_no_other_conversation_is_touched(connection: Connection, keys: Keys) -> None:
    history = a_history(connection, keys)
    others = [
        replace(HERE, **{part: "*"}) for part in ("platform", "tenant", "place", "thread", "person")
    ]
    await history.append(HERE, an_exchange("r1"), "why")
    await history.choose(HERE, "llama")

    for other in others:
        assert await history.load(other) == Transcript()
        assert await history.explanation(other, "r1") is None
        await history.forget(other)
        await history.choose(other, "")

    assert await history.load(HERE) == Transcript(exchanges=(an_exchange("r1"),), wanted="llama")


async def test_the_model_that_answered_is_remembered_and_missed_by_no_older_record(
    connection: Connection, keys: Keys
) -> None:
    history = a_history(connection, keys)
    answered = replace(an_exchange("r2"), model="llama")
    older = (
        '{"v": 1, "question": "6 x 7?", "answer": "42", "reply_id": "r1", '
        f'"asked_at": "{NOON.isoformat()}"}}'
    )
    found = keys.transcript(HERE)
    await connection.command("RPUSH", found.order, "r1")
    await connection.command("HSET", found.exchanges, "r1", older)

    await history.append(HERE, answered, "why")

    assert (await history.load(HERE)).exchanges == (an_exchange("r1"), answered)


async def test_everything_is_forgotten_in_time(connection: Connection, keys: Keys) -> None:
    history = a_history(connection, keys)

    await history.choose(HERE, "llama")
    await history.append(HERE, an_exchange("r1"), "why")

    found = keys.transcript(HERE)
    for key in (found.order, found.exchanges, found.explanations, found.wanted):
        left_s = await connection.command("TTL", key)
        assert left_s in range(2 * 86_400 - 60, 2 * 86_400 + 1)


async def test_what_cannot_be_read_is_passed_over(connection: Connection, keys: Keys) -> None:
    history = a_history(connection, keys, exchanges=10)
    found = keys.transcript(HERE)
    unreadable: dict[str, str | bytes] = {
        "newer": '{"v": 2, "question": "?"}',
        "partial": '{"v": 1, "question": "?"}',
        "list": "[1]",
        "bytes": b"\xff\x00{",
        "undated": '{"v": 1, "question": "", "answer": "", "reply_id": "x", "asked_at": "noon"}',
        "dateless": '{"v": 1, "question": "", "answer": "", "reply_id": "x", "asked_at": null}',
    }
    for reply_id, raw in unreadable.items():
        await connection.command("RPUSH", found.order, reply_id)
        await connection.command("HSET", found.exchanges, reply_id, raw)
        await connection.command("HSET", found.explanations, reply_id, raw)
    await connection.command("RPUSH", found.order, "lost")
    await connection.command("SET", found.wanted, "llama")
    await history.append(HERE, an_exchange("r1"), "why")

    assert await history.load(HERE) == Transcript(exchanges=(an_exchange("r1"),))
    assert await history.explanation(HERE, "bytes") is None


async def test_the_newest_exchange_of_somebody_is_found_wherever_they_asked_it(
    connection: Connection, keys: Keys
) -> None:
    history = a_history(connection, keys)
    asked = [
        replace(an_exchange(f"r{minute}"), person="ada", asked_at=NOON + timedelta(minutes=minute))
        for minute in range(205)
    ]
    places = [replace(HERE, thread=each.reply_id) for each in asked]
    for place, each in zip(places, asked, strict=True):
        await history.append(place, each, "why")
    strange = 'again "person": "bob", \ud83d'
    last = replace(an_exchange("r3", strange), person="ada", asked_at=NOON + timedelta(days=1))
    bobs = replace(an_exchange("b"), person="bob", asked_at=last.asked_at + timedelta(minutes=1))
    await history.append(places[2], last, "why")
    await history.append(places[2], bobs, "why")

    assert set(await history.asked_in("discord", "ada")) == set(places)
    assert await history.newest("ada", places) == (places[2], last)
    assert await history.newest("ada", places[:2]) == (places[1], asked[1])
    assert await history.newest("ada", places[3:]) == (places[-1], asked[-1])
    assert await history.newest("bob", places) == (places[2], bobs)


async def test_what_another_version_wrote_hides_nothing_that_was_asked_before(
    connection: Connection, keys: Keys
) -> None:
    history = a_history(connection, keys)
    there, elsewhere = replace(HERE, thread="r1"), replace(HERE, thread="r2")
    asked = [
        replace(
            an_exchange(f"r{hour}", '"v": 3'), person="ada", asked_at=NOON + timedelta(hours=hour)
        )
        for hour in range(4)
    ]
    for where, each in zip((HERE, there, there, elsewhere), asked, strict=True):
        await history.append(where, each, "why")
    for where, reply_id, version in ((there, "r2", b'"v": 2'), (elsewhere, "r3", b'"v": 12')):
        key = keys.transcript(where).exchanges
        raw = cast("bytes", await connection.command("HGET", key, reply_id))
        await connection.command("HSET", key, reply_id, raw.replace(b'"v": 1', version))

    assert await history.newest("ada", [HERE, there, elsewhere]) == (there, asked[1])
    assert await history.newest("ada", [HERE, elsewhere]) == (HERE, asked[0])


async def test_no_more_than_the_latest_exchanges_are_looked_at(
    connection: Connection, keys: Keys
) -> None:
    history = a_history(connection, keys, exchanges=100)
    asked = replace(an_exchange(), person="ada")
    await history.append(HERE, asked, "why")
    for number in range(49):
        await history.append(HERE, replace(an_exchange(f"b{number}"), person="bob"), "why")

    assert await history.newest("ada", [HERE]) == (HERE, asked)

    await history.append(HERE, replace(an_exchange("b49"), person="bob"), "why")

    assert await history.newest("ada", [HERE]) is None


async def test_who_asked_nothing_has_no_newest_exchange(connection: Connection, keys: Keys) -> None:
    history = a_history(connection, keys)
    await history.append(HERE, replace(an_exchange(), person="ada"), "why")

    assert await history.asked_in("discord", "bob") == ()
    assert await history.asked_in("slack", "ada") == ()
    assert await history.newest("bob", [HERE]) is None
    assert await history.newest("ada", []) is None
    assert await history.newest("ada", [replace(HERE, thread="r1")]) is None


async def test_appends_at_once_are_all_kept(connection: Connection, keys: Keys) -> None:
    history = a_history(connection, keys, exchanges=100)
    exchanges = [an_exchange(f"r{number}") for number in range(100)]

    await asyncio.gather(*(history.append(HERE, each, "why") for each in exchanges))

    transcript = await history.load(HERE)
    assert sorted(each.reply_id for each in transcript.exchanges) == sorted(
        each.reply_id for each in exchanges
    )


async def test_a_cancelled_load_never_hands_its_answer_to_another(
    connection: Connection, keys: Keys
) -> None:
    history = a_history(connection, keys)
    places = [replace(HERE, person=f"p{number}") for number in range(10)]
    for place in places:
        await history.append(place, an_exchange(place.person), "why")

    async def load(place: Conversation, patience_s: float | None) -> None:
        async with asyncio.timeout(patience_s):
            transcript = await history.load(place)
        assert [each.reply_id for each in transcript.exchanges] == [place.person]

    outcomes = await asyncio.gather(
        *(
            load(place, number / 20_000 if number % 3 else None)
            for number, place in enumerate(places * 30)
        ),
        return_exceptions=True,
    )

    assert {type(each) for each in outcomes} <= {type(None), TimeoutError}
