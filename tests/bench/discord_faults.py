"""Everything goes wrong at once.

    python -m tests.bench.discord_faults [MESSAGES] [A SECOND] [redis|cluster|embedded]

Two processes answer the fake Discord's people from one store. Of the events some come twice, some
in the wrong order; connections to the gateway drop and sessions end; requests are
limited, fail, or are carried out with their answer lost; and three times a process is killed and
started again. Then is counted what people see and what the ledger says.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from config.settings import Settings
from routing.backends.keys import Keys
from routing.backends.redis_accounts import RedisAccounts
from routing.clock import Clock
from tests.bench.discord_stage import Seen, Stage, World, a_stage, a_world, ask, seen
from tests.routing.backends.conftest import connection_to

_SHARDS: Final = ("0-1/4", "2-3/4")
_SEED: Final = 7
_KILLS: Final = ((0.25, 0), (0.5, 1), (0.75, 0))
"""After which share of the messages, and which process."""

_DROPS: Final = ((0.15, "drop"), (0.35, "reconnect"), (0.6, "drop"), (0.85, "invalidate"))
_DOWN_S: Final = 2.0
_SETTLING_S: Final = 120.0


@dataclass(frozen=True)
class Outcome:
    """What came of it.

    Attributes:
        asked: How many questions.
        lost: Those to which no whole answer is seen.
        twice: How many have more than one answer.
        unresolved: The bot's messages that are no whole answer.
        charged: Answers that the ledger counts.
        charged_twice: Questions that it counts more than once.
        calls: How often the model was asked; a killed process asked in vain.
        violations: What the fake Discord saw and a good bot never does, with how often.
        faults: How many requests went wrong on purpose.
    """

    asked: int
    lost: tuple[int, ...]
    twice: int
    unresolved: tuple[str, ...]
    charged: int
    charged_twice: int
    calls: int
    violations: Counter[str]
    faults: int

    @property
    def is_good(self) -> bool:
        """Tell whether nothing was lost, doubled or done wrong."""
        wrong = (self.lost, self.twice, self.charged_twice, self.unresolved, self.violations)
        return self.charged == self.asked and not any(wrong)


Talk = Callable[[Stage, World, int, float], Awaitable[None]]
"""Lets people ask so many questions, so many a second, and what happens meanwhile happen."""


async def run(
    messages: int,
    per_s: float,
    store: str = "redis",
    *,
    talk: Talk | None = None,
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
    guilds, channels, users = size
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "discord": {"requests_per_s": 22},
            "intake": {
                "waiting": 10_000,
                "waiting_per_asker": 1000,
                "waiting_per_place": 10_000,
                "waiting_for_worker": 10_000,
                "at_once_per_asker": 20,
                "claim_s": claim_s,
            },
        }
        host = ("--first-s", "0.2", "--chunks", "12", "--chunk-s", "0.05")
        arguments = [("--shards", each) for each in _SHARDS]
        staged = a_stage(Path(folder), arguments, host=host, settings=settings, store=store)
        async with staged as stage:
            world = await a_world(stage.discord, guilds=guilds, channels=channels, users=users)
            await stage.connected(4)
            await _make_it_go_wrong(stage)
            await (talk or _talk)(stage, world, messages, per_s)
            found = await _settled(stage, world, messages)
            return await _outcome(stage, found, messages)


async def _make_it_go_wrong(stage: Stage) -> None:
    await stage.discord.do("gateway_at_random", duplicates=0.05, swaps=0.02, seed=_SEED)
    rates = {"dropped": 0.005, "lost answer": 0.005, "503": 0.005, "429": 0.005}
    await stage.discord.do("fail_at_random", rates=rates, seed=_SEED)


async def _talk(stage: Stage, world: World, messages: int, per_s: float) -> None:
    dice = random.Random(_SEED)  # noqa: S311 # a benchmark's dice
    kills = {int(share * messages): number for share, number in _KILLS}
    drops = {int(share * messages): what for share, what in _DROPS}
    began = time.monotonic()
    restarts: list[asyncio.Task[None]] = []
    for number in range(messages):
        await asyncio.sleep(max(0.0, began + number / per_s - time.monotonic()))
        await ask(stage.discord, world, number, dice)
        if number in kills:
            restarts.append(asyncio.create_task(_kill_and_start(stage, kills[number])))
        if number in drops:
            await stage.discord.do("gateway", do=drops[number])
    await asyncio.gather(*restarts)


async def _kill_and_start(stage: Stage, number: int) -> None:
    bot = stage.bots[number]
    await bot.kill()
    await asyncio.sleep(_DOWN_S)
    await bot.start()


async def _settled(stage: Stage, world: World, messages: int) -> list[Seen]:
    """Wait until all is answered, or nothing more can be hoped for; return what is seen."""
    until = time.monotonic() + _SETTLING_S
    while True:
        found = await seen(stage.discord, world)
        whole = {each.number for each in found if each.is_whole}
        if len(whole) == messages or time.monotonic() > until:
            return found
        await asyncio.sleep(2)


async def _outcome(stage: Stage, found: list[Seen], messages: int) -> Outcome:
    whole = {each.number for each in found if each.is_whole}
    answers = Counter(each.number for each in found if each.number)
    state, host = await stage.discord.do("state"), await stage.host_stats()
    charged = await _charged(stage.store_url)
    return Outcome(
        asked=messages,
        lost=tuple(each for each in range(messages) if str(each) not in whole),
        twice=sum(times > 1 for times in answers.values()),
        unresolved=tuple(each.text[:200] for each in found if not each.is_whole),
        charged=len(charged),
        charged_twice=sum(times > 1 for times in charged.values()),
        calls=sum(host["asked"].values()),
        violations=Counter(f"{what}: {detail}" for what, detail in state["violations"]),
        faults=state["faults"],
    )


async def _charged(url: str) -> Counter[str]:
    """Return how many answers the ledger counts for each question."""
    counted: Counter[str] = Counter()
    async with connection_to(url) as connection:
        accounts = RedisAccounts(connection, Keys("pointsman"), Settings(), Clock())
        async for record in accounts.records(datetime.now(UTC) - timedelta(days=1)):
            counted[str(record.facts["reply_id"])] += record.amounts["answers"]
    return +counted


def _main(messages: int, per_s: float, store: str) -> None:
    began = time.monotonic()
    outcome = asyncio.run(run(messages, per_s, store))
    print(f"{outcome.asked} questions in {time.monotonic() - began:.0f} s, two processes, 3 kills")
    print(f"answered whole      {outcome.asked - len(outcome.lost)}, lost: {outcome.lost[:20]}")
    print(f"answered twice      {outcome.twice}")
    print(f"left unresolved     {len(outcome.unresolved)}")
    print(f"charged             {outcome.charged}, twice: {outcome.charged_twice}")
    print(f"calls of the model  {outcome.calls}")
    print(f"requests gone wrong {outcome.faults}")
    print(f"violations          {outcome.violations.total()} {outcome.violations.most_common(5)}")
    for text in outcome.unresolved[:5]:
        print(f"  unresolved: {text!r}")
    sys.exit(not outcome.is_good)


if __name__ == "__main__":
    _messages, _per_s, _store = (*sys.argv[1:], *("10_000", "10", "redis")[len(sys.argv) - 1 :])
    _main(int(_messages), float(_per_s), _store)
