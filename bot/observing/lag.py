"""How late the event loop does what is due: what every answer then waits for, too."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

EVERY_S: Final = 0.5


async def watch_lag(
    late: Callable[[float], object],
    elapsed_s: Callable[[], float],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Tell again and again by how much the loop was late, until cancelled."""
    while True:
        due_s = elapsed_s() + EVERY_S
        await sleep(EVERY_S)
        late(max(0.0, elapsed_s() - due_s))
