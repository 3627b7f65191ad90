"""Everything goes wrong at once, on Discord.

    python -m tests.bench.discord_faults [MESSAGES] [--per-s 10] [--processes 2] [--all-hear]
                [--store redis|cluster|replicated|embedded | --cluster] [--lose-node]
                [--folder EMPTY]

Some processes answer the fake Discord's people from one store, each with shards of its own or,
with `--all-hear`, each hearing everything. Of the events some come twice, some
in the wrong order; connections to the gateway drop and sessions end; requests are
limited, fail, or are carried out with their answer lost; and three times a process is killed and
started again. With `--lose-node` the Cluster loses the master that has all keys. Then is counted
what people see and what the ledger says.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Final

from tests.bench.discord_stage import SHARDS, DiscordScene, a_discord
from tests.bench.faults import (
    HOST,
    SEED,
    Outcome,
    Talk,
    Trial,
    let_requests_fail,
    outcome_of,
    read_trial,
    settings_of,
    talk_and_kill,
)
from tests.bench.stage import Plan, Stage, a_stage

_MISHAPS: Final = ((0.15, "drop"), (0.35, "reconnect"), (0.6, "drop"), (0.85, "invalidate"))
_REQUESTS_PER_S: Final = 44
"""Of all processes together; Discord allows 50."""


async def run(
    trial: Trial,
    *,
    all_hear: bool = False,
    talk: Talk[DiscordScene] | None = None,
    size: tuple[int, int, int] = (8, 20, 300),
) -> Outcome:
    """Let it all go wrong.

    Args:
        trial: How.
        all_hear: Whether each process hears everything; else each has shards of its own.
        talk: What happens; None: all there is.
        size: How many guilds, channels in each, and people.
    """
    with tempfile.TemporaryDirectory() as passing:
        async with a_discord(*size) as scene:
            pace = {"requests_per_s": _REQUESTS_PER_S / trial.processes}
            settings = {"discord": pace, **settings_of(trial)}
            plans = scene.plans(settings, trial.processes)
            if all_hear:
                plans = [Plan(settings)] * trial.processes
            place = trial.folder or Path(passing)
            async with a_stage(place, scene, plans, host=HOST, store=trial.store) as stage:
                await scene.connected(trial.processes * (1 if all_hear else SHARDS))
                await (talk or _talk)(stage, trial)
                return await outcome_of(stage, trial)


async def _talk(stage: Stage[DiscordScene], trial: Trial) -> None:
    fake = stage.scene.fake
    await fake.do("gateway_at_random", duplicates=0.05, swaps=0.02, seed=SEED)
    await let_requests_fail(stage.scene)
    mishaps = {share: partial(fake.do, "gateway", do=what) for share, what in _MISHAPS}
    await talk_and_kill(stage, trial, mishaps)


def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--all-hear", action="store_true", help="each process hears everything")
    trial, asked = read_trial(parser)
    began = time.monotonic()
    outcome = asyncio.run(run(trial, all_hear=asked.all_hear))
    outcome.print(time.monotonic() - began)
    sys.exit(not outcome.is_good)


if __name__ == "__main__":
    _main()
