"""Waiting for what happens at a fake service."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

_GLANCE_S: Final = 0.05


async def until(changed: asyncio.Event, is_so: Callable[[], object], within_s: float) -> None:
    """Wait until something is so; looked at whenever anything changed, and now and then.

    Raises:
        TimeoutError: It is not so in time.
    """
    async with asyncio.timeout(within_s):
        while not is_so():
            changed.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), _GLANCE_S)
