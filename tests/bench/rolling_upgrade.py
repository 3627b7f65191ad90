"""Two versions of the bot on one Redis, each taking the other's place.

    python -m tests.bench.rolling_upgrade [MESSAGES] [--per-s 10] [--revision REVISION]

Three processes of an earlier revision of this repository answer the fake Discord's people. One by
one each is told to end and started as it is now, and later, one by one again, as it was. While both
versions are there a process of either is killed. Requests go wrong in each way all along. Then is
counted what people see and what the ledger says.
"""

import argparse
import asyncio
import io
import random
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tests.bench.discord_stage import SHARDS, DiscordScene, a_discord
from tests.bench.faults import (
    HOST,
    SEED,
    Outcome,
    Trial,
    intake,
    let_requests_fail,
    outcome_of,
    read_trial,
)
from tests.bench.stage import ROOT, Bot, Stage, a_stage

BEFORE: Final = "d93b43e"
"""The last revision that knew of no schema."""


PROCESSES: Final = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One process that makes way for one of a version.

    Attributes:
        bot: Which.
        is_new: Whether it is as it is now, or as it was.
        is_killed: Whether it has no time to end.
    """

    bot: int
    is_new: bool
    is_killed: bool = False


STEPS: Final[Mapping[float, Step]] = {
    0.10: Step(0, is_new=True),
    0.20: Step(1, is_new=False, is_killed=True),  # an old one, beside a new one
    0.28: Step(2, is_new=True),
    0.36: Step(1, is_new=True),
    0.46: Step(0, is_new=True, is_killed=True),
    0.56: Step(2, is_new=False),
    0.66: Step(0, is_new=True, is_killed=True),  # a new one, beside an old one
    0.76: Step(1, is_new=False),
    0.86: Step(0, is_new=False),
}
"""After which share of the messages."""


async def run(trial: Trial, revision: str = BEFORE) -> Outcome:
    """Let people ask while versions come and go."""
    with tempfile.TemporaryDirectory() as passing, tempfile.TemporaryDirectory() as before:
        await asyncio.to_thread(_unpack, revision, Path(before))
        async with a_discord(8, 20, 300) as scene:
            settings = {
                "discord": {"requests_per_s": 15},
                "intake": intake(trial.claim_s),
                "store": {"timeout_s": 2},  # starting processes take all a small machine has
            }
            plans = scene.plans(settings, trial.processes)
            place = trial.folder or Path(passing)
            async with a_stage(place, scene, plans, host=HOST, store=trial.store) as stage:
                for bot in stage.bots:
                    await _replace(bot, Path(before), is_killed=True)
                await scene.connected(trial.processes * SHARDS)
                await _talk(stage, trial, Path(before))
                return await outcome_of(stage, trial)


async def _talk(stage: Stage[DiscordScene], trial: Trial, before: Path) -> None:
    dice = random.Random(SEED)  # noqa: S311 # a benchmark's dice
    steps = {int(share * trial.messages): step for share, step in STEPS.items()}
    await stage.scene.fake.do("gateway_at_random", duplicates=0.05, swaps=0.02, seed=SEED)
    await let_requests_fail(stage.scene)
    began = time.monotonic()
    async with asyncio.TaskGroup() as tasks:
        for number in range(trial.messages):
            await asyncio.sleep(max(0.0, began + number / trial.per_s - time.monotonic()))
            await stage.scene.ask(number, dice)
            if step := steps.get(number):
                root = ROOT if step.is_new else before
                bot = stage.bots[step.bot]
                tasks.create_task(_replace(bot, root, is_killed=step.is_killed))


async def _replace(bot: Bot, root: Path, *, is_killed: bool) -> None:
    await (bot.kill() if is_killed else bot.stop())
    bot.root = root
    await bot.start()


def _unpack(revision: str, folder: Path) -> None:
    """Put the program as it was in a folder."""
    archive = ["git", "-C", str(ROOT), "archive", revision, "bot", "routing", "config"]
    packed = subprocess.run(archive, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as files:
        files.extractall(folder, filter="data")


def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--revision", default=BEFORE, help="the other version")
    trial, asked = read_trial(parser)
    trial = replace(trial, processes=PROCESSES)
    began = time.monotonic()
    outcome = asyncio.run(run(trial, asked.revision))
    kills = sum(step.is_killed for step in STEPS.values())
    how = f"{len(STEPS)} times replaced by {asked.revision} or by now's, {kills} of them killed"
    outcome.print(time.monotonic() - began, how)
    sys.exit(not outcome.is_good)


if __name__ == "__main__":
    _main()
