from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.observing.metrics import Metrics
from bot.observing.readings import Readings, Traffic
from bot.observing.scene import Condition
from bot.observing.server import Pages, telling
from config.observing import ObserveSettings
from config.settings import Settings
from routing.errors import ModelBusy, Paused
from routing.router import Router
from tests.bench.scraping import Scrapes, scraping
from tests.bench.stage import Bot
from tests.builders import a_card, a_query, an_origin
from tests.fakes.ports import DictCache, ListLedger, ScriptedCompleter, Step, spending
from tests.fakes.sockets import free_port

USED: Final = Traffic({"append": 3}, 2, is_heard=True)


@dataclass(frozen=True)
class Watched:
    """A bot of which only its services are looked at."""

    traffic: dict[str, Traffic]

    async def readings(self) -> Readings:
        return Readings(
            is_store_up=True,
            waiting=0,
            oldest_s=0.0,
            held_microusd=0,
            resting={"llama": True, "gpt": False},
            traffic=self.traffic,
        )

    async def conditions(self) -> dict[str, Condition]:
        return {}


@asynccontextmanager
async def a_bot(folder: Path, metrics: Metrics, **traffic: Traffic) -> AsyncIterator[Bot]:
    settings = ObserveSettings(port=free_port())
    async with telling(settings, Pages(Watched(traffic), metrics)) as url:
        yield Bot((), url, config=folder, environ={}, log=folder)


async def scraped(*bots: Bot) -> Scrapes:
    async with scraping(bots) as scrapes:
        pass
    return scrapes


async def ask(metrics: Metrics, models: dict[str, Sequence[Step]], times: int) -> None:
    """Ask the same so many times; the models are asked in order."""
    cards = [a_card(name, input_price=str(1 + place)) for place, name in enumerate(models)]
    router = Router(
        Settings(models=tuple(cards)),
        completer=ScriptedCompleter(models),
        spending=spending(ListLedger()),
        cache=DictCache(),
        watch=metrics,
    )
    query = a_query("What is 6 x 7?", origin=an_origin(tenant="acme", place="C1", person="p17"))
    for _ in range(times):
        async with aclosing(router.answer(query)) as events:
            async for _ in events:
                pass


async def let_all_happen(metrics: Metrics) -> None:
    metrics.asked("slack")
    metrics.told("slack")
    metrics.reloaded("applied")
    metrics.door_late("slack", 0.001)
    metrics.unanswered(Paused("", is_everywhere=True))
    await ask(metrics, {"llama": [ModelBusy("llama", "busy")], "gpt": ["42"]}, times=1)
    await ask(metrics, {"gpt": ["42"]}, times=2)


async def test_when_all_has_happened_once_all_that_the_dashboard_asks_for_is_told(
    tmp_path: Path,
) -> None:
    metrics = Metrics()

    async with a_bot(tmp_path, metrics, slack=USED) as bot:
        before = await scraped(bot)
        await let_all_happen(metrics)
        after = await scraped(bot)

    assert "pointsman_cache_hits_total" in before.unseen
    assert after.unseen == set()


async def test_what_two_bots_counted_is_added_up(tmp_path: Path) -> None:
    one, other = Metrics(), Metrics()
    for each, platform in ((one, "slack"), (other, "slack"), (other, "discord")):
        each.asked(platform)

    async with a_bot(tmp_path, one, slack=USED) as first, a_bot(tmp_path, other) as second:
        scrapes = await scraped(first, second)

    assert scrapes.total("pointsman_questions_total") == 3
    assert scrapes.total("pointsman_questions_total", platform="slack") == 2
    assert scrapes.total("pointsman_platform_limited_total") == 2


async def test_a_bot_that_does_not_answer_is_counted_as_missed(tmp_path: Path) -> None:
    async with a_bot(tmp_path, Metrics()) as bot:
        pass

    scrapes = await scraped(bot)

    assert scrapes.missed > 0
    assert scrapes.seen == set()
