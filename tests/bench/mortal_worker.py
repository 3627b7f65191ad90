"""Answers one question and dies where it is told to.

`python -m tests.bench.mortal_worker URL TAG FOLDER POINT`

The parts are the real ones: inbox, intake, worker, handler, router, ledger. Only the model is
scripted, and the chat service is a hash in the store.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Final, Never

from bot.commands.command import Services
from bot.commands.everything import COMMANDS
from bot.draft import View
from bot.handler import Handler
from bot.intake import Intake
from bot.memory import PostMemory
from bot.platforms.port import Message
from bot.platforms.surface import Surface
from bot.platforms.vitals import Vitals
from bot.shards import ShardRange
from bot.station import Station, open_station
from config.chats import IntakeSettings
from config.settings import CacheSettings, Settings, StoreSettings
from routing.backends.store_address import parse_store_address
from routing.backends.stores import Stores, named_stores
from routing.backends.unsettled import UnsettledFiles
from routing.clock import Clock
from routing.embedding import embed_nothing
from routing.holds import Entry, Hold, Level, Reservation, Spent
from routing.learning import Learning
from routing.ports import Call, Completed, Conversation, Ledger, Part, TextPart
from routing.pricing import Usage
from routing.router import Router
from routing.spending import Spending
from tests.bench.store_wall import Step, StoreSurface, go_on
from tests.builders import a_card, an_origin
from tests.routing.backends.conftest import connection_to

POINTS: Final = (
    "after it is taken in",
    "after the reservation",
    "after the placeholder",
    "in mid-stream",
    "before the last edit",
    "before the settlement",
    "after the settlement",
)
CLAIM_S: Final = 3
ANSWER: Final = "forty-two"
CARD: Final = a_card("llama")
ORIGIN: Final = an_origin(platform="discord", tenant="guild", place="general", private=False)
QUESTION: Final = Message(
    message_id="1",
    origin=ORIGIN,
    conversation=Conversation("discord", "guild", "general", thread="r1"),
    text="6 x 7?",
    at=datetime.now(UTC),
)


def die() -> Never:
    """End as a power cut does."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("the dead do not go on")


class Mortality:
    """Ends the process at one point."""

    def __init__(self, point: str) -> None:
        self.point = point

    def at(self, point: str) -> None:
        """Die if this is the point."""
        if point == self.point:
            die()

    async def step(self, moment: str, view: View | None) -> None:
        """Die at a writing."""
        if view is None:
            return
        if moment == "after" and view.status == "…":
            self.at("after the placeholder")
        if moment == "after" and view.text and not view.is_final:
            self.at("in mid-stream")
        if moment == "before" and view.is_final:
            self.at("before the last edit")


class MortalLedger:
    """A ledger at which one may die."""

    def __init__(self, ledger: Ledger, mortality: Mortality) -> None:
        self._ledger = ledger
        self._mortality = mortality

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    async def reserve(self, reservation: Reservation) -> Hold:
        hold = await self._ledger.reserve(reservation)
        self._mortality.at("after the reservation")
        return hold

    async def settle(self, hold: Hold, spent: Spent, entry: Entry) -> tuple[Level, ...]:
        self._mortality.at("before the settlement")
        levels = await self._ledger.settle(hold, spent, entry)
        self._mortality.at("after the settlement")
        return levels


class SlowModel:
    """Says its answer in two pieces, with time for the first to be seen."""

    def __init__(self) -> None:
        self.calls = 0

    async def stream(self, call: Call) -> AsyncGenerator[Part]:  # noqa: ARG002 # the port's
        self.calls += 1
        yield TextPart(ANSWER[:5])
        await asyncio.sleep(0.2)
        yield TextPart(ANSWER[5:])
        yield Completed("stop", Usage(input_tokens=100, output_tokens=20))


@dataclass(frozen=True)
class Post:
    """A process' whole program.

    Attributes:
        stores: What it keeps.
        station: Both ends of the inbox.
        model: How often it was asked.
        wall: Where it answers.
    """

    stores: Stores
    station: Station
    model: SlowModel
    wall: StoreSurface


class WallService:
    """A chat service nobody listens to."""

    name: ClassVar = "discord"

    def __init__(self, surface: StoreSurface) -> None:
        self.surface: Surface = surface
        self.vitals = Vitals()

    def adopt(self, settings: Settings) -> None:
        """Show all alike."""

    async def run(self, intake: Intake, shards: ShardRange | None = None) -> None:  # noqa: ARG002
        await asyncio.Event().wait()


@asynccontextmanager
async def a_post(
    url: str, tag: str, folder: Path, mortality: Mortality | None = None
) -> AsyncIterator[Post]:
    """Open a process' whole program on a store."""
    settings = Settings(
        models=(CARD,),
        shipped_models=False,
        cache=CacheSettings(enabled=False),
        store=StoreSettings(hash_tag=tag, timeout_s=2),
        intake=IntakeSettings(claim_s=CLAIM_S, grace_s=5),
    )
    address = parse_store_address(url)
    async with named_stores(settings, address) as stores, connection_to(url) as connection:
        ledger = MortalLedger(stores.ledger, mortality) if mortality else stores.ledger
        unsettled = UnsettledFiles(folder / "unsettled", settings.quotas, Clock())
        spending = Spending(settings.quotas, ledger, unsettled)
        learning = Learning(settings, stores.votes, embed_nothing)
        model = SlowModel()
        router = Router(settings, completer=model, spending=spending, cache=stores.cache)
        handler = Handler(
            Services(
                settings, router, stores.history, ledger, stores.accounts, stores.limits, learning,
                stores.posts, stores.orders, stores.audit, stores.link_codes,
                stores.comparisons,
            ),
            COMMANDS,
        )  # fmt: skip
        step: Step = mortality.step if mortality else go_on
        wall = StoreSurface(connection, tag, step)
        memory = PostMemory(stores.history, stores.posts)
        services = [WallService(wall)]
        async with open_station(
            settings.intake, stores.inbox, services, handler, memory
        ) as station:
            yield Post(stores, station, model, wall)


async def main(url: str, tag: str, folder: Path, point: str) -> None:
    """Take the question in, answer it, die on the way."""
    mortality = Mortality(point)
    async with a_post(url, tag, folder, mortality) as post:
        await post.station.intake.accept(QUESTION)
        mortality.at("after it is taken in")
        await post.station.worker.run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4]))
