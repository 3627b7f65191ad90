"""Whatever happens to the inbox, in whatever order: it is as on paper."""

from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.routing.backends.inbox_machine import inbox_machine


def test_nothing_is_lost_or_twice_whatever_happens(tmp_path: Path) -> None:
    chosen = settings(
        max_examples=25,
        stateful_step_count=50,
        derandomize=True,
        phases=(Phase.generate,),
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    with inbox_machine(tmp_path) as machine:
        run_state_machine_as_test(machine, settings=chosen)

        assert machine.steps > 500
