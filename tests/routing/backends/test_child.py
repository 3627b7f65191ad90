"""A child ends when asked, when it must, and when its parent dies."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from routing.backends.child import start_child
from tests.routing.backends.conftest import is_running, wait_until

DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True);"
SLEEP = "import time; time.sleep(60)"


async def test_a_log_is_private_and_holds_what_the_latest_child_printed(tmp_path: Path) -> None:
    log = tmp_path / "log"

    for words in ("many words of an earlier one", "hello"):
        child = await start_child((sys.executable, "-c", f"print('{words}')"), log=log)
        await child.wait()

    assert child.has_ended
    assert log.read_text() == "hello\n"
    assert log.stat().st_mode & 0o077 == 0


async def test_a_child_is_told_and_heard_through_pipes(tmp_path: Path) -> None:
    child = await start_child(
        (sys.executable, "-c", "print(input()[::-1])"), log=tmp_path / "log", piped=True
    )

    await child.tell("olleh")

    assert await child.hear() == "hello"
    assert await child.hear() == ""
    await child.stop()


async def test_a_child_that_ended_can_be_told_and_stopped_all_the_same(tmp_path: Path) -> None:
    child = await start_child((sys.executable, "-c", ""), log=tmp_path / "log", piped=True)
    await child.wait()

    await child.tell("anyone?")
    await child.stop()

    assert child.has_ended


async def test_a_child_deaf_to_being_asked_is_ended_after_a_while(tmp_path: Path) -> None:
    child = await start_child(
        (sys.executable, "-c", DEAF + SLEEP), log=tmp_path / "log", piped=True
    )
    assert await child.hear() == "deaf"

    await child.stop(patience_s=0.05)

    assert child.has_ended
    assert not is_running(child.pid)


async def test_a_program_that_cannot_be_logged_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        await start_child((sys.executable, "-c", ""), log=tmp_path / "nowhere" / "log")


async def test_a_ctrl_c_in_the_terminal_is_not_for_the_child(tmp_path: Path) -> None:
    child = await start_child((sys.executable, "-c", SLEEP), log=tmp_path / "log")

    assert os.getpgid(child.pid) != os.getpgid(0)

    await child.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_a_child_ends_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    parent = f"""
import asyncio, sys
from pathlib import Path
from routing.backends.child import start_child

async def main():
    child = await start_child(("/bin/sleep", "60"), log=Path({str(tmp_path / "log")!r}))
    print(child.pid, flush=True)
    await child.wait()

asyncio.run(main())
"""
    with subprocess.Popen(
        [sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        assert is_running(pid)

        process.send_signal(signal.SIGKILL)

        wait_until(lambda: not is_running(pid))
