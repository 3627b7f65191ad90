"""A program in a pseudo terminal, with somebody at the keyboard."""

import codecs
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.fakes.screen import Screen

_REPOSITORY: Final = Path(__file__).parents[2]
_PATIENCE_S: Final = 10.0

# A session leader that opens a terminal gets its Ctrl-C; only then the program itself begins.
_ATTACH: Final = (
    "import os, sys; os.open(os.ttyname(0), os.O_RDWR); os.execv(sys.argv[1], sys.argv[1:])"
)


class PtyProgram:
    """Runs a Python program in a terminal of its own; leaving the context ends it."""

    def __init__(
        self, arguments: Sequence[str], environ: Mapping[str, str], screen: Screen | None = None
    ) -> None:
        self.screen = screen or Screen()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (self.screen.rows, self.screen.columns))
        self._process = subprocess.Popen(
            [sys.executable, "-S", "-c", _ATTACH, sys.executable, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**os.environ, "TERM": "xterm-256color", **environ},
            cwd=_REPOSITORY,
            start_new_session=True,
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        os.close(self._ours)

    def type(self, keys: str) -> None:
        """Press keys, as the terminal sends them: Enter is a carriage return."""
        os.write(self._ours, keys.encode())

    def see(self, text: str, *, times: int = 1) -> None:
        """Wait until a text stands on the screen or its scroll-back.

        Raises:
            TimeoutError: It does not come; shows what is there instead.
        """
        deadline = time.monotonic() + _PATIENCE_S
        while self.screen.text.count(text) < times:
            if time.monotonic() > deadline or not self._watch():
                raise TimeoutError(f"no {text!r} on the screen:\n{self.screen.text}")

    def exit_code(self) -> int:
        """Wait for the end of the program and return its exit code."""
        deadline = time.monotonic() + _PATIENCE_S
        while self._watch() and time.monotonic() < deadline:
            pass
        return self._process.wait(timeout=_PATIENCE_S)

    def _watch(self) -> bool:
        """Take in what is written within a moment; tell whether the program still writes."""
        readable, _, _ = select.select([self._ours], [], [], 0.1)
        if not readable:
            return True
        try:
            written = os.read(self._ours, 65536)
        except OSError:  # Linux's way to say that the other end is closed
            return False
        self.type(self.screen.feed(self._decoder.decode(written)))
        return bool(written)
