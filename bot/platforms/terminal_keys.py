"""The keyboard while no line is being edited: Ctrl-C asks, the rest waits unseen."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TextIO

if sys.platform != "win32":
    import termios

    # Where `tcgetattr` puts the flags of the input and the local ones.
    _INPUT: Final = 0
    _LOCAL: Final = 3


@contextmanager
def on_interrupt(act: Callable[[], object]) -> Iterator[None]:
    """Call `act` on the running loop at each Ctrl-C, instead of ending the program."""
    # A plain handler that wakes the loop works on every system; the loop's own does not.
    loop = asyncio.get_running_loop()
    before = signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(act))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def keys_kept(stdin: TextIO) -> Iterator[None]:
    """Keep what is typed off the screen and untouched for whoever reads next; Ctrl-C interrupts."""
    # In the background, touching the terminal would halt the program.
    if (
        sys.platform == "win32"
        or not stdin.isatty()
        or os.tcgetpgrp(stdin.fileno()) != os.getpgrp()
    ):
        yield
        return
    before = termios.tcgetattr(stdin)
    kept = [*before]
    kept[_INPUT] &= ~termios.ICRNL
    kept[_LOCAL] &= ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(stdin, termios.TCSANOW, kept)
    try:
        yield
    finally:
        termios.tcsetattr(stdin, termios.TCSANOW, before)
