"""Intake and workers on one store and one wall, with a clock that is told."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import fakeredis

from bot.draft import View
from bot.errand import Desk
from bot.intake import Door, Intake
from bot.platforms.port import Message, OutgoingEvent, Sealed
from bot.unbegun import Unbegun
from bot.worker import Worker
from config.chats import IntakeSettings
from routing.backends.keys import Keys
from routing.backends.redis import Client, Connection
from routing.backends.redis_inbox import RedisInbox
from routing.errors import StoreUnavailable
from routing.ports import Conversation
from routing.reply import Finished, Outcome, Receipt, TextDelta
from routing.stop import Stop, Stopped
from tests.builders import an_origin
from tests.fakes.surface import Wall, WallSurface
from tests.fakes.told_time import ToldTime
from tests.routing.backends.conftest import PATIENT

UNREADABLE = "unreadable"
READ_WITHIN_S = 6.0
"""Not the usual minute: time passes slowly here."""

Step = OutgoingEvent | Exception | asyncio.Event


def a_message(number: int | str = 1, text: str = "6 x 7?", **changes: Any) -> Message:
    """Build a question in a channel of Discord, each in a conversation of its own."""
    given: dict[str, Any] = {
        "message_id": str(number),
        "origin": an_origin(platform="discord", tenant="guild", place="general", person="ada"),
        "conversation": Conversation("discord", "guild", "general", thread=f"r{number}"),
        "text": text,
        "at": datetime(2026, 11, 24, 12, 0, tzinfo=UTC),
    }
    return Message(**(given | changes))


def finished(reply_id: str = "r1", outcome: Outcome = Outcome.COMPLETE) -> Finished:
    """Build the end of an answer."""
    return Finished(Receipt(reply_id, "llama", "cheapest", outcome, ()), None)


class ScriptedAnswers:
    """Plays a script to each question; stopped, it ends with what is there."""

    def __init__(self, *steps: Step) -> None:
        self.steps: Sequence[Step] = steps or (TextDelta("42"), Sealed("42"), finished())
        self.asked: list[tuple[str, int]] = []
        self.texts: list[str] = []
        self.finished: list[str] = []
        self.closed = 0
        self.is_newer = False

    async def answer(
        self, message: Message, stop: Stop, delivery: int = 1
    ) -> AsyncGenerator[OutgoingEvent]:
        self.asked.append((message.message_id, delivery))
        self.texts.append(message.text)
        try:
            for step in self.steps:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, asyncio.Event):
                    await stop.wait_for(step.wait())
                else:
                    yield step
        except Stopped:
            yield finished(outcome=Outcome.STOPPED)
        finally:
            self.closed += 1

    async def finish(self, line: str) -> View:
        if line == UNREADABLE and not self.is_newer:
            raise ValueError("of another version")
        self.finished.append(line)
        return View(line, receipt="settled", reply_id="r1", is_final=True)


@dataclass
class ListMemory:
    """Writes down what it is told."""

    told: list[tuple[str, ...]] = field(default_factory=list)
    early: list[tuple[str, ...]] = field(default_factory=list)
    is_broken: bool = False
    is_away: bool = False

    async def begun(self, message: Message, post_ids: Sequence[str]) -> None:
        if self.is_broken:
            raise ValueError("nobody foresaw this")
        if self.is_away:
            raise StoreUnavailable("away")
        self.early.append((message.message_id, *post_ids))

    async def answered(self, message: Message, reply_id: str, post_ids: Sequence[str]) -> None:
        if self.is_broken:
            raise ValueError("nobody foresaw this")
        self.told.append(("answered", message.message_id, reply_id, *post_ids))

    async def withdrawn(self, message: Message, reply_id: str) -> None:
        self.told.append(("withdrawn", message.message_id, reply_id))

    async def revised(self, message: Message) -> None:
        self.told.append(("revised", message.message_id, message.text))

    async def deleted(self, platform: str, place: str, post_id: str) -> None:
        self.told.append(("deleted", platform, place, post_id))


class FlakyClient:
    """A client whose store can go away, or do what it is told and answer nothing.

    Attributes:
        asked: The name of each command, in order.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self.is_away = False
        self.loses_answers = False
        self.asked: list[str] = []

    async def execute_command(self, *parts: str | bytes | int) -> object:
        self.asked.append(str(parts[0]))
        if self.is_away:
            raise OSError("away")
        answer = await self._client.execute_command(*parts)
        if self.loses_answers:
            raise OSError("lost")
        return answer

    async def aclose(self) -> None:
        await self._client.aclose()


class Office:
    """All of it; ends with the workers killed."""

    def __init__(self, client: Client, **settings: Any) -> None:
        self.settings = IntakeSettings(**settings)
        self.time = ToldTime()
        self.wall = Wall()
        self.memory = ListMemory()
        self.answers = ScriptedAnswers()
        self.client = FlakyClient(client)
        self.inbox = self.an_inbox(self.client)
        self.refused: list[str] = []
        self.door = Door(
            self.inbox,
            {"discord": WallSurface(self.wall)},
            self.memory,
            wake=lambda: None,
            unbegun=Unbegun(self.time.sleep),
            sleep=self.time.sleep,
            refused=self.refused.append,
        )
        self.intake = Intake(self.door, self.time.clock(), self.settings.notice_every_s)
        self.tasks: dict[Worker, asyncio.Task[None]] = {}

    def an_inbox(self, client: Client) -> RedisInbox:
        """Return a process' own way to the store."""
        connection = Connection(
            client, PATIENT, self.time.clock(), name="the store", way_out="start it"
        )
        keys = Keys("office")
        return RedisInbox(connection, keys, self.settings, now_ms=lambda: self.time.now_ms)

    def start(
        self,
        answers: ScriptedAnswers | None = None,
        client: Client | None = None,
        platform: str = "discord",
    ) -> Worker:
        """Start a worker."""
        desk = Desk(
            self.an_inbox(client or self.client),
            {platform: WallSurface(self.wall)},
            answers or self.answers,
            self.memory,
            self.time.sleep,
            begun=self.door.unbegun.begun,
            refused=self.refused.append,
        )
        worker = Worker(self.settings, desk, self.time.clock(), read_within_s=READ_WITHIN_S)
        self.tasks[worker] = asyncio.create_task(worker.run())
        return worker

    async def kill(self, worker: Worker) -> None:
        """End a worker as a power cut does: it cannot reach the store any more."""
        await self.time.pass_by(0)
        task = self.tasks.pop(worker)
        worker._desk.inbox._connection._client = Unplugged()  # type: ignore[attr-defined] # noqa: SLF001
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    @property
    def shown(self) -> list[str]:
        """Return what stands on the wall."""
        return list(self.wall.posts.values())


class Unplugged:
    """No way to a store."""

    async def execute_command(self, *parts: str | bytes | int) -> object:  # noqa: ARG002
        raise OSError("unplugged")

    async def aclose(self) -> None:
        pass


@asynccontextmanager
async def an_office(**settings: Any) -> AsyncGenerator[Office]:
    """Open an office on a store in this process."""
    async with fakeredis.FakeAsyncRedis(server=fakeredis.FakeServer()) as client:
        office = Office(client, **settings)
        try:
            yield office
        finally:
            await office.intake.aclose()
            left = set(office.tasks.values())
            while left:  # a library may swallow the first time
                for task in left:
                    task.cancel()
                _, left = await asyncio.wait(left, timeout=0.05)
