"""A chat service that hears what a test says."""

import asyncio
from typing import ClassVar

from bot.intake import Intake
from bot.platforms.port import Message
from bot.platforms.surface import NotLetIn, Surface
from bot.platforms.vitals import Vitals
from bot.shards import ShardRange
from config.settings import Settings
from tests.fakes.surface import Wall, WallSurface


class ListService:
    """Hands on what it is given, then stays; or is not let in."""

    name: ClassVar = "discord"

    def __init__(self, wall: Wall, *heard: Message, refusal: str = "") -> None:
        self.surface: Surface = WallSurface(wall)
        self.vitals = Vitals()
        self.shards: ShardRange | None = None
        self.has_left = asyncio.Event()
        self.adopted: list[Settings] = []
        self._heard = heard
        self._refusal = refusal

    def adopt(self, settings: Settings) -> None:
        self.adopted.append(settings)

    async def run(self, intake: Intake, shards: ShardRange | None = None) -> None:
        self.shards = shards
        if self._refusal:
            raise NotLetIn(self._refusal)
        self.vitals.opened(self)
        try:
            for each in self._heard:
                await intake.accept(each)
            await asyncio.Event().wait()
        finally:
            self.vitals.closed(self)
            self.has_left.set()
