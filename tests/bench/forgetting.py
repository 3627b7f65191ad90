"""How long it takes to forget somebody in a large store, and how long others wait meanwhile.

`python -m tests.bench.forgetting` fills an embedded Valkey with 200,000 keys and as many records.
"""

import asyncio
import json
import time
from contextlib import AsyncExitStack
from pathlib import Path
from secrets import token_hex
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from routing.backends.embedded_store import embedded_store
from routing.backends.redis import Connection
from tests.bot.town import ADA, Town
from tests.routing.backends.conftest import connection_to, valkey

_CONVERSATIONS: Final = 40_000
"""Five keys for each."""

_RECORDS: Final = 200_000
_AT_A_TIME: Final = 500
_WORDS: Final = json.dumps({"question": "why " * 100, "answer": "so " * 200, "person": "999"})
_ABOUT: Final = json.dumps({"asker": "discord:999", "reply_id": "r", "place": "C1", "at": "now"})

_FILL: Final = """
for n = tonumber(ARGV[2]), tonumber(ARGV[2]) + tonumber(ARGV[3]) - 1 do
  local at = 'discord:1:C' .. n % 5000 .. ':t' .. n .. ':'
  for reply = 1, 5 do
    redis.call('RPUSH', KEYS[1] .. 'order:' .. at, reply)
    redis.call('HSET', KEYS[1] .. 'exchanges:' .. at, reply, ARGV[1])
    redis.call('HSET', KEYS[1] .. 'explanations:' .. at, reply, ARGV[1])
  end
  redis.call('SET', KEYS[1] .. 'post:discord:C' .. n .. ':' .. n, ARGV[1])
  redis.call('HSET', KEYS[1] .. 'usage:discord:1:' .. n .. ':2026-11-26', 'answers:llama', 1)
end
"""
_RECORD: Final = """
for n = 1, ARGV[2] do
  redis.call('XADD', KEYS[1], '*', 'kind', 'settled', 'about', ARGV[1], 'amounts', '[1,2,3]')
end
"""


async def main() -> None:
    """Fill a store, forget somebody in it, and print what it took."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        url = await stack.enter_async_context(embedded_store(valkey(), folder))
        connection, others = [await stack.enter_async_context(connection_to(url)) for _ in range(2)]
        town = Town(connection, token_hex(4))
        await town.live()
        await fill(town)
        alone_ms = await waits(others, asyncio.create_task(asyncio.sleep(1)))
        for name, step in (
            ("look", town.stores.forgetting.look),
            ("forget", town.stores.forgetting.forget),
        ):
            began_s = time.perf_counter()
            waited_ms = await waits(others, asyncio.ensure_future(step(ADA)))
            print(f"{name}: {time.perf_counter() - began_s:.1f} s; {told(waited_ms)}")
        print(f"others alone: {told(alone_ms)}")  # this is the output


async def fill(town: Town) -> None:
    """Write keys and records of others."""
    for first in range(0, _CONVERSATIONS, _AT_A_TIME):
        about = (_WORDS, first, _AT_A_TIME)
        await town.connection.command("EVAL", _FILL, 1, town.keys.prefix, *about)
    for _ in range(0, _RECORDS, _AT_A_TIME):
        records = town.keys.ledger("records")
        await town.connection.command("EVAL", _RECORD, 1, records, _ABOUT, _AT_A_TIME)


async def waits(connection: Connection, until: "asyncio.Future[object]") -> list[float]:
    """Ask the store for next to nothing until something is done; return the waits in ms."""
    waited: list[float] = []
    while not until.done():
        began_s = time.perf_counter()
        await connection.ping()
        waited.append(1000 * (time.perf_counter() - began_s))
    await until
    return waited


def told(waited_ms: list[float]) -> str:
    """Say how long a PING took."""
    ordered = sorted(waited_ms)
    p99 = ordered[int(0.99 * len(ordered))]
    return f"a PING {median(ordered):.2f} ms, p99 {p99:.1f} ms, longest {ordered[-1]:.1f} ms"


if __name__ == "__main__":
    asyncio.run(main())
