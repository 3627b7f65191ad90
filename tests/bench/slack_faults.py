"""Everything goes wrong at once, on Slack.

    python -m tests.bench.slack_faults [MESSAGES] [--per-s 10] [--processes 2]
                [--store redis|cluster|replicated|embedded | --cluster] [--lose-node]
                [--http] [--tiers FACTOR] [--folder EMPTY]

Some processes answer the fake Slack's people from one store. Of the events some come twice, some
in the wrong order; sockets are cut, and replaced at Slack's request (or, by HTTP, a balancer knows
nothing of dead processes); requests are limited, fail, or are carried out with their answer lost;
and three times a process is killed and started again. With `--lose-node` the Cluster loses the
master that has all keys. Then is counted what people see and what the ledger says.

A workspace has room for 20 streams and 50 edits a minute; 10,000 questions would take a working
day. So the fake allows `FACTOR` times what Slack does, 60 unless told otherwise, and the bots'
settings say so too, its share of it each. With `--tiers 1` all is as at Slack's; then ask 0.5 a
second.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Final

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
from tests.bench.slack_stage import SlackScene, a_slack
from tests.bench.stage import Stage, a_stage

_MISHAPS: Final = ((0.15, "drop"), (0.35, "refresh"), (0.6, "drop"), (0.85, "warn"))


async def run(
    trial: Trial,
    *,
    factor: float = 60,
    is_http: bool = False,
    talk: Talk[SlackScene] | None = None,
    size: tuple[int, int] = (160, 300),
) -> Outcome:
    """Let it all go wrong.

    Args:
        trial: How.
        factor: How many times Slack's tiers there is room for.
        is_http: Whether Slack calls the bots, through a balancer; else they listen over sockets.
        talk: What happens; None: all there is.
        size: How many channels, and people.
    """
    slack = a_slack(*size, factor=factor, processes=trial.processes, is_http=is_http)
    with tempfile.TemporaryDirectory() as passing:
        async with slack as scene:
            plans = scene.plans(settings_of(trial))
            place = trial.folder or Path(passing)
            async with a_stage(place, scene, plans, host=HOST, store=trial.store) as stage:
                await scene.connected()
                await (talk or _talk)(stage, trial)
                return await outcome_of(stage, trial)


async def _talk(stage: Stage[SlackScene], trial: Trial) -> None:
    fake = stage.scene.fake
    await fake.do("events_at_random", duplicates=0.05, swaps=0.02, seed=SEED)
    await let_requests_fail(stage.scene)
    mishaps = {share: partial(fake.do, "sockets", do=what) for share, what in _MISHAPS}
    await talk_and_kill(stage, trial, mishaps)


def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--http", action="store_true")
    parser.add_argument("--tiers", type=float, default=60)
    trial, asked = read_trial(parser)
    began = time.monotonic()
    outcome = asyncio.run(run(trial, factor=asked.tiers, is_http=asked.http))
    outcome.print(time.monotonic() - began)
    more = ("told", "repeated", "given_up", "opened", "refusals", "open_streams")
    print("  ".join(f"{name} {outcome.state[name]}" for name in more))
    sys.exit(not outcome.is_good)


if __name__ == "__main__":
    _main()
