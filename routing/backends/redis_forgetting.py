"""Takes a person out of everything that is kept in Redis.

All keys are looked at, page by page; each page is one short step, so that others hardly wait. What
leads to a person (the replies they were given, the places they asked in) is found out first and
kept for an hour under a digest, and what it is found from goes last: so whoever is interrupted can
begin again.
"""

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import date, datetime
from typing import Final, Literal, cast
from urllib.parse import unquote
from uuid import uuid4

from routing.backends.keys import Keys, encoded
from routing.backends.redis import Connection, Script
from routing.backends.redis_comparisons import voter_name
from routing.backends.redis_copying import RedisCopying
from routing.backends.redis_history import FORGOTTEN_S, in_exchange
from routing.cache import scope_key, scope_of
from routing.clock import Clock
from routing.forgetting import Somebody, Trace, Traces
from routing.inbox import TAKEN_BACK, Inbox, Wish
from routing.ports import Cache
from routing.query import Origin
from routing.records import FORGOTTEN

_KEPT_S: Final = 3600
_FIELDS: Final = 1000
_MOST_KEYS: Final = 200
_LEAST_KEYS: Final = 10
_STEP_S: Final = 0.005
"""So long a page of keys may take; the next one is cut to it."""

_Mode = Literal["count", "remove"]


class RedisForgetting:
    """Forgets people of one deployment."""

    def __init__(
        self, connection: Connection, keys: Keys, inbox: Inbox, cache: Cache, clock: Clock
    ) -> None:
        self._connection = connection
        self._keys = keys
        self._inbox = inbox
        self._run = _Run(connection, keys, cache, clock)

    async def begin(self, whom: Somebody, at: datetime) -> frozenset[str]:
        """Let nothing they asked up to a moment be remembered, and end what is being answered."""
        marked = uuid4().hex
        mark, at_ms = self._keys.forgotten(whom.platform, whom.person), int(at.timestamp() * 1000)
        await self._connection.command("SET", mark, at_ms, "EX", FORGOTTEN_S)
        identities = await self._inbox.of_asker(whom.asker)
        for identity in identities:
            # A worker can take away the line that says it waits, and we cannot.
            if not await self._inbox.note_waiting(identity, TAKEN_BACK, marked):
                await self._inbox.wish(identity, Wish.CANCEL)
        return identities

    async def end(self, identities: Iterable[str]) -> None:
        """End what no worker took."""
        for identity in identities:
            await self._inbox.wish(identity, Wish.CANCEL)

    async def is_busy(self, whom: Somebody) -> bool:
        """Tell whether something is still being answered to them."""
        if await self._inbox.of_asker(whom.asker):
            return True
        asked = _in_json("asker", whom.asker).encode()
        holds = await self._connection.command("ZRANGE", self._keys.ledger("holds"), 0, -1)
        for hold in cast("list[bytes]", holds):
            about = await self._connection.command("HGET", hold, "about")
            if asked in cast("bytes", about or b""):
                return True
        return False

    async def look(self, whom: Somebody, *, with_budgets: bool = False) -> Traces:
        """Count what there is of them, changing nothing."""
        return await self._run.all(whom, "count", with_budgets=with_budgets)

    async def forget(self, whom: Somebody, *, with_budgets: bool = False) -> Traces:
        """Take them out of everything; return what there was."""
        return await self._run.all(whom, "remove", with_budgets=with_budgets)


class _Run:
    """The steps in their order: what leads to the rest goes last."""

    def __init__(self, connection: Connection, keys: Keys, cache: Cache, clock: Clock) -> None:
        self._connection = connection
        self._keys = keys
        self._cache = cache
        self._elapsed_s = clock.elapsed_s
        self._copying = RedisCopying(connection, keys, _KEPT_S)
        self._look = Script("forget_text", "forget", "forget_look")
        self._walk = Script("forget_text", "forget", "forget_walk")
        self._policy = Script("forget_text", "forget_policy")
        self._usage = Script("forget_usage")

    async def all(self, whom: Somebody, mode: _Mode, *, with_budgets: bool) -> Traces:
        """Do all of it."""
        words = json.dumps(_words(whom, with_budgets=with_budgets))
        counts: Counter[str] = Counter()
        counts[Trace.RECORDS] = await self._copying.count(self._records, whom)
        counts[Trace.USAGE] = await self._forget_usage(whom, words, mode)
        await self._find_scopes(whom, mode)
        named = await self._forget_keys(whom, words, mode, counts)
        counts[Trace.COMPARISONS] += await self._forget_choices(whom, named, mode)
        counts.update(await self._forget_policy(words, mode))
        for stream in (key for kind, key in named if kind == "audit"):
            if found := await self._copying.count(stream, whom):
                counts[Trace.CHANGES] += found
                if mode == "remove":
                    await self._copying.take_out(stream, whom)
        if mode == "remove" and counts[Trace.RECORDS]:
            await self._copying.take_out(self._records, whom)
        await self._connection.command("DEL", *self._found(whom))
        installed = (key for kind, key in named if kind == "installed")
        return Traces(
            {Trace(kind): number for kind, number in counts.items() if number},
            tuple(_installed(key) for key in installed) if whom.platform == "slack" else (),
        )

    @property
    def _records(self) -> str:
        return self._keys.ledger("records")

    def _found(self, whom: Somebody) -> tuple[str, str, str]:
        """Name what is found out: replies, places, scopes of the cache."""
        replies, places, scopes = (
            self._keys.forgetting(what, whom.platform, whom.person)
            for what in ("replies", "places", "scopes")
        )
        return replies, places, scopes

    async def _pages(
        self, script: Script, whom: Somebody, words: str, mode: _Mode
    ) -> AsyncIterator[tuple[Mapping[str, int], list[tuple[str, str]]]]:
        """Yield what came of each page of all keys: counts by kind, and keys named by kind."""
        prefix, cursor, size = self._keys.prefix, "0", _MOST_KEYS
        while True:
            began_s = self._elapsed_s()
            arguments = (cursor, size, prefix, words, mode, uuid4().hex)
            found = await self._connection.run(script, self._found(whom), arguments)
            took_s = max(self._elapsed_s() - began_s, 1e-6)
            size = min(max(int(size * min(_STEP_S / took_s, 2)), _LEAST_KEYS), _MOST_KEYS)
            at, counted, named = cast("tuple[bytes, list[bytes | int], list[bytes]]", found)
            yield _counts(counted), list(_in_pairs(_texts(named)))
            cursor = at.decode()
            if cursor == "0":
                return

    async def _forget_usage(self, whom: Somebody, words: str, mode: _Mode) -> int:
        """Count what they used as nobody's, day by day; return how many days there were."""
        _, places, _ = self._found(whom)
        days = {
            key async for _, named in self._pages(self._look, whom, words, mode) for _, key in named
        }
        for key in sorted(days):
            *_, tenant, person, day = key.split(":")
            date_ = date.fromisoformat(day)
            of_tenant = self._keys.tenant_usage(whom.platform, unquote(tenant), date_)
            cursor = "0"
            while True:
                told = (cursor, _FIELDS, person, mode, _KEPT_S, tenant)
                found = await self._connection.run(self._usage, (of_tenant, places), told)
                if (cursor := cast("bytes", found).decode()) == "0":
                    break
            if mode == "remove":
                await self._connection.command("DEL", key)
        return len(days)

    async def _find_scopes(self, whom: Somebody, mode: _Mode) -> None:
        """Note what the cache shares with nobody else, and let nothing be kept there."""
        _, places, scopes = self._found(whom)
        asked_in = self._keys.asked_in(whom.platform, whom.person)
        found = [
            *_texts(cast("Iterable[bytes]", await self._connection.command("SMEMBERS", places))),
            *_texts(cast("Iterable[bytes]", await self._connection.command("SMEMBERS", asked_in))),
        ]
        for tenant, place in set(map(_place, found)):
            alone = Origin(whom.platform, tenant, place, whom.person, private=True)
            scope = scope_key(scope_of(alone, is_shared=False))
            await self._connection.command("SADD", scopes, scope)
            if mode == "remove":
                await self._cache.purge(scope)
        await self._connection.command("EXPIRE", scopes, _KEPT_S)

    async def _forget_keys(
        self, whom: Somebody, words: str, mode: _Mode, counts: Counter[str]
    ) -> list[tuple[str, str]]:
        """Look at every key; add to the counts, and return what is left to be done."""
        left: dict[tuple[str, str], None] = {}  # a page may have keys of another one again
        async for found, named in self._pages(self._walk, whom, words, mode):
            counts.update(found)
            left |= dict.fromkeys(named)
        return list(left)

    async def _forget_choices(
        self, whom: Somebody, named: Iterable[tuple[str, str]], mode: _Mode
    ) -> int:
        """Forget how they chose between two answers; return how often they did."""
        command, found = "HDEL" if mode == "remove" else "HEXISTS", 0
        for key in (key for kind, key in named if kind == "compared-votes"):
            name = voter_name(unquote(key.rpartition(":")[2]), whom.asker)
            found += cast("int", await self._connection.command(command, key, name))
        return found

    async def _forget_policy(self, words: str, mode: _Mode) -> Mapping[str, int]:
        names = ("version", "limits", "links", "linked-by-code", "digests")
        keys = [self._keys.ledger(name) for name in names]
        found = await self._connection.run(self._policy, keys, (words, mode, uuid4().hex))
        return _counts(cast("list[bytes | int]", found))


def _words(whom: Somebody, *, with_budgets: bool) -> Mapping[str, str | bool]:
    """Say what stands for somebody in keys and values."""
    return {
        "platform": encoded(whom.platform),
        "person": encoded(whom.person),
        "asker": encoded(whom.asker),
        "raw_asker": whom.asker,
        "in_exchange": in_exchange(whom.person),
        "in_post": _in_json("person", whom.person),
        "in_hold": _in_json("asker", whom.asker),
        "of_nobody": _in_json("person", ""),
        "nobody": FORGOTTEN,
        "with_budgets": with_budgets,
    }


def _in_json(name: str, value: str) -> str:
    return f'"{name}": {json.dumps(value)}'


def _installed(key: str) -> tuple[str, str]:
    """Return the workspace, or the organisation, whose installation is under a key."""
    _, kind, name = key.rsplit(":", 2)
    return (unquote(name), "") if kind == "workspace" else ("", unquote(name))


def _place(found: str) -> tuple[str, str]:
    """Read a place as one of those who noted it has it: as in a key, as JSON, as a conversation."""
    if found.startswith("["):
        tenant, place = json.loads(found)
        return tenant, place
    if found.startswith("{"):
        conversation = json.loads(found)
        return conversation["tenant"], conversation["place"]
    tenant, _, place = found.partition(":")
    return unquote(tenant), unquote(place)


def _counts(flat: list[bytes | int]) -> Mapping[str, int]:
    pairs = zip(flat[::2], flat[1::2], strict=True)
    return {cast("bytes", kind).decode(): cast("int", number) for kind, number in pairs}


def _in_pairs(flat: list[str]) -> Iterable[tuple[str, str]]:
    return zip(flat[::2], flat[1::2], strict=True)


def _texts(raw: Iterable[bytes]) -> list[str]:
    return [each.decode("utf-8", "surrogatepass") for each in raw]
