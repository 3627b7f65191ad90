"""What waits for an answer while whoever asked it is forgotten."""

from datetime import UTC, datetime

from bot.intake import WAITS
from bot.platforms.port import Message
from bot.worker import FORGOTTEN
from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.backends.redis_cache import RedisCache
from routing.backends.redis_forgetting import RedisForgetting
from routing.forgetting import somebody
from routing.inbox import Claim
from routing.ports import Conversation
from tests.bot.office import Office, a_message, an_office
from tests.routing.backends.conftest import PATIENT

ADA = somebody("discord:ada")
NOW = datetime(2026, 11, 26, tzinfo=UTC)
TALK = Conversation("discord", "guild", "general", "talk")


def in_talk(number: int) -> Message:
    return a_message(number, conversation=TALK)


def forgetting_in(office: Office) -> RedisForgetting:
    """Return what the operator's shell forgets by; it sees no chat."""
    clock, keys = office.time.clock(), Keys("office")
    connection = Connection(office.client, PATIENT, clock, name="the store", way_out="start it")
    return RedisForgetting(connection, keys, office.inbox, RedisCache(connection, keys), clock)


async def with_one_that_waits(office: Office) -> Claim:
    """Let a second question say that it waits for the first; return the claim of that one."""
    await office.intake.accept(in_talk(1))
    (first,) = await office.inbox.claim("another", 1)
    await office.intake.accept(in_talk(2))
    await office.intake.settled()
    assert office.shown == [WAITS]
    return first


async def test_it_is_taken_away_by_a_worker_unanswered_and_counted() -> None:
    async with an_office() as office:
        first, forgetting = await with_one_that_waits(office), forgetting_in(office)

        await forgetting.begin(ADA, NOW)
        await office.inbox.done(first, is_withdrawn=True)
        office.start()
        await office.time.until(lambda: not office.shown)
        await office.time.pass_by(1)

        assert not await forgetting.is_busy(ADA)
        assert office.refused == [FORGOTTEN]
        assert office.answers.asked == []
        assert office.memory.told == []


async def test_where_nobody_takes_it_away_it_is_ended_all_the_same() -> None:
    async with an_office() as office:
        first, forgetting = await with_one_that_waits(office), forgetting_in(office)

        await forgetting.end(await forgetting.begin(ADA, NOW))
        await office.inbox.done(first, is_withdrawn=True)

        assert not await forgetting.is_busy(ADA)
        assert await office.inbox.claim("another", 1) == []


async def test_what_is_asked_afterwards_is_answered() -> None:
    async with an_office() as office:
        forgetting = forgetting_in(office)
        asked = await forgetting.begin(ADA, NOW)
        await office.intake.accept(in_talk(3))
        await forgetting.end(asked)
        office.start()

        await office.time.until(lambda: bool(office.memory.told))

        assert office.refused == []
        assert office.shown[0].startswith("42 [llama")
