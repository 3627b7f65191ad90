"""What load runs on chat services share: rounds of questions, and how soon each is answered."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Final

from tests.bench.stage import Scene, SceneT, Seen, Stage

HOST: Final = ("--first-s", "0.4", "--chunks", "20", "--chunk-s", "0.05")
TIMES: Final = 10
"""As much is the flood."""

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
        memory_mb: Of all processes: soon after the beginning, and at the end.
        violations: What the fake service saw and a good bot never does.
    """

    asked: int
    answered: int
    refused: int
    own_s: list[float]
    whole_s: list[float]
    told_s: list[float]
    memory_mb: tuple[float, float]
    violations: Counter[str]

    def print(self, title: str) -> None:
        """Say all of it."""
        print(f"{title}: {self.asked} asked, {self.answered} answered, {self.refused} told no")
        print(f"  {spread('beside the model', self.own_s)}")
        print(f"  {spread('from question to answer', self.whole_s)}")
        print(f"  {spread('from question to refusal', self.told_s)}")
        print(f"  memory {self.memory_mb[0]:.0f} MB, at the end {self.memory_mb[1]:.0f} MB")
        print(f"  violations {dict(self.violations)}")


@dataclass(frozen=True)
class _Asked:
    """What was asked in a round: when, by number and by message."""

    since: float
    at: dict[str, float]
    said_at: dict[str, float]
    early_mb: float


async def a_round(stage: Stage[SceneT], seconds: float, per_s: float, first: int = 0) -> Round:
    """Let people ask so many questions a second, numbered from `first`, and wait for all."""
    asked = await _ask(stage, int(seconds * per_s), per_s, first)
    whole, no = await _settled(stage.scene, asked)
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
        memory_mb=(asked.early_mb, _memory_mb(stage)),
        violations=Counter(what for what, _ in (await stage.state())["violations"]),
    )


def spread(name: str, seconds: list[float]) -> str:
    """Return how some times are spread, in words."""
    if len(seconds) < 2:  # nothing to divide
        return f"{name}: none"
    parts = quantiles(seconds, n=100)
    return f"{name}: p50 {median(seconds):.3f} s, p95 {parts[94]:.3f} s, p99 {parts[98]:.3f} s"


def print_rounds(usual: Round, flood: Round) -> None:
    """Say what came of the usual load, and of the flood."""
    usual.print("usual load")
    flood.print("ten times as much")
    slower = median(flood.whole_s) / median(usual.whole_s)
    print(f"admitted under ten times the load: {slower:.2f} x")


async def _ask(stage: Stage[SceneT], count: int, per_s: float, first: int) -> _Asked:
    dice = random.Random(first)  # noqa: S311 # a benchmark's dice
    began, since, early_mb = time.monotonic(), time.time(), 0.0
    asked_at: dict[str, float] = {}
    said_at: dict[str, float] = {}
    for place in range(count):
        await asyncio.sleep(max(0.0, began + place / per_s - time.monotonic()))
        asked_at[str(first + place)] = at = time.time()
        said_at[await stage.scene.ask(first + place, dice)] = at
        if place == count // 4:
            early_mb = _memory_mb(stage)
    return _Asked(since, asked_at, said_at, early_mb)


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


def _memory_mb(stage: Stage[SceneT]) -> float:
    return sum(bot.memory_mb() for bot in stage.bots)
