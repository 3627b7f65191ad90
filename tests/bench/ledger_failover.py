"""Kills the master of a Cluster under load: `python -m tests.bench.ledger_failover`.

What was told to be settled must be in the books in the end, at its real cost, and every granted
call must have been paid for. What could not be settled goes the way it goes in the bot.
"""

import asyncio
import random
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Final

from config.settings import StoreSettings
from routing.backends.keys import Keys
from routing.backends.redis_accounts import RedisAccounts
from routing.backends.redis_ledger import RedisLedger
from routing.backends.unsettled import UnsettledFiles
from routing.background import beside
from routing.clock import Clock
from routing.errors import QuotaExceeded, SpendingClosed, StoreUnavailable
from routing.holds import Hold, Spent
from routing.pricing import Usage
from routing.spending import Spending
from routing.upkeep import keep_tidy, tidy
from tests.bench.doomed_caller import ledger_by_the_stores_clock
from tests.bench.replicated_cluster import ClusterNodes, replicated_cluster
from tests.builders import an_origin
from tests.routing.backends.books import Books, an_entry
from tests.routing.backends.conftest import connection_to

_ASKERS: Final = 50
_BEFORE_S: Final = 2.0
_AFTER_S: Final = 8.0
_LEASE_S: Final = 5.0
_QUIET_S: Final = 0.5
"""What is granted by then was on its way when the master died."""


@dataclass(frozen=True)
class Loss:
    """What a fail-over did to the books.

    Attributes:
        calls: That were granted and used something.
        free: Of them, those that nobody paid for.
        wrong: And those that were charged another amount.
        refused: Asked for while the store was away.
        away_s: From the death to the first grant after it.
        overspent_microusd: What is settled above the limit.
    """

    calls: int
    free: int
    wrong: int
    refused: int
    away_s: float
    overspent_microusd: int


class _Askers:
    """Askers who know what they used."""

    def __init__(self, spending: Spending, books: Books) -> None:
        self._spending = spending
        self._books = books
        self.truth: dict[str, int] = {}
        self.refused = 0
        self.have_enough = False
        self.granted_at_s: list[float] = []

    async def ask(self, number: int) -> None:
        """Ask until there is enough; what is granted is always settled."""
        chance, calls = random.Random(number), 0  # noqa: S311 - no secret
        while not self.have_enough:
            calls += 1
            wish = self._books.reservation(
                9, known=1, call_id=f"a{number}-{calls}", origin=an_origin(person=str(number))
            )
            try:
                hold = await self._spending.reserve(wish)
            except (SpendingClosed, QuotaExceeded):
                self.refused += 1
                await asyncio.sleep(0.05)
                continue
            self.granted_at_s.append(asyncio.get_running_loop().time())
            await self._finish(hold, chance.randint(2, 9))

    async def _finish(self, hold: Hold, cost: int) -> None:
        call_id = hold.reservation.call_id
        self.truth[call_id] = cost
        await asyncio.sleep(0.005)
        await self._spending.settle(hold, Spent(cost, Usage(10, 20), 1), an_entry(call_id))


async def lose_a_master(nodes: ClusterNodes, folder: Path) -> Loss:
    """Ask, kill the master, go on asking, and look into the books when all is quiet."""
    tag, loop = token_hex(8), asyncio.get_running_loop()
    async with connection_to(nodes.url, StoreSettings()) as connection:
        ledger = ledger_by_the_stores_clock(connection, tag, _LEASE_S)
        books = Books(connection, Keys(tag), at=datetime.now(UTC))
        unsettled = UnsettledFiles(folder / "unsettled", books.settings.quotas, Clock())
        spending = Spending(books.settings.quotas, ledger, unsettled)
        askers = _Askers(spending, books)
        async with beside(keep_tidy(ledger, spending)):
            async with asyncio.TaskGroup() as asking:
                for number in range(_ASKERS):
                    asking.create_task(askers.ask(number))
                await asyncio.sleep(_BEFORE_S)
                await asyncio.to_thread(nodes.kill, nodes.master_of(Keys(tag).ledger("holds")))
                died_at_s = loop.time()
                await asyncio.sleep(_AFTER_S)
                askers.have_enough = True
            await asyncio.sleep(_LEASE_S)
            await _tidied(ledger, spending)
        away_s = next(each for each in askers.granted_at_s if each > died_at_s + _QUIET_S)
        (level,) = (await ledger.standing(an_origin())).levels
        accounts = RedisAccounts(connection, Keys(tag), books.settings, Clock())
        charged: Counter[str] = Counter()
        async for record in accounts.records(datetime.fromtimestamp(0, UTC)):
            charged[record.call_id] += record.amounts["cost_microusd"]
    assert level.held == 0
    assert level.spent == charged.total()
    return Loss(
        calls=len(askers.truth),
        free=sum(call_id not in charged for call_id in askers.truth),
        wrong=sum(charged.get(call_id, cost) != cost for call_id, cost in askers.truth.items()),
        refused=askers.refused,
        away_s=away_s - died_at_s,
        overspent_microusd=max(level.spent - level.limit.amount, 0),
    )


async def _tidied(ledger: RedisLedger, spending: Spending) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                await tidy(ledger, spending)
            except StoreUnavailable:
                await asyncio.sleep(0.1)
            else:
                return


async def main(rounds: int) -> None:
    """Do it some times and print."""
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with replicated_cluster(folder) as nodes:
                loss = await lose_a_master(nodes, folder)
        print(
            f"{loss.calls} calls, {loss.free} free, {loss.wrong} charged wrongly, "
            f"{loss.overspent_microusd} overspent; away {loss.away_s:.1f} s, "
            f"{loss.refused} refused meanwhile",
            flush=True,
        )


if __name__ == "__main__":
    asyncio.run(main(rounds=int(sys.argv[1]) if len(sys.argv) > 1 else 3))
