"""What the ledger costs beside a PING: `python -m tests.bench.ledger`.

A reservation and a settle with 15 counters, and `limits` hitting 15 counters one after the other,
as it must; all in turns on the same server, so that whatever else the machine does hits all alike.
"""

import asyncio
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from typing import Final, TypeVar

from limits import RateLimitItemPerDay
from limits.aio.storage import RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter

from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.holds import Spent
from routing.pricing import Usage
from tests.bench.load_asker import Load, ledger_of, quotas_of
from tests.fakes.sockets import free_port
from tests.routing.backends.books import Books, an_entry
from tests.routing.backends.conftest import connection_to, server

_T = TypeVar("_T")

COUNTERS: Final = 15
_BUDGET_MICROUSD: Final = 10**9


async def measure(url: str, connection: Connection, rounds: int) -> dict[str, float]:
    """Do each in turns; return medians in microseconds, by name."""
    load = Load(url, "bench", "", "", 1, 4, _BUDGET_MICROUSD, 1000, 0, 1)
    assert len(quotas_of(load.persons, load.budget_microusd)) == COUNTERS
    ledger = ledger_of(connection, load)
    books = Books(connection, Keys(load.tag), at=datetime.now(UTC))
    storage = RedisStorage(f"async+{url}", implementation="redispy")
    limiter = FixedWindowRateLimiter(storage)
    item, numbers = RateLimitItemPerDay(10**9), count()
    took: defaultdict[str, list[float]] = defaultdict(list)

    async def timed(what: str, once: Callable[[], Awaitable[_T]]) -> _T:
        began_ns = time.perf_counter_ns()
        answer = await once()
        took[what].append((time.perf_counter_ns() - began_ns) / 1000)
        return answer

    spent, entry = Spent(50, Usage(10, 20), 1, 1), an_entry()

    async def fifteen_hits() -> None:
        for number in range(COUNTERS):
            await limiter.hit(item, str(number), cost=10)

    for _ in range(rounds):
        wish = replace(books.reservation(100), call_id=f"call-{next(numbers)}")
        await timed("PING", connection.ping)
        hold = await timed("reserve", partial(ledger.reserve, wish))
        await timed("settle", partial(ledger.settle, hold, spent, entry))
        await timed("limits, 15 hits", fifteen_hits)
    await storage.bridge.storage.aclose()  # type: ignore[attr-defined] # typed as any bridge
    return {what: median(times) for what, times in took.items()}


async def main(rounds: int) -> None:
    """Measure and print."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, server(Path(folder), port):
        url = f"redis://127.0.0.1:{port}"
        async with connection_to(url) as connection:
            await measure(url, connection, 50)
            found = await measure(url, connection, rounds)
    for what, us in found.items():
        of_limits = us / found["limits, 15 hits"]
        print(f"{what:16} {us:6.0f} us {us / found['PING']:6.2f} x PING {of_limits:6.2f} x limits")


if __name__ == "__main__":
    asyncio.run(main(rounds=int(sys.argv[1]) if len(sys.argv) > 1 else 2000))
