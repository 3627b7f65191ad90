"""Counts what is spent in Redis."""

from collections import Counter, defaultdict
from dataclasses import asdict, fields
from datetime import UTC, date, timedelta
from typing import Final, cast

from config.settings import UsageSettings
from routing.backends.keys import Keys
from routing.backends.redis import Connection, Script
from routing.clock import Clock
from routing.ports import Settlement, UsageLine
from routing.pricing import Usage
from routing.query import Origin
from routing.reply import Receipt

_DAY_S: Final = 86_400
_MARK_S: Final = 7 * _DAY_S


class RedisLedger:
    """Usage in Redis: one hash of counters for each person, tenant and day."""

    def __init__(
        self,
        connection: Connection,
        keys: Keys,
        settings: UsageSettings,
        clock: Clock,
    ) -> None:
        self._connection = connection
        self._keys = keys
        self._kept_days = settings.keep_days
        self._clock = clock
        self._settle = Script("settle")
        self._usage = Script("usage")

    async def settle(self, settlement: Settlement) -> None:
        """Write down what an answer used; a second time with the same reply id does nothing."""
        day = settlement.at.astimezone(UTC).date()
        receipt = settlement.receipt
        counted = [part for counter in _amounts(receipt).items() for part in counter]
        await self._connection.run(
            self._settle,
            (self._keys.settled(receipt.reply_id), self._keys.usage(settlement.origin, day)),
            (_MARK_S, self._kept_days * _DAY_S, *counted),
        )

    async def usage(self, origin: Origin, since: date) -> tuple[UsageLine, ...]:
        """Return a person's usage in a tenant, by day and model, oldest day first."""
        # One day more: another machine's clock may already be past midnight.
        last = self._clock.now().date() + timedelta(days=1)
        first = max(since, last - timedelta(days=self._kept_days + 1))
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        if not days:
            return ()
        keys = [self._keys.usage(origin, day) for day in days]
        found = cast("list[list[bytes]]", await self._connection.run(self._usage, keys))
        return tuple(
            line for day, flat in zip(days, found, strict=True) for line in _lines(day, flat)
        )


def _amounts(receipt: Receipt) -> Counter[str]:
    """Count by `counter:model`; what is zero is left out."""
    amounts: Counter[str] = Counter()
    if receipt.model:
        amounts[f"answers:{receipt.model}"] += 1
        amounts[f"saved_microusd:{receipt.model}"] += receipt.saved_microusd
    for attempt in receipt.attempts:
        amounts[f"cost_microusd:{attempt.model}"] += attempt.cost_microusd
        for kind, tokens in asdict(attempt.usage).items():
            amounts[f"{kind}:{attempt.model}"] += tokens
    return Counter({counter: amount for counter, amount in amounts.items() if amount})


def _lines(day: date, flat: list[bytes]) -> list[UsageLine]:
    """Read a day's counters, each field followed by its amount."""
    by_model: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for field, amount in zip(flat[::2], flat[1::2], strict=True):
        counter, _, model = field.decode().partition(":")
        by_model[model][counter] = int(amount)
    return [
        UsageLine(
            day=day,
            model=model,
            answers=amounts["answers"],
            usage=Usage(**{each.name: amounts[each.name] for each in fields(Usage)}),
            cost_microusd=amounts["cost_microusd"],
            saved_microusd=amounts["saved_microusd"],
        )
        for model, amounts in sorted(by_model.items())
    ]
