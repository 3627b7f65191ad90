"""Whether this process itself was late: a time-out then says nothing of whoever was waited for."""

import asyncio
from types import TracebackType
from typing import Self


class Lateness:
    """Watches, within a block, whether the event loop runs what is due.

    A thread that imports a large library can hold the interpreter for longer than a store needs to
    answer. The answer is there then, and the time-out comes first all the same.

    Args:
        due_s: After which time, in seconds, the loop is looked at.
    """

    def __init__(self, due_s: float) -> None:
        self._due_s = due_s
        self._late_s = 0.0

    @property
    def was_late(self) -> bool:
        """Tell whether the loop ran something half as long again after it was due."""
        return self._late_s > self._due_s / 2

    def __enter__(self) -> Self:
        loop = asyncio.get_running_loop()
        due_at = loop.time() + self._due_s
        self._timer = loop.call_at(due_at, self._look, due_at)
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()

    def _look(self, due_at: float) -> None:
        self._late_s = asyncio.get_running_loop().time() - due_at
