"""Ending an answer early, at somebody's wish."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


class Stopped(Exception):
    """Somebody asked the answer to end."""


class Stop:
    """A wish to end an answer, asked for and noticed on the same event loop, by all who wait.

    Unlike cancelling the task, it leaves the answer the time to say what it cost.
    """

    def __init__(self) -> None:
        self._is_requested = False
        self._waiting: set[asyncio.Timeout] = set()

    @property
    def is_requested(self) -> bool:
        """Tell whether the answer shall end."""
        return self._is_requested

    def request(self) -> None:
        """End the answer at once, also while it waits for the model; again changes nothing."""
        if self._is_requested:
            return
        self._is_requested = True
        for timeout in self._waiting:
            timeout.reschedule(asyncio.get_running_loop().time())

    async def wait_for(self, awaitable: Awaitable[T]) -> T:
        """Return what `awaitable` gives, unless the wish comes first.

        Raises:
            Stopped: It came; `awaitable` was cancelled where it first waited.
        """
        delay = 0 if self._is_requested else None
        timeout = asyncio.timeout(delay)
        try:
            async with timeout:
                self._waiting.add(timeout)
                return await awaitable
        except TimeoutError:
            if timeout.expired():
                raise Stopped from None
            raise
        finally:
            self._waiting.discard(timeout)
