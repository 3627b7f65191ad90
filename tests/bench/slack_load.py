"""Many people ask at once, on Slack.

    python -m tests.bench.slack_load [SECONDS] [A SECOND] [ASKERS]

Two processes answer them on the fake Slack, over sockets. Shown is how soon an event is
acknowledged, how long after the model's own time an answer is there to be read; then, under ten
times the load, how much slower those get theirs who are let in, and how soon the others are told
no. One workspace at Slack's own tiers has no room for 15 answers a second: the fake allows 100
times what Slack does, as Slack would for that many workspaces, and the bots' settings say so.
"""

import asyncio
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench.load import HOST, TIMES, Round, a_round, print_rounds, spread
from tests.bench.slack_stage import SlackScene, a_slack
from tests.bench.stage import Stage, a_stage

_FACTOR: Final = 100
_WARMING_S: Final = 3.0
_WARMING: Final = 2_000_000
"""The number of the first question of those that are not measured."""


@dataclass(frozen=True)
class Load:
    """What came of it.

    Attributes:
        usual, flood: How soon people were answered.
        acknowledged_s: How soon each event was acknowledged, of both rounds; None: never.
    """

    usual: Round
    flood: Round
    acknowledged_s: tuple[list[float | None], list[float | None]]


async def run(seconds: float, per_s: float, askers: int) -> Load:
    """Put the load on, and then ten times as much for a third of the time."""
    with tempfile.TemporaryDirectory() as folder:
        async with a_slack(channels=320, users=askers, factor=_FACTOR) as scene:
            plans = scene.plans({"intake": {"at_once": 32}})
            async with a_stage(Path(folder), scene, plans, host=HOST) as stage:
                await scene.connected()
                # Sockets are open sooner than the library is imported that asks models.
                await a_round(stage, _WARMING_S, per_s, first=_WARMING)
                begun = len(await _acknowledged(stage, 0))
                usual = await a_round(stage, seconds, per_s)
                first = await _acknowledged(stage, begun)
                flood = await a_round(stage, seconds / 3, per_s * TIMES, first=1_000_000)
                later = await _acknowledged(stage, begun + len(first))
                return Load(usual, flood, (first, later))


async def _acknowledged(stage: Stage[SlackScene], after: int) -> list[float | None]:
    times: list[float | None] = await stage.scene.fake.do("acknowledgements", after=after)
    return times


def _main(seconds: float = 60, per_s: float = 15, askers: int = 1000) -> None:
    load = asyncio.run(run(seconds, per_s, int(askers)))
    print_rounds(load.usual, load.flood)
    for title, times in zip(("usual load", "ten times"), load.acknowledged_s, strict=True):
        in_time = [each for each in times if each is not None]
        never = len(times) - len(in_time)
        print(spread(f"acknowledged, {title}", in_time), f"of {len(in_time)}, never: {never}")


if __name__ == "__main__":
    _main(*(int(each) for each in sys.argv[1:]))
