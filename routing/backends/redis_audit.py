"""Reads in Redis who changed what at run time; each change itself writes it down."""

from collections.abc import AsyncIterator, Container
from datetime import UTC, datetime
from typing import Final, cast

from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.records import KINDS, ORDER_KINDS, Change

_PAGE: Final = 500

_LINK: Final = "link"


class RedisAudit:
    """The changes of one deployment."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._key = keys.ledger("audit")

    async def last(
        self, at_most: int = 20, tenant: str | None = None, kinds: Container[str] = KINDS
    ) -> tuple[Change, ...]:
        """Return the last changes, newest first; with a tenant, only of what is that one's own."""
        meant: list[Change] = []
        async for change, of in self._changes():
            if tenant in {None, of} and change.what in kinds:
                meant.append(change)
            if len(meant) >= at_most:
                break
        return tuple(meant)

    async def _changes(self) -> AsyncIterator[tuple[Change, str]]:
        """Yield all there are, newest first: another tenant's many push nobody's out of sight."""
        until = "+"
        while True:
            found = await self._connection.command(
                "XREVRANGE", self._key, until, "-", "COUNT", _PAGE
            )
            entries = cast("list[tuple[bytes, dict[bytes, bytes]]]", found)
            for entry in entries:
                yield _read(*entry)
            if len(entries) < _PAGE:
                return
            until = f"({entries[-1][0].decode()}"


def _read(change_id: bytes, fields: dict[bytes, bytes]) -> tuple[Change, str]:
    """Return a change, and which tenant's own it is; empty when it is the operator's."""
    given = {
        name.decode(): value.decode("utf-8", "surrogatepass") for name, value in fields.items()
    }
    at_ms = int(change_id.partition(b"-")[0])
    change = Change(
        at=datetime.fromtimestamp(at_ms / 1000, UTC),
        by=given["by"],
        what=given["what"],
        about=" ".join(given["field"].split()),
        old=given["old"],
        new=given["new"],
    )
    if change.what in ORDER_KINDS:
        return change, given["tenant"]
    _, tenant, *_ = (*given["field"].split("\n"), "", "")
    return change, "" if change.what == _LINK else tenant
