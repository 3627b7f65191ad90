"""Runs a program beside us that never outlives us and never blocks the event loop.

On Linux the kernel ends it when we are killed. Elsewhere nobody does: there a program must
notice it by itself, or whoever starts it must find it again.
"""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

# Run by an interpreter of its own, since preexec_fn is unsafe beside threads. The parent may
# have died before the request was made: then the signal never comes, so it looks itself.
_TIE_TO_PARENT: Final = """
import ctypes, os, signal, sys
PR_SET_PDEATHSIG = 1
ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
if os.getppid() != int(sys.argv[1]):
    sys.exit("the parent is gone")
os.execv(sys.argv[2], sys.argv[2:])
"""


class Child:
    """A program started by `start_child`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """Return its process id."""
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Tell whether it is gone."""
        return self._process.returncode is not None

    async def wait(self) -> None:
        """Wait until it has ended."""
        await self._process.wait()

    async def tell(self, line: str) -> None:
        """Write a line to its standard input; needs `piped`."""
        assert self._process.stdin is not None  # noqa: S101 - a promise of `piped` to mypy
        self._process.stdin.write(f"{line}\n".encode())
        with suppress(ConnectionError):  # it ended: whoever listens to it notices
            await self._process.stdin.drain()

    async def hear(self) -> str:
        """Return the next line of its standard output, empty once it has ended; needs `piped`."""
        assert self._process.stdout is not None  # noqa: S101 - a promise of `piped` to mypy
        return (await self._process.stdout.readline()).decode().rstrip("\n")

    async def stop(self, patience_s: float = 5.0) -> None:
        """Ask it to end, and end it if it has not after `patience_s`."""
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(patience_s):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


async def start_child(
    command: Sequence[str | Path],
    *,
    log: Path,
    piped: bool = False,
    inherited: Sequence[int] = (),
) -> Child:
    """Start a program, from the thread of the event loop: on Linux it ends with that thread.

    Args:
        command: The program's path and its arguments.
        log: Gets what it prints, in place of what an earlier one printed.
        piped: Whether `tell` and `hear` are wanted; else it reads nothing and prints to the log.
        inherited: File descriptors it keeps open.

    Raises:
        OSError: It or its log cannot be opened.
    """
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    try:
        process = await asyncio.create_subprocess_exec(
            *_tied([str(part) for part in command]),
            stdin=PIPE if piped else DEVNULL,
            stdout=PIPE if piped else output,
            stderr=output,
            pass_fds=inherited,
            start_new_session=True,  # a Ctrl-C in the terminal is for us alone
        )
    finally:
        os.close(output)
    return Child(process)


def _tied(command: list[str]) -> list[str]:
    if sys.platform != "linux":
        return command
    return [sys.executable, "-I", "-S", "-c", _TIE_TO_PARENT, str(os.getpid()), *command]
