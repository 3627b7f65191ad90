"""What a long soak looks at: how much each process holds, and how much the store does."""

import asyncio
import os
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, cast

import aiohttp

from config.settings import StoreSettings
from routing.backends.redis import Connection
from routing.errors import StoreUnavailable
from tests.bench.quick_time import later
from tests.bench.scraping import Scrapes
from tests.bench.stage import Bot
from tests.bench.stage_stores import a_redis
from tests.routing.backends.conftest import connection_to

SLOW: Final = StoreSettings(timeout_s=60)
"""In quick time the store is slow."""

Sample = Mapping[str, float]
"""By name, with its unit."""


async def sample(bots: Sequence[Bot], connection: Connection) -> Sample:
    """Look at everything once."""
    return {
        **{
            name: value for n, bot in enumerate(bots) for name, value in (await _of(n, bot)).items()
        },
        **await _of_store(connection),
    }


async def keys_by_kind(connection: Connection) -> Counter[str]:
    """Return how many keys of each kind there are."""
    found: Counter[str] = Counter()
    cursor = 0
    while True:
        told = await connection.command("SCAN", cursor, "COUNT", 1000)
        cursor, keys = cast("tuple[int, list[bytes]]", told)
        cursor = int(cursor)
        found.update(key.decode().split(":")[1] for key in keys)
        if not cursor:
            return found


async def left_after(days: float, home: Path) -> Counter[str]:
    """Return what a store would still have, by kind, if for so many days nobody said anything.

    Args:
        days: That many.
        home: Where it writes; it goes on as if nothing had happened.
    """
    later_home = home.with_name(f"{home.name}-later")
    await asyncio.to_thread(shutil.copytree, home, later_home)
    environ = later(os.environ, days * 86_400, later_home)
    async with (
        a_redis(later_home, environ) as standing,
        connection_to(standing.url, SLOW) as connection,
    ):
        while True:
            try:
                return await keys_by_kind(connection)
            except StoreUnavailable:  # it is still reading
                await asyncio.sleep(1)


async def _of(number: int, bot: Bot) -> Sample:
    scrapes = Scrapes()
    async with aiohttp.ClientSession() as session:
        await scrapes.take(session, bot)
    held = {
        "memory, MB": bot.memory_mb(),
        "open files": _open_files(bot),
        "threads": _threads(bot),
        "tasks": scrapes.total("pointsman_loop_tasks"),
    }
    return {f"bot {number}: {name}": value for name, value in held.items()}


async def _of_store(connection: Connection) -> Sample:
    told = cast("dict[str, int]", await connection.command("INFO", "memory"))
    keys = await connection.command("DBSIZE")
    return {
        "store: used, MB": told["used_memory"] / 2**20,
        "store: memory, MB": told["used_memory_rss"] / 2**20,
        "store: keys": cast("int", keys),
    }


def _open_files(bot: Bot) -> int:
    return _count(Path(f"/proc/{bot.pid}/fd"))


def _threads(bot: Bot) -> int:
    return _count(Path(f"/proc/{bot.pid}/task"))


def _count(folder: Path) -> int:
    try:
        return sum(1 for _ in folder.iterdir())
    except OSError:
        return 0
