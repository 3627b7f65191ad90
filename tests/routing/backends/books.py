"""A ledger with what belongs to it, over any store, at a time that is told."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from config.quotas import Quota, QuotaSettings
from config.settings import Settings
from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.backends.redis_accounts import RedisAccounts
from routing.backends.redis_audit import RedisAudit
from routing.backends.redis_ledger import RedisLedger
from routing.backends.redis_limits import RedisLimits
from routing.backends.redis_policies import RedisPolicies
from routing.clock import Clock
from routing.holds import Entry, Hold, Level, Reservation, Spent
from routing.pricing import Usage
from routing.query import Origin
from tests.builders import an_origin

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
A_DAY = Quota.model_validate({"of": "asker", "usd": "0.001", "per": "day"})
"""A thousand micro-dollars a day for each asker."""


def a_quota(**given: Any) -> Quota:
    """Build a quota of each asker, unless told otherwise."""
    return Quota.model_validate({"of": "asker"} | given)


class Books:
    """A ledger, its limits and its accounts; every call of a test has the next id."""

    def __init__(
        self, connection: Connection, keys: Keys, *quotas: Quota, at: datetime = NOON, **given: Any
    ) -> None:
        self.at = at
        self.settings = Settings(quotas=QuotaSettings(limits=quotas, **given))
        self.connection = connection
        self.keys = keys
        self.policies = RedisPolicies(connection, keys, self.settings.quotas)
        clock = Clock(now=lambda: self.at)
        self.ledger = RedisLedger(
            connection, keys, self.settings, self.policies, clock, now_ms=self._now_ms
        )
        self.accounts = RedisAccounts(connection, keys, self.settings, clock)
        usage = self.settings.usage
        self.limits = RedisLimits(
            connection, keys, self.policies, self.ledger, self.accounts, usage
        )
        self.audit = RedisAudit(connection, keys, usage)
        self._calls = 0

    def advance(self, **given: float) -> None:
        """Let time pass."""
        self.at += timedelta(**given)

    def reservation(
        self,
        most: int = 100,
        least: int | None = None,
        *,
        known: int = 0,
        call_id: str = "",
        origin: Origin | None = None,
        tokens: tuple[int, int] = (1000, 64),
    ) -> Reservation:
        """Build the wish for a call of so many micro-dollars, ten of them input tokens."""
        self._calls += 1
        call_id = call_id or f"call-{self._calls}"
        output_tokens, floor_tokens = tokens
        return Reservation(
            call_id=call_id,
            origin=origin or an_origin(),
            at=self.at,
            entry=an_entry(call_id),
            most=Spent(most, Usage(10, output_tokens), requests=1),
            least=Spent(most if least is None else least, Usage(10, floor_tokens), requests=1),
            known=Spent(known, Usage(10), requests=1),
            output_tokens=output_tokens,
            floor_tokens=floor_tokens,
        )

    async def reserve(self, most: int = 100, least: int | None = None, **given: Any) -> Hold:
        """Set something aside."""
        return await self.ledger.reserve(self.reservation(most, least, **given))

    async def settle(self, hold: Hold, cost: int, **given: Any) -> tuple[Level, ...]:
        """Settle a hold at a cost, with ten tokens in and twenty out."""
        is_cached = given.pop("is_cached", False)
        spent = Spent(cost, Usage(10, 20), requests=1, **given)
        entry = an_entry(hold.reservation.call_id, is_cached=is_cached)
        return await self.ledger.settle(hold, spent, entry)

    async def spend(self, cost: int, **given: Any) -> tuple[Level, ...]:
        """Reserve what a call costs, and settle it."""
        return await self.settle(await self.reserve(cost, **given), cost)

    async def level(self, **origin: Any) -> tuple[int, int]:
        """Return what is spent and held of the only limit."""
        (level,) = (await self.ledger.standing(an_origin(**origin))).levels
        return level.spent, level.held

    async def recorded(self) -> Counter[str]:
        """Return the sums of all records but resets, by amount."""
        sums: Counter[str] = Counter()
        async for record in self.accounts.records(datetime.fromtimestamp(0, UTC)):
            if record.kind != "reset":
                sums.update(record.amounts)
        return sums

    def _now_ms(self) -> int:
        return int(self.at.timestamp() * 1000)


def an_entry(call_id: str = "call", **given: Any) -> Entry:
    """Build what the ledger keeps of a call beside its amounts."""
    return Entry(**({"reply_id": call_id.partition(":")[0], "model": "llama"} | given))
