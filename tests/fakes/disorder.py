"""What a service tells, now and then twice or in the wrong order, as services do."""

import asyncio
import random
from collections.abc import Callable
from typing import Final, Generic, TypeVar

Told = TypeVar("Told")

_LATE_S: Final = 0.05


class Disorder(Generic[Told]):
    """Tells of one thing after the other; twice, or after the next one, where that was asked.

    Args:
        tell: Tells of one, once.
    """

    def __init__(self, tell: Callable[[Told], object]) -> None:
        self._tell = tell
        self._duplicates = self._swaps = 0
        self._kept_back: list[Told] = []
        self.at_random()

    def duplicate_next(self, times: int = 1) -> None:
        """Tell of what comes next twice, so many times."""
        self._duplicates += times

    def swap_next(self) -> None:
        """Tell of what comes next after what follows it."""
        self._swaps += 1

    def at_random(self, *, duplicates: float = 0, swaps: float = 0, seed: int = 0) -> None:
        """Tell twice, or in the wrong order, at rates."""
        self._rates = (duplicates, swaps)
        self._chance = random.Random(seed)  # noqa: S311 # the same faults in each run

    def pass_on(self, each: Told, *, keeps_order: bool) -> None:
        """Tell of something, in order and once if it keeps that."""
        duplicate, swap = self._rates
        if not keeps_order and (self._swaps or self._chance.random() < swap):
            self._swaps = max(self._swaps - 1, 0)
            self._kept_back.append(each)
            # If nothing follows soon, late is all it is.
            asyncio.get_running_loop().call_later(_LATE_S, self._let_go)
            return
        self._tell(each)
        if not keeps_order and (self._duplicates or self._chance.random() < duplicate):
            self._duplicates = max(self._duplicates - 1, 0)
            self._tell(each)
        self._let_go()

    def _let_go(self) -> None:
        kept_back, self._kept_back = self._kept_back, []
        for each in kept_back:
            self._tell(each)
