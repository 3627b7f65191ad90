"""Everything goes wrong at once, on Discord.

    python -m tests.bench.discord_faults [MESSAGES] [A SECOND] [redis|cluster|embedded]

Two processes answer the fake Discord's people from one store. Of the events some come twice, some
in the wrong order; connections to the gateway drop and sessions end; requests are
limited, fail, or are carried out with their answer lost; and three times a process is killed and
started again. Then is counted what people see and what the ledger says.
"""

import asyncio
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Final

from tests.bench.discord_stage import DiscordScene, a_discord
from tests.bench.faults import (
    HOST,
    SEED,
    Outcome,
    Talk,
    intake,
    let_requests_fail,
    outcome_of,
    talk_and_kill,
)
from tests.bench.stage import Stage, a_stage

_MISHAPS: Final = ((0.15, "drop"), (0.35, "reconnect"), (0.6, "drop"), (0.85, "invalidate"))


async def run(
    messages: int,
    per_s: float,
    store: str = "redis",
    *,
    talk: Talk[DiscordScene] | None = None,
    size: tuple[int, int, int] = (8, 20, 300),
    claim_s: float = 12,
) -> Outcome:
    """Let it all go wrong.

    Args:
        messages: How many questions.
        per_s: How many a second.
        store: One of the stage's.
        talk: What happens; None: all there is.
        size: How many guilds, channels in each, and people.
        claim_s: How long a killed process' questions are left to it.
    """
    with tempfile.TemporaryDirectory() as folder:
        async with a_discord(*size) as scene:
            settings = {"discord": {"requests_per_s": 22}, "intake": intake(claim_s)}
            plans = scene.plans(settings)
            async with a_stage(Path(folder), scene, plans, host=HOST, store=store) as stage:
                await scene.connected(4)
                await (talk or _talk)(stage, messages, per_s)
                return await outcome_of(stage, messages)


async def _talk(stage: Stage[DiscordScene], messages: int, per_s: float) -> None:
    fake = stage.scene.fake
    await fake.do("gateway_at_random", duplicates=0.05, swaps=0.02, seed=SEED)
    await let_requests_fail(stage.scene)
    mishaps = {share: partial(fake.do, "gateway", do=what) for share, what in _MISHAPS}
    await talk_and_kill(stage, messages, per_s, mishaps)


def _main(messages: int, per_s: float, store: str) -> None:
    began = time.monotonic()
    outcome = asyncio.run(run(messages, per_s, store))
    outcome.print(time.monotonic() - began)
    sys.exit(not outcome.is_good)


if __name__ == "__main__":
    _messages, _per_s, _store = (*sys.argv[1:], *("10_000", "10", "redis")[len(sys.argv) - 1 :])
    _main(int(_messages), float(_per_s), _store)
