"""What SIGTERM and SIGINT ask for: the first to end in peace, the second to end at once."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

AFTER_GRACE_S: Final = 1.8
"""So long after the time for running answers the process is gone, whatever hangs."""

_AT_ONCE_S: Final = 0.5

TERMINATED: Final = 143
"""The exit code that says so, as of SIGTERM."""


class Ending:
    """Whether the process is told to end.

    Args:
        grace_s: How long running answers have.
        cut_short: Ends in the midst of everything.
        leave: Ends the process without another step; called by another thread, unless the
            process has ended by itself.

    Attributes:
        is_cut_short: Whether it was asked for twice.
    """

    def __init__(
        self,
        grace_s: float,
        cut_short: Callable[[], object],
        leave: Callable[[int], object] = os._exit,
    ) -> None:
        self.is_cut_short = False
        self._grace_s = grace_s
        self._cut_short = cut_short
        self._leave = leave
        self._asked = asyncio.Event()

    @property
    def is_asked(self) -> bool:
        """Tell whether it was asked for."""
        return self._asked.is_set()

    def ask(self) -> None:
        """Ask for the end; asked again, for no more waiting."""
        if self._asked.is_set():
            self.is_cut_short = True
            self._leave_in(_AT_ONCE_S)
            self._cut_short()
        else:
            self._leave_in(self._grace_s + AFTER_GRACE_S)
            self._asked.set()

    async def asked(self) -> None:
        """Wait until it is asked for."""
        await self._asked.wait()

    def _leave_in(self, seconds: float) -> None:
        # A thread: it also ends what hangs when the loop is closed, or while it is blocked.
        deadline = threading.Timer(max(0.0, seconds), self._leave, (TERMINATED,))
        deadline.daemon = True
        deadline.start()


@contextmanager
def told_by_signals(ending: Ending) -> Iterator[None]:
    """Let signals ask for the end, until left."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT)
    try:
        with suppress(NotImplementedError):  # Windows
            for each in signals:
                loop.add_signal_handler(each, ending.ask)
        yield
    finally:
        with suppress(NotImplementedError):
            for each in signals:
                loop.remove_signal_handler(each)
