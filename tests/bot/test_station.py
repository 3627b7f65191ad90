"""Both ends of the inbox in one process, until it is told to end."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import fakeredis
import pytest

from bot.ending import TERMINATED
from bot.intake import Intake
from bot.shards import ShardRange
from bot.station import FAILED, MISUSED, Listening, Station, open_station, serve
from config.chats import IntakeSettings
from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.backends.redis_inbox import RedisInbox
from routing.clock import Clock
from routing.errors import StoreNotUnderstood
from routing.reply import TextDelta
from tests.bot.office import ListMemory, ScriptedAnswers, a_message
from tests.fakes.service import ListService
from tests.fakes.surface import Wall
from tests.routing.backends.conftest import PATIENT

SHARDS = ShardRange(0, 3, 8)


class BrokenService(ListService):
    """Ends as it should not."""

    async def run(self, intake: Intake, shards: ShardRange | None = None) -> None:  # noqa: ARG002
        raise ValueError("no such thing")


@asynccontextmanager
async def a_station(
    answers: ScriptedAnswers, *services: ListService, grace_s: float = 20
) -> AsyncGenerator[Station]:
    settings = IntakeSettings(grace_s=grace_s)
    async with fakeredis.FakeAsyncRedis(server=fakeredis.FakeServer()) as client:
        connection = Connection(client, PATIENT, Clock(), name="the store", way_out="start it")
        inbox = RedisInbox(connection, Keys("station"), settings)
        async with open_station(settings, inbox, services, answers, ListMemory()) as station:
            yield station


async def served(station: Station, listening: Listening, grace_s: float, **more: Any) -> int:
    """Serve; the process of the tests goes on, whatever the signals say."""
    return await serve(station, listening, grace_s, leave=lambda _: None, **more)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 # what is waited for has no event
            await asyncio.sleep(0.01)


async def test_what_is_heard_is_answered_until_a_signal_ends_it() -> None:
    wall = Wall()
    service = ListService(wall, a_message(1))
    async with a_station(ScriptedAnswers(), service) as station:
        serving = asyncio.create_task(served(station, Listening(shards=SHARDS), 20))
        await until(lambda: any(each.startswith("42 [") for each in wall.posts.values()))
        os.kill(os.getpid(), signal.SIGTERM)

        assert await asyncio.wait_for(serving, 5) == 0
        assert service.has_left.is_set()
        assert service.shards == SHARDS


async def test_a_process_that_only_answers_listens_to_nobody() -> None:
    wall = Wall()
    service = ListService(wall, a_message(1))
    async with a_station(ScriptedAnswers(), service) as station:
        serving = asyncio.create_task(served(station, Listening(is_on=False), 20))
        await station.intake.accept(a_message(2))
        await until(lambda: bool(wall.posts))
        os.kill(os.getpid(), signal.SIGTERM)

        assert await asyncio.wait_for(serving, 5) == 0
        assert not service.has_left.is_set()
        assert len(wall.posts) == 1


async def test_told_to_end_it_lets_a_running_answer_end() -> None:
    wall, gate = Wall(), asyncio.Event()
    answers = ScriptedAnswers(TextDelta("4"), gate, *ScriptedAnswers().steps)
    service = ListService(wall, a_message(1))
    async with a_station(answers, service) as station:
        serving = asyncio.create_task(served(station, Listening(), 20))
        await until(lambda: "4" in wall.posts.values())
        os.kill(os.getpid(), signal.SIGTERM)
        await service.has_left.wait()
        gate.set()

        assert await asyncio.wait_for(serving, 5) == 0
        (shown,) = wall.posts.values()
        assert shown.startswith("442 [")


async def test_told_twice_it_ends_at_once() -> None:
    wall = Wall()
    answers = ScriptedAnswers(TextDelta("4"), asyncio.Event())
    service = ListService(wall, a_message(1))
    async with a_station(answers, service, grace_s=600) as station:
        serving = asyncio.create_task(served(station, Listening(), 600))
        await until(lambda: "4" in wall.posts.values())
        os.kill(os.getpid(), signal.SIGTERM)
        await service.has_left.wait()
        os.kill(os.getpid(), signal.SIGTERM)

        assert await asyncio.wait_for(serving, 5) == TERMINATED
        assert answers.closed == 1


async def test_where_nobody_lets_the_bot_in_it_ends_and_says_so() -> None:
    service = ListService(Wall(), refusal="Set DISCORD_TOKEN anew.")
    async with a_station(ScriptedAnswers(), service) as station:
        assert await asyncio.wait_for(served(station, Listening(), 20), 5) == MISUSED


async def test_one_service_that_does_not_let_it_in_ends_no_other() -> None:
    wall = Wall()
    services = (ListService(Wall(), refusal="no"), ListService(wall, a_message(1)))
    async with a_station(ScriptedAnswers(), *services) as station:
        serving = asyncio.create_task(served(station, Listening(), 20))
        await until(lambda: any(each.startswith("42 [") for each in wall.posts.values()))
        os.kill(os.getpid(), signal.SIGTERM)

        assert await asyncio.wait_for(serving, 5) == 0


async def test_listening_that_breaks_off_is_a_failure() -> None:
    service = BrokenService(Wall())
    async with a_station(ScriptedAnswers(), service) as station:
        assert await asyncio.wait_for(served(station, Listening(), 20), 5) == FAILED


async def test_what_is_too_old_for_the_store_ends_its_answers_in_peace_and_says_why(
    caplog: pytest.LogCaptureFixture,
) -> None:
    wall, gate, outgrown = Wall(), asyncio.Event(), asyncio.Event()
    answers = ScriptedAnswers(TextDelta("4"), gate, *ScriptedAnswers().steps)

    async def waited_for() -> StoreNotUnderstood:
        await outgrown.wait()
        return StoreNotUnderstood("run a newer one")

    async with a_station(answers, ListService(wall, a_message(1))) as station:
        serving = asyncio.create_task(served(station, Listening(), 20, outgrown=waited_for))
        await until(lambda: "4" in wall.posts.values())
        outgrown.set()
        await until(lambda: "run a newer one" in caplog.text)
        await station.intake.accept(a_message(2))
        gate.set()

        assert await asyncio.wait_for(serving, 5) == MISUSED
        assert [each.startswith("442 [") for each in wall.posts.values()] == [True]
        assert await station.intake._door.inbox.waiting() == 1  # noqa: SLF001 # for a newer one
