"""The contract of comparisons, over every store."""

from dataclasses import replace

from config.settings import HistorySettings
from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.backends.redis_comparisons import RedisComparisons
from routing.comparisons import PROPOSED_TTL_S, Author, Choice, Compared, Place, Proposal

HERE, THERE = Place("discord", "1", "tea"), Place("discord", "2", "tea")
PROPOSAL = Proposal("p1", HERE, "6 x 7? \ud83d", ("llama", "gpt"), 1200)
AUTHORS = (Author("r1a", "gpt", 900, True, 2.5), Author("r1b", "llama", 0, False, 1.0))
COMPARED = Compared("r1", AUTHORS, b"\x00\xff\x80")
DAYS = HistorySettings(keep_days=2)


async def test_what_may_be_asked_is_its_asker_s_until_they_forget_it(
    connection: Connection, keys: Keys
) -> None:
    here, there = (RedisComparisons(connection, keys, DAYS) for _ in range(2))
    other = replace(PROPOSAL, proposal_id="p2")
    await here.propose("discord", "ada", PROPOSAL)
    await here.propose("discord", "ada", other)

    assert await there.proposed("discord", "ada", "p1") == PROPOSAL
    assert await there.proposed("discord", "ada", "p2") == other
    assert await there.proposed("discord", "bob", "p1") is None
    assert await there.proposed("slack", "ada", "p1") is None
    await there.forget("discord", "ada")
    assert await here.proposed("discord", "ada", "p1") is None


async def test_a_comparison_is_found_in_its_place_alone(connection: Connection, keys: Keys) -> None:
    comparisons = RedisComparisons(connection, keys, DAYS)
    later = replace(COMPARED, reply_id="r2", question=b"")
    assert await comparisons.find(HERE) is None

    await comparisons.keep(HERE, COMPARED)
    await comparisons.keep(HERE, later)

    assert await comparisons.find(HERE, "r1") == COMPARED
    assert await comparisons.find(HERE) == later
    assert await comparisons.find(THERE, "r1") is None
    assert await comparisons.find(THERE) is None


async def test_everybody_has_one_vote_on_each(connection: Connection, keys: Keys) -> None:
    comparisons = RedisComparisons(connection, keys, DAYS)

    assert await comparisons.vote(HERE, "r1", "discord:ada", Choice.A) is Choice.A
    assert await comparisons.vote(HERE, "r1", "discord:ada", Choice.BAD) is Choice.A
    assert await comparisons.vote(HERE, "r1", "discord:bob", Choice.BAD) is Choice.BAD
    assert await comparisons.vote(HERE, "r2", "discord:ada", Choice.SAME) is Choice.SAME


async def test_all_of_it_is_forgotten_after_a_time(connection: Connection, keys: Keys) -> None:
    comparisons = RedisComparisons(connection, keys, DAYS)
    await comparisons.propose("discord", "ada", PROPOSAL)
    await comparisons.keep(HERE, COMPARED)
    await comparisons.vote(HERE, "r1", "discord:ada", Choice.A)

    kept = [keys.comparison(what, HERE, "r1") for what in ("compared", "compared-votes")]
    kept.append(keys.comparison("compared-last", HERE))
    for key in kept:
        assert 0 < int(str(await connection.command("TTL", key))) <= 2 * 86_400
    proposed = await connection.command("TTL", keys.proposals("discord", "ada"))
    assert 0 < int(str(proposed)) <= PROPOSED_TTL_S


async def test_what_is_of_another_version_is_not_there(connection: Connection, keys: Keys) -> None:
    comparisons = RedisComparisons(connection, keys, DAYS)
    for line in ('{"v": 2}', '{"v": 1}', "[]", "what?"):
        await connection.command("SET", keys.comparison("compared", HERE, "r1"), line)
        assert await comparisons.find(HERE, "r1") is None
