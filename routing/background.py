"""A task beside another, ended with it."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Final

_AGAIN_S: Final = 0.05


@asynccontextmanager
async def beside(work: Coroutine[object, object, None]) -> AsyncIterator[None]:
    """Run some work in the background until the block is left; its end is awaited.

    It is told to end until it does: a library may swallow the first time (redis-py does while it
    connects).
    """
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        while not task.done():
            task.cancel()
            await asyncio.wait([task], timeout=_AGAIN_S)
