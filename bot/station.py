"""Both ends of an inbox in one process: what listens and what answers, until told to end."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from bot.ending import TERMINATED, Ending, told_by_signals
from bot.errand import Answers, Desk
from bot.intake import Door, Intake
from bot.memory import Memory
from bot.platforms.service import ChatService
from bot.platforms.surface import NotLetIn
from bot.shards import ShardRange
from bot.unbegun import Unbegun
from bot.worker import Worker
from config.chats import IntakeSettings
from config.settings import Settings
from routing.clock import Clock
from routing.inbox import Inbox

FAILED: Final = 1
MISUSED: Final = 2

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Listening:
    """Which part of the work this process takes.

    Attributes:
        is_on: Whether it listens; else it only answers.
        shards: Which of Discord's shards; None for all.
    """

    is_on: bool = True
    shards: ShardRange | None = None


@dataclass(frozen=True, slots=True)
class Station:
    """A worker and the way in to it, on one inbox."""

    worker: Worker
    intake: Intake
    services: Sequence[ChatService]

    def adopt(self, settings: Settings) -> None:
        """Go by other settings, with all its services."""
        self.worker.adopt(settings.intake)
        self.intake.adopt(settings.intake)
        for each in self.services:
            each.adopt(settings)


@asynccontextmanager
async def open_station(
    settings: IntakeSettings,
    inbox: Inbox,
    services: Sequence[ChatService],
    answers: Answers,
    memory: Memory,
    refused: Callable[[str], object] = lambda _: None,
) -> AsyncIterator[Station]:
    """Yield both ends of an inbox, at rest; `refused` is told why a question is refused."""
    surfaces = {each.name: each.surface for each in services}
    clock = Clock()
    unbegun = Unbegun()
    desk = Desk(inbox, surfaces, answers, memory, begun=unbegun.begun, refused=refused)
    worker = Worker(settings, desk, clock)
    door = Door(inbox, surfaces, memory, worker.wake, unbegun, refused=refused)
    intake = Intake(door, clock, settings.notice_every_s)
    try:
        yield Station(worker, intake, services)
    finally:
        await intake.aclose()


async def _never() -> None:
    await asyncio.Event().wait()


async def serve(
    station: Station,
    listening: Listening,
    grace_s: float,
    leave: Callable[[int], object] = os._exit,
    outgrown: Callable[[], Awaitable[object]] = _never,
) -> int:
    """Listen and answer until a signal says to end, or nobody lets the bot in.

    The signal ends the process, too, when it goes on for much longer than the grace.

    Args:
        station: Both ends of the inbox.
        listening: Which part of the work to take.
        grace_s: How long running answers have after the signal.
        leave: Ends the process without another step.
        outgrown: Returns why this version is too old, when it is: it ends as if told to.

    Returns:
        The exit code: 0 told to end, 1 listening broke off, 2 the bot is not let in or too old,
        143 told again, to end at once.
    """
    here = asyncio.current_task()
    assert here is not None  # noqa: S101 # this is a coroutine
    ending = Ending(grace_s, here.cancel, leave)
    try:
        with told_by_signals(ending):
            async with asyncio.TaskGroup() as tasks:
                working = tasks.create_task(station.worker.run())
                watching = tasks.create_task(_watch(outgrown, ending))
                code = await _listen(station, listening, ending)
                watching.cancel()
                await working
    except asyncio.CancelledError:
        if not ending.is_cut_short:
            raise
        here.uncancel()  # so that all is closed in order, as far as the time allows
        return TERMINATED
    return MISUSED if watching.done() and not watching.cancelled() else code


async def _watch(outgrown: Callable[[], Awaitable[object]], ending: Ending) -> None:
    """Ask for the end once this version is too old."""
    _log.error("%s", await outgrown())
    if not ending.is_asked:
        ending.ask()


async def _listen(station: Station, listening: Listening, ending: Ending) -> int:
    """Listen until told to end, or nothing is left to listen to; return the exit code."""
    services = station.services if listening.is_on else ()
    told = asyncio.create_task(ending.asked())
    ears = {asyncio.create_task(each.run(station.intake, listening.shards)) for each in services}
    code, is_told = 0, False
    try:
        while not is_told:
            done, _ = await asyncio.wait({told, *ears}, return_when=asyncio.FIRST_COMPLETED)
            is_told = told in done
            code = max([code, *(_ended(each) for each in done & ears)])
            ears -= done
            if services and not ears:
                return code
    finally:
        station.worker.end()
        for each in (told, *ears):
            each.cancel()
        await asyncio.gather(told, *ears, return_exceptions=True)
    return 0


def _ended(ear: asyncio.Task[None]) -> int:
    """Say why listening ended; return the exit code for it."""
    error = ear.exception()
    if isinstance(error, NotLetIn):
        _log.error("%s", error)
        return MISUSED
    _log.error("listening broke off", exc_info=error)
    return FAILED
