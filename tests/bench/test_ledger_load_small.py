from dataclasses import replace
from pathlib import Path

from routing.backends.embedded_store import embedded_store
from tests.bench.ledger_load import a_load, ours
from tests.routing.backends.conftest import valkey


async def test_two_processes_use_their_budgets_up_and_pass_none(tmp_path: Path) -> None:
    async with embedded_store(valkey(), tmp_path) as url:
        load = a_load(url, (1000, 0.0, 1.0), askers=20, persons=4, budget_microusd=40_000)

        outcome = await ours(replace(load, call_ms=0), processes=2)

    assert outcome.overspent_microusd == 0
    assert outcome.used_share >= 0.95
