"""Whatever happens to the ledger, in whatever order: its counters are the sum of its records."""

from pathlib import Path

from tests.bench.ledger_states import take
from tests.routing.backends.ledger_machine import ledger_machine


def test_counters_equal_the_sum_of_the_records_whatever_happens(tmp_path: Path) -> None:
    with ledger_machine(tmp_path) as machine:
        assert take(machine, runs=8, steps_a_run=40, is_random=False) > 200
