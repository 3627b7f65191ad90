"""SIGHUP asks for the configuration; from a terminal that is closed it asks for the end."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Final

import pytest

from bot.hangup import asked_by_hangup

# A session of its own, with a terminal: what it is told to do is seen by how it ends.
_PROGRAM: Final = """
import asyncio, os, signal, sys
from bot.hangup import asked_by_hangup
os.open(os.ttyname(0), os.O_RDWR)
async def main():
    with asked_by_hangup() as asked:
        sys.stderr.write("ready\\n")
        await asked.wait()
        sys.stderr.write("asked\\n")
        await asyncio.Event().wait()
asyncio.run(main())
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")


@pytest.fixture(autouse=True)
def _heeded() -> Iterator[None]:
    """Run as if not started by nohup: what ignores the signal hands that on to its children."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


async def test_the_signal_asks_and_asks_again() -> None:
    with asked_by_hangup() as asked:
        for _ in range(2):
            signal.raise_signal(signal.SIGHUP)
            await asyncio.wait_for(asked.wait(), 5)
            asked.clear()


async def test_where_it_is_ignored_it_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with asked_by_hangup() as asked:
            signal.raise_signal(signal.SIGHUP)
            await asyncio.sleep(0)

            assert not asked.is_set()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_terminal_that_is_closed_ends_what_was_started_there() -> None:
    ours, theirs = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM],
        stdin=theirs,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            assert process.stderr
            assert process.stderr.readline() == "ready\n"
            process.send_signal(signal.SIGHUP)
            assert process.stderr.readline() == "asked\n"
            os.close(theirs)
            os.close(ours)

            assert process.wait(timeout=10) == -signal.SIGTERM
        finally:
            process.kill()
