"""What counting an answer costs beside giving it: `python -m tests.bench.watching`.

The same question goes, in turns, through a router that nobody watches and through one whose answers
are counted as `pointsman run` counts them. The model is a script that answers at once, so all that
is left is our own part of an answer: beside a real model's seconds it is next to nothing.
"""

import asyncio
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from statistics import median

from bot.draft import View
from bot.errand import Answers
from bot.observing.counted import Counted
from bot.observing.metrics import Metrics
from bot.observing.readings import Readings
from bot.platforms.port import Message, OutgoingEvent
from config.settings import Settings
from routing.router import Router
from routing.stop import Stop
from routing.watching import Watch
from tests.bot.office import a_message
from tests.builders import a_card, a_query
from tests.fakes.ports import DictCache, ListLedger, ScriptedCompleter, spending


@dataclass(frozen=True)
class Cost:
    """What one answer takes, in microseconds of this process; medians.

    Attributes:
        unwatched_us: With nobody watching.
        counted_us: Counted.
        scrape_us: For all numbers in Prometheus' format, once.
        counted: How many answers the numbers tell of.
    """

    unwatched_us: float
    counted_us: float
    scrape_us: float
    counted: int

    @property
    def ratio(self) -> float:
        """Return how many times as long a counted answer takes."""
        return self.counted_us / self.unwatched_us


class _Routed:
    """Answers by a router alone, which is fresh every time: nothing comes from the cache."""

    def __init__(self, watch: Watch | None) -> None:
        self._watch = watch

    async def answer(
        self,
        message: Message,
        stop: Stop,
        delivery: int = 1,  # noqa: ARG002 # a worker's
    ) -> AsyncGenerator[OutgoingEvent]:
        router = Router(
            Settings(models=(a_card("llama"), a_card("gpt", input_price="5"))),
            completer=ScriptedCompleter({"llama": ["4"] * 20, "gpt": "42"}),
            spending=spending(ListLedger()),
            cache=DictCache(),
            watch=self._watch,
        )
        async with aclosing(router.answer(a_query(message.text), stop)) as events:
            async for event in events:
                yield event

    async def finish(self, line: str) -> View:
        raise ValueError(line)


async def _took_us(answers: Answers) -> float:
    began_ns = time.process_time_ns()
    async with aclosing(answers.answer(a_message(), Stop())) as events:
        async for _ in events:
            pass
    return (time.process_time_ns() - began_ns) / 1000


async def measure(rounds: int) -> Cost:
    """Answer so many times each way."""
    metrics = Metrics()
    unwatched, counted = _Routed(None), Counted(_Routed(metrics), metrics)
    plain_us, counted_us = list[float](), list[float]()
    for _ in range(rounds):
        plain_us.append(await _took_us(unwatched))
        counted_us.append(await _took_us(counted))
    nothing = Readings(is_store_up=True, waiting=0, oldest_s=0, held_microusd=0, resting={})
    began_ns = time.process_time_ns()
    text = metrics.text(nothing).decode()
    scrape_us = (time.process_time_ns() - began_ns) / 1000
    (told,) = (line for line in text.splitlines() if line.startswith("pointsman_answers_total"))
    return Cost(median(plain_us), median(counted_us), scrape_us, int(float(told.split()[-1])))


def main(rounds: int) -> None:
    """Measure and print."""
    asyncio.run(measure(50))  # the first answers compile and cache
    cost = asyncio.run(measure(rounds))
    print(f"an answer, watched by nobody {cost.unwatched_us:8.0f} us")
    print(f"an answer, counted           {cost.counted_us:8.0f} us  {cost.ratio:.2f}x")
    print(f"all numbers, once            {cost.scrape_us:8.0f} us")


if __name__ == "__main__":
    main(rounds=int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
