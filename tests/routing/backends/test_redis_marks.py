"""The contract of marks, over every store."""

from datetime import UTC, datetime, timedelta

from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.backends.redis_marks import RedisMarks
from routing.marks import Mark

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
A_DAY_AGO = NOON - timedelta(days=1)


async def test_without_marks_there_is_nothing_to_look_up(
    connection: Connection, keys: Keys
) -> None:
    assert await RedisMarks(connection, keys).since("discord", A_DAY_AGO, 10) == ()


async def test_the_places_last_spoken_in_come_first_each_with_its_last_message(
    connection: Connection, keys: Keys
) -> None:
    marks = RedisMarks(connection, keys)
    await marks.note("discord", Mark("guild", "general", "100"), NOON)
    await marks.note("discord", Mark("", "a/dm:%", "101"), NOON + MINUTE)
    await marks.note("discord", Mark("guild", "general", "102"), NOON + 2 * MINUTE)

    found = await marks.since("discord", A_DAY_AGO, 10)

    assert found == (Mark("guild", "general", "102"), Mark("", "a/dm:%", "101"))


async def test_an_earlier_message_takes_no_mark_back(connection: Connection, keys: Keys) -> None:
    marks = RedisMarks(connection, keys)
    await marks.note("discord", Mark("guild", "general", "1000000000000000001"), NOON)

    await marks.note("discord", Mark("guild", "general", "999999999999999999"), NOON + MINUTE)
    await marks.note("discord", Mark("guild", "general", "1000000000000000000"), NOON + MINUTE)

    assert await marks.since("discord", A_DAY_AGO, 10) == (
        Mark("guild", "general", "1000000000000000001"),
    )


async def test_only_places_spoken_in_since_a_moment_are_named_and_no_more_than_asked_for(
    connection: Connection, keys: Keys
) -> None:
    marks = RedisMarks(connection, keys)
    for number in range(4):
        await marks.note(
            "discord", Mark("guild", f"c{number}", f"{number + 1}"), NOON + number * MINUTE
        )

    later = await marks.since("discord", NOON + MINUTE, 10)
    two = await marks.since("discord", NOON, 2)

    assert [each.place for each in later] == ["c3", "c2", "c1"]
    assert [each.place for each in two] == ["c3", "c2"]


async def test_platforms_do_not_see_one_anothers_marks(connection: Connection, keys: Keys) -> None:
    marks = RedisMarks(connection, keys)

    await marks.note("slack", Mark("team", "general", "1"), NOON)

    assert await marks.since("discord", A_DAY_AGO, 10) == ()
