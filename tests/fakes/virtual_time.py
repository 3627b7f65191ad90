"""An event loop whose time passes only while everybody waits, and then at once."""

import asyncio
import functools
import selectors
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, Final, ParamSpec

from routing.clock import Clock

P = ParamSpec("P")
START: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class _Hurried(selectors.DefaultSelector):
    """Waits for nothing, but remembers for how long it would have."""

    elapsed_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(0)
        if not events:
            assert timeout is not None, "everybody waits, and for ever"
            self.elapsed_s += timeout
        return events


class VirtualLoop(asyncio.SelectorEventLoop):
    """Tells a time of its own; for tests without sockets, as those take real time."""

    def __init__(self) -> None:
        self._hurried = _Hurried()
        super().__init__(self._hurried)

    def time(self) -> float:
        return self._hurried.elapsed_s


def virtual_clock() -> Clock:
    """Return the time of the running loop."""
    elapsed_s = asyncio.get_running_loop().time
    return Clock(now=lambda: START + timedelta(seconds=elapsed_s()), elapsed_s=elapsed_s)


def in_virtual_time(
    test: Callable[P, Coroutine[Any, Any, None]],
) -> Callable[P, None]:
    """Let a test run without waiting."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            runner.run(test(*args, **kwargs))

    return run
