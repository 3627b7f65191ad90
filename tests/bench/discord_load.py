"""Many people ask at once: `python -m tests.bench.discord_load [SECONDS] [A SECOND] [ASKERS]`.

Two processes answer them on the fake Discord. Shown is how long after the model's own time an
answer is there to be read; then, under ten times the load, how much slower those get theirs who
are let in, and how soon the others are told no.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.bench.discord_stage import a_discord
from tests.bench.load import HOST, TIMES, Round, a_round, print_rounds
from tests.bench.stage import a_stage


async def run(seconds: float, per_s: float, askers: int) -> tuple[Round, Round]:
    """Put the load on, and then ten times as much for a third of the time."""
    with tempfile.TemporaryDirectory() as folder:
        async with a_discord(guilds=8, channels=40, users=askers) as scene:
            plans = scene.plans({"discord": {"requests_per_s": 24}, "intake": {"at_once": 32}})
            async with a_stage(Path(folder), scene, plans, host=HOST) as stage:
                await scene.connected(4)
                usual = await a_round(stage, seconds, per_s)
                flood = await a_round(stage, seconds / 3, per_s * TIMES, first=1_000_000)
                return usual, flood


def _main(seconds: float = 60, per_s: float = 15, askers: int = 1000) -> None:
    print_rounds(*asyncio.run(run(seconds, per_s, int(askers))))


if __name__ == "__main__":
    _main(*(int(each) for each in sys.argv[1:]))
