"""Staying connected to a service: again and again, after pauses that grow."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterator
from typing import Final

from bot.platforms.surface import NotLetIn
from routing.clock import Clock

_FIRST_S: Final = 1.0
_LONGEST_S: Final = 60.0
_STEADY_S: Final = 120.0
"""Who was connected for so long begins with a short pause again."""

_log = logging.getLogger(__name__)


def pauses(chance: Callable[[], float] = random.random) -> Iterator[float]:
    """Yield how long to wait before each further try: ever longer up to a minute, and by chance.

    Many processes shall not all come back at once.
    """
    pause_s = _FIRST_S
    while True:
        yield pause_s * (0.5 + chance() / 2)
        pause_s = min(pause_s * 2, _LONGEST_S)


async def stay_connected(
    connect: Callable[[], Awaitable[None]],
    *,
    to: str,
    refusal: Callable[[Exception], NotLetIn | None],
    clock: Clock,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    chance: Callable[[], float] = random.random,
) -> None:
    """Connect again and again until cancelled.

    Args:
        connect: Connects, and returns or raises when that connection has ended.
        to: What the service is called.
        refusal: Says what to change when waiting cannot mend a failure; None when it may.
        clock: Tells how long a connection lasted.
        sleep: Waits.
        chance: A number from 0 to 1.

    Raises:
        NotLetIn: Waiting cannot mend it.
    """
    row = pauses(chance)
    while True:
        began_s = clock.elapsed_s()
        try:
            await connect()
            _log.warning("the connection to %s has ended", to)
        except Exception as error:
            if refused := refusal(error):
                raise refused from error
            _log.warning("no connection to %s: %s: %s", to, type(error).__name__, error)
        if clock.elapsed_s() - began_s >= _STEADY_S:
            row = pauses(chance)
        pause_s = next(row)
        _log.info("connecting to %s again in %.1f s", to, pause_s)
        await sleep(pause_s)
