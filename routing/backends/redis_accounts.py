"""What was used, read from Redis: the counters of each day and the exact ledger's records."""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Final, cast
from urllib.parse import unquote

from config.settings import Settings
from routing.backends.keys import Keys
from routing.backends.redis import Connection, Script
from routing.clock import Clock
from routing.pricing import Usage
from routing.query import Origin
from routing.records import FORGOTTEN, RECORD_AMOUNTS, Record, TenantLine, UsageLine, together

_PAGE: Final = 1000

_PART: Final = 5000
"""Counters read in one step."""


class RedisAccounts:
    """Reads one hash of counters for each person or tenant and day, and the stream of records."""

    def __init__(
        self, connection: Connection, keys: Keys, settings: Settings, clock: Clock
    ) -> None:
        self._connection = connection
        self._keys = keys
        self._clock = clock
        self._usage = Script("usage")
        self._tenants = Script("tenants")
        self.adopt(settings)

    def adopt(self, settings: Settings) -> None:
        """Look as far back as other settings say that usage is kept."""
        self._kept_days = settings.usage.keep_days
        self._kept_records = settings.quotas.records

    async def of_person(self, origin: Origin, since: date) -> tuple[UsageLine, ...]:
        """Return a person's usage in a tenant, by day and model, oldest day first."""
        if not (days := self._days(since)):
            return ()
        keys = [self._keys.usage(origin, day) for day in days]
        found = cast("list[list[bytes]]", await self._connection.run(self._usage, keys))
        by_day = zip(days, found, strict=True)
        return tuple(
            line
            for day, flat in by_day
            for line in _lines(day, _amounts(zip(flat[::2], flat[1::2], strict=True)))
        )

    async def of_asker(
        self, platform: str, person: str, since: date, tenant: str = ""
    ) -> tuple[UsageLine, ...]:
        """Return a person's usage in all tenants of a platform, by day and model."""
        found = await self._connection.command("SMEMBERS", self._keys.used_in(platform, person))
        known = {unquote(each.decode()) for each in cast("Iterable[bytes]", found)}
        tenants = sorted(known | ({tenant} - {""}))
        used = [
            await self.of_person(Origin(platform, tenant, "", person), since) for tenant in tenants
        ]
        return together(line for lines in used for line in lines)

    async def of_tenant(self, platform: str, tenant: str, since: date) -> tuple[TenantLine, ...]:
        """Return everybody's usage in a tenant, by day, model, place and person."""
        lines: list[TenantLine] = []
        for day in self._days(since):
            amounts = await self._read(self._keys.tenant_usage(platform, tenant, day))
            lines += await asyncio.to_thread(_tenant_lines, f"{platform}:{tenant}", day, amounts)
        return tuple(lines)

    async def tenants(self) -> tuple[str, ...]:
        """Return of which tenants any usage is kept, each as `discord:1`, in order."""
        prefix, found = self._keys.tenants_usage, set[str]()
        cursor = "0"
        while True:
            page = await self._connection.run(self._tenants, (prefix,), (cursor, _PAGE, prefix))
            at, keys = cast("tuple[bytes, list[bytes]]", page)
            for key in keys:
                platform, tenant, _ = key.decode().removeprefix(prefix).split(":")
                found.add(f"{unquote(platform)}:{unquote(tenant)}")
            if (cursor := at.decode()) == "0":
                return tuple(sorted(found))

    async def records(self, since: datetime) -> AsyncIterator[Record]:
        """Yield what was settled from a moment on, oldest first."""
        async for record in self.records_from(str(int(since.timestamp() * 1000))):
            yield record

    async def records_from(self, start: str) -> AsyncIterator[Record]:
        """Yield the records from an id on, oldest first; after it, where a `(` stands before."""
        while True:
            found = cast(
                "list[tuple[bytes, dict[bytes, bytes]]]",
                await self._connection.command(
                    "XRANGE", self._keys.ledger("records"), start, "+", "COUNT", _PAGE
                ),
            )
            for record_id, fields_ in found:
                yield _read_record(record_id, fields_)
            if len(found) < _PAGE:
                return
            start = f"({found[-1][0].decode()}"

    async def reach_back_to(self, since: datetime) -> bool:
        """Tell whether no record of a moment or later is dropped, as too old or too many."""
        key, since_ms = self._keys.ledger("records"), since.timestamp() * 1000
        dropped = await self._connection.command("GET", self._keys.ledger("dropped"))
        if since_ms < int(cast("bytes | None", dropped) or 0):
            return False
        found = await self._connection.command("XRANGE", key, "-", "+", "COUNT", 1)
        oldest = cast("list[tuple[bytes, object]]", found)
        count = cast("int", await self._connection.command("XLEN", key))
        if count < self._kept_records:
            return True
        return int(oldest[0][0].partition(b"-")[0]) < since_ms

    async def last_record_id(self) -> str:
        """Return the id of the newest record; empty when there is none."""
        found = await self._connection.command(
            "XREVRANGE", self._keys.ledger("records"), "+", "-", "COUNT", 1
        )
        newest = cast("list[tuple[bytes, object]]", found)
        return newest[0][0].decode() if newest else ""

    def _days(self, since: date) -> list[date]:
        # One day more: another machine's clock may already be past midnight.
        last = self._clock.now().date() + timedelta(days=1)
        first = max(since, last - timedelta(days=self._kept_days + 1))
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]

    async def _read(self, key: str) -> dict[str, int]:
        """Read counters in parts: a large server's take long, and all others wait meanwhile."""
        amounts: dict[str, int] = {}
        cursor = 0
        while True:
            found = await self._connection.command("HSCAN", key, cursor, "COUNT", _PART)
            cursor, part = cast("tuple[int, dict[bytes, bytes]]", found)
            amounts |= _amounts(part.items())
            if not cursor:
                return amounts


def _read_record(record_id: bytes, entry: Mapping[bytes, bytes]) -> Record:
    """Read one entry of the stream."""
    given = {name.decode(): value.decode() for name, value in entry.items()}
    return Record(
        record_id=record_id.decode(),
        kind=given["kind"],
        call_id=given["call"],
        at_ms=int(given["at"]),
        model=given["model"],
        # A record of an earlier version has fewer.
        amounts=dict.fromkeys(RECORD_AMOUNTS, 0)
        | dict(zip(RECORD_AMOUNTS, json.loads(given["amounts"]), strict=False)),
        facts=json.loads(given["about"]),
    )


def _amounts(counters: Iterable[tuple[bytes, bytes]]) -> dict[str, int]:
    return {field.decode(): int(amount) for field, amount in counters}


def _lines(day: date, amounts: Mapping[str, int]) -> list[UsageLine]:
    return [
        UsageLine(
            day=day,
            model=model,
            answers=found["answers"],
            usage=Usage(**{each.name: found[each.name] for each in fields(Usage)}),
            cost_microusd=found["cost_microusd"],
            saved_microusd=found["saved_microusd"],
            saved_by_cache_microusd=found["saved_by_cache_microusd"],
        )
        for (model,), found in _grouped(amounts)
    ]


def _tenant_lines(tenant: str, day: date, amounts: Mapping[str, int]) -> list[TenantLine]:
    return [
        TenantLine(
            day=day,
            model=model,
            place=unquote(place, errors="surrogatepass"),
            person=unquote(person, errors="surrogatepass") or FORGOTTEN,
            answers=found["answers"],
            tokens=found["tokens"],
            cost_microusd=found["cost_microusd"],
            saved_microusd=found["saved_microusd"],
            saved_by_cache_microusd=found["saved_by_cache_microusd"],
            tenant=tenant,
        )
        for (model, place, person), found in _grouped(amounts)
    ]


def _grouped(amounts: Mapping[str, int]) -> list[tuple[list[str], Counter[str]]]:
    """Sort `counter:model…` by what stands behind the counter's name."""
    by_rest: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for field, amount in amounts.items():
        name, _, rest = field.partition(":")
        by_rest[rest][name] = amount
    return [(rest.split(":"), found) for rest, found in sorted(by_rest.items())]
