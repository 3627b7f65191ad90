"""What load runs on chat services share: rounds of questions, and how soon each is answered.

The usual load comes twice, first with nobody looking and then with all numbers of every process
read again and again, as Prometheus would; then ten times as much. In the end the numbers are
compared with what people, the model host and the ledger saw.
"""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Final

from tests.bench.counted import RARE, Count, counts_of, let_the_rare_happen
from tests.bench.scraping import EVERY_S, Scrapes, cost_s, scraping
from tests.bench.stage import Scene, SceneT, Seen, Stage

HOST: Final = ("--first-s", "0.4", "--chunks", "20", "--chunk-s", "0.05")
SETTINGS: Final = {"intake": {"at_once": 32}, **RARE}
"""Of every process, beside those of the service."""

_TIMES: Final = 10
"""As much is the flood."""

_WARMING_S: Final = 3.0
_WARMING: Final = 2_000_000
"""The number of the first question of those that are not measured."""

_FLOOD: Final = 1_000_000
"""The number of the first question of the flood."""

_SETTLING_S: Final = 60.0
_REFUSED: Final = "Too many questions"


@dataclass(frozen=True)
class Round:
    """What came of some time under load.

    Attributes:
        asked: How many questions.
        answered: To how many the whole answer is seen.
        refused: How many people were told to come again.
        own_s: From a question to its whole answer, less the model's own time, of each.
        whole_s: From a question to its whole answer.
        told_s: From a question to its refusal.
        acknowledged_s: From what is told to its acknowledgement, where a service wants one.
        unacknowledged: What was not.
        cpu_share: Of one processor, while people asked; all processes together.
        memory_mb: Of all processes: soon after the beginning, and at the end.
        violations: What the fake service saw and a good bot never does.
    """

    asked: int
    answered: int
    refused: int
    own_s: list[float]
    whole_s: list[float]
    told_s: list[float]
    acknowledged_s: list[float]
    unacknowledged: int
    cpu_share: float
    memory_mb: tuple[float, float]
    violations: Counter[str]

    def print(self, title: str) -> None:
        """Say all of it."""
        print(f"{title}: {self.asked} asked, {self.answered} answered, {self.refused} told no")
        print(f"  {spread('beside the model', self.own_s)}")
        print(f"  {spread('from question to answer', self.whole_s)}")
        print(f"  {spread('from question to refusal', self.told_s)}")
        if self.acknowledged_s:
            print(f"  {spread('acknowledged', self.acknowledged_s)}, never: {self.unacknowledged}")
        print(f"  processor {self.cpu_share:.0%} of one")
        print(f"  memory {self.memory_mb[0]:.0f} MB, at the end {self.memory_mb[1]:.0f} MB")
        print(f"  violations {dict(self.violations)}")


@dataclass(frozen=True)
class Load:
    """What came of it.

    Attributes:
        unwatched, usual, flood: How people were answered, in turn.
        scrapes: What was read of all processes' numbers.
        untold: What the dashboard asks for and nobody told.
        counts: What they told, beside what was so.
        scrape_cpu_s: What reading one process' numbers takes of its processor.
    """

    unwatched: Round
    usual: Round
    flood: Round
    scrapes: Scrapes
    untold: set[str]
    counts: list[Count]
    scrape_cpu_s: float

    @property
    def is_told_right(self) -> bool:
        """Tell whether all numbers were so, and all that the dashboard asks for was told."""
        return not self.untold and all(each.is_right for each in self.counts)

    def print(self) -> None:
        """Say all of it."""
        self.unwatched.print("usual load, nobody looks")
        self.usual.print(f"usual load, numbers read every {EVERY_S:.0f} s")
        self.flood.print("ten times as much, likewise")
        slower = median(self.flood.whole_s) / median(self.usual.whole_s)
        print(f"admitted under ten times the load: {slower:.2f} x")
        took = self.scrapes.took_s
        print(f"numbers read {len(took)} times, {self.scrapes.missed} not, {self.scrapes.bytes} B")
        print(f"  {spread('reading', took)}")
        share = self.scrape_cpu_s / EVERY_S
        print(f"  {self.scrape_cpu_s * 1000:.2f} ms of the processor each, {share:.3%} of one")
        print(f"  the dashboard asks for and nobody told: {sorted(self.untold) or 'nothing'}")
        for count in self.counts:
            print(f"  {count}")


async def put_load(stage: Stage[SceneT], seconds: float, per_s: float) -> Load:
    """Put the usual load on twice, and then ten times as much for a third of the time."""
    # All are connected sooner than the library is imported that asks models.
    await a_round(stage, _WARMING_S, per_s, first=_WARMING)
    unwatched = await a_round(stage, seconds, per_s)
    async with scraping(stage.bots) as scrapes:
        await let_the_rare_happen(stage)
        usual = await a_round(stage, seconds, per_s, first=int(seconds * per_s))
        flood = await a_round(stage, seconds / 3, per_s * _TIMES, first=_FLOOD)
    asked = sum(each.asked for each in (unwatched, usual, flood)) + int(_WARMING_S * per_s)
    counts = await counts_of(stage, scrapes, asked)
    untold = scrapes.unseen - stage.scene.untold
    return Load(unwatched, usual, flood, scrapes, untold, counts, await cost_s(stage.bots[0]))


@dataclass(frozen=True)
class _Asked:
    """What was asked in a round: when, by number and by message; and what that took."""

    since: float
    at: dict[str, float]
    said_at: dict[str, float]
    early_mb: float
    cpu_share: float


async def a_round(stage: Stage[SceneT], seconds: float, per_s: float, first: int = 0) -> Round:
    """Let people ask so many questions a second, numbered from `first`, and wait for all."""
    told = len(await stage.scene.acknowledged_s())
    asked = await _ask(stage, int(seconds * per_s), per_s, first)
    whole, no = await _settled(stage.scene, asked)
    acknowledged = (await stage.scene.acknowledged_s())[told:]
    times = (await stage.host_stats())["times"]
    whole_s = {each: at - asked.at[each] for each, at in whole.items() if each in asked.at}
    own_s = [whole_s[each] - (times[each][1] - times[each][0]) for each in whole_s if each in times]
    return Round(
        asked=len(asked.at),
        answered=len(whole_s),
        refused=len(no),
        own_s=own_s,
        whole_s=list(whole_s.values()),
        told_s=no,
        acknowledged_s=[each for each in acknowledged if each is not None],
        unacknowledged=acknowledged.count(None),
        cpu_share=asked.cpu_share,
        memory_mb=(asked.early_mb, _memory_mb(stage)),
        violations=Counter(what for what, _ in (await stage.state())["violations"]),
    )


def spread(name: str, seconds: list[float]) -> str:
    """Return how some times are spread, in words."""
    if len(seconds) < 2:  # nothing to divide
        return f"{name}: none"
    parts = quantiles(seconds, n=100)
    return f"{name}: p50 {median(seconds):.3f} s, p95 {parts[94]:.3f} s, p99 {parts[98]:.3f} s"


async def _ask(stage: Stage[SceneT], count: int, per_s: float, first: int) -> _Asked:
    dice = random.Random(first)  # noqa: S311 # a benchmark's dice
    began, since, early_mb = time.monotonic(), time.time(), 0.0
    used_s = _cpu_s(stage)
    asked_at: dict[str, float] = {}
    said_at: dict[str, float] = {}
    for place in range(count):
        await asyncio.sleep(max(0.0, began + place / per_s - time.monotonic()))
        asked_at[str(first + place)] = at = time.time()
        said_at[await stage.scene.ask(first + place, dice)] = at
        if place == count // 4:
            early_mb = _memory_mb(stage)
    cpu_share = (_cpu_s(stage) - used_s) / (time.monotonic() - began)
    return _Asked(since, asked_at, said_at, early_mb, cpu_share)


async def _settled(scene: Scene, asked: _Asked) -> tuple[dict[str, float], list[float]]:
    """Return when each whole answer was there, and how soon the others were told no."""
    until = time.monotonic() + _SETTLING_S
    while True:
        found = [each for each in await scene.seen() if each.at >= asked.since]
        whole = {each.number: each.at for each in found if each.is_whole}
        no = [_told_s(each, asked) for each in found if _REFUSED in each.text]
        if len(whole) + len(no) >= len(asked.at) or time.monotonic() > until:
            return whole, no
        await asyncio.sleep(1)


def _told_s(refusal: Seen, asked: _Asked) -> float:
    return refusal.at - asked.said_at[refusal.reply_to]


def _cpu_s(stage: Stage[SceneT]) -> float:
    return sum(bot.cpu_s() for bot in stage.bots)


def _memory_mb(stage: Stage[SceneT]) -> float:
    return sum(bot.memory_mb() for bot in stage.bots)
