"""A long time passes: does anything grow?

    python -m tests.bench.soak [--factor 60] [--fill-h 25] [--hours 24] [--acts-per-h 60]
                [--processes 2] [--every-min 30] [--asleep-h 0] [--folder EMPTY]

Two processes answer people on the fake Discord and the fake Slack from one redis-server, all of
them in quick time: an hour passes in a minute, for what the store keeps, too. What is kept at all
is kept for a day. After a day in which that fills up, what each process and the store hold is
looked at every half hour for another; a line through it tells whether it grows. For a week it is
known of a question that it was asked, so the store grows until then. Whether it does after that is
seen by days of which people are awake for an hour and a half, and all computers sleep for the rest:

    python -m tests.bench.soak --fill-h 12 --hours 12 --every-min 90 --asleep-h 22.5

It is also told what a store that hears nothing more has left after a hundred days.

The processor is not quicker: what takes a moment takes a while in quick time. So keep to a machine
that does little else, or to a smaller factor, and let people do little at a time.
"""

import argparse
import asyncio
import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

from routing.backends.redis import Connection
from tests.bench.discord_stage import DiscordScene
from tests.bench.quick_time import NoQuickTime, is_quick, quick_time, sleep_through
from tests.bench.scraping import scraping
from tests.bench.slack_stage import SlackScene
from tests.bench.soak_people import DiscordCrowd, SlackCrowd, Townspeople
from tests.bench.soak_vitals import SLOW, Sample, keys_by_kind, left_after, sample
from tests.bench.stage import Bot, Plan, Seen, Stage, a_stage
from tests.bench.trend import Trend, trend_of
from tests.fakes.discord_remote import RemoteDiscord
from tests.fakes.slack_remote import RemoteSlack
from tests.routing.backends.conftest import connection_to

SEED: Final = 7
_SILENT_DAYS: Final = 100
"""More than the ninety for which lengths of answers are kept, and nothing is kept longer here."""

_FOR_EVER: Final = {"inbox", "ledger"}
"""Kinds of keys that stay: what waits, and the bounded ledger."""

_HOUR_S: Final = 3600.0
_WEEK_H: Final = 7 * 24
"""So long it is known that something was asked."""

_PEOPLE: Final = 100
_PLACES: Final = 24
_HOST: Final = ("--first-s", "1", "--chunks", "12", "--chunk-s", "0.2")

_SETTINGS: Final[Mapping[str, Any]] = {
    "history": {"keep_days": 1},
    "usage": {"keep_days": 1},
    "house": {"enabled": True, "keep_days": 1, "votes": 200},
    "quotas": {
        "records": 1000,
        "limits": [
            {"of": "asker", "usd": 100, "per": "day"},
            {"of": "asker", "requests": 4, "per": "hour"},
        ],
    },
    # The processor is not quicker: what takes it a moment takes a while in quick time.
    "store": {"timeout_s": 20},
    "timeouts": {"connect_s": 120, "first_token_s": 300, "stall_s": 300},
    "intake": {"claim_s": 20},
}


@dataclass(frozen=True)
class Span:
    """How long a soak takes.

    Attributes:
        fill_h: Awake until all is kept that may be.
        hours: Awake and measured after that.
        acts_per_h: What people do.
        every_s: Until the next look.
        asleep_s: How long everything sleeps then.
        processes: How many bots.
    """

    fill_h: float
    hours: float
    acts_per_h: float
    every_s: float
    asleep_s: float
    processes: int

    @property
    def is_store_full(self) -> bool:
        """Tell whether what the store keeps longest is past when measuring begins."""
        return self.fill_h * (1 + self.asleep_s / self.every_s) > _WEEK_H


@dataclass(frozen=True)
class Soaked:
    """What came of it.

    Attributes:
        span: How long it took.
        samples: What was measured, in order.
        keys: Of each kind, when measuring began, when it ended, and after days of silence.
        did: What people did; and what they could not.
        answers: How many the bots tell of, by outcome; and refusals.
        violations: What the services saw and a good bot never does.
    """

    span: Span
    samples: Sequence[Sample]
    keys: tuple[Counter[str], Counter[str], Counter[str]]
    did: Counter[str]
    impossible: Counter[str]
    answers: Counter[str]
    violations: Counter[str]

    @property
    def trends(self) -> Mapping[str, Trend]:
        """Return of everything measured how it grew."""
        return {name: trend_of([each[name] for each in self.samples]) for name in self.samples[0]}

    @property
    def is_good(self) -> bool:
        """Tell whether nothing grows, and the store keeps nothing for ever but what it must."""
        full = ("bot", "store") if self.span.is_store_full else ("bot",)
        to_be_flat = [trend for name, trend in self.trends.items() if name.startswith(full)]
        return all(trend.is_flat for trend in to_be_flat) and self.keys[2].keys() <= _FOR_EVER

    def print(self) -> None:
        """Say all of it."""
        span, looks = self.span, len(self.samples)
        asleep = f"; then {span.asleep_s / _HOUR_S:g} h asleep" if span.asleep_s else ""
        print(f"{span.hours:g} h after {span.fill_h:g} h, {looks} looks at each{asleep}")
        print(f"people: {dict(self.did)}; not possible: {dict(self.impossible)}")
        print(f"answers: {dict(self.answers)}; violations: {dict(self.violations)}")
        for name, trend in self.trends.items():
            verdict = "flat" if trend.is_flat else "GROWS"
            growth = f"{trend.growth:+9.2f} ({trend.low:+.2f} to {trend.high:+.2f})"
            print(f"{name:<20} {trend.usual:10.2f} {growth} {trend.share:+8.2%}  {verdict}")
        print(f"keys{'':<22} begun   ended   after {_SILENT_DAYS} silent days")
        for kind in sorted(self.keys[0] | self.keys[1]):
            print(f"  of {kind:<20}", *(f"{keys[kind]:7}" for keys in self.keys))


class Town:
    """Both services as a scene of one stage.

    Attributes:
        fake: Discord: of one service alone the stage asks nothing here.
        untold: Nothing; on one of both every series is told.
    """

    untold: ClassVar = frozenset[str]()

    def __init__(self, discord: DiscordScene, slack: SlackScene) -> None:
        self.discord = discord
        self.slack = slack
        self.fake = discord.fake

    @property
    def environ(self) -> Mapping[str, str]:
        """Return what leads a bot to both."""
        return {**self.discord.environ, **self.slack.environ}

    def plans(self, settings: Mapping[str, Any], processes: int) -> list[Plan]:
        """Return how each process is run."""
        ours = self.discord.plans(settings, processes)
        theirs = self.slack.plans(settings)
        return [
            Plan({**one.settings, **other.settings}, one.arguments)
            for one, other in zip(ours, theirs, strict=True)
        ]

    async def ask(self, number: int, dice: random.Random) -> str:
        """Let somebody ask on Discord."""
        return await self.discord.ask(number, dice)

    async def say(self, text: str) -> None:
        """Let somebody say something on Discord."""
        await self.discord.say(text)

    async def acknowledged_s(self) -> list[float | None]:
        """Return how soon things told were acknowledged on Slack."""
        return await self.slack.acknowledged_s()

    async def seen(self) -> list[Seen]:
        """Return what the bots show on both."""
        return [*await self.discord.seen(), *await self.slack.seen()]


@asynccontextmanager
async def a_town(processes: int) -> AsyncIterator[Town]:
    """Run both services."""
    async with RemoteDiscord("--forget-texts") as discord, RemoteSlack("--forget-texts") as slack:
        yield Town(DiscordScene(discord), SlackScene(slack, processes=processes))


async def soak(span: Span, folder: Path) -> Soaked:
    """Let a long time pass."""
    async with a_town(span.processes) as town:
        crowds = (DiscordCrowd(town.discord), SlackCrowd(town.slack))
        people = Townspeople(crowds, random.Random(SEED))  # noqa: S311 # a benchmark's dice
        await people.settle_down(_PEOPLE, _PLACES)
        plans = town.plans(_SETTINGS, span.processes)
        async with (
            a_stage(folder, town, plans, host=_HOST) as stage,
            connection_to(stage.store.url, SLOW) as connection,
        ):
            await town.slack.connected(_HOUR_S)
            await town.discord.connected(span.processes, _HOUR_S)
            return await _lived(stage, people, span, connection, folder / "store")


async def _lived(
    stage: Stage[Town], people: Townspeople, span: Span, connection: Connection, home: Path
) -> Soaked:
    living = asyncio.create_task(_live(people, span.acts_per_h))
    async with scraping(stage.bots, _HOUR_S) as scrapes:
        try:
            for _ in range(int(span.fill_h * _HOUR_S / span.every_s)):
                await _pass(span.every_s, living)
                sleep_through(span.asleep_s)
            before = await keys_by_kind(connection)
            samples: list[Sample] = []
            for _ in range(int(span.hours * _HOUR_S / span.every_s)):
                _change(stage.bots, len(samples))
                await _pass(span.every_s, living)
                samples.append(await sample(stage.bots, connection))
                sleep_through(span.asleep_s)
            after = await keys_by_kind(connection)
        finally:
            living.cancel()
            await asyncio.wait([living])
    silent = await left_after(_SILENT_DAYS, home)
    state, slack = await stage.state(), await stage.scene.slack.fake.do("state")
    return Soaked(
        span=span,
        samples=samples,
        keys=(before, after, silent),
        did=people.did,
        impossible=people.impossible,
        answers=Counter(
            answered=scrapes.total("pointsman_answers_total", outcome="complete"),
            cached=scrapes.total("pointsman_cache_hits_total"),
            refused=scrapes.total("pointsman_refusals_total"),
        ),
        violations=Counter(what for what, _ in (*state["violations"], *slack["violations"])),
    )


def _change(bots: Sequence[Bot], times: int) -> None:
    """Let the configuration of one bot be changed, there and back."""
    bots[times % len(bots)].change(routing={"max_output_tokens": 2048 + times % 4})


async def _live(people: Townspeople, acts_per_h: float) -> None:
    """Let people do something again and again, until cancelled."""
    begun, done = time.monotonic(), 0
    while True:
        await people.act()
        done += 1
        await asyncio.sleep(max(0.0, begun + done * _HOUR_S / acts_per_h - time.monotonic()))


async def _pass(seconds: float, living: asyncio.Task[None]) -> None:
    """Let time pass, and people live; what goes wrong with them is raised."""
    await asyncio.wait([living], timeout=seconds)
    if living.done():
        living.result()


def _write(samples: Sequence[Sample], file: Path) -> None:
    with file.open("w", newline="", encoding="utf-8") as written:
        table = csv.DictWriter(written, samples[0].keys())
        table.writeheader()
        table.writerows(samples)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--factor", type=int, default=60, help="how many times as fast")
    parser.add_argument("--fill-h", type=float, default=25, help="before anything is measured")
    parser.add_argument("--hours", type=float, default=24, help="measured")
    parser.add_argument("--acts-per-h", type=float, default=60, help="what people do")
    parser.add_argument("--every-min", type=float, default=30, help="between two looks")
    parser.add_argument("--asleep-h", type=float, default=0, help="after every look")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="an empty one, where logs and the store stay")
    return parser.parse_args()


def _soak(asked: argparse.Namespace) -> None:
    span = Span(
        fill_h=asked.fill_h,
        hours=asked.hours,
        acts_per_h=asked.acts_per_h,
        every_s=asked.every_min * 60,
        asleep_s=asked.asleep_h * _HOUR_S,
        processes=asked.processes,
    )
    with tempfile.TemporaryDirectory() as passing:
        folder = asked.folder or Path(passing)
        soaked = asyncio.run(soak(span, folder))
        _write(soaked.samples, folder / "samples.csv")
    soaked.print()
    sys.exit(not soaked.is_good)


def _main() -> None:
    """Begin anew in quick time, unless this process lives in it already."""
    asked = _options()
    if is_quick():
        _soak(asked)
        return
    command = [sys.executable, "-m", "tests.bench.soak", *sys.argv[1:]]
    with tempfile.TemporaryDirectory() as library:
        try:
            quick = quick_time(Path(library), asked.factor)
        except NoQuickTime as error:
            sys.exit(f"skipped: {error}")
        sys.exit(subprocess.run(command, env={**os.environ, **quick}, check=False).returncode)


if __name__ == "__main__":
    _main()
