"""Whether what bots tell of themselves is so: their numbers, beside what everybody else saw."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from config.settings import Settings
from routing.backends.keys import Keys
from routing.backends.redis_accounts import RedisAccounts
from routing.clock import Clock
from routing.records import Record
from tests.bench.scraping import Scrapes
from tests.bench.stage import SceneT, Stage, model, question
from tests.routing.backends.conftest import connection_to

TAG: Final = "pointsman"
"""Of all keys, as it is where nobody sets another."""

_NOWHERE: Final = "http://127.0.0.1:9"
"""Where no host is."""

_WORD: Final = "unreachable"

RARE: Final[dict[str, Any]] = {
    "models": [model("absent", _NOWHERE, 0.01)],
    "rules": [
        {
            "name": "one that fails",
            "when": {"words": [_WORD]},
            "prefer": {"names": ["absent"]},
        }
    ],
}
"""Settings by which a word has a model asked that fails."""

_RARE: Final = 3_000_000
"""The number of the first of the rare questions."""

_TURNED_AWAY: Final = {"method": "POST", "path": "[mM]essage|Stream", "fault": "429", "times": 2}
_RARE_ASKED: Final = 3
_PATIENCE_S: Final = 60.0


@dataclass(frozen=True)
class Count:
    """What bots tell of something, and how it was."""

    name: str
    told: int
    truth: int

    @property
    def is_right(self) -> bool:
        """Tell whether both are the same."""
        return self.told == self.truth

    def __str__(self) -> str:
        """Say so in a line."""
        verdict = "right" if self.is_right else "WRONG"
        return f"{self.name:<24} told {self.told:>8}, was {self.truth:>8}  {verdict}"


async def let_the_rare_happen(stage: Stage[SceneT]) -> None:
    """Let happen what no load brings.

    The configuration is read anew, a command is given, an answer comes from the cache, a model
    fails, the service turns requests away.
    """
    await stage.scene.fake.do("fail_next", **_TURNED_AWAY)
    for bot in stage.bots:
        bot.change()
    await stage.scene.say("usage")
    await _answered(stage, question(_RARE))
    await _answered(stage, question(_RARE))
    await _answered(stage, f"{question(_RARE + 1)}, even if {_WORD}")


async def counts_of(stage: Stage[SceneT], scrapes: Scrapes, asked: int) -> list[Count]:
    """Compare what bots told with what people, the model host, the service and the ledger saw.

    Args:
        stage: All that saw something.
        scrapes: What was told, to the end.
        asked: How many questions were asked beside the rare ones.
    """
    host, state = await stage.host_stats(), await stage.state()
    whole = await _whole(stage)
    spent = [record.amounts async for record in records_of(stage.store.url)]
    total = scrapes.total
    tokens, of_tokens = host["tokens"], "pointsman_tokens_total"
    return [
        Count("answers", total("pointsman_answers_total", outcome="complete"), whole),
        Count("refusals", total("pointsman_refusals_total"), asked + _RARE_ASKED - whole),
        Count("input tokens", total(of_tokens, kind="input"), tokens["prompt_tokens"]),
        Count("output tokens", total(of_tokens, kind="output"), tokens["completion_tokens"]),
        Count(
            "micro-dollars",
            total("pointsman_spent_microusd_total"),
            sum(each["cost_microusd"] for each in spent),
        ),
        Count("from the cache", total("pointsman_cache_hits_total"), 1),
        Count("commands", total("pointsman_commands_total"), 1),
        Count(
            "configurations read",
            total("pointsman_config_reloads_total", outcome="applied"),
            len(stage.bots),
        ),
        Count("failures of models", total("pointsman_model_failures_total"), 1),
        Count("429", total("pointsman_platform_limited_total"), sum(state["refusals"].values())),
    ]


async def _answered(stage: Stage[SceneT], text: str) -> None:
    """Let something be asked, and wait until one more answer is there."""
    before = await _whole(stage)
    await stage.scene.say(text)
    async with asyncio.timeout(_PATIENCE_S):
        while await _whole(stage) == before:  # noqa: ASYNC110 # it happens in another process
            await asyncio.sleep(0.2)


async def _whole(stage: Stage[SceneT]) -> int:
    return sum(each.is_whole for each in await stage.scene.seen())


async def records_of(url: str) -> AsyncIterator[Record]:
    """Yield every record in the ledger of the last day."""
    async with connection_to(url) as connection:
        accounts = RedisAccounts(connection, Keys(TAG), Settings(), Clock())
        async for record in accounts.records(datetime.now(UTC) - timedelta(days=1)):
            yield record
