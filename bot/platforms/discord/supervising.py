"""Staying connected to Discord: discord.py gives up in cases where a bot must not.

A first connection that fails ends its client, and so does a close it does not know. Each time a
new client is made, after a pause that grows; only what waiting cannot mend ends the bot.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterator
from types import MappingProxyType
from typing import Final

import discord

from bot.platforms.discord.errors import DiscordRefuses
from bot.platforms.discord.ways_out import INTENT_DENIED, LOGIN_FAILED
from routing.clock import Clock

_FIRST_S: Final = 1.0
_LONGEST_S: Final = 60.0
_STEADY_S: Final = 120.0
"""Who was connected for so long begins with a short pause again."""

_FINAL: Final = MappingProxyType(
    {
        4004: LOGIN_FAILED,
        4010: "Discord has no such shard. Give each process other shards of the same number in "
        "all, such as --shards 0-3/8, or leave --shards out.",
        4011: "The bot is in too many servers for one shard. Leave --shards out, or name more "
        "shards in all.",
        4012: "Discord no longer speaks this version of its gateway. Install a newer Pointsman.",
        4013: "Discord does not know one of the intents asked for. Install a newer Pointsman.",
        4014: INTENT_DENIED,
    }
)

_log = logging.getLogger(__name__)


def explained(error: Exception) -> str:
    """Say what to change when Discord does not let the bot in; empty when waiting may help."""
    match error:
        case DiscordRefuses():
            return str(error)
        case discord.LoginFailure():
            return LOGIN_FAILED
        case discord.PrivilegedIntentsRequired():
            return INTENT_DENIED
        case discord.ConnectionClosed(code=code):
            return _FINAL.get(code, "")
        case _:
            return ""


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
    clock: Clock,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    chance: Callable[[], float] = random.random,
) -> None:
    """Connect again and again until cancelled.

    Args:
        connect: Makes a client of its own, and returns or raises when its connection has ended.
        clock: Tells how long a connection lasted.
        sleep: Waits.
        chance: A number from 0 to 1.

    Raises:
        DiscordRefuses: Waiting cannot mend it.
    """
    row = pauses(chance)
    while True:
        began_s = clock.elapsed_s()
        try:
            await connect()
            _log.warning("the connection to Discord has ended")
        except Exception as error:
            if why := explained(error):
                raise DiscordRefuses(why) from error
            _log.warning("no connection to Discord: %s: %s", type(error).__name__, error)
        if clock.elapsed_s() - began_s >= _STEADY_S:
            row = pauses(chance)
        pause_s = next(row)
        _log.info("connecting to Discord again in %.1f s", pause_s)
        await sleep(pause_s)
