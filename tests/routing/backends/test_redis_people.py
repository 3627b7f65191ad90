"""The contract of forgetting people, over every store: theirs goes, all else stays."""

import json
from collections.abc import Sequence
from dataclasses import astuple
from datetime import UTC, date, datetime, timedelta

import pytest

from config.settings import HistorySettings
from routing.backends.keys import Keys, encoded
from routing.backends.redis import Connection, Script
from routing.backends.redis_posts import RedisPosts
from routing.backends.stores import stores_over
from routing.errors import StoreUnavailable
from routing.forgetting import Forgetting, ForgettingElsewhere, NobodySo, Somebody, Trace, somebody
from routing.orders import Of, Realm, Target
from routing.ports import Conversation
from routing.posts import Posted
from routing.records import FORGOTTEN
from routing.votes import House
from tests.bot.town import (
    ADA,
    ADA_ON_SLACK,
    BOB,
    CHANNEL,
    GUILD,
    OPERATOR,
    SECRET,
    Interrupted,
    Town,
    everything_in,
)

NOW = datetime(2026, 11, 26, tzinfo=UTC)
REALM, HERE = Realm("discord", GUILD), Target(Of.CHANNEL, CHANNEL)


ON_ONE_STORE = pytest.mark.parametrize("connection", ["embedded"], indirect=True)


@pytest.fixture
async def town(connection: Connection, keys: Keys) -> Town:
    town = Town(connection, keys.hash_tag)
    await town.live()
    return town


async def left_of(town: Town, whom: Somebody, *words: str) -> set[str]:
    """Return the kinds of keys that still tell of somebody."""
    names = (whom.person, *words)
    return {
        name.removeprefix(town.keys.prefix).split(":")[0]
        for name, text, _ in await everything_in(town.connection, town.keys)
        if any(each in name or each in text for each in names)
    }


ADAS_CALLS = (("killed0", 2), ("left0", 1))


async def begin_without_workers(forgetting: Forgetting) -> None:
    """End what Ada asked; nobody takes away what waits."""
    await forgetting.end(await forgetting.begin(ADA, NOW))


async def test_nothing_is_left_of_a_person_but_what_they_spent(town: Town) -> None:
    forgetting = town.stores.forgetting
    asked = await forgetting.begin(ADA, NOW)
    assert len(asked) == 2
    await town.end(*ADAS_CALLS)
    assert await forgetting.is_busy(ADA)  # with what waits for a worker to take it away
    await forgetting.end(asked)
    assert not await forgetting.is_busy(ADA)
    before = await left_of(town, BOB)

    found = await forgetting.look(ADA)
    done = await forgetting.forget(ADA)
    again = await forgetting.forget(ADA)

    assert found == done
    assert set(Trace) - found.counts.keys() == {Trace.RUNNING, Trace.INSTALLATIONS, Trace.FILES}
    assert again.counts.keys() == {Trace.BUDGETS}
    assert await left_of(town, ADA, SECRET) == {"counter", "hold"}
    assert await left_of(town, BOB) == before


@ON_ONE_STORE
async def test_who_was_one_person_with_them_is_told_of_their_own_usage_alone(town: Town) -> None:
    await town.say(ADA_ON_SLACK, "6 x 7?", is_alone=True)
    together = await town.say(ADA_ON_SLACK, "/usage", is_alone=True)

    await town.stores.forgetting.forget(ADA)

    alone = await town.say(ADA_ON_SLACK, "/usage", is_alone=True)
    assert "· on Discord" in together
    assert "| in this workspace |" in alone
    assert "| today | 1 |" in alone


@ON_ONE_STORE
async def test_what_another_asked_stays_though_it_was_counted_as_theirs(
    connection: Connection, keys: Keys
) -> None:
    town, posts = Town(connection, keys.hash_tag), RedisPosts(connection, keys, HistorySettings())
    conversation = Conversation("discord", GUILD, CHANNEL)
    for whom, reply_id in ((ADA, "r1"), (BOB, "r2")):
        facts = {"asker": whom.asker, "person": ADA.asker, "reply_id": reply_id}
        about = json.dumps({"tenant": GUILD, "place": CHANNEL, **facts})
        await connection.command("XADD", keys.ledger("records"), "*", "about", about)
        await posts.note("discord", CHANNEL, reply_id, Posted(conversation, reply_id))

    found = await town.stores.forgetting.forget(ADA)

    assert found.counts == {Trace.RECORDS: 2, Trace.POSTS: 1}
    assert await posts.find("discord", CHANNEL, "r1") is None
    assert await posts.find("discord", CHANNEL, "r2")


@ON_ONE_STORE
async def test_however_often_somebody_voted_it_is_forgotten(
    connection: Connection, keys: Keys
) -> None:
    town, (votes, order, _) = (
        Town(connection, keys.hash_tag),
        astuple(keys.votes(House("discord", GUILD))),
    )
    many = (
        "for n = 1, 20000 do redis.call('HSET', KEYS[1], ARGV[1] .. n, '') "
        "redis.call('ZADD', KEYS[2], n, ARGV[1] .. n) end"
    )
    await connection.command("EVAL", many, 2, votes, order, f"{encoded(ADA.asker)}:")

    found = await town.stores.forgetting.forget(ADA)

    assert found.counts == {Trace.VOTES: 20_000}
    assert await connection.command("EXISTS", votes, order) == 0


@ON_ONE_STORE
async def test_looking_changes_nothing(town: Town) -> None:
    before = [each[:2] for each in await everything_in(town.connection, town.keys)]

    await town.stores.forgetting.look(ADA, with_budgets=True)

    assert [each[:2] for each in await everything_in(town.connection, town.keys)] == before


@ON_ONE_STORE
async def test_the_sums_stay_and_are_nobody_s(town: Town) -> None:
    since = date(2020, 1, 1)
    await town.end(*ADAS_CALLS)
    before = await town.stores.accounts.of_tenant("discord", GUILD, since)
    records = [each async for each in town.stores.accounts.records(NOW - timedelta(days=2))]

    await town.stores.forgetting.forget(ADA)

    after = await town.stores.accounts.of_tenant("discord", GUILD, since)
    kept = [each async for each in town.stores.accounts.records(NOW - timedelta(days=2))]
    assert sum(each.cost_microusd for each in after) == sum(each.cost_microusd for each in before)
    assert {each.person for each in after} == {BOB.person, FORGOTTEN}
    assert [(each.record_id, each.amounts, each.at_ms) for each in kept] == [
        (each.record_id, each.amounts, each.at_ms) for each in records
    ]
    askers = [each.facts.get("asker", BOB.asker) for each in records]
    expected = ["" if each == ADA.asker else each for each in askers]
    assert [each.facts.get("asker", BOB.asker) for each in kept] == expected
    assert "" in expected


@ON_ONE_STORE
async def test_what_was_spent_counts_until_its_time_is_over_unless_said_otherwise(
    town: Town,
) -> None:
    here = town.message(ADA, "").origin
    before = {each.limit: each.spent for each in (await town.stores.ledger.standing(here)).levels}

    await town.stores.forgetting.forget(ADA)
    after = {each.limit: each.spent for each in (await town.stores.ledger.standing(here)).levels}
    await town.stores.forgetting.forget(ADA, with_budgets=True)
    anew = (await town.stores.ledger.standing(here)).levels

    assert {limit.window: spent for limit, spent in before.items() if limit.tenant == ""} == {
        limit.window: spent for limit, spent in after.items()
    }
    assert [each.used for each in anew if each.limit.is_own] == [0, 0, 0, 0]


@ON_ONE_STORE
async def test_the_audit_says_that_it_was_somebody(town: Town) -> None:
    await town.stores.forgetting.forget(ADA)

    changes = await town.stores.audit.last(100)

    others = {BOB.asker, ADA_ON_SLACK.asker, OPERATOR.asker}
    assert {each.by for each in changes} == {FORGOTTEN, *others}
    told = [f"{each.by}: {each.what} {each.about} {each.old} {each.new}" for each in changes]
    assert f"{BOB.asker}: access user {FORGOTTEN}  allow" in told
    persona, *_ = await town.stores.orders.personas(REALM, HERE)
    assert [persona.by, persona.text] == [BOB.asker, "a pirate"]


@ON_ONE_STORE
async def test_who_is_interrupted_goes_on_when_begun_again(town: Town) -> None:
    await begin_without_workers(town.stores.forgetting)
    await town.end(*ADAS_CALLS)
    streams = [town.keys.ledger("records"), *map(town.keys.audit, ("", GUILD))]
    a_minute_later = [name for each in streams for name in town.keys.copy(each)]
    interruptions = 0
    for scripts in range(3, 400, 3):
        cut = stores_over(Interrupted(town.connection, scripts), town.settings, "cut")
        try:
            await cut.forgetting.forget(ADA)
            break
        except StoreUnavailable:
            interruptions += 1
            await town.connection.command("DEL", *a_minute_later)

    assert interruptions > 2
    assert await left_of(town, ADA, SECRET) == {"counter", "hold"}


@ON_ONE_STORE
async def test_records_added_while_a_name_is_taken_out_of_them_stay_and_lose_it_too(
    connection: Connection, keys: Keys
) -> None:
    town, records = Town(connection, keys.hash_tag), keys.ledger("records")
    about = json.dumps({"asker": ADA.asker, "person": ADA.asker})
    many = "for n = 1, 450 do redis.call('XADD', KEYS[1], '*', 'n', n, 'about', ARGV[1]) end"
    await connection.command("EVAL", many, 1, records, about)

    class Meanwhile(Connection):
        """A connection on which others add a record between any two steps."""

        def __init__(self) -> None:
            pass

        async def command(self, *parts: str | bytes | int) -> object:
            return await connection.command(*parts)

        async def run(
            self, script: Script, keys: Sequence[str], arguments: Sequence[str | bytes | int] = ()
        ) -> object:
            found = await connection.run(script, keys, arguments)
            await connection.command("XADD", records, "*", "n", "more", "about", about)
            return found

    forgetting = stores_over(Meanwhile(), town.settings, "meanwhile").forgetting
    await forgetting.forget(ADA)

    kept = [text for name, text, _ in await everything_in(connection, keys) if name == records]
    assert kept[0].count("about") == 450 + kept[0].count("more")
    assert kept[0].count("more") > 4
    assert kept[0].count(ADA.asker) == 2  # what came after the last step is of another run


@ON_ONE_STORE
async def test_every_step_may_be_carried_out_twice(connection: Connection, keys: Keys) -> None:
    class Twice(Connection):
        """A connection on which the first answer to everything is lost."""

        def __init__(self) -> None:
            pass

        async def command(self, *parts: str | bytes | int) -> object:
            await connection.command(*parts)
            return await connection.command(*parts)

        async def run(
            self, script: Script, keys: Sequence[str], arguments: Sequence[str | bytes | int] = ()
        ) -> object:
            await connection.run(script, keys, arguments)
            return await connection.run(script, keys, arguments)

    town = Town(connection, keys.hash_tag)
    forgetting = stores_over(Twice(), town.settings, "twice").forgetting
    await town.live()
    await begin_without_workers(forgetting)
    await town.end(*ADAS_CALLS)
    before = await connection.command("XLEN", keys.ledger("records"))

    await forgetting.forget(ADA)

    assert await left_of(town, ADA, SECRET) == {"counter", "hold"}
    assert await connection.command("XLEN", keys.ledger("records")) == before


@ON_ONE_STORE
async def test_two_at_once_do_not_undo_each_other(connection: Connection, keys: Keys) -> None:
    town = Town(connection, keys.hash_tag)
    _, copying = keys.copy(keys.ledger("records"))
    about = json.dumps({"asker": ADA.asker})
    await connection.command("XADD", keys.ledger("records"), "*", "about", about)
    await connection.command("SET", copying, "another's")

    with pytest.raises(ForgettingElsewhere):
        await town.stores.forgetting.forget(ADA)

    assert await connection.command("XLEN", keys.ledger("records")) == 1


@pytest.mark.parametrize("text", ["discord:1234", "slack:U024", "terminal:ada"])
def test_somebody_is_named_by_platform_and_id(text: str) -> None:
    assert somebody(text).asker == text


@pytest.mark.parametrize("text", ["", "ada", "discord:", ":1234", "irc:ada"])
def test_nobody_is_named_otherwise(text: str) -> None:
    with pytest.raises(NobodySo):
        somebody(text)
