"""Kills a process that holds a hundred calls: `python -m tests.bench.ledger_kill`.

Another process' upkeep must have charged them all what is known within the lease and five seconds.
"""

import asyncio
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from config.quotas import QuotaSettings
from routing.backends.embedded_store import embedded_store
from routing.backends.unsettled import UnsettledFiles
from routing.background import beside
from routing.clock import Clock
from routing.spending import Spending
from routing.upkeep import keep_tidy
from tests.bench.doomed_caller import HOLDS, KNOWN_MICROUSD, ledger_by_the_stores_clock
from tests.builders import an_origin
from tests.routing.backends.conftest import connection_to, valkey


@dataclass(frozen=True)
class Aftermath:
    """What stood in the books, and how long after the death.

    Attributes:
        held_microusd: Right after the death.
        spent_microusd: When nothing was held any more.
        took_s: Until then.
    """

    held_microusd: int
    spent_microusd: int
    took_s: float


async def kill_a_holder(url: str, folder: Path, lease_s: float) -> Aftermath:
    """Let a process reserve, kill it, and wait until another has seen to what it left."""
    tag, loop = token_hex(8), asyncio.get_running_loop()
    program = (sys.executable, "-m", "tests.bench.doomed_caller", url, tag, str(lease_s))
    doomed = await asyncio.create_subprocess_exec(*program, stdout=asyncio.subprocess.PIPE)
    assert doomed.stdout
    async with connection_to(url) as connection:
        ledger = ledger_by_the_stores_clock(connection, tag, lease_s)
        unsettled = UnsettledFiles(folder / "unsettled", QuotaSettings(), Clock())
        spending = Spending(QuotaSettings(), ledger, unsettled)
        async with beside(keep_tidy(ledger, spending)):
            assert await doomed.stdout.readline() == b"ready\n"
            doomed.kill()
            await doomed.wait()
            died_at_s = loop.time()
            (level,) = (await ledger.standing(an_origin())).levels
            held_microusd = level.held
            while level.held:
                await asyncio.sleep(0.05)
                (level,) = (await ledger.standing(an_origin())).levels
    return Aftermath(held_microusd, level.spent, loop.time() - died_at_s)


async def main(lease_s: float) -> None:
    """Do it once and print."""
    with tempfile.TemporaryDirectory() as name:
        async with embedded_store(valkey(), Path(name)) as url:
            after = await kill_a_holder(url, Path(name), lease_s)
    known_microusd = HOLDS * KNOWN_MICROUSD
    print(
        f"{HOLDS} holds of {after.held_microusd} in all: {after.took_s:.2f} s after kill -9, with "
        f"a lease of {lease_s:g} s, {after.spent_microusd} charged (known: {known_microusd})"
    )


if __name__ == "__main__":
    asyncio.run(main(lease_s=float(sys.argv[1]) if len(sys.argv) > 1 else 30))
