"""Many askers in several processes share budgets: `python -m tests.bench.ledger_load`.

Shown for each store and each way to spend: by how much any budget was ever passed, and how much of
the least used one was used. Beside it, under the same load, what others keep budgets with. Of them
none can hold several budgets in one step: they are given the persons' budgets only.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Final

from config.quotas import Unit
from routing.backends.embedded_store import embedded_store
from routing.backends.keys import Keys
from routing.backends.redis_accounts import RedisAccounts
from routing.background import beside
from routing.clock import Clock
from routing.holds import Level
from routing.quota import counts_against
from tests.bench.load_asker import SUBJECTS, Load, ledger_of, origin_of, settings_of, to_json
from tests.bench.replicated_cluster import replicated_cluster
from tests.fakes.sockets import free_port
from tests.routing.backends.conftest import connection_to, server, valkey

WAYS: Final = {
    "anything below the hold, answers of 1000 tokens": (1000, 0.0, 1.0),
    "30 % of the hold, answers of 1000 tokens": (1000, 0.3, 0.3),
    "anything below the hold, no limit asked for": (4096, 0.0, 1.0),
}
_PERSONS: Final = 20
_BUDGET_MICROUSD: Final = 200_000


@dataclass(frozen=True)
class Outcome:
    """What came of a load.

    Attributes:
        overspent_microusd: Of the budget that was passed furthest, at its worst moment; 0 or more.
        used_share: Of the budget that was used least.
        calls: How many were made.
        took_s: All of it.
    """

    overspent_microusd: int
    used_share: float
    calls: int
    took_s: float


async def run_processes(load: Load, processes: int) -> Counter[int]:
    """Let several processes ask; return what each person really spent."""
    started = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.load_asker"),
            to_json(replace(load, name=f"p{number}")),
            stdout=asyncio.subprocess.PIPE,
        )
        for number in range(processes)
    ]
    spent: Counter[int] = Counter()
    for process, (told, _) in zip(
        started, await asyncio.gather(*(each.communicate() for each in started)), strict=True
    ):
        assert process.returncode == 0
        spent.update({int(person): cost for person, cost in json.loads(told).items()})
    return spent


async def others(load: Load, processes: int) -> Outcome:
    """Measure somebody else, by the persons' budgets."""
    began_s = time.monotonic()
    spent = await run_processes(load, processes)
    costs = [spent[person] for person in range(load.persons)]
    over = max(max(costs) - load.budget_microusd, 0)
    share = min(costs) / load.budget_microusd
    return Outcome(over, share, 0, time.monotonic() - began_s)


async def ours(load: Load, processes: int) -> Outcome:
    """Measure ours: by the counters while it runs, and by records, counters and truth after it.

    Raises:
        AssertionError: Records, counters and what was really spent do not agree.
    """
    began_s = time.monotonic()
    async with connection_to(load.url) as connection:
        ledger = ledger_of(connection, load)
        over = Counter[str]()

        async def watch() -> None:
            while True:
                for person in range(load.persons):
                    for level in (await ledger.standing(origin_of(person))).levels:
                        over["seen"] = max(over["seen"], level.used - level.limit.amount)
                await asyncio.sleep(0.02)

        async with beside(watch()):
            spent = await run_processes(load, processes)
        levels = [
            level
            for person in range(load.persons)
            for level in (await ledger.standing(origin_of(person))).levels
        ]
        accounts = RedisAccounts(connection, Keys(load.tag), settings_of(load), Clock())
        sums, calls = Counter[int](), 0
        epoch = datetime.fromtimestamp(0, UTC)
        async for record in accounts.records(epoch):
            calls += 1
            for number, level in enumerate(levels):
                if level.limit.unit is Unit.AT_ONCE:
                    continue
                if counts_against(level.limit, record.facts, str(record.facts["person"])):
                    sums[number] += record.amounts[_named(level)]
                    over["written"] = max(over["written"], sums[number] - level.limit.amount)
    _agree(levels, sums, spent)
    shares = [level.share for level in levels if level.limit.unit is Unit.MICROUSD]
    return Outcome(max(over.values()), min(shares), calls, time.monotonic() - began_s)


def _named(level: Level) -> str:
    return "cost_microusd" if level.limit.unit is Unit.MICROUSD else level.limit.unit.value


def _agree(levels: Sequence[Level], sums: Counter[int], spent: Counter[int]) -> None:
    for number, level in enumerate(levels):
        assert level.held == 0
        assert level.spent == sums[number]
        if level.limit.unit is Unit.MICROUSD and not level.limit.who:
            assert level.spent == spent.total()


@asynccontextmanager
async def _embedded(folder: Path) -> AsyncGenerator[str]:
    async with embedded_store(valkey(), folder) as url:
        yield url


@asynccontextmanager
async def _redis(folder: Path) -> AsyncGenerator[str]:
    port = free_port()
    with server(folder, port):
        yield f"redis://127.0.0.1:{port}"


@asynccontextmanager
async def _cluster(folder: Path) -> AsyncGenerator[str]:
    with replicated_cluster(folder) as nodes:
        yield nodes.url


STORES: Final[dict[str, Callable[[Path], AbstractAsyncContextManager[str]]]] = {
    "embedded Valkey": _embedded,
    "redis-server": _redis,
    "Cluster of 3 + 3": _cluster,
}


def a_load(url: str, way: tuple[int, float, float], **given: object) -> Load:
    """Build a load of 200 askers in a process."""
    output_tokens, least_share, most_share = way
    made = Load(
        url=url,
        tag=token_hex(8),
        subject="pointsman",
        name="",
        askers=200,
        persons=_PERSONS,
        budget_microusd=_BUDGET_MICROUSD,
        output_tokens=output_tokens,
        least_share=least_share,
        most_share=most_share,
    )
    return replace(made, **given)  # type: ignore[arg-type] # fields by name


def _line(who: str, outcome: Outcome, budget_microusd: int) -> str:
    over = outcome.overspent_microusd
    return (
        f"  {who:34} overspent {over:8} ({over / budget_microusd:5.0%} of a person's)"
        f"  used {outcome.used_share:6.1%}  {outcome.took_s:5.1f} s"
        + (f"  {outcome.calls} calls" if outcome.calls else "")
    )


async def main(processes: int) -> None:
    """Measure and print."""
    for store, opened in STORES.items():
        with tempfile.TemporaryDirectory() as folder:
            async with opened(Path(folder)) as url:
                for way, numbers in WAYS.items():
                    print(f"{store}, {processes} x 200 askers, {way}")
                    load = a_load(url, numbers)
                    print(_line("pointsman", await ours(load, processes), load.budget_microusd))
                    if store != "redis-server":
                        continue
                    for subject in list(SUBJECTS)[1:]:
                        theirs = replace(
                            load, url=f"async+{url}", subject=subject, tag=token_hex(8)
                        )
                        outcome = await others(theirs, processes)
                        print(_line(subject, outcome, load.budget_microusd), flush=True)


if __name__ == "__main__":
    asyncio.run(main(processes=int(sys.argv[1]) if len(sys.argv) > 1 else 4))
