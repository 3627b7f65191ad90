"""What goes on beside listening, and ends with it."""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from typing import Final

from bot.platforms.slack.errors import SlackFailed

_ENDS_WITHIN_S: Final = 3.0

_log = logging.getLogger(__name__)


class Chores:
    """Owns tasks that nobody waits for; what they fail with is logged."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[object, object, None]) -> None:
        """Let some work be done beside."""
        task = asyncio.create_task(self._done(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Return when nothing goes on beside."""
        while self._tasks:
            await asyncio.wait(tuple(self._tasks))

    async def aclose(self) -> None:
        """End what goes on; who waits for an answer still has a few seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_ENDS_WITHIN_S):
                await self.settled()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _done(self, work: Coroutine[object, object, None]) -> None:
        try:
            await work
        except SlackFailed as error:
            _log.warning("not done beside listening on Slack: %s", error)
        except Exception:  # noqa: BLE001 # nobody else would say so
            _log.exception("work beside listening on Slack failed")
