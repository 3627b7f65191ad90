"""Many people ask at once: `python -m tests.bench.discord_load [SECONDS] [A SECOND] [ASKERS]`.

Two processes answer them on the fake Discord. Shown is how long after the model's own time an
answer is there to be read, with and without somebody reading the processes' numbers; then, under
ten times the load, how much slower those get theirs who are let in, and how soon the others are
told no; and whether the numbers were right.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.bench.discord_stage import a_discord
from tests.bench.load import HOST, SETTINGS, Load, put_load
from tests.bench.stage import a_stage


async def run(seconds: float, per_s: float, askers: int) -> Load:
    """Put the load on."""
    with tempfile.TemporaryDirectory() as folder:
        async with a_discord(guilds=8, channels=40, users=askers) as scene:
            plans = scene.plans({"discord": {"requests_per_s": 24}, **SETTINGS})
            async with a_stage(Path(folder), scene, plans, host=HOST) as stage:
                await scene.connected(4)
                return await put_load(stage, seconds, per_s)


def _main(seconds: float = 60, per_s: float = 15, askers: int = 1000) -> None:
    load = asyncio.run(run(seconds, per_s, int(askers)))
    load.print()
    sys.exit(not load.is_told_right)


if __name__ == "__main__":
    _main(*(int(each) for each in sys.argv[1:]))
