"""Which questions taken in here nobody here has begun: known without asking the store."""

import asyncio
from collections.abc import Awaitable, Callable


class Unbegun:
    """Questions, each looked after once it has not been begun for a while.

    Args:
        sleep: Waits for so many seconds.
    """

    def __init__(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._sleep = sleep
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def expect(self, identity: str, within_s: float, then: Callable[[], object]) -> None:
        """Call `then` unless a question is begun here in time."""
        self.begun(identity)
        self._tasks[identity] = asyncio.create_task(self._wait(identity, within_s, then))

    def begun(self, identity: str) -> None:
        """Take note that a question is begun here, or needs no looking after any more."""
        if task := self._tasks.pop(identity, None):
            task.cancel()

    async def aclose(self) -> None:
        """Look after nothing any more."""
        tasks = tuple(self._tasks.values())
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _wait(self, identity: str, within_s: float, then: Callable[[], object]) -> None:
        await self._sleep(within_s)
        del self._tasks[identity]
        then()
