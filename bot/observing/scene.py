"""What an operator looks at, in one place: asks the parts of a running bot how they are."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.observing.readings import Readings, Traffic
from bot.platforms.service import ChatService
from config.catalog import Catalog, ModelCard
from routing.backends.stores import Stores
from routing.clock import Clock
from routing.errors import StoreUnavailable
from routing.spending import Spending


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that has to be so before the bot can do its work.

    Attributes:
        is_met: Whether it is.
        reason: How it stands, in words.
    """

    is_met: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Scene:
    """A running bot, as far as it can be watched.

    Attributes:
        catalog: Returns the catalogue in force.
        stores: Where all is kept.
        resting: Returns the models that rest, each with the end of its rest.
        spending: Knows what is set aside.
        services: Those that are open; more may be added while they are being opened.
        wanted: How many there are to be.
        is_listening: Whether this process listens to them, or only answers.
        clock: Tells the time.
    """

    catalog: Callable[[], Catalog]
    stores: Stores
    resting: Callable[[], Mapping[str, datetime]]
    spending: Spending
    services: Sequence[ChatService]
    wanted: int
    is_listening: bool
    clock: Clock

    async def readings(self) -> Readings:
        """Look everything up; with the store away, what only it knows is left out."""
        inbox = self.stores.inbox
        waiting, oldest_s, is_up = None, None, True
        try:
            waiting, oldest_at = await inbox.waiting(), await inbox.oldest_at()
            oldest_s = self._age_s(oldest_at)
        except StoreUnavailable:
            is_up = False
        resting = self.resting()
        return Readings(
            is_store_up=is_up,
            waiting=waiting,
            oldest_s=oldest_s,
            held_microusd=self.spending.held_microusd,
            resting={card.name: card.name in resting for card in self._set_up()},
            traffic={
                each.name: Traffic(
                    dict(each.vitals.sent), each.vitals.limited, each.vitals.is_heard
                )
                for each in self.services
            },
            tasks=len(asyncio.all_tasks()),
        )

    async def conditions(self) -> Mapping[str, Condition]:
        """Return all that has to be so for a question to be heard and answered, by name."""
        return {
            "store": await self._store(),
            "models": self._models(),
            "platforms": self._opened(),
            **({each.name: _heard(each) for each in self.services} if self.is_listening else {}),
        }

    async def _store(self) -> Condition:
        try:
            await self.stores.ping()
        except StoreUnavailable as error:
            return Condition(is_met=False, reason=str(error))
        return Condition(is_met=True, reason=f"{self.stores.describe} answers")

    def _models(self) -> Condition:
        set_up = [card.name for card in self._set_up()]
        resting = self.resting()
        usable = [name for name in set_up if name not in resting]
        if usable:
            return Condition(is_met=True, reason=f"{len(usable)} of {len(set_up)} can be asked")
        if set_up:
            back_at = min(resting[name] for name in set_up)
            return Condition(is_met=False, reason=f"all rest until {back_at:%H:%M:%S} UTC or later")
        return Condition(is_met=False, reason="none is set up: set a provider's key")

    def _opened(self) -> Condition:
        missing = self.wanted - len(self.services)
        if missing:
            return Condition(is_met=False, reason=f"{missing} of {self.wanted} cannot be reached")
        return Condition(is_met=True, reason=f"{self.wanted} can be answered on")

    def _set_up(self) -> Iterator[ModelCard]:
        return (card for card in self.catalog() if card.enabled and not card.missing)

    def _age_s(self, moment: datetime | None) -> float:
        if moment is None:
            return 0.0
        return max(0.0, (self.clock.now() - moment).total_seconds())


def _heard(service: ChatService) -> Condition:
    name = service.name.capitalize()
    if service.vitals.is_heard:
        return Condition(is_met=True, reason=f"connected to {name}")
    return Condition(is_met=False, reason=f"not connected to {name}")
