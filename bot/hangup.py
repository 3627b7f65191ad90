"""What SIGHUP asks for: that the configuration is read anew; or the end, from a closed terminal."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def asked_by_hangup() -> Iterator[asyncio.Event]:
    """Yield what SIGHUP sets, until left.

    A terminal sends it too when it is closed: whoever was started there ends then, as usual. Where
    it is ignored from the start, as by nohup, it stays so.
    """
    asked, loop = asyncio.Event(), asyncio.get_running_loop()
    hangup = getattr(signal, "SIGHUP", None)  # not on Windows
    if hangup is None or signal.getsignal(hangup) is signal.SIG_IGN:
        yield asked
        return
    had_terminal = _has_terminal()

    def heard() -> None:
        if had_terminal and not _has_terminal():
            signal.raise_signal(signal.SIGTERM)
        else:
            asked.set()

    loop.add_signal_handler(hangup, heard)
    try:
        yield asked
    finally:
        loop.remove_signal_handler(hangup)


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True
