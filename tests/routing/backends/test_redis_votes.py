"""The contract of votes, over every store."""

from datetime import UTC, datetime, timedelta
from typing import Any

from config.settings import HouseSettings
from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.backends.redis_votes import RedisVotes
from routing.embedding import VECTOR_SIZE
from routing.votes import House, Verdict, Vote

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
OURS = House("discord", "guild")


def a_vote(reply_id: str = "r1", voter: str = "discord:ada", **changes: Any) -> Vote:
    given: dict[str, Any] = {
        "model": "llama",
        "verdict": Verdict.GOOD,
        "question": bytes(range(VECTOR_SIZE)),
        "at": NOON,
    }
    return Vote(reply_id=reply_id, voter=voter, **(given | changes))


def some_votes(connection: Connection, keys: Keys, **settings: int) -> RedisVotes:
    return RedisVotes(connection, keys, HouseSettings.model_validate(settings))


async def found(votes: RedisVotes, house: House = OURS) -> tuple[Vote, ...]:
    _, loaded = await votes.load(house)
    return loaded or ()


async def test_a_house_nobody_voted_in_is_empty(connection: Connection, keys: Keys) -> None:
    assert await some_votes(connection, keys).load(OURS) == ("", ())


async def test_a_vote_is_found_again_as_it_was(connection: Connection, keys: Keys) -> None:
    votes = some_votes(connection, keys)

    await votes.cast(OURS, a_vote())

    assert await found(votes) == (a_vote(),)


async def test_a_second_vote_of_a_person_on_a_reply_takes_the_place_of_the_first(
    connection: Connection, keys: Keys
) -> None:
    votes = some_votes(connection, keys)
    changed = a_vote(verdict=Verdict.BAD, at=NOON + timedelta(minutes=1))

    await votes.cast(OURS, a_vote())
    await votes.cast(OURS, changed)
    await votes.cast(OURS, changed)

    assert await found(votes) == (changed,)


async def test_votes_come_oldest_first_and_the_oldest_are_forgotten_beyond_the_limit(
    connection: Connection, keys: Keys
) -> None:
    votes = some_votes(connection, keys, votes=3)
    cast = [a_vote(f"r{n}", at=NOON + timedelta(minutes=n)) for n in range(5)]

    for vote in reversed(cast):
        await votes.cast(OURS, vote)

    assert await found(votes) == tuple(cast[2:])


async def test_a_vote_taken_back_is_gone_and_only_that_one(
    connection: Connection, keys: Keys
) -> None:
    votes = some_votes(connection, keys)
    others = (a_vote("r10"), a_vote(voter="discord:bob"))
    for vote in (a_vote("r1"), *others):
        await votes.cast(OURS, vote)

    await votes.take_back(OURS, "r1", "discord:ada")
    await votes.take_back(OURS, "r1", "discord:ada")

    assert set(await found(votes)) == set(others)


async def test_a_forgotten_person_s_votes_are_gone_and_nobody_else_s(
    connection: Connection, keys: Keys
) -> None:
    votes = some_votes(connection, keys)
    others = (a_vote(voter="discord:ada2"), a_vote(voter="discord:ad"))
    for vote in (a_vote("r1"), a_vote("r2"), *others):
        await votes.cast(OURS, vote)

    await votes.forget(OURS, "discord:ada")

    assert set(await found(votes)) == set(others)


async def test_houses_share_nothing(connection: Connection, keys: Keys) -> None:
    votes = some_votes(connection, keys)
    other = House("slack", "guild")

    await votes.cast(OURS, a_vote())
    await votes.forget(other, "discord:ada")

    assert await found(votes, other) == ()
    assert await found(votes) == (a_vote(),)


async def test_nothing_is_loaded_again_until_something_changed(
    connection: Connection, keys: Keys
) -> None:
    votes = some_votes(connection, keys)
    await votes.cast(OURS, a_vote())

    state, _ = await votes.load(OURS)
    unchanged = await votes.load(OURS, state)
    await votes.forget(OURS, "discord:ada")
    changed = await votes.load(OURS, state)

    assert unchanged == (state, None)
    assert changed[1] == ()


async def test_votes_are_forgotten_after_a_time(connection: Connection, keys: Keys) -> None:
    votes = some_votes(connection, keys, keep_days=1)

    await votes.cast(OURS, a_vote())

    for key in (keys.votes(OURS).votes, keys.votes(OURS).order, keys.votes(OURS).state):
        left_s = await connection.command("TTL", key)
        assert isinstance(left_s, int)
        assert 0 < left_s <= 86_400


async def test_a_vote_that_cannot_be_read_is_passed_over(
    connection: Connection, keys: Keys
) -> None:
    votes = some_votes(connection, keys)
    await votes.cast(OURS, a_vote())
    named = keys.votes(OURS)
    for name, raw in (("newer", '{"v": 2}'), ("broken", "{")):
        await connection.command("HSET", named.votes, name, raw)
        await connection.command("ZADD", named.order, 0, name)

    assert await found(votes) == (a_vote(),)


async def test_what_is_only_implied_takes_no_judgement_s_place(
    connection: Connection, keys: Keys
) -> None:
    votes = some_votes(connection, keys)
    await votes.cast(OURS, a_vote(verdict=Verdict.REGENERATED))
    await votes.cast(OURS, a_vote(verdict=Verdict.GOOD))

    await votes.cast(OURS, a_vote(verdict=Verdict.REGENERATED))

    assert await found(votes) == (a_vote(verdict=Verdict.GOOD),)
