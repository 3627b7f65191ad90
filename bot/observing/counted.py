"""Answers, counted on their way from what makes them to what shows them."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final, Protocol

from bot.draft import View
from bot.errand import Answers
from bot.platforms.inward import Answers as AtOnce
from bot.platforms.port import Message, Notice, OutgoingEvent
from routing.errors import RoutingError, Superseded
from routing.stop import Stop

UNFORESEEN: Final = "unforeseen"


class Counts(Protocol):
    """Counts what happens to messages; see `bot.observing.metrics`."""

    def begun(self) -> None:
        """Count one message more that is being answered."""
        ...

    def ended(self) -> None:
        """Count one fewer."""
        ...

    def asked(self, platform: str) -> None:
        """Count a question."""
        ...

    def told(self, platform: str) -> None:
        """Count a command."""
        ...

    def unanswered(self, error: RoutingError) -> None:
        """Count a question that found no answer."""
        ...

    def refused(self, reason: str) -> None:
        """Count one that found none for another reason, in a word."""
        ...


class CountedAtOnce:
    """Passes on commands that are answered at once, behind a slash or a press, and counts them."""

    def __init__(self, answers: AtOnce, counts: Counts) -> None:
        self._answers = answers
        self._counts = counts
        self.suggest = answers.suggest

    async def answer(self, message: Message, stop: Stop) -> AsyncGenerator[OutgoingEvent]:
        """Answer a command."""
        self._counts.told(message.origin.platform)
        async with aclosing(self._answers.answer(message, stop)) as events:
            async for event in events:
                yield event


class Counted:
    """Passes answers on and counts them. What another worker had begun is not counted again."""

    def __init__(self, answers: Answers, counts: Counts) -> None:
        self._answers = answers
        self._counts = counts

    async def answer(
        self, message: Message, stop: Stop, delivery: int = 1
    ) -> AsyncGenerator[OutgoingEvent]:
        """Answer a message."""
        platform, is_counted = message.origin.platform, delivery > 1
        self._counts.begun()
        try:
            async with aclosing(self._answers.answer(message, stop, delivery)) as events:
                async for event in events:
                    if not is_counted:
                        is_counted = True
                        is_command = isinstance(event, Notice)
                        (self._counts.told if is_command else self._counts.asked)(platform)
                    yield event
        except RoutingError as error:
            if not is_counted:
                self._counts.asked(platform)
            if not isinstance(error, Superseded):
                self._counts.unanswered(error)
            raise
        except Exception:
            self._counts.refused(UNFORESEEN)
            raise
        finally:
            self._counts.ended()

    async def finish(self, line: str) -> View:
        """Finish an answer that was sealed, and counted then."""
        return await self._answers.finish(line)
