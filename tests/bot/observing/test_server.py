"""Health and numbers over HTTP, of a bot on a real store."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.observing.metrics import Metrics
from bot.observing.scene import Scene
from bot.observing.server import Pages, PortTaken, telling
from bot.platforms.service import ChatService
from config.catalog import ModelCard
from config.observing import USUAL_PORT, ObserveSettings
from config.settings import Settings
from routing.backends.stores import Stores, forgetful_stores
from routing.background import beside
from routing.errors import AccessRefused, StoreUnavailable
from routing.inbox import Parcel
from routing.rests import Rests
from routing.router import Router
from routing.spending import Spending
from tests.builders import a_card, a_query
from tests.fakes.ports import DictCache, ListLedger, ScriptedCompleter, spending
from tests.fakes.service import ListService
from tests.fakes.sockets import free_port
from tests.fakes.surface import Wall
from tests.fakes.told_time import START, ToldTime

RESTING = {"llama": [AccessRefused("llama", "no such key")]}


class House:
    """A bot whose parts can be put out of order, one by one."""

    def __init__(self, stores: Stores, models: tuple[ModelCard, ...]) -> None:
        self.spending: Spending = spending(ListLedger())
        self.service = ListService(Wall())
        self.services: list[ChatService] = [self.service]
        self.metrics = Metrics()
        self.time = ToldTime()
        rests = Rests(self.time.clock())
        self.router = Router(
            Settings(models=models),
            completer=ScriptedCompleter({"llama": RESTING["llama"]}),
            spending=self.spending,
            cache=DictCache(),
            clock=self.time.clock(),
            rests=rests,
        )
        self.scene = Scene(
            catalog=lambda: models,
            stores=stores,
            resting=lambda: rests.resting,
            spending=self.spending,
            services=self.services,
            wanted=1,
            is_listening=True,
            clock=self.time.clock(),
        )

    async def tell(self, page: str) -> tuple[int, Any]:
        """Return what is answered to one call."""
        settings = ObserveSettings(port=free_port())
        async with (
            telling(settings, Pages(self.scene, self.metrics)) as address,
            aiohttp.ClientSession() as session,
            session.get(f"{address}{page}") as response,
        ):
            is_json = response.content_type == "application/json"
            return response.status, await (response.json() if is_json else response.text())

    async def not_ready(self) -> dict[str, str]:
        """Return what is not as it should be, and why."""
        status, told = await self.tell("/ready")
        found = {name: each["reason"] for name, each in told["checks"].items() if not each["ok"]}
        assert (status, told["ready"]) == ((503, False) if found else (200, True))
        return found


@contextmanager
def a_taken_port(port: int = 0) -> Iterator[int]:
    """Listen on a port, unless somebody else does."""
    with ExitStack() as stack:
        taken = stack.enter_context(socket.socket())
        with suppress(OSError):
            taken.bind(("127.0.0.1", port))
            taken.listen()
        yield port or taken.getsockname()[1]


@asynccontextmanager
async def a_house(folder: Path, *models: ModelCard) -> AsyncIterator[House]:
    async with forgetful_stores(Settings(state_dir=folder)) as stores:
        yield House(stores, models or (a_card("llama"),))


async def test_who_answers_is_alive(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        assert await house.tell("/live") == (
            200,
            {"live": True, "reason": "the event loop answers"},
        )


async def test_it_is_ready_once_it_hears_a_service_and_has_a_store_and_a_model(
    tmp_path: Path,
) -> None:
    async with a_house(tmp_path) as house:
        assert await house.not_ready() == {"discord": "not connected to Discord"}

        house.service.vitals.opened("shard 0")
        assert await house.not_ready() == {}

        house.service.vitals.closed("shard 0")
        assert await house.not_ready() == {"discord": "not connected to Discord"}


async def test_a_service_that_cannot_be_reached_keeps_it_from_being_ready(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        house.services.clear()

        assert await house.not_ready() == {"platforms": "1 of 1 cannot be reached"}


async def test_a_process_that_only_answers_need_not_hear(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        house.scene = replace(house.scene, is_listening=False)

        assert await house.not_ready() == {}


async def test_without_a_model_to_ask_it_is_not_ready(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        house.service.vitals.opened(0)
        with pytest.raises(Exception, match="no such key"):
            async for _ in house.router.answer(a_query("6 x 7?")):
                pass

        (reason,) = (await house.not_ready()).values()
        assert reason == "all rest until 12:10:00 UTC or later"
        await house.time.pass_by(601)
        assert await house.not_ready() == {}

    async with a_house(tmp_path, a_card("llama", enabled=False)) as house:
        house.service.vitals.opened(0)
        assert (await house.not_ready())["models"].startswith("none is set up")


async def test_with_the_store_away_it_is_not_ready_and_tells_what_it_knows(
    tmp_path: Path,
) -> None:
    async def away() -> None:
        raise StoreUnavailable("the store did not answer: start it")

    async with a_house(tmp_path) as house:
        house.service.vitals.opened(0)
        house.scene = replace(house.scene, stores=replace(house.scene.stores, ping=away))

        assert await house.not_ready() == {"store": "the store did not answer: start it"}


async def test_the_numbers_tell_how_much_goes_on_side_by_side(tmp_path: Path) -> None:
    def tasks_in(text: str) -> float:
        (line,) = (each for each in text.splitlines() if each.startswith("pointsman_loop_tasks "))
        return float(line.split()[1])

    async with a_house(tmp_path) as house:
        _, before = await house.tell("/metrics")
        async with beside(asyncio.sleep(3600)):
            _, after = await house.tell("/metrics")

    assert tasks_in(before) > 0
    assert tasks_in(after) == tasks_in(before) + 1


async def test_the_numbers_tell_how_much_waits_and_for_how_long(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        inbox = house.scene.stores.inbox
        for number in (1, 2):
            await inbox.add(Parcel(f"discord:{number}", "talk", "discord:ada", "general", "6 x 7?"))
        oldest_at = await inbox.oldest_at()
        assert oldest_at is not None
        await house.time.pass_by((oldest_at - START).total_seconds() + 30)
        house.service.vitals.sent["edit"] += 3
        house.service.vitals.limited += 1

        status, told = await house.tell("/metrics")

    lines = told.splitlines()
    assert status == 200
    assert "pointsman_queue_questions 2.0" in lines
    (age,) = (line for line in lines if line.startswith("pointsman_queue_oldest_seconds "))
    assert float(age.split()[1]) == pytest.approx(30, abs=0.01)
    assert 'pointsman_platform_requests_total{kind="edit",platform="discord"} 3.0' in lines
    assert 'pointsman_platform_limited_total{platform="discord"} 1.0' in lines
    assert 'pointsman_model_resting{model="llama"} 0.0' in lines


async def test_a_port_that_is_taken_is_an_error_that_names_the_setting(tmp_path: Path) -> None:
    with a_taken_port() as port:
        async with a_house(tmp_path) as house:
            pages = Pages(house.scene, house.metrics)
            with pytest.raises(PortTaken, match=rf"127\.0\.0\.1:{port}.*observe\.port"):
                async with telling(ObserveSettings(port=port), pages):
                    pass


async def test_the_usual_port_is_done_without_where_another_process_has_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with a_taken_port(USUAL_PORT):
        async with (
            a_house(tmp_path) as house,
            telling(ObserveSettings(), Pages(house.scene, house.metrics)) as address,
        ):
            assert address == ""
    assert "observe.port" in caplog.text


async def test_told_not_to_it_listens_nowhere(tmp_path: Path) -> None:
    async with (
        a_house(tmp_path) as house,
        telling(ObserveSettings(port=0), Pages(house.scene, house.metrics)) as address,
    ):
        assert address == ""
