"""Many people ask at once, on Slack.

    python -m tests.bench.slack_load [SECONDS] [A SECOND] [ASKERS]

Two processes answer them on the fake Slack, over sockets. Shown is how soon an event is
acknowledged, how long after the model's own time an answer is there to be read, with and without
somebody reading the processes' numbers; then, under ten times the load, how much slower those get
theirs who are let in, and how soon the others are told no; and whether the numbers were right. One
workspace at Slack's own tiers has no room for 15 answers a second: the fake allows 100 times what
Slack does, as Slack would for that many workspaces, and the bots' settings say so.
"""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.bench.load import HOST, SETTINGS, Load, put_load
from tests.bench.slack_stage import a_slack
from tests.bench.stage import a_stage

_FACTOR: Final = 100


async def run(seconds: float, per_s: float, askers: int) -> Load:
    """Put the load on."""
    with tempfile.TemporaryDirectory() as folder:
        async with a_slack(channels=320, users=askers, factor=_FACTOR) as scene:
            plans = scene.plans(SETTINGS)
            async with a_stage(Path(folder), scene, plans, host=HOST) as stage:
                await scene.connected()
                return await put_load(stage, seconds, per_s)


def _main(seconds: float = 60, per_s: float = 15, askers: int = 1000) -> None:
    load = asyncio.run(run(seconds, per_s, int(askers)))
    load.print()
    sys.exit(not load.is_told_right)


if __name__ == "__main__":
    _main(*(int(each) for each in sys.argv[1:]))
