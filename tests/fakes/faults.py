"""What goes wrong on the way to a chat service and back, by script or by chance."""

import asyncio
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Status:
    """The service's edge answers with an error; nothing is carried out.

    Attributes:
        retry_after_s: Of a 429.
        scope: Of a 429 of Discord: user, shared or global.
    """

    status: int
    retry_after_s: float = 0.1
    scope: str = "user"


@dataclass(frozen=True)
class Held:
    """The request waits for an event before it is carried out."""

    until: asyncio.Event


@dataclass(frozen=True)
class _Named:
    name: str


LOST_ANSWER: Final = _Named("lost answer")
"""The request is carried out, and the connection drops before the answer."""

DROPPED: Final = _Named("dropped")
"""The request is not carried out, and the connection drops."""

Fault = Status | Held | _Named


@dataclass(frozen=True)
class _Planned:
    method: str
    path: re.Pattern[str]
    fault: Fault


class Faults:
    """Decides for each request what goes wrong.

    Attributes:
        happened: The faults so far, each with its request.

    Args:
        spared: Which paths chance leaves alone, as a regular expression: those that log in.
    """

    def __init__(self, spared: str) -> None:
        self.happened: list[tuple[str, Fault]] = []
        self._planned: list[_Planned] = []
        self._rates: dict[Fault, float] = {}
        self._chance = random.Random(0)  # noqa: S311 # the same faults in each run
        self._spared = re.compile(spared)

    def next(self, method: str, path: str, fault: Fault, times: int = 1) -> None:
        """Let the next requests whose path matches go wrong; `path` is a regular expression."""
        self._planned += [_Planned(method, re.compile(path), fault)] * times

    def at_random(self, rates: Mapping[Fault, float], seed: int = 0) -> None:
        """Let requests go wrong at rates; those that log in are spared."""
        self._rates = dict(rates)
        self._chance = random.Random(seed)  # noqa: S311 # the same faults in each run

    def strike(self, method: str, path: str) -> Fault | None:
        """Return what goes wrong with a request, and note it."""
        fault = self._script(method, path) or self._fate(path)
        if fault:
            self.happened.append((f"{method} {path}", fault))
        return fault

    def _script(self, method: str, path: str) -> Fault | None:
        for planned in self._planned:
            if planned.method == method and planned.path.search(path):
                self._planned.remove(planned)
                return planned.fault
        return None

    def _fate(self, path: str) -> Fault | None:
        if not self._rates or self._spared.search(path):
            return None
        drawn = self._chance.random()
        for fault, rate in self._rates.items():
            if drawn < rate:
                return fault
            drawn -= rate
        return None
