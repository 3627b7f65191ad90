import asyncio
from pathlib import Path

import pytest

from routing.background import beside
from routing.errors import StoreUnavailable
from routing.holds import Spent
from routing.upkeep import tidy
from tests.fakes.ports import ListLedger, spending
from tests.routing.backends.books import an_entry
from tests.routing.backends.test_unsettled import a_hold, files


async def test_what_is_kept_on_disk_is_settled_as_soon_as_the_store_answers(tmp_path: Path) -> None:
    ledger, unsettled = ListLedger(), files(tmp_path)
    ledger.is_away = True
    await unsettled.keep(a_hold(100), Spent(70), an_entry())

    with pytest.raises(StoreUnavailable):
        await tidy(ledger, spending(ledger, unsettled))
    ledger.is_away = False
    await tidy(ledger, spending(ledger, unsettled))

    assert ledger.spent.cost_microusd == 70


async def test_work_beside_ends_although_it_swallows_the_first_times_it_is_told() -> None:
    told = 0

    async def stubborn() -> None:
        nonlocal told
        while told < 3:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                told += 1

    async with beside(stubborn()):
        await asyncio.sleep(0)

    assert told == 3
