"""Rate limits by method, workspace and tier, refilled on the clock."""

import math
import time
from collections import Counter, deque
from dataclasses import dataclass
from typing import Final

from routing.clock import Clock
from tests.fakes.slack.refusals import Refused, crowded


@dataclass(frozen=True)
class Rate:
    """So many requests in any so many seconds."""

    limit: int
    per_s: float

    def times(self, factor: float) -> "Rate":
        """Return a rate that allows so many times as much."""
        return Rate(max(round(self.limit * factor), 1), self.per_s)


TIERS: Final = {1: Rate(1, 60), 2: Rate(20, 60), 3: Rate(50, 60), 4: Rate(100, 60)}
POSTING: Final = Rate(5, 5)
"""About one message a second and channel, with bursts."""

CONNECTING: Final = Rate(20, 60)
"""Tier 1 by name, but an app opens ten sockets at once."""

RATIONED: Final = Rate(1, 60)
"""Reading history, for apps that are distributed but not in the Marketplace."""

_MOST_KEPT: Final = 20_000

Key = tuple[str, ...]
"""Method and workspace, and the channel where each has its own."""


class Limits:
    """Counts requests.

    Attributes:
        rates: Of methods that keep to no tier; a test may set others.
        tiers: What each tier allows; likewise.
        grace_s: How long an answer may be on its way before a request counts as ignoring it.
        refusals: How many were refused, by method.
    """

    def __init__(self, clock: Clock) -> None:
        self.rates: dict[str, Rate] = {
            "chat.postMessage": POSTING,
            "chat.postEphemeral": POSTING,
            "apps.connections.open": CONNECTING,
        }
        self.tiers = dict(TIERS)
        self.grace_s = 0.25
        self.refusals: Counter[str] = Counter()
        self._clock = clock
        self._taken: dict[Key, deque[float]] = {}
        # Until when a refused client waits, by the clock, and since when it knows, by the real one.
        self._told: dict[tuple[Key, str], tuple[float, float]] = {}

    def rate_of(self, method: str, tier: int) -> Rate:
        """Return what a method of a tier allows."""
        return self.rates.get(method) or self.tiers[tier]

    def admit(self, key: Key, rate: Rate, client: str) -> None:
        """Count a request in that came over a client's connection.

        Raises:
            Refused: 429; it says when there is room again.
        """
        now_s = self._clock.elapsed_s()
        taken = self._taken.setdefault(key, deque())
        while taken and taken[0] <= now_s - rate.per_s:
            taken.popleft()
        if len(taken) >= rate.limit:
            raise self.refuse(key, taken[0] + rate.per_s - now_s, client)
        taken.append(now_s)
        if len(self._taken) > _MOST_KEPT:
            self._taken = {each: times for each, times in self._taken.items() if times}

    def refuse(self, key: Key, after_s: float, client: str) -> Refused:
        """Return a 429, and note that the client knows."""
        self.refusals[key[0]] += 1
        wait_s = max(math.ceil(after_s), 1)
        now_s = self._clock.elapsed_s()
        if len(self._told) > _MOST_KEPT:
            self._told = {each: told for each, told in self._told.items() if told[0] > now_s}
        until_s = now_s + wait_s
        self._told[key, client] = (until_s, time.monotonic())
        return crowded(wait_s)

    def is_ignored(self, key: Key, client: str) -> bool:
        """Return whether a request comes although its sender was told to wait."""
        until_s, told_at_s = self._told.get((key, client), (-math.inf, 0.0))
        left_s = until_s - self._clock.elapsed_s()
        return left_s > self.grace_s and time.monotonic() - told_at_s > self.grace_s
