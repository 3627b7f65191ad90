"""Budgets in Redis: what is reserved, settled and left. Each step is one script."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, cast

from config.quotas import Quota, Scope
from config.settings import Settings
from routing.backends.keys import Keys, encoded
from routing.backends.ledger_lines import (
    Span,
    amounts_of,
    facts_of,
    in_ms,
    levels_of,
    refusals_of,
    span_of,
)
from routing.backends.redis import Connection, Script
from routing.backends.redis_audit import audit_bounds
from routing.backends.redis_policies import RedisPolicies
from routing.clock import Clock
from routing.errors import QuotaExceeded, StoreUnavailable, Superseded
from routing.holds import CallOver, Entry, Hold, Level, Reservation, Spent, Standing
from routing.periods import ROLLING_MS
from routing.query import Origin
from routing.quota import Limit, limits_of

_DAY_S: Final = 86_400
_TRIES: Final = 4
"""Limits that change between each of as many tries change too often to be believed."""

_CONFUSED: Final = "the limits in the store change faster than they can be read"

_ACCOUNTS: Final = 4096
"""How many origins' accounts are remembered."""


@dataclass(frozen=True, slots=True)
class _Account:
    """What one origin's spending counts against, while no calendar window ends.

    Attributes:
        person: Who is charged.
        limits: All that hold.
        told: All of them, as the scripts read them.
        from_ms: Since when this is so.
        until_ms: And until when.
    """

    person: str
    limits: tuple[Limit, ...]
    told: str
    from_ms: int
    until_ms: int


class RedisLedger:
    """Holds and counters in Redis.

    Args:
        connection: To the store.
        keys: Names everything in it.
        settings: Quotas, and how long usage is kept.
        policies: What admins changed.
        clock: Ours: it only guesses which day it is.
        now_ms: What time it is for the scripts; None: the store's own clock, one for all replicas.
    """

    def __init__(
        self,
        connection: Connection,
        keys: Keys,
        settings: Settings,
        policies: RedisPolicies,
        clock: Clock,
        now_ms: Callable[[], int] | None = None,
    ) -> None:
        self._connection = connection
        self._keys = keys
        self._policies = policies
        self._clock = clock
        self._now_ms = now_ms
        self._ahead_ms = 0
        self._account = lru_cache(maxsize=_ACCOUNTS)(self._made_account)
        self._reserve = Script("ledger", "ledger_reserve")
        self._settle = Script("ledger", "ledger_settle")
        self._renew = Script("ledger", "ledger_renew")
        self._lapse = Script("ledger", "ledger_lapse")
        self._levels = Script("ledger", "ledger_levels")
        self._reset = Script("ledger", "audit", "ledger_reset")
        self._recount = Script("ledger", "audit", "ledger_recount")
        self._holds, self._records, self._version, self._audits = (
            keys.ledger(what) for what in ("holds", "records", "version", "audits")
        )
        self.adopt(settings)

    def adopt(self, settings: Settings) -> None:
        """Go by other settings, once the policies do; what is held and spent stays."""
        self._quotas, self._usage_s = settings.quotas, settings.usage.keep_days * _DAY_S
        self._audited = audit_bounds(settings.usage)
        self._account.cache_clear()

    async def standing(self, origin: Origin) -> Standing:
        """Return how far each limit is used that holds for somebody somewhere."""
        for _ in range(_TRIES):
            account = self._account_of(origin)
            found = await self._connection.run(
                self._levels,
                (self._version,),
                (self._told_ms(), self._policies.current.version, account.told),
            )
            kind, *numbers = cast("list[bytes | int]", found)
            if kind == b"levels":
                levels = levels_of(account.limits, cast("list[int]", numbers))
                return Standing(account.person, levels)
            await self._catch_up(kind, numbers)
        raise StoreUnavailable(_CONFUSED)

    async def reserve(self, reservation: Reservation) -> Hold:
        """Set aside what a call may use, in every limit or in none."""
        for _ in range(_TRIES):
            account = self._account_of(reservation.origin)
            holds, hold, records, deliveries = self._hold_keys(reservation)
            first = self._keys.hold(reservation.call_id)
            found = await self._connection.run(
                self._reserve,
                (holds, hold, records, self._version, deliveries, first),
                self._reservation(reservation, account),
            )
            kind, *numbers = cast("list[bytes | int]", found)
            if kind in {b"held", b"again"}:
                return _granted(reservation, account, *map(int, numbers))
            if kind == b"refused":
                raise QuotaExceeded(refusals_of(account.limits, cast("list[int]", numbers)))
            if kind == b"over":
                raise CallOver(has_request=bool(numbers[0]), has_answer=bool(numbers[1]))
            if kind == b"superseded":
                raise Superseded("a later worker has begun to answer")
            await self._catch_up(kind, numbers)
        raise StoreUnavailable(_CONFUSED)

    async def renew(self, hold: Hold, known: Spent) -> None:
        """Go on holding for another lease."""
        await self._connection.run(
            self._renew,
            self._hold_keys(hold.reservation)[:2],
            (self._told_ms(), self._lease_ms(), amounts_of(known)),
        )

    async def settle(self, hold: Hold, spent: Spent, entry: Entry) -> tuple[Level, ...]:
        """Write down what a call used, in the windows of its reservation."""
        reservation = hold.reservation
        arguments = (
            self._quotas.records,
            reservation.call_id,
            facts_of(reservation, hold.person, entry),
            entry.model,
            self._usage(reservation),
            amounts_of(spent, is_cached=entry.is_cached),
            reservation.delivery,
        )
        keys = self._hold_keys(reservation)
        found = await self._connection.run(self._settle, keys, arguments)
        if found == [b"lost"]:
            lost = (in_ms(reservation.at), self._told_at(reservation.origin, reservation.at))
            found = await self._connection.run(self._settle, keys, (*arguments, *lost))
        if found == [b"again"]:
            return ()
        numbers = [int(each) for each in cast("list[bytes]", found)[1].split()]
        return levels_of(hold.limits, numbers) if hold.limits else ()

    async def sweep(self, at_most: int = 100) -> int:
        """End the holds whose holders died, and forget old records; return how many ended."""
        keys = (self._holds, self._records, self._keys.ledger("dropped"))
        arguments = (self._told_ms(), self._quotas.records, at_most, self._usage_s)
        found = await self._connection.run(self._lapse, keys, arguments)
        return cast("int", found)

    def limit_of(self, origin: Origin, quota: Quota) -> Limit | None:
        """Return the limit that a quota's name means for an origin; None when none holds."""
        about = (quota.unit, quota.per, quota.tenant)
        limits = self._account_of(origin).limits
        scopes = {Scope.ROLE, Scope.ASKER} if quota.of is Scope.ASKER else {quota.of}
        matching = (
            limit
            for limit in limits
            if limit.scope in scopes and (limit.unit, limit.window, limit.tenant) == about
        )
        return next(matching, None)

    def counter_of(self, limit: Limit) -> tuple[str, datetime]:
        """Name a limit's counter, and since when what is settled may count in it."""
        at = self._at()
        key = self._keys.counter(limit.counter(at))
        if period := limit.period(at):
            return key, period.starts_at
        if limit.window and limit.window in ROLLING_MS:
            return key, at - timedelta(milliseconds=2 * ROLLING_MS[limit.window])
        return key, datetime.fromtimestamp(0, UTC)

    async def reset(self, limit: Limit, change_id: str, *, about: str, by: str, name: str) -> int:
        """Forgive what is spent of a limit, and write down who did it; return how much it was."""
        (span,) = self._spans((limit,), self._at())
        audit = self._keys.audit(limit.tenant)
        keys = (span[-1], self._records, audit, self._keys.change(change_id), self._audits)
        told = (self._told_ms(), json.dumps(span), self._quotas.records, about, by, name)
        found = await self._connection.run(self._reset, keys, (*told, *self._audited))
        return cast("int", found)

    async def recount(
        self,
        limit: Limit,
        last_record_id: str,
        spent_at: Mapping[int, int],
        *,
        is_all: bool,
        whose: tuple[str, str],
    ) -> int | None:
        """Set what is spent of a limit and return it; None if there is a record not yet counted.

        Args:
            limit: Which.
            last_record_id: Of the last record there was; empty when there was none.
            spent_at: How much counts at which moment, in milliseconds.
            is_all: Whether no record that counts is gone; else the limit is not lowered.
            whose: For the audit, who wants it, and the limit's name.
        """
        (span,) = self._spans((limit,), self._at())
        width_ms = span[3] if span[0] == "rolling" else 0
        sums: Counter[int] = Counter()
        for at_ms, amount in spent_at.items():
            sums[at_ms // width_ms if width_ms else 0] += amount
        found = await self._connection.run(
            self._recount,
            (span[-1], self._records, self._keys.audit(limit.tenant), self._audits),
            (
                *(self._told_ms(), json.dumps(span), last_record_id),
                *(json.dumps(list(sums.items())), "all" if is_all else "", *whose),
                *self._audited,
            ),
        )
        is_done, *spent = cast("list[int]", found)
        return spent[0] if is_done else None

    def _account_of(self, origin: Origin) -> _Account:
        policy, at_ms = self._policies.current, self._at_ms()
        account = self._account(origin, policy.version)
        if not account.from_ms <= at_ms < account.until_ms:
            self._account.cache_clear()
            account = self._account(origin, policy.version)
        return account

    def _made_account(self, origin: Origin, _version: str) -> _Account:
        policy = self._policies.current
        person = policy.person_of(origin.asker)
        limits = limits_of(origin, person, policy.quotas, self._quotas.zone)
        spans = self._spans(limits, self._at())
        calendar = [span for span in spans if span[0] == "calendar"]
        return _Account(
            person=person,
            limits=limits,
            told=json.dumps(spans),
            from_ms=max((span[3] for span in calendar), default=0),
            until_ms=min((span[4] for span in calendar), default=sys.maxsize),
        )

    def _told_at(self, origin: Origin, at: datetime) -> str:
        return json.dumps(self._spans(self._account_of(origin).limits, at))

    def _spans(self, limits: Sequence[Limit], at: datetime) -> list[Span]:
        return [(*span_of(limit, at), self._keys.counter(limit.counter(at))) for limit in limits]

    def _reservation(self, reservation: Reservation, account: _Account) -> tuple[str | int, ...]:
        entry = reservation.entry
        return (
            self._told_ms(),
            self._policies.current.version,
            self._lease_ms(),
            self._quotas.records,
            reservation.call_id,
            facts_of(reservation, account.person, entry),
            entry.model,
            self._usage(reservation),
            amounts_of(reservation.known),
            amounts_of(reservation.most),
            amounts_of(reservation.least),
            reservation.output_tokens,
            reservation.floor_tokens,
            account.told,
            reservation.delivery,
        )

    def _hold_keys(self, reservation: Reservation) -> tuple[str, str, str, str]:
        hold = self._keys.hold(reservation.call_id, reservation.delivery)
        deliveries = self._keys.deliveries(reservation.entry.reply_id)
        return self._holds, hold, self._records, deliveries

    def _usage(self, reservation: Reservation) -> str:
        """Say where usage is counted, how long it is kept, and as whose, where."""
        origin, day = reservation.origin, reservation.at.astimezone(UTC).date()
        of_person = self._keys.usage(origin, day)
        of_tenant = self._keys.tenant_usage(origin.platform, origin.tenant, day)
        where = f":{encoded(origin.place)}:{encoded(origin.person)}"
        used_in = self._keys.used_in(origin.platform, origin.person)
        counted_in = f'"{of_person}","{of_tenant}",{self._usage_s},"{where}"'
        return f'[{counted_in},"{used_in}","{encoded(origin.tenant)}"]'

    async def _catch_up(self, kind: bytes | int, numbers: Sequence[bytes | int]) -> None:
        """Do what an answer asks for that was neither yes nor no."""
        if kind == b"clock":
            self._ahead_ms = int(numbers[0]) - in_ms(self._clock.now())
        else:
            await self._policies.reload()

    def _at(self) -> datetime:
        return datetime.fromtimestamp(self._at_ms() / 1000, UTC)

    def _at_ms(self) -> int:
        """Return the store's time, as far as we know it."""
        return self._now_ms() if self._now_ms else in_ms(self._clock.now()) + self._ahead_ms

    def _told_ms(self) -> str:
        return str(self._now_ms()) if self._now_ms else ""

    def _lease_ms(self) -> int:
        return int(self._quotas.lease_s * 1000)


def _granted(reservation: Reservation, account: _Account, granted: int, asked: int) -> Hold:
    # Another model's wish under the same id, whose answer was lost, may be longer.
    granted = min(granted, reservation.output_tokens)
    wish = reservation.without_request() if asked else reservation
    return Hold(wish, account.person, granted, account.limits, has_request=bool(asked))
