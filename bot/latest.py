"""Who answers when that changes: each question has the handler of the moment it begins in."""

from collections.abc import AsyncGenerator

from bot.commands.options import Suggestion
from bot.draft import View
from bot.handler import Handler
from bot.platforms.port import Message, OutgoingEvent
from routing.stop import Stop


class Latest:
    """Answers by the newest handler; what an earlier one has begun, that one ends.

    Attributes:
        newest: Answers from now on.
    """

    def __init__(self, handler: Handler) -> None:
        self.newest = handler

    def answer(
        self, message: Message, stop: Stop, delivery: int = 1
    ) -> AsyncGenerator[OutgoingEvent]:
        """Answer one message; see `Handler`."""
        return self.newest.answer(message, stop, delivery)

    async def suggest(self, message: Message, option: str, typed: str) -> tuple[Suggestion, ...]:
        """Return what may be meant by an option; see `Handler`."""
        return await self.newest.suggest(message, option, typed)

    async def finish(self, line: str) -> View:
        """Finish an answer that another worker sealed; see `Handler`."""
        return await self.newest.finish(line)
