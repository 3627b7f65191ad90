"""What happens later, by the clock."""

import asyncio
import contextlib
import heapq
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

from routing.clock import Clock

Sleep = Callable[[float], Awaitable[None]]


class Timetable:
    """Does things when they are due.

    Args:
        clock: Says when that is.
        sleep: By the same clock.
    """

    def __init__(self, clock: Clock, sleep: Sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._number = count()
        self._woken = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something in so many seconds."""
        entry = (self._clock.elapsed_s() + seconds, next(self._number), action)
        heapq.heappush(self._due, entry)
        if self._due[0] is entry:
            self._woken.set()

    def run_due(self) -> None:
        """Do what is due."""
        while self._due and self._due[0][0] <= self._clock.elapsed_s():
            heapq.heappop(self._due)[2]()

    def begin(self) -> None:
        """Keep it from now on."""
        self._keeper = asyncio.create_task(self._keep())

    async def end(self) -> None:
        """Forget what was not due yet."""
        if self._keeper:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper

    async def _keep(self) -> None:
        while True:
            self.run_due()
            self._woken.clear()
            waiting: set[asyncio.Future[Any]] = {asyncio.create_task(self._woken.wait())}
            if self._due:
                left_s = max(self._due[0][0] - self._clock.elapsed_s(), 0.001)
                waiting.add(asyncio.ensure_future(self._sleep(left_s)))
            try:
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for each in waiting:
                    each.cancel()
