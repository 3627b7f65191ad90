"""Time that passes when told to: who sleeps is woken in order."""

import asyncio
import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Final

from routing.clock import Clock

START: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
_STEPS: Final = 40
"""Turns of the event loop in which all that can go on without time has gone on."""


class ToldTime:
    """A clock, and a sleep by it."""

    def __init__(self) -> None:
        self._elapsed_s = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._number = count()

    @property
    def now_ms(self) -> int:
        """Return what time it is, for the store."""
        return int(self._now().timestamp() * 1000)

    def clock(self) -> Clock:
        """Return a clock that shows it."""
        return Clock(now=self._now, elapsed_s=lambda: self._elapsed_s)

    async def sleep(self, seconds: float) -> None:
        """Sleep until that much time has passed here."""
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed_s + seconds, next(self._number), woken))
        await woken

    async def pass_by(self, seconds: float) -> None:
        """Let time pass, and everybody do what they do in it."""
        until_s = self._elapsed_s + seconds
        await settle()
        while self._sleepers and self._sleepers[0][0] <= until_s:
            at_s, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                self._elapsed_s = max(self._elapsed_s, at_s)
                woken.set_result(None)
                await settle()
        self._elapsed_s = until_s

    async def until(self, condition: Callable[[], bool], at_most_s: float = 120) -> None:
        """Let time pass until something is so."""
        until_s = self._elapsed_s + at_most_s
        await settle()
        while not condition():
            assert self._elapsed_s < until_s, "it did not come true in time"
            await self.pass_by(0.05)

    def _now(self) -> datetime:
        return START + timedelta(seconds=self._elapsed_s)


async def settle() -> None:
    """Let all go on that waits for no time."""
    for _ in range(_STEPS):
        await asyncio.sleep(0)
