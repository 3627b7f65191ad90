"""What a file may cost, and how the child process that reads it is held to that."""

import math
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

_MEMORY_BYTES: Final = 512 * 1024**2
"""For the interpreter, its libraries and a document; an image gets more by its pixels."""

_BYTES_A_PIXEL: Final = 12
"""Red, green, blue and alpha, three times: as decoded, turned and made smaller."""

_NICENESS: Final = 10


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may cost.

    Attributes:
        max_bytes: Of the file.
        max_chars: Of text, from it.
        max_pages: Of a PDF.
        max_pixels: Of an image.
        timeout_s: For all of it.
    """

    max_bytes: int
    max_chars: int
    max_pages: int
    max_pixels: int
    timeout_s: float


def confine(limits: Limits) -> None:
    """Bound this process for good: memory, time, and nothing opened, written or started.

    Also no connection is opened: a socket is a file. Whatever is to be imported must be by now.
    Where the system knows no such limits, only the clock of whoever waits is left.
    """
    if sys.platform == "win32":
        return
    import resource

    os.nice(_NICENESS)
    memory = _MEMORY_BYTES + limits.max_pixels * _BYTES_A_PIXEL + 8 * limits.max_bytes
    bounds = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: math.ceil(limits.timeout_s) + 1,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 0,
    }
    for which, most in bounds.items():
        with suppress(ValueError, OSError):  # macOS does not bound memory
            resource.setrlimit(which, (most, most))
