"""What fault runs on chat services share: how people ask while things go wrong, and the count.

Then is counted what people see and what the ledger says.
"""

import argparse
import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from routing.backends.keys import Keys
from tests.bench.counted import TAG, records_of
from tests.bench.stage import Bot, Scene, SceneT, Seen, Stage
from tests.bench.stage_stores import STORES

SEED: Final = 7
HOST: Final = ("--first-s", "0.2", "--chunks", "12", "--chunk-s", "0.05")
_KILLS: Final = (0.25, 0.5, 0.75)
"""After which share of the messages; one process after the other."""

_NODE_LOST: Final = 0.4
"""Likewise."""

_STORE_AWAY: Final = "does not answer"
_DOWN_S: Final = 2.0
_SETTLING_S: Final = 120.0

Talk = Callable[[Stage[SceneT], "Trial"], Awaitable[None]]
"""Lets people ask, and what happens meanwhile happen."""

Mishap = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Trial:
    """What goes wrong.

    Attributes:
        messages: How many questions are asked.
        per_s: How many a second.
        store: One of the stage's.
        loses_node: Whether the store loses the node that has all of the bots' keys.
        processes: How many bots answer.
        claim_s: How long a killed one's questions are left to it.
        store_timeout_s: How long the bots wait for the store.
        folder: An empty one, where logs and the store stay; None: nowhere.
    """

    messages: int
    per_s: float
    store: str = "redis"
    loses_node: bool = False
    processes: int = 2
    claim_s: float = 12
    store_timeout_s: float = 0.2
    folder: Path | None = None


def read_trial(parser: argparse.ArgumentParser) -> tuple[Trial, argparse.Namespace]:
    """Read from the command line what is to go wrong, and what else the parser asks for."""
    parser.add_argument("messages", type=int, nargs="?", default=10_000)
    parser.add_argument("--per-s", type=float, default=10)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--store", choices=STORES, default="redis")
    parser.add_argument("--cluster", action="store_const", const="cluster", dest="store")
    parser.add_argument("--lose-node", action="store_true", help="of --store replicated")
    parser.add_argument("--folder", type=Path, help="an empty one, where logs and the store stay")
    asked = parser.parse_args()
    if asked.lose_node and asked.store != "replicated":
        parser.error("only --store replicated has another node with the same keys")
    trial = Trial(
        asked.messages,
        asked.per_s,
        asked.store,
        loses_node=asked.lose_node,
        processes=asked.processes,
        folder=asked.folder,
    )
    return trial, asked


@dataclass(frozen=True)
class Outcome:
    """What came of it.

    Attributes:
        trial: What went wrong.
        refused: How many people were told that the store does not answer: it may lose a node.
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

    trial: Trial
    refused: int
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
        """Tell whether nothing was lost, doubled or done wrong.

        A store that loses a node does not answer for a while: who asks then may be told so.
        """
        wrong = (self.twice, self.charged_twice, self.unresolved, self.violations)
        refusable = self.refused if self.trial.loses_node else 0
        is_all_there = len(self.lost) <= refusable
        return (
            is_all_there and self.charged == self.trial.messages - len(self.lost) and not any(wrong)
        )

    def print(self, seconds: float, how: str = "") -> None:
        """Say all of it; `how` is what went wrong, in words, where it was not the usual."""
        asked, node = self.trial.messages, ", a node lost" if self.trial.loses_node else ""
        how = how or f"{len(_KILLS)} kills{node}"
        processes = f"{self.trial.processes} processes, {how}"
        print(f"{asked} questions in {seconds:.0f} s, {processes}, store: {self.trial.store}")
        print(f"answered whole      {asked - len(self.lost)}, others: {self.lost[:20]}")
        print(f"told of the store   {self.refused}")
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


def settings_of(trial: Trial) -> dict[str, object]:
    """Return what bots are told to do in a trial, on any service."""
    return {"intake": intake(trial.claim_s), "store": {"timeout_s": trial.store_timeout_s}}


async def let_requests_fail(scene: Scene) -> None:
    """Let requests to the service go wrong in each way, at a rate."""
    rates = {"dropped": 0.005, "lost answer": 0.005, "503": 0.005, "429": 0.005}
    await scene.fake.do("fail_at_random", rates=rates, seed=SEED)


async def talk_and_kill(
    stage: Stage[SceneT], trial: Trial, mishaps: Mapping[float, Mishap]
) -> None:
    """Let people ask; kill a process three times on the way and start it again.

    Args:
        stage: Where.
        trial: How much is asked, and whether the store loses a node.
        mishaps: What else happens, after which share of the messages.
    """
    messages, dice = trial.messages, random.Random(SEED)  # noqa: S311 # a benchmark's dice
    kills = {int(share * messages): number for number, share in enumerate(_KILLS)}
    others = {int(share * messages): happen for share, happen in mishaps.items()}
    if trial.loses_node:
        others[int(_NODE_LOST * messages)] = partial(_lose_node, stage)
    began = time.monotonic()
    restarts: list[asyncio.Task[None]] = []
    for number in range(messages):
        await asyncio.sleep(max(0.0, began + number / trial.per_s - time.monotonic()))
        await stage.scene.ask(number, dice)
        if number in kills:
            bot = stage.bots[kills[number] % len(stage.bots)]
            restarts.append(asyncio.create_task(_kill_and_start(bot)))
        if number in others:
            await others[number]()
    await asyncio.gather(*restarts)


async def outcome_of(stage: Stage[SceneT], trial: Trial) -> Outcome:
    """Wait until all is answered, or nothing more can be hoped for; then count."""
    found = await _settled(stage, trial.messages)
    whole = {each.number for each in found if each.is_whole}
    answers = Counter(each.number for each in found if each.number)
    state, host = await stage.state(), await stage.host_stats()
    charged = await _charged(stage.store.url)
    rest = [each.text for each in found if not each.is_whole]
    return Outcome(
        trial=trial,
        refused=sum(_STORE_AWAY in text for text in rest),
        lost=tuple(each for each in range(trial.messages) if str(each) not in whole),
        twice=sum(times > 1 for times in answers.values()),
        unresolved=tuple(text[:200] for text in rest if _STORE_AWAY not in text),
        charged=len(charged),
        charged_twice=sum(times > 1 for times in charged.values()),
        calls=sum(host["asked"].values()),
        violations=Counter(f"{what}: {detail}" for what, detail in state["violations"]),
        faults=state["faults"],
        state=state,
    )


async def _lose_node(stage: Stage[SceneT]) -> None:
    """Kill the master that has all of the bots' keys; its replica is to take its place."""
    if not (nodes := stage.store.nodes):
        raise LookupError("no other node has the same keys")
    port = await asyncio.to_thread(nodes.master_of, Keys(TAG).ledger("holds"))
    await asyncio.to_thread(nodes.kill, port)


async def _kill_and_start(bot: Bot) -> None:
    await bot.kill()
    await asyncio.sleep(_DOWN_S)
    await bot.start()


async def _settled(stage: Stage[SceneT], messages: int) -> list[Seen]:
    until = time.monotonic() + _SETTLING_S
    while True:
        found = await stage.scene.seen()
        whole = {each.number for each in found if each.is_whole}
        refused = sum(_STORE_AWAY in each.text for each in found)
        if len(whole) + refused >= messages or time.monotonic() > until:
            return found
        await asyncio.sleep(min(2, messages / 100))


async def _charged(url: str) -> Counter[str]:
    """Return how many answers the ledger counts for each question."""
    counted: Counter[str] = Counter()
    async for record in records_of(url):
        counted[str(record.facts["reply_id"])] += record.amounts["answers"]
    return +counted
