"""Rate limits as Discord keeps and tells them: a bucket per route and place, and one for all."""

import hashlib
import math
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from routing.clock import Clock
from tests.fakes.discord.refusals import Refused

Route = tuple[str, str]
"""A method and a path as the OpenAPI file writes it."""

PER_PERSON: Final = "user"
SHARED: Final = "shared"
GLOBAL: Final = "global"

_MAJOR: Final = ("channel_id", "guild_id", "webhook_id", "webhook_token", "interaction_id")
_FREE_OF_GLOBAL: Final = ("/interactions/", "/webhooks/")


@dataclass(frozen=True)
class Rate:
    """So many requests in so many seconds."""

    limit: int
    per_s: float


_CHANNEL: Final = "/channels/{channel_id}"
_MESSAGES: Final = f"{_CHANNEL}/messages"
_HOOK: Final = "/webhooks/{webhook_id}/{webhook_token}"

USUAL: Final = Rate(50, 5)
"""Where nothing else is known; Discord documents none of its numbers."""

RATES: Final[dict[Route, Rate]] = {
    ("POST", _MESSAGES): Rate(5, 5),
    ("PATCH", f"{_MESSAGES}/{{message_id}}"): Rate(5, 5),
    ("DELETE", f"{_MESSAGES}/{{message_id}}"): Rate(5, 1),
    ("GET", _MESSAGES): Rate(5, 1),
    ("GET", f"{_MESSAGES}/{{message_id}}"): Rate(30, 30),
    ("POST", f"{_CHANNEL}/typing"): Rate(5, 5),
    ("PUT", f"{_MESSAGES}/{{message_id}}/reactions/{{emoji_name}}/@me"): Rate(1, 0.25),
    ("POST", _HOOK): Rate(5, 2),
    ("PATCH", f"{_HOOK}/messages/@original"): Rate(5, 2),
    ("PATCH", f"{_HOOK}/messages/{{message_id}}"): Rate(5, 2),
}
"""What people report of the routes a chat bot lives on."""


@dataclass
class _Bucket:
    remaining: int
    resets_at_s: float
    # Who learned that nothing remains, by connection, and when by the real clock. Another process
    # of the same bot was told nothing, and cannot be blamed.
    told: dict[str, float] = field(default_factory=dict)


class Limits:
    """Counts requests.

    Attributes:
        rates: By route; a test may set others.
        all_per_s: For the bot over all routes.
        grace_s: How long an answer may be on its way before a request counts as ignoring it.
        refusals: How many were refused, by scope.
    """

    def __init__(self, clock: Clock) -> None:
        self.rates = dict(RATES)
        self.usual = USUAL
        self.all_per_s = 50
        self.grace_s = 0.25
        self.refusals: Counter[str] = Counter()
        self._clock = clock
        self._buckets: dict[tuple[str, ...], _Bucket] = {}
        self._all = _Bucket(0, -math.inf)

    def admit(self, route: Route, places: Mapping[str, str], client: str = "") -> "Ticket":
        """Count a request in that came over a client's connection.

        Raises:
            Refused: 429, of the route or of everything.
        """
        if not route[1].startswith(_FREE_OF_GLOBAL):
            self._admit_to_all()
        rate = self.rates.get(route, self.usual)
        now_s = self._clock.elapsed_s()
        key = _key_of(route, places)
        bucket = self._buckets.get(key)
        if bucket is None or now_s >= bucket.resets_at_s:
            bucket = self._buckets[key] = _Bucket(rate.limit, now_s + rate.per_s)
            self._forget_old(now_s)
        ticket = Ticket(bucket, rate, _name_of(route), self, client)
        if bucket.remaining <= 0:
            self.refusals[PER_PERSON] += 1
            raise self.refusal(ticket.headers(), bucket.resets_at_s - now_s, PER_PERSON)
        bucket.remaining -= 1
        return ticket

    def is_ignored(self, route: Route, places: Mapping[str, str], client: str) -> bool:
        """Return whether a request comes although its sender was told that none remains."""
        bucket = self._buckets.get(_key_of(route, places))
        if bucket is None or bucket.remaining > 0 or client not in bucket.told:
            return False
        left_s = bucket.resets_at_s - self._clock.elapsed_s()
        told_s = time.monotonic() - bucket.told[client]
        return left_s > self.grace_s and told_s > self.grace_s

    def refusal(self, headers: dict[str, str], after_s: float, scope: str) -> Refused:
        """Return a 429 as Discord's edge sends it."""
        after_s = max(after_s, 0.001)
        return Refused(
            429,
            0,
            "You are being rate limited.",
            more={"retry_after": math.ceil(after_s * 1000) / 1000, "global": scope == GLOBAL},
            headers=headers
            | {
                "Retry-After": str(math.ceil(after_s)),
                "Via": "1.1 google",
                "X-RateLimit-Scope": scope,
            }
            | ({"X-RateLimit-Global": "true"} if scope == GLOBAL else {}),
        )

    def header_times(self, bucket: _Bucket) -> tuple[str, str]:
        """Return when a bucket is full again: the moment, and the seconds until then."""
        left_s = math.ceil(max(bucket.resets_at_s - self._clock.elapsed_s(), 0) * 1000) / 1000
        return f"{self._clock.now().timestamp() + left_s:.3f}", f"{left_s:.3f}"

    def _admit_to_all(self) -> None:
        now_s = self._clock.elapsed_s()
        if now_s >= self._all.resets_at_s:
            self._all = _Bucket(self.all_per_s, now_s + 1)
        if self._all.remaining <= 0:
            self.refusals[GLOBAL] += 1
            raise self.refusal({}, self._all.resets_at_s - now_s, GLOBAL)
        self._all.remaining -= 1

    def _forget_old(self, now_s: float) -> None:
        if len(self._buckets) > 20_000:
            kept = {key: each for key, each in self._buckets.items() if each.resets_at_s > now_s}
            self._buckets = kept


def _key_of(route: Route, places: Mapping[str, str]) -> tuple[str, ...]:
    return (*route, *(places[name] for name in _MAJOR if name in places))


@cache
def _name_of(route: Route) -> str:
    return hashlib.sha256(repr(route).encode()).hexdigest()[:32]


@dataclass
class Ticket:
    """A request that was counted."""

    bucket: _Bucket
    rate: Rate
    name: str
    limits: Limits
    client: str

    def headers(self) -> dict[str, str]:
        """Write what remains, and note that the bot will know."""
        if self.bucket.remaining <= 0:
            self.bucket.told.setdefault(self.client, time.monotonic())
        resets_at, after_s = self.limits.header_times(self.bucket)
        return {
            "X-RateLimit-Limit": str(self.rate.limit),
            "X-RateLimit-Remaining": str(max(self.bucket.remaining, 0)),
            "X-RateLimit-Reset": resets_at,
            "X-RateLimit-Reset-After": after_s,
            "X-RateLimit-Bucket": self.name,
        }
