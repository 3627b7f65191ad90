"""A task beside another, ended with it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Final

_AGAIN_S: Final = 0.05

_log = logging.getLogger(__name__)


@asynccontextmanager
async def beside(work: Coroutine[object, object, None]) -> AsyncIterator[None]:
    """Run some work in the background until the block is left; its end is awaited.

    It is told to end until it does: a library may swallow the first time (redis-py does while it
    connects). Cancelled meanwhile, the block still ends it first. What it fails with is logged.
    """
    task = asyncio.create_task(work)
    task.add_done_callback(_log_failure)
    try:
        yield
    finally:
        cancelled: asyncio.CancelledError | None = None
        while not task.done():
            task.cancel()
            try:
                await asyncio.wait([task], timeout=_AGAIN_S)
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled:
            raise cancelled


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        _log.error("work in the background failed", exc_info=error)
