"""Time that passes many times as fast, for whole processes: clocks, waits and whoever waits.

`libfaketime` does not serve: with it each process' time begins when it is started, so that a bot
that is started again lives in the past; Redis' allocator does not start under it; and threads of
Python that wait for one another wait at the old pace.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

VARIABLES: Final = ("LD_PRELOAD", "QUICK_TIME")
"""By these a process and its children live in quick time."""

_SOURCE: Final = Path(__file__).with_suffix(".c")


class NoQuickTime(Exception):
    """Time cannot be made to pass faster here; the message says what is missing."""


def is_quick() -> bool:
    """Tell whether this process lives in quick time."""
    return "QUICK_TIME" in os.environ


def quick_time(folder: Path, factor: int) -> Mapping[str, str]:
    """Return what a process' environment needs for time to pass so many times as fast from now on.

    Args:
        folder: Where the library is put that does it.
        factor: How many times as fast.

    Raises:
        NoQuickTime: It takes Linux and a C compiler.
    """
    compiler = shutil.which("cc")
    if compiler is None or not Path("/proc/self/stat").exists():
        raise NoQuickTime(
            "time is made to pass faster by a small library: on Linux, by way of `cc`"
        )
    library = folder / "quick_time.so"
    command = [compiler, "-O2", "-Wall", "-shared", "-fPIC", "-o", str(library)]
    subprocess.run([*command, str(_SOURCE), "-ldl"], check=True)
    begun = f"{time.time_ns()} {time.clock_gettime_ns(time.CLOCK_MONOTONIC)}"
    return {"LD_PRELOAD": str(library), "QUICK_TIME": f"{factor} {begun}"}


def later(environ: Mapping[str, str], by_s: float) -> Mapping[str, str]:
    """Return an environment in which it is later by so many seconds, and time as quick."""
    factor, *begun = map(int, environ["QUICK_TIME"].split())
    # What passed since is counted `factor` times: the beginning moves back, and itself counts once.
    back_ns = round(by_s * 1e9 / (factor - 1))
    moved = " ".join(str(each - back_ns) for each in begun)
    return {**environ, "QUICK_TIME": f"{factor} {moved}"}
