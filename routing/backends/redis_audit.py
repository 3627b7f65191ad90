"""Who changed what at run time, in Redis: most changes write themselves down, as one step with it.

Those of each server or workspace are kept apart, and apart from the operator's own, so that nobody
can push another's out.
"""

import heapq
from collections.abc import AsyncIterator, Container
from datetime import UTC, datetime
from typing import Final, cast

from config.settings import UsageSettings
from routing.backends.keys import Keys
from routing.backends.redis import Connection, Script
from routing.orders import Realm
from routing.records import KINDS, Change

CHANGES_KEPT: Final = 2000
"""Of each server or workspace, and of the operator."""

_DAY_S: Final = 86_400
_PAGE: Final = 500


def audit_bounds(usage: UsageSettings) -> tuple[int, int]:
    """Return how many changes are kept of each realm, and for how many seconds."""
    return CHANGES_KEPT, usage.keep_days * _DAY_S


class RedisAudit:
    """The changes of one deployment."""

    def __init__(self, connection: Connection, keys: Keys, usage: UsageSettings) -> None:
        self._connection = connection
        self._keys = keys
        self._bounds = audit_bounds(usage)
        self._note = Script("audit", "audit_note")

    def adopt(self, usage: UsageSettings) -> None:
        """Keep the changes from now on for as long as other settings say."""
        self._bounds = audit_bounds(usage)

    async def note(
        self, realm: Realm, what: str, about: str, new: str, by: str, change_id: str
    ) -> None:
        """Write down, once, what was done that does not write itself down."""
        keys = (
            self._keys.audit(realm.tenant),
            self._keys.ledger("audits"),
            self._keys.change(change_id),
        )
        told = (*self._bounds, what, about, new, by, realm.platform, realm.tenant)
        await self._connection.run(self._note, keys, told)

    async def last(
        self, at_most: int = 20, tenant: str | None = None, kinds: Container[str] = KINDS
    ) -> tuple[Change, ...]:
        """Return the last changes, newest first; with a tenant, only of what is that one's own."""
        # Of everything, none but the streams written to last can have one of the last changes.
        streams = (
            [self._keys.audit(tenant)]
            if tenant is not None
            else await self._latest(at_most if kinds is KINDS else None)
        )
        found = [await self._last_of(each, at_most, kinds) for each in streams]
        newest_first = heapq.merge(*found, key=lambda change: change.at, reverse=True)
        return tuple(newest_first)[:at_most]

    async def _latest(self, at_most: int | None) -> list[str]:
        """Name the streams written to last, all of them where there is no limit."""
        last = -1 if at_most is None else at_most - 1
        found = await self._connection.command("ZREVRANGE", self._keys.ledger("audits"), 0, last)
        return [name.decode() for name in cast("list[bytes]", found)]

    async def _last_of(self, stream: str, at_most: int, kinds: Container[str]) -> list[Change]:
        meant: list[Change] = []
        async for change in self._changes(stream):
            if change.what in kinds:
                meant.append(change)
            if len(meant) >= at_most:
                break
        return meant

    async def _changes(self, stream: str) -> AsyncIterator[Change]:
        """Yield all there are of one stream, newest first."""
        until = "+"
        while True:
            found = await self._connection.command("XREVRANGE", stream, until, "-", "COUNT", _PAGE)
            entries = cast("list[tuple[bytes, dict[bytes, bytes]]]", found)
            for entry in entries:
                yield _read(*entry)
            if len(entries) < _PAGE:
                return
            until = f"({entries[-1][0].decode()}"


def _read(change_id: bytes, fields: dict[bytes, bytes]) -> Change:
    given = {
        name.decode(): value.decode("utf-8", "surrogatepass") for name, value in fields.items()
    }
    at_ms = int(change_id.partition(b"-")[0])
    return Change(
        at=datetime.fromtimestamp(at_ms / 1000, UTC),
        by=given["by"],
        what=given["what"],
        about=" ".join(given["field"].split()),
        old=given["old"],
        new=given["new"],
    )
