"""The contract of lengths, over every store."""

from config.catalog import TaskClass
from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.backends.redis_lengths import RedisLengths
from routing.measuring import Tally


async def test_lengths_are_counted_by_kind_of_question_and_model(
    connection: Connection, keys: Keys
) -> None:
    here, there = (RedisLengths(connection, keys) for _ in range(2))
    assert not await here.load()

    for tokens in (100, 300):
        await here.note("gpt-4.1", TaskClass.MATH, tokens)
    await there.note("gpt-4.1", TaskClass.CODE, 900)
    await there.note("llama", TaskClass.MATH, 50)

    assert await here.load() == {
        TaskClass.MATH: {"gpt-4.1": Tally(2, 400), "llama": Tally(1, 50)},
        TaskClass.CODE: {"gpt-4.1": Tally(1, 900)},
    }


async def test_of_very_many_answers_the_latest_tell_most(
    connection: Connection, keys: Keys
) -> None:
    lengths = RedisLengths(connection, keys)
    for tokens in [1000] * 200 + [100] * 99:
        await lengths.note("gpt", TaskClass.MATH, tokens)

    tally = (await lengths.load())[TaskClass.MATH]["gpt"]

    assert tally == Tally(199, 109_900)


async def test_they_are_forgotten_some_time_after_the_last(
    connection: Connection, keys: Keys
) -> None:
    await RedisLengths(connection, keys).note("gpt", TaskClass.MATH, 1)

    assert 0 < int(str(await connection.command("TTL", keys.lengths()))) <= 90 * 86_400


async def test_what_another_version_counts_is_passed_over(
    connection: Connection, keys: Keys
) -> None:
    lengths = RedisLengths(connection, keys)
    await lengths.note("gpt", TaskClass.MATH, 7)
    for field in ("poetry:gpt:answers", "what", "math:gpt:seconds"):
        await connection.command("HSET", keys.lengths(), field, "3.5")

    assert await lengths.load() == {TaskClass.MATH: {"gpt": Tally(1, 7)}}
