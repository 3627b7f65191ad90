"""Many who ask the same at once, over several bots: `python -m tests.bench.cache_stampede`.

The bots are processes of their own over one store; the host on loopback counts the calls. First
all goes well, then the bot that leads is killed in the middle of the answer.
"""

import asyncio
import json
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from config.settings import Settings
from routing.backends.store_address import parse_store_address
from routing.backends.stores import named_stores
from tests.bench.cache_replica import asker
from tests.fakes.provider import Answer, FakeProvider
from tests.routing.backends.conftest import valkey

TEXT: Final = "Paris it is"
_LONGEST_S: Final = 120.0


@dataclass
class Replica:
    """A bot in a process of its own.

    Attributes:
        answers: The text each person got.
        leads: Set when one of those who ask there sees the first text.
    """

    name: str
    process: Process
    answers: dict[str, str] = field(default_factory=dict)
    leads: asyncio.Event = field(default_factory=asyncio.Event)

    async def told(self) -> dict[str, Any] | None:
        """Return the next thing it says; None when it has ended."""
        assert self.process.stdout
        line = await self.process.stdout.readline()
        return dict(json.loads(line)) if line else None

    async def answer(self, question: str) -> None:
        """Let all who wait there ask, and note what they get until all are answered or it died."""
        assert self.process.stdin
        self.answers.clear()
        self.leads.clear()
        self.process.stdin.write(question.encode() + b"\n")
        while (told := await self.told()) and "done" not in told:
            if "began" in told:
                self.leads.set()
            else:
                self.answers[told["person"]] = told["text"]


@dataclass(frozen=True)
class Used:
    """What the ledger has of one person, in micro-dollars."""

    answers: int
    cost_microusd: int
    saved_microusd: int


@dataclass(frozen=True)
class Stampede:
    """What came of many who asked at once.

    Attributes:
        calls: How many the host got.
        answers: The text each person got whose bot lived.
        used: What the ledger has of each of them.
        took_s: From the question to the last answer.
    """

    calls: int
    answers: dict[str, str]
    used: dict[str, Used]
    took_s: float


@asynccontextmanager
async def a_replica(
    name: str, store_url: str, provider_url: str, *, askers: int, turn_s: float
) -> AsyncGenerator[Replica]:
    """Start a bot; end it when left."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.cache_replica", name, store_url, provider_url,
        "--askers", str(askers), "--turn-s", str(turn_s),
        stdin=PIPE, stdout=PIPE,
    )  # fmt: skip
    try:
        yield Replica(name, process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def stampedes(
    store_url: str, *, replicas: int, askers: int, turn_s: float
) -> tuple[Stampede, Stampede]:
    """Let so many ask at each of so many bots; return how it went, well and with one killed."""
    async with asyncio.timeout(_LONGEST_S), AsyncExitStack() as stack:
        provider = await stack.enter_async_context(FakeProvider())
        provider.script("warm", Answer("warm"))
        bots = [
            await stack.enter_async_context(
                a_replica(str(n), store_url, provider.url, askers=askers, turn_s=turn_s)
            )
            for n in range(replicas)
        ]
        for bot in bots:
            assert await bot.told() == {"ready": bot.name}
        well = await _stampede("What is the capital of France?", bots, provider, store_url)
        killed = await _stampede(
            "What is the largest city of France?", bots, provider, store_url, kills=True
        )
        return well, killed


async def _stampede(
    question: str,
    bots: list[Replica],
    provider: FakeProvider,
    store_url: str,
    *,
    kills: bool = False,
) -> Stampede:
    held = asyncio.Event()
    provider.forget("llama")
    provider.script("llama", Answer(TEXT, chunks=4, hold=held, hold_after=2), Answer(TEXT))
    calls, began_s = len(provider.requests), time.monotonic()
    async with asyncio.TaskGroup() as group:
        for bot in bots:
            group.create_task(bot.answer(question))
        leader = await _first_to_lead(bots)
        if kills:
            leader.process.kill()
            await leader.process.wait()
        held.set()
    took_s = time.monotonic() - began_s
    living = [bot for bot in bots if not (kills and bot is leader)]
    answers = {person: text for bot in living for person, text in bot.answers.items()}
    used = await _used(store_url, list(answers))
    return Stampede(len(provider.requests) - calls, answers, used, took_s)


async def _first_to_lead(bots: list[Replica]) -> Replica:
    """Return the bot that shows text first: its host is in the middle of the answer."""
    waiting = {asyncio.create_task(bot.leads.wait()): bot for bot in bots}
    done, others = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in others:
        task.cancel()
    return waiting[done.pop()]


async def _used(store_url: str, persons: list[str]) -> dict[str, Used]:
    used = {}
    async with named_stores(Settings(), parse_store_address(store_url)) as stores:
        for person in persons:
            lines = await stores.accounts.of_person(asker(person), datetime.now(UTC).date())
            used[person] = Used(
                sum(line.answers for line in lines),
                sum(line.cost_microusd for line in lines),
                sum(line.saved_microusd for line in lines),
            )
    return used


async def main() -> None:
    """Run both over the embedded store and print what came of it."""
    from routing.backends.embedded_store import embedded_store  # needs what Windows lacks

    with tempfile.TemporaryDirectory() as folder:
        async with embedded_store(valkey(), Path(folder)) as url:
            well, killed = await stampedes(url, replicas=4, askers=25, turn_s=5.0)
    for how, came in (("all goes well", well), ("the leader is killed", killed)):
        used = came.used.values()
        print(
            f"4 bots, 100 ask, {how}: {came.calls} calls, {len(came.answers)} answers in "
            f"{came.took_s:.1f} s; {sum(each.answers for each in used)} counted, "
            f"{sum(each.cost_microusd > 0 for each in used)} paid, "
            f"{sum(each.saved_microusd > 0 for each in used)} saved"
        )


if __name__ == "__main__":
    asyncio.run(main())
