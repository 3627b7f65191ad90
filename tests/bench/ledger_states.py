"""Does 100,000 things to a ledger and keeps count beside it: `python -m tests.bench.ledger_states`.

Every step ends with a look at all counters: they must be the sum of the records and open holds.
"""

import sys
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.routing.backends.ledger_machine import LedgerMachine, ledger_machine

_STEPS_A_RUN = 50
_RUNS_A_ROUND = 100


def take(machine: type[LedgerMachine], runs: int, steps_a_run: int, *, is_random: bool) -> int:
    """Let so many machines run; return how many steps all have taken by now.

    Raises:
        AssertionError: A counter was wrong; the shortest way there is printed.
    """
    chosen = settings(
        max_examples=runs,
        stateful_step_count=steps_a_run,
        derandomize=not is_random,
        # To find the shortest way to a failure takes minutes: not for a test in passing.
        phases=tuple(Phase) if is_random else (Phase.generate,),
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=chosen)
    return machine.steps


def main(steps: int) -> None:
    """Go on until enough is done, and say how much."""
    began_s = time.monotonic()
    done = 0
    with tempfile.TemporaryDirectory() as folder, ledger_machine(Path(folder)) as machine:
        while done < steps:
            done = take(machine, _RUNS_A_ROUND, _STEPS_A_RUN, is_random=True)
            print(
                f"{done} steps in {time.monotonic() - began_s:.0f} s, no counter wrong", flush=True
            )


if __name__ == "__main__":
    main(steps=int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
