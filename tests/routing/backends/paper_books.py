"""A ledger's books kept another way: from its records, and from the holds known to be open."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from math import ceil

from config.quotas import Scope, Unit
from routing.backends.keys import Keys
from routing.backends.redis_policies import Policy
from routing.holds import Hold, Reservation, Spent
from routing.periods import BUCKETS, ROLLING_MS
from routing.quota import Limit
from routing.records import Record


def needed(reservation: Reservation, granted: int, unit: Unit) -> int:
    """Return how much of a unit must be held for an answer of a length."""
    most, least = reservation.most.of(unit), reservation.least.of(unit)
    span = reservation.output_tokens - reservation.floor_tokens
    if not span:
        return most
    return least + ceil(Fraction((most - least) * (granted - reservation.floor_tokens), span))


def bucket_of(limit: Limit, at_ms: int) -> int:
    """Return the bucket of a rolling window; always 0 of another."""
    if limit.window is None or limit.window not in ROLLING_MS:
        return 0
    return at_ms // (ROLLING_MS[limit.window] // BUCKETS)


@dataclass
class Open:
    """A call that was granted.

    Attributes:
        wish: What was asked for.
        hold: As the ledger gave it.
        at_ms: When.
        until_ms: The end of its lease.
        known: What is charged if that comes.
        truth: What it used in the end; None until it is settled.
    """

    wish: Reservation
    hold: Hold
    at_ms: int
    until_ms: int
    known: Spent
    state: str = "open"
    truth: Spent | None = None
    charged: Counter[str] = field(default_factory=Counter)

    @property
    def requests_if_left(self) -> int:
        """Return how many requests are charged if it is taken over now."""
        return self.known.requests if self.state == "open" else 0


def name_of(unit: Unit) -> str:
    """Return what a record calls a unit."""
    return "cost_microusd" if unit is Unit.MICROUSD else unit.value


def moment(at_ms: int) -> datetime:
    """Return a moment told in milliseconds."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)


class PaperBooks:
    """Calls and records, and what follows from them.

    Args:
        keys: Names the counters.
        now_ms: What time it is.
    """

    def __init__(self, keys: Keys, now_ms: Callable[[], int]) -> None:
        self.keys = keys
        self.now_ms = now_ms
        self.calls: list[Open] = []
        self.records: list[Record] = []
        self.spent_in: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self.deliveries: dict[str, int] = {}

    def write(self, record: Record) -> None:
        """Take over what was written to the ledger."""
        self.records.append(record)
        if record.kind == "reset":
            self.take_reset(record)
        else:
            self.take(record)

    def take_reset(self, record: Record) -> None:
        """Forget what is spent in a counter: exactly what the record says there was."""
        sums = self.spent_in[record.call_id]
        if ":minute" in record.call_id or ":hour" in record.call_id:
            width_ms = 1000 if ":minute" in record.call_id else 60_000
            live = record.at_ms // width_ms - BUCKETS
            forgiven = sum(spent for bucket, spent in sums.items() if bucket >= live)
        else:
            forgiven = sum(sums.values())
        assert sum(record.amounts.values()) == -forgiven
        sums.clear()

    def take(self, record: Record) -> None:
        """Count a record in every limit its call was granted under."""
        name = (record.call_id, record.facts["delivery"])
        call = next(each for each in self.calls if (each.wish.call_id, each.wish.delivery) == name)
        assert record.at_ms == call.at_ms
        if record.kind == "lapsed":
            assert call.state == "open"
            assert call.until_ms <= self.now_ms() or self.is_superseded(call)
            call.state = "lapsed"
        call.charged.update(record.amounts)
        for limit in call.hold.limits:
            if limit.unit is not Unit.AT_ONCE:
                key = self.key(limit, call.at_ms)
                bucket = bucket_of(limit, call.at_ms)
                self.spent_in[key][bucket] += record.amounts[name_of(limit.unit)]

    def latest(self, call: Open) -> int:
        """Return the number of the last worker that asked for a call."""
        return self.deliveries.get(call.wish.call_id, 1)

    def is_superseded(self, call: Open) -> bool:
        """Tell whether a later worker has asked for a call."""
        return self.latest(call) > call.wish.delivery

    def last_of(self, call: Open) -> Open:
        """Return the call as the last worker made it that was let."""
        return [each for each in self.calls if each.wish.call_id == call.wish.call_id][-1]

    def requests_of(self, call_id: str) -> int:
        """Return how many requests are charged for a call of all workers together."""
        return sum(each.charged["requests"] for each in self.calls if each.wish.call_id == call_id)

    def counted(self, limit: Limit, policy: Policy) -> Counter[int]:
        """Count what belongs to a limit from all records, as one would on paper."""
        sums: Counter[int] = Counter()
        key = self.key(limit)
        for record in self.records:
            if record.kind == "reset":
                if record.call_id == key:
                    sums.clear()
            elif self.belongs(limit, record, policy):
                sums[bucket_of(limit, record.at_ms)] += record.amounts[name_of(limit.unit)]
        return sums

    def belongs(self, limit: Limit, record: Record, policy: Policy) -> bool:
        """Tell whether a record counts in a limit's running window."""
        facts, at = record.facts, moment(record.at_ms)
        if (period := limit.period(moment(self.now_ms()))) and at not in period:
            return False
        where = (facts["platform"], facts["tenant"], facts["place"])
        match limit.scope:
            case Scope.TENANT:
                return limit.who == where[:2]
            case Scope.PLACE:
                return limit.who == where
            case Scope.ROLE | Scope.ASKER:
                return limit.who == (policy.person_of(str(facts["asker"])),)
            case Scope.EVERYONE:
                return True

    def key(self, limit: Limit, at_ms: int | None = None) -> str:
        """Name a limit's counter."""
        at = moment(self.now_ms() if at_ms is None else at_ms)
        return self.keys.counter(limit.counter(at))

    def held(self, limit: Limit, at_ms: int | None = None) -> int:
        """Return what open calls hold of a limit, now or in the window of a moment."""
        at_ms = self.now_ms() if at_ms is None else at_ms
        key, oldest = self.key(limit, at_ms), bucket_of(limit, at_ms) - BUCKETS
        return sum(
            needed(call.hold.reservation, call.hold.output_tokens, limit.unit)
            for call in self.calls
            if call.state == "open" and bucket_of(limit, call.at_ms) >= oldest
            if any(self.key(each, call.at_ms) == key for each in call.hold.limits)
        )

    def free(self, limit: Limit) -> int:
        """Return what is left of a limit."""
        return limit.amount - self.spent(limit) - self.held(limit)

    def spent(self, limit: Limit) -> int:
        """Return what is spent of a limit in the running window."""
        oldest = bucket_of(limit, self.now_ms()) - BUCKETS
        sums = self.spent_in[self.key(limit)].items()
        return sum(spent for bucket, spent in sums if bucket >= oldest)
