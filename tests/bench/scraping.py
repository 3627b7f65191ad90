"""Reads what running bots tell Prometheus, as Prometheus would, while they work."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from tests.bench.stage import Bot
from tests.bot.observing.dashboard import named_in, queries

EVERY_S: Final = 5.0
"""Three times as often as Prometheus does when nobody says how often."""

_COSTED: Final = 100
"""Scrapes in a row, to see what one costs."""

Sample = tuple[str, tuple[tuple[str, str], ...]]
"""The name of a series, and its labels in order."""


@dataclass
class Scrapes:
    """What was told so far.

    Attributes:
        latest: By bot, the last value of each series.
        took_s: How long each scrape took, answered and read.
        bytes: How much was told last.
        missed: How many scrapes were not answered.
    """

    latest: dict[str, dict[Sample, float]] = field(default_factory=dict)
    took_s: list[float] = field(default_factory=list)
    bytes: int = 0
    missed: int = 0

    @property
    def seen(self) -> set[str]:
        """Return the names of all series of which there was a sample."""
        return {name for told in self.latest.values() for name, _ in told}

    @property
    def unseen(self) -> set[str]:
        """Return what the dashboard asks for and nobody told."""
        return named_in("\n".join(queries())) - self.seen

    def total(self, name: str, **labels: str) -> int:
        """Return a counter over all bots, of all series that have these labels."""
        return round(
            sum(
                value
                for told in self.latest.values()
                for (series, its), value in told.items()
                if series == name and labels.items() <= dict(its).items()
            )
        )

    async def take(self, session: aiohttp.ClientSession, bot: Bot) -> None:
        """Ask one bot once; one that does not answer is counted as missed."""
        began = time.perf_counter()
        try:
            async with session.get(f"{bot.observe_url}/metrics") as answer:
                text = await answer.text()
        except (aiohttp.ClientError, TimeoutError):
            self.missed += 1
            return
        self.took_s.append(time.perf_counter() - began)
        self.bytes = len(text)
        self.latest[bot.observe_url] = {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }


@asynccontextmanager
async def scraping(bots: Sequence[Bot], every_s: float = EVERY_S) -> AsyncIterator[Scrapes]:
    """Ask every bot now and then until left, and once more at the end."""
    scrapes = Scrapes()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=every_s)) as session:

        async def ask_all() -> None:
            await asyncio.gather(*(scrapes.take(session, bot) for bot in bots))

        async def ask_for_ever() -> None:
            while True:
                await ask_all()
                await asyncio.sleep(every_s)

        asking = asyncio.create_task(ask_for_ever())
        try:
            yield scrapes
        finally:
            asking.cancel()
            await asyncio.wait([asking])
        await ask_all()


async def cost_s(bot: Bot) -> float:
    """Return how many seconds of a bot's CPU one scrape takes."""
    scrapes, began_s = Scrapes(), bot.cpu_s()
    async with aiohttp.ClientSession() as session:
        for _ in range(_COSTED):
            await scrapes.take(session, bot)
    return (bot.cpu_s() - began_s) / _COSTED
