"""Holds a hundred calls until it is killed: `python -m tests.bench.doomed_caller URL TAG LEASE`."""

import asyncio
import sys
from datetime import UTC, datetime
from typing import Final

from config.quotas import QuotaSettings
from config.settings import Settings
from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.backends.redis_ledger import RedisLedger
from routing.backends.redis_policies import RedisPolicies
from routing.clock import Clock
from tests.routing.backends.books import Books, a_quota
from tests.routing.backends.conftest import connection_to

HOLDS: Final = 100
MOST_MICROUSD: Final = 1000
KNOWN_MICROUSD: Final = 30


def ledger_by_the_stores_clock(connection: Connection, tag: str, lease_s: float) -> RedisLedger:
    """Build a ledger with a dollar for everyone."""
    limits = (a_quota(of="everyone", usd=1, per="lifetime"),)
    quotas = QuotaSettings(limits=limits, lease_s=lease_s)
    keys, settings = Keys(tag), Settings(quotas=quotas)
    policies = RedisPolicies(connection, keys, quotas)
    return RedisLedger(connection, keys, settings, policies, Clock())


async def main(url: str, tag: str, lease_s: float) -> None:
    """Reserve, say so, and hold on."""
    async with connection_to(url) as connection:
        ledger = ledger_by_the_stores_clock(connection, tag, lease_s)
        books = Books(connection, Keys(tag), at=datetime.now(UTC))
        for number in range(HOLDS):
            wish = books.reservation(MOST_MICROUSD, known=KNOWN_MICROUSD, call_id=f"c{number}")
            await ledger.reserve(wish)
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
