"""What the cache adds to a question and takes from a repeated one: `python -m tests.bench.cache`.

Beside each number stands a floor measured in the same run: one PING to the same store for a
look that finds nothing, the whole way through a model for a hit.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from itertools import count
from pathlib import Path
from statistics import median

from config.settings import Settings
from routing.backends.stores import Stores, open_stores
from routing.cache import cache_keys, scope_of
from routing.cache_eligibility import not_cacheable
from routing.caching import Lead
from routing.reply import ReplyEvent, TextDelta
from routing.router import Router
from routing.stop import Stop
from tests.builders import a_card, a_query
from tests.fakes.ports import ScriptedCompleter, spending

QUESTION = "What is the difference between a stack and a queue, and when would I use which?"


async def timed_ms(rounds: int, once: Callable[[], Awaitable[object]]) -> float:
    """Return the median time of something, in milliseconds."""
    times = []
    for _ in range(rounds):
        began_ns = time.perf_counter_ns()
        await once()
        times.append((time.perf_counter_ns() - began_ns) / 1e6)
    return median(times)


async def first_text(events: AsyncGenerator[ReplyEvent]) -> None:
    """Return when the first text is there."""
    async with aclosing(events):
        async for event in events:
            if isinstance(event, TextDelta):
                return


async def measure(settings: Settings, stores: Stores, rounds: int) -> dict[str, float]:
    """Return medians in milliseconds, by what was timed."""
    numbers = count()
    completer = ScriptedCompleter({"llama": ["Last in, first out; first in, first out."]})
    router = Router(
        settings, completer=completer, spending=spending(stores.ledger), cache=stores.cache
    )

    async def rules() -> None:
        query = a_query(f"{QUESTION} {next(numbers)}")
        assert not_cacheable(query) is None
        cache_keys(query, scope=scope_of(query.origin, is_shared=False), shaping=["1"])

    async def miss() -> None:
        query = a_query(f"{QUESTION} {next(numbers)}")
        assert isinstance(await router.caching.find(query, Stop()), Lead)

    async def hit() -> None:
        await first_text(router.answer(a_query(QUESTION)))

    async for _ in router.answer(a_query(QUESTION)):
        pass
    return {
        "one PING": await timed_ms(rounds, stores.ping),
        "rules and keys alone": await timed_ms(rounds, rules),
        "a miss: rules, keys, one round trip": await timed_ms(rounds, miss),
        "a hit: question to first text": await timed_ms(rounds, hit),
    }


async def main(rounds: int) -> None:
    """Measure over the embedded store and print."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(state_dir=Path(folder), models=(a_card(),))
        async with open_stores(settings) as stores:
            await measure(settings, stores, rounds=20)
            medians = await measure(settings, stores, rounds)
    ping_ms = medians["one PING"]
    for name, ms in medians.items():
        print(f"{name:38} {ms:7.3f} ms {ms / ping_ms:6.2f}x {ms - ping_ms:+7.3f} ms")


if __name__ == "__main__":
    asyncio.run(main(rounds=int(sys.argv[1]) if len(sys.argv) > 1 else 500))
