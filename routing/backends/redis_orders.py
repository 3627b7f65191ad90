"""Keeps in Redis what admins order: a hash for each realm, few and without an end."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final, cast
from uuid import uuid4

from config.settings import UsageSettings
from routing.backends.keys import Keys
from routing.backends.redis import Connection, Script
from routing.backends.redis_audit import audit_bounds
from routing.errors import OrdersFull
from routing.orders import (
    ALL,
    EVERYWHERE,
    MOST_ORDERS,
    PERSONAS_KEPT,
    InForce,
    Of,
    Order,
    Orders,
    Persona,
    Realm,
    Subject,
    Target,
)

_PERSONAS_KEPT_S: Final = 400 * 86_400
_VERSION: Final = "version"
_PARTS: Final = 3
_LINES: Final = 4


class RedisOrders:
    """The orders of one deployment."""

    def __init__(self, connection: Connection, keys: Keys, usage: UsageSettings) -> None:
        self._connection = connection
        self._keys = keys
        self._audited = audit_bounds(usage)
        self._change = Script("audit", "oldest", "order_change")
        self._load = Script("order_load")

    def adopt(self, usage: UsageSettings) -> None:
        """Keep the changes from now on for as long as other settings say."""
        self._audited = audit_bounds(usage)

    async def load(self, realm: Realm, known: InForce | None = None) -> InForce:
        """Return the orders of a realm and the operator's, fetching what changed since."""
        before = known or InForce()
        names = [self._keys.orders(each) for each in (realm, EVERYWHERE)]
        versions = (before.here.version, before.everywhere.version)
        found = await self._connection.run(self._load, names, versions)
        here, everywhere = cast("list[tuple[bytes, list[bytes] | None]]", found)
        return InForce(_orders(*here, before.here), _orders(*everywhere, before.everywhere))

    async def give(self, realm: Realm, order: Order, by: str, change_id: str = "") -> str | None:
        """Give an order, in place of one about the same for the same; return that one's value.

        Raises:
            OrdersFull: The realm has as many as it may have.
        """
        return await self._changed(realm, order, by, change_id, is_given=True)

    async def take_back(
        self, realm: Realm, subject: Subject, target: Target, by: str, change_id: str = ""
    ) -> str | None:
        """Take an order back; return its value, None if there was none."""
        return await self._changed(realm, Order(subject, target), by, change_id, is_given=False)

    async def personas(self, realm: Realm, target: Target) -> tuple[Persona, ...]:
        """Return the last versions of a persona, newest first."""
        key = self._keys.personas(realm, target.who)
        found = await self._connection.command("LRANGE", key, 0, -1)
        return tuple(filter(None, map(_persona, cast("list[bytes]", found))))

    async def digests(self) -> Mapping[Realm, str]:
        """Return the digests that are ordered, of all realms."""
        found = await self._connection.command("HGETALL", self._keys.ledger("digests"))
        by_realm = cast("dict[bytes, bytes]", found)
        return {Realm(*_text(name).split("\n", 1)): _text(line) for name, line in by_realm.items()}

    async def _changed(
        self, realm: Realm, order: Order, by: str, change_id: str, *, is_given: bool
    ) -> str | None:
        version, target = uuid4().hex, order.target
        keys = (
            self._keys.orders(realm),
            self._keys.audit(realm.tenant),
            self._keys.change(change_id or version),
            self._keys.personas(realm, target.who),
            self._keys.ledger("digests"),
            self._keys.ledger("audits"),
            self._keys.persona_places(realm),
        )
        what = (
            _field(order.subject, target),
            order.subject,
            _about(realm, target),
            int(is_given),
            order.value,
        )
        whose = (by, version, realm.platform, realm.tenant)
        bounds = (MOST_ORDERS, PERSONAS_KEPT, _PERSONAS_KEPT_S, *self._audited)
        found = await self._connection.run(self._change, keys, (*what, *whose, *bounds))
        is_done, *old = cast("list[bytes | int | None]", found)
        if not is_done:
            raise OrdersFull(f"{MOST_ORDERS} orders")
        return _text(cast("bytes", old[0])) if old and old[0] is not None else None


def _about(realm: Realm, target: Target) -> str:
    """Say whom or what an order is for, to who reads the audit."""
    if target.of is Of.MODEL:
        return target.who
    return "everywhere" if (realm, target) == (EVERYWHERE, ALL) else str(target)


def _field(subject: Subject, target: Target) -> str:
    return f"{subject}\n{target.of}\n{target.who}"


def _orders(version: bytes, flat: list[bytes] | None, before: Orders) -> Orders:
    """Read the orders of a realm; what is of another version of us is passed over."""
    if flat is None:
        return before
    texts = [_text(each) for each in flat]
    pairs = dict(zip(texts[::2], texts[1::2], strict=True))
    return Orders(version.decode(), dict(_read(pairs)))


def _read(pairs: Mapping[str, str]) -> list[tuple[tuple[Subject, Target], str]]:
    read = []
    for field, value in pairs.items():
        parts = field.split("\n", _PARTS - 1)
        if field == _VERSION or len(parts) != _PARTS:
            continue
        subject, of, who = parts
        with suppress(ValueError):
            read.append(((Subject(subject), Target(Of(of), who)), value))
    return read


def _persona(raw: bytes) -> Persona | None:
    parts = _text(raw).split("\n", _LINES - 1)
    if len(parts) != _LINES or not (parts[0].isdecimal() and parts[1].isdecimal()):
        return None
    version, at_ms, by, text = parts
    return Persona(int(version), text, by, datetime.fromtimestamp(int(at_ms) / 1000, UTC))


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogatepass")
