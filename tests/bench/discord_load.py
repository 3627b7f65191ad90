"""Many people ask at once: `python -m tests.bench.discord_load [SECONDS] [A SECOND] [ASKERS]`.

Two processes answer them on the fake Discord. Shown is how long after the model's own time an
answer is there to be read; then, under ten times the load, how much slower those get theirs who
are let in, and how soon the others are told no.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Final

from tests.bench.discord_stage import Stage, World, a_stage, a_world, ask, seen

_SHARDS: Final = ("0-1/4", "2-3/4")
_SETTLING_S: Final = 60.0
_REFUSED: Final = "Too many questions"
_TIMES: Final = 10


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
        memory_mb: Of both processes: soon after the beginning, and at the end.
        violations: What the fake Discord saw and a good bot never does.
    """

    asked: int
    answered: int
    refused: int
    own_s: list[float]
    whole_s: list[float]
    told_s: list[float]
    memory_mb: tuple[float, float]
    violations: Counter[str]


async def run(seconds: float, per_s: float, askers: int) -> tuple[Round, Round]:
    """Put the load on, and then ten times as much for a third of the time."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {"discord": {"requests_per_s": 24}, "intake": {"at_once": 32}}
        host = ("--first-s", "0.4", "--chunks", "20", "--chunk-s", "0.05")
        arguments = [("--shards", each) for each in _SHARDS]
        async with a_stage(Path(folder), arguments, host=host, settings=settings) as stage:
            world = await a_world(stage.discord, guilds=8, channels=40, users=askers)
            await stage.connected(4)
            usual = await _round(stage, world, seconds, per_s, first=0)
            flood = await _round(stage, world, seconds / 3, per_s * _TIMES, first=1_000_000)
            return usual, flood


async def _round(stage: Stage, world: World, seconds: float, per_s: float, first: int) -> Round:
    dice = random.Random(first)  # noqa: S311 # a benchmark's dice
    count, began, began_at = int(seconds * per_s), time.monotonic(), time.time()
    asked_at: dict[str, float] = {}
    said_at: dict[int, float] = {}
    early_mb = 0.0
    for place in range(count):
        await asyncio.sleep(max(0.0, began + place / per_s - time.monotonic()))
        asked_at[str(first + place)] = at = time.time()
        said_at[await ask(stage.discord, world, first + place, dice)] = at
        if place == count // 4:
            early_mb = sum(bot.memory_mb() for bot in stage.bots)
    until = time.monotonic() + _SETTLING_S
    while True:
        found = [each for each in await seen(stage.discord, world) if each.at >= began_at]
        whole = {each.number: each.at for each in found if each.is_whole}
        no = [each.at - said_at[each.reply_to] for each in found if _REFUSED in each.text]
        if len(whole) + len(no) >= count or time.monotonic() > until:
            break
        await asyncio.sleep(1)
    times = (await stage.host_stats())["times"]
    whole_s = {each: at - asked_at[each] for each, at in whole.items() if each in asked_at}
    own_s = [whole_s[each] - (times[each][1] - times[each][0]) for each in whole_s if each in times]
    state = await stage.discord.do("state")
    return Round(
        asked=count,
        answered=len(whole_s),
        refused=len(no),
        own_s=own_s,
        whole_s=list(whole_s.values()),
        told_s=no,
        memory_mb=(early_mb, sum(bot.memory_mb() for bot in stage.bots)),
        violations=Counter(what for what, _ in state["violations"]),
    )


def _shown(name: str, seconds: list[float]) -> str:
    if len(seconds) < 2:  # nothing to divide
        return f"{name}: none"
    parts = quantiles(seconds, n=100)
    return f"{name}: p50 {median(seconds):.3f} s, p95 {parts[94]:.3f} s, p99 {parts[98]:.3f} s"


def _main(seconds: float = 60, per_s: float = 15, askers: int = 1000) -> None:
    usual, flood = asyncio.run(run(seconds, per_s, int(askers)))
    for title, each in (("usual load", usual), ("ten times as much", flood)):
        print(f"{title}: {each.asked} asked, {each.answered} answered, {each.refused} told no")
        print(f"  {_shown('beside the model', each.own_s)}")
        print(f"  {_shown('from question to answer', each.whole_s)}")
        print(f"  {_shown('from question to refusal', each.told_s)}")
        print(f"  memory {each.memory_mb[0]:.0f} MB, at the end {each.memory_mb[1]:.0f} MB")
        print(f"  violations {dict(each.violations)}")
    print(
        f"admitted under ten times the load: {median(flood.whole_s) / median(usual.whole_s):.2f} x"
    )


if __name__ == "__main__":
    _main(*(int(each) for each in sys.argv[1:]))
