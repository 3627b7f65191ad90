"""What happens in one channel is taken in as it happened, though each event has a task of its own.

Without that a deletion could overtake its message: the message would be answered all the same.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Hashable
from typing import Final

_PATIENCE_S: Final = 0.5


class Turns:
    """Lets the next event of a channel wait for the one before, though not for ever.

    With the store away, taking a message in takes long; then the next one goes ahead.
    """

    def __init__(self, patience_s: float = _PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._locks: dict[Hashable, asyncio.Lock] = {}
        self._there: Counter[Hashable] = Counter()

    async def take(self, channel: Hashable, work: Coroutine[object, object, None]) -> None:
        """Do something when it is its turn, and return when it is done."""
        lock = self._locks.setdefault(channel, asyncio.Lock())
        self._there[channel] += 1
        async with asyncio.TaskGroup() as tasks:
            try:
                async with lock:
                    running = tasks.create_task(work)
                    await asyncio.wait([running], timeout=self._patience_s)
            finally:
                self._leave(channel)

    def _leave(self, channel: Hashable) -> None:
        self._there[channel] -= 1
        if not self._there[channel]:
            del self._there[channel], self._locks[channel]
