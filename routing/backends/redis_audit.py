"""Reads in Redis who changed what at run time; each change itself writes it down."""

from collections.abc import Container
from datetime import UTC, datetime
from itertools import islice
from typing import Final, cast

from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.records import KINDS, ORDER_KINDS, Change

_LOOKED_AT: Final = 2000
"""How many of all changes are looked through for some of them."""

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
        found = await self._connection.command(
            "XREVRANGE", self._key, "+", "-", "COUNT", _LOOKED_AT
        )
        entries = cast("list[tuple[bytes, dict[bytes, bytes]]]", found)
        read = (_read(*entry) for entry in entries)
        meant = (each for each, of in read if tenant in {None, of} and each.what in kinds)
        return tuple(islice(meant, at_most))


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
