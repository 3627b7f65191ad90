"""What fault runs on chat services share: how people ask while things go wrong, and the count.

Then is counted what people see and what the ledger says.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from config.settings import Settings
from routing.backends.keys import Keys
from routing.backends.redis_accounts import RedisAccounts
from routing.clock import Clock
from tests.bench.stage import Bot, Scene, SceneT, Seen, Stage
from tests.routing.backends.conftest import connection_to

SEED: Final = 7
HOST: Final = ("--first-s", "0.2", "--chunks", "12", "--chunk-s", "0.05")
_KILLS: Final = ((0.25, 0), (0.5, 1), (0.75, 0))
"""After which share of the messages, and which process."""

_DOWN_S: Final = 2.0
_SETTLING_S: Final = 120.0

Talk = Callable[[Stage[SceneT], int, float], Awaitable[None]]
"""Lets people ask so many questions, so many a second, and what happens meanwhile happen."""

Mishap = Callable[[], Awaitable[object]]


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
        violations: What the fake service saw and a good bot never does, with how often.
        faults: How many requests went wrong on purpose.
        state: All that the fake service saw.
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
    state: Mapping[str, Any]

    @property
    def is_good(self) -> bool:
        """Tell whether nothing was lost, doubled or done wrong."""
        wrong = (self.lost, self.twice, self.charged_twice, self.unresolved, self.violations)
        return self.charged == self.asked and not any(wrong)

    def print(self, seconds: float) -> None:
        """Say all of it."""
        print(f"{self.asked} questions in {seconds:.0f} s, two processes, 3 kills")
        print(f"answered whole      {self.asked - len(self.lost)}, lost: {self.lost[:20]}")
        print(f"answered twice      {self.twice}")
        print(f"left unresolved     {len(self.unresolved)}")
        print(f"charged             {self.charged}, twice: {self.charged_twice}")
        print(f"calls of the model  {self.calls}")
        print(f"requests gone wrong {self.faults}")
        print(f"violations          {self.violations.total()} {self.violations.most_common(5)}")
        for text in self.unresolved[:5]:
            print(f"  unresolved: {text!r}")


def intake(claim_s: float) -> dict[str, object]:
    """Return settings of an intake that refuses nobody."""
    return {
        "waiting": 10_000,
        "waiting_per_asker": 1000,
        "waiting_per_place": 10_000,
        "waiting_for_worker": 10_000,
        "at_once_per_asker": 20,
        "claim_s": claim_s,
    }


async def let_requests_fail(scene: Scene) -> None:
    """Let requests to the service go wrong in each way, at a rate."""
    rates = {"dropped": 0.005, "lost answer": 0.005, "503": 0.005, "429": 0.005}
    await scene.fake.do("fail_at_random", rates=rates, seed=SEED)


async def talk_and_kill(
    stage: Stage[SceneT], messages: int, per_s: float, mishaps: Mapping[float, Mishap]
) -> None:
    """Let people ask; kill a process three times on the way and start it again.

    Args:
        stage: Where.
        messages: How many.
        per_s: How many a second.
        mishaps: What else happens, after which share of the messages.
    """
    dice = random.Random(SEED)  # noqa: S311 # a benchmark's dice
    kills = {int(share * messages): number for share, number in _KILLS}
    others = {int(share * messages): happen for share, happen in mishaps.items()}
    began = time.monotonic()
    restarts: list[asyncio.Task[None]] = []
    for number in range(messages):
        await asyncio.sleep(max(0.0, began + number / per_s - time.monotonic()))
        await stage.scene.ask(number, dice)
        if number in kills:
            restarts.append(asyncio.create_task(_kill_and_start(stage.bots[kills[number]])))
        if number in others:
            await others[number]()
    await asyncio.gather(*restarts)


async def outcome_of(stage: Stage[SceneT], messages: int) -> Outcome:
    """Wait until all is answered, or nothing more can be hoped for; then count."""
    found = await _settled(stage, messages)
    whole = {each.number for each in found if each.is_whole}
    answers = Counter(each.number for each in found if each.number)
    state, host = await stage.state(), await stage.host_stats()
    charged = await _charged(stage.store.url)
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
        state=state,
    )


async def _kill_and_start(bot: Bot) -> None:
    await bot.kill()
    await asyncio.sleep(_DOWN_S)
    await bot.start()


async def _settled(stage: Stage[SceneT], messages: int) -> list[Seen]:
    until = time.monotonic() + _SETTLING_S
    while True:
        found = await stage.scene.seen()
        whole = {each.number for each in found if each.is_whole}
        if len(whole) == messages or time.monotonic() > until:
            return found
        await asyncio.sleep(min(2, messages / 100))


async def _charged(url: str) -> Counter[str]:
    """Return how many answers the ledger counts for each question."""
    counted: Counter[str] = Counter()
    async with connection_to(url) as connection:
        accounts = RedisAccounts(connection, Keys("pointsman"), Settings(), Clock())
        async for record in accounts.records(datetime.now(UTC) - timedelta(days=1)):
            counted[str(record.facts["reply_id"])] += record.amounts["answers"]
    return +counted
