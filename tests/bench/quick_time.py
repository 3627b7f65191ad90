"""Time that passes many times as fast, for whole processes: clocks, waits and whoever waits.

`libfaketime` does not serve: with it each process' time begins when it is started, so that a bot
that is started again lives in the past; Redis' allocator does not start under it; and threads of
Python that wait for one another wait at the old pace.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

VARIABLES: Final = ("LD_PRELOAD", "QUICK_TIME")
"""By these a process and its children live in quick time."""

_SOURCE: Final = Path(__file__).with_suffix(".c")
_NEVER: Final = bytes(8)


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
    slept = folder / "slept"
    slept.write_bytes(_NEVER)
    begun = f"{time.time_ns()} {time.clock_gettime_ns(time.CLOCK_MONOTONIC)}"
    return {"LD_PRELOAD": str(library), "QUICK_TIME": f"{factor} {begun} {slept}"}


def sleep_through(seconds: float) -> None:
    """Let all who live in this process' quick time sleep at once, as a computer with its lid shut.

    The time of day is later by so many seconds; nobody has waited.
    """
    _oversleep(_slept(os.environ), seconds)


def later(environ: Mapping[str, str], by_s: float, folder: Path) -> Mapping[str, str]:
    """Return an environment in which the day is later by so many seconds, and time as quick.

    Args:
        environ: One in quick time.
        by_s: So many.
        folder: Where it is written down.
    """
    slept = _slept(environ)
    longer = folder / "slept_longer"
    longer.write_bytes(slept.read_bytes())
    _oversleep(longer, by_s)
    return {**environ, "QUICK_TIME": environ["QUICK_TIME"].replace(str(slept), str(longer))}


def _slept(environ: Mapping[str, str]) -> Path:
    return Path(environ["QUICK_TIME"].split(maxsplit=3)[3])


def _oversleep(slept: Path, seconds: float) -> None:
    """Write in place: who lives in this time shares the memory of the file."""
    with slept.open("r+b") as file:
        ns = int.from_bytes(file.read(), sys.byteorder, signed=True) + round(seconds * 1e9)
        file.seek(0)
        file.write(ns.to_bytes(len(_NEVER), sys.byteorder, signed=True))
