"""Discord's limits on requests: what its headers say of a route, and the one over all routes."""

import asyncio
import math
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from routing.clock import Clock

_MOST_BUCKETS: Final = 1000
_PREVIEW_SHARE: Final = 0.5
_ANSWERS_SHARE: Final = 0.85
_OPTIONAL_SHARE: Final = 0.95
"""Of the room: up to which each is begun. An edit that says more of something goes last."""

_ASIDE_SHARE: Final = 0.25
"""Of the room: more is not taken by posts that can be left out, so that answers go on."""

_NEW_WINDOW_S: Final = 0.5
_COUNTS: Final = ("Limit", "Remaining")


class Bucket:
    """What remains of one limit; one request at a time until Discord has said how many it takes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._limit = self._remaining = 1
        self._resets_at_s: float | None = None
        self._underway = 0
        self._changed = asyncio.Event()

    @property
    def is_idle(self) -> bool:
        """Tell whether nothing would be lost by forgetting it."""
        ends_at_s = self._resets_at_s
        return not self._underway and (ends_at_s is None or self._clock.elapsed_s() >= ends_at_s)

    def wait_s(self, spare: int = 0) -> float:
        """Return how long a request has to wait, leaving `spare` for others; inf: for an answer."""
        now_s = self._clock.elapsed_s()
        if self._resets_at_s is not None and now_s >= self._resets_at_s:
            self._remaining, self._resets_at_s = self._limit - self._underway, None
        if self._remaining > min(spare, self._limit - 1):
            return 0
        return math.inf if self._resets_at_s is None else self._resets_at_s - now_s

    async def enter(self) -> None:
        """Wait until one more request may be sent, and count it."""
        while wait_s := self.wait_s():
            self._changed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(None if wait_s == math.inf else wait_s):
                    await self._changed.wait()
        self._remaining -= 1
        self._underway += 1

    def leave(self) -> None:
        """Note that a request is over."""
        self._underway -= 1
        if self._resets_at_s is None:
            # Nothing was heard of the limit, so it is as it was before.
            self._remaining = min(self._remaining + 1, self._limit)
        self._changed.set()

    def heard(self, headers: Mapping[str, str]) -> None:
        """Take in what the headers of an answer say."""
        try:
            limit, remaining = (int(headers[f"X-RateLimit-{name}"]) for name in _COUNTS)
            resets_at_s = self._clock.elapsed_s() + float(headers["X-RateLimit-Reset-After"])
        except (KeyError, ValueError):
            return
        is_same = self._resets_at_s is not None and resets_at_s < self._resets_at_s + _NEW_WINDOW_S
        others = self._underway - 1
        self._limit = max(limit, 1)
        self._remaining = min(remaining, self._remaining) if is_same else remaining - others
        self._resets_at_s = resets_at_s
        self._changed.set()

    def rest(self, seconds: float) -> None:
        """Send nothing for so long."""
        self._remaining = 0
        self._resets_at_s = self._clock.elapsed_s() + seconds


class Buckets:
    """The limits of all routes. Routes share one where Discord gives it the same name."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._names: dict[str, str] = {}
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def of(self, route: str, place: str) -> Bucket:
        """Return the limit of a route (`POST /channels/{channel_id}/messages`) at a place."""
        key = (self._names.get(route, route), place)
        if key not in self._buckets:
            if len(self._buckets) >= _MOST_BUCKETS:
                kept = {name: each for name, each in self._buckets.items() if not each.is_idle}
                self._buckets = kept
            self._buckets[key] = Bucket(self._clock)
        return self._buckets[key]

    def heard(self, route: str, place: str, bucket: Bucket, headers: Mapping[str, str]) -> None:
        """Take in what the headers of an answer say of a bucket."""
        name = headers.get("X-RateLimit-Bucket")
        if name and self._names.get(route) != name:
            self._names[route] = name
            self._buckets.setdefault((name, place), bucket)
        bucket.heard(headers)


class Throttle:
    """Lets requests through in order, no more of them in a second than the operator allows.

    Discord gives up on a bot that sends more than 50 a second over all routes.
    """

    def __init__(self, per_s: float, clock: Clock) -> None:
        count = max(1, int(per_s))
        self._period_s = count / per_s
        self._slots: deque[float] = deque(maxlen=count)
        self._aside: deque[float] = deque(maxlen=max(1, int(count * _ASIDE_SHARE)))
        self._clock = clock
        self._closed_until_s = -math.inf

    @property
    def has_room(self) -> bool:
        """Tell whether more answers can be shown beside those that are being shown."""
        return self._wait_s(_ANSWERS_SHARE) == 0

    def wait_s(self, *, is_edit: bool = False) -> float:
        """Return how long a write has to wait that may be left out: part of the room is kept."""
        if is_edit:
            return self._wait_s(_PREVIEW_SHARE)
        wait_s = 0.0
        if len(self._aside) == self._aside.maxlen:
            wait_s = self._aside[0] + self._period_s - self._clock.elapsed_s()
        return max(wait_s, self._wait_s(_OPTIONAL_SHARE))

    def goes_aside(self) -> None:
        """Count a post that could have been left out and is sent now."""
        self._aside.append(self._clock.elapsed_s())

    def _wait_s(self, share: float) -> float:
        now_s, wait_s = self._clock.elapsed_s(), 0.0
        slots = max(1, int((self._slots.maxlen or 1) * share))
        if len(self._slots) >= slots:
            wait_s = self._slots[-slots] + self._period_s - now_s
        return max(wait_s, self._closed_until_s - now_s, 0)

    async def turn(self) -> None:
        """Wait until one more request may be sent."""
        now_s = self._clock.elapsed_s()
        is_full = len(self._slots) == self._slots.maxlen
        at_s = max(now_s, self._slots[0] + self._period_s) if is_full else now_s
        self._slots.append(at_s)
        # Nothing but time ends it, and while it is waited for the end may move away.
        while (wait_s := max(at_s, self._closed_until_s) - self._clock.elapsed_s()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(wait_s)

    def close(self, seconds: float) -> None:
        """Let nothing through for so long."""
        self._closed_until_s = max(self._closed_until_s, self._clock.elapsed_s() + seconds)
