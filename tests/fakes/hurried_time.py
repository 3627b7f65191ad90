"""Real time that moves on for whoever sleeps by it, so that nobody waits."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

from routing.clock import Clock


class HurriedTime:
    """A clock, and a sleep that moves it on; for real connections, which take real time."""

    def __init__(self) -> None:
        self._ahead_s = 0.0

    def clock(self) -> Clock:
        """Return a clock that shows it."""
        return Clock(now=self._now, elapsed_s=lambda: time.monotonic() + self._ahead_s)

    async def sleep(self, seconds: float) -> None:
        """Return at once; that much time has passed."""
        self._ahead_s += seconds
        await asyncio.sleep(0)

    def _now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._ahead_s)
