import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest

from tests.bench.quick_time import NoQuickTime, later, quick_time

DAY_S: Final = 86_400
WAITS: Final = {
    "a coroutine": "asyncio.run(asyncio.sleep(60))",
    "a sleeper": "time.sleep(60)",
    "a thread": "threading.Event().wait(60)",
    "a reader": "select.select([], [], [], 60)",
}
LIFE: Final = """
import asyncio, select, threading, time
began_s, since = time.monotonic(), time.time()
{wait}
print(time.monotonic() - began_s, time.time() - since, since)
"""


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    try:
        return {**os.environ, **quick_time(tmp_path_factory.mktemp("quick"), 600)}
    except NoQuickTime as error:
        pytest.skip(str(error))


def lived(environ: dict[str, str], wait: str) -> list[float]:
    """Return how much time passed for a process that waits, by both clocks, and when it began."""
    command = [sys.executable, "-c", LIFE.format(wait=wait)]
    told = subprocess.run(command, env=environ, check=True, capture_output=True, timeout=30)
    return [float(each) for each in told.stdout.split()]


@pytest.mark.parametrize("wait", WAITS.values(), ids=WAITS)
def test_a_minute_is_over_in_a_moment(quick: dict[str, str], wait: str) -> None:
    began_s = time.monotonic()

    by_one, by_other, _ = lived(quick, wait)

    assert time.monotonic() - began_s < 10
    assert by_one >= 60
    assert by_other == pytest.approx(by_one, abs=1)


def test_who_begins_later_lives_in_the_same_time(quick: dict[str, str]) -> None:
    _, passed_s, first = lived(quick, WAITS["a sleeper"])
    *_, second = lived(quick, "")

    assert second >= first + passed_s


def test_who_lives_a_week_later_lives_a_week_later(quick: dict[str, str], tmp_path: Path) -> None:
    *_, now = lived(quick, "")
    *_, then = lived({**later(quick, 7 * DAY_S, tmp_path)}, "")

    assert then - now == pytest.approx(7 * DAY_S, abs=3600)


@pytest.mark.parametrize("wait", WAITS.values(), ids=WAITS)
def test_all_sleep_at_once_and_wait_as_long_as_ever(quick: dict[str, str], wait: str) -> None:
    asleep = f"from tests.bench.quick_time import sleep_through; sleep_through({DAY_S}); {wait}"
    waited_s, passed_s, _ = lived(quick, asleep)

    assert waited_s == pytest.approx(60, abs=600)
    assert passed_s - waited_s == pytest.approx(DAY_S, abs=1)
