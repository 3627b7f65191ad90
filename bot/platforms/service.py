"""A chat service that the bot listens to and answers on."""

from typing import ClassVar, Protocol

from bot.intake import Intake
from bot.platforms.surface import Surface
from bot.platforms.vitals import Vitals
from bot.shards import ShardRange
from config.settings import Settings


class ChatService(Protocol):
    """One service, opened: it can be answered on at once, and listened to.

    Attributes:
        surface: Where answers are shown.
        vitals: What can be seen of it from outside.
    """

    name: ClassVar[str]
    surface: Surface
    vitals: Vitals

    def adopt(self, settings: Settings) -> None:
        """Go by other settings from now on, save those it was opened with: tokens, addresses."""
        ...

    async def run(self, intake: Intake, shards: ShardRange | None = None) -> None:
        """Stay connected and hand what people ask to the intake, until cancelled.

        Raises:
            NotLetIn: It never will be.
        """
        ...
