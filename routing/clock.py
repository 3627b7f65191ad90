"""What time it is; told to the rules, so that tests can tell them another."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """Two ways to read the time.

    Attributes:
        now: The moment, aware and in UTC.
        elapsed_s: Seconds since some fixed moment; never jumps.
    """

    now: Callable[[], datetime] = _utc_now
    elapsed_s: Callable[[], float] = time.monotonic
