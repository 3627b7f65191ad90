"""Knows in Redis which form all that is kept has, and which versions of the bot are there."""

from collections.abc import Callable
from importlib.metadata import version
from secrets import token_hex
from typing import Final, cast

from routing.backends.keys import Keys
from routing.backends.redis import Connection, Script
from routing.backends.schema import LEAST, SCHEMA
from routing.errors import StoreNotUnderstood
from routing.versions import STAYS_S, Speaks

_PARTS: Final = 4


def _this_version() -> Speaks:
    """Return what this version of the bot understands."""
    return Speaks(version("pointsman"), LEAST, SCHEMA)


class RedisVersions:
    """One number, without which a store has the first form, and who is there.

    Args:
        connection: To the store.
        keys: Names everything in it.
        speaks: What this process understands.
        now_ms: What time it is for the script; None: the store's own clock, one for all.
    """

    def __init__(
        self,
        connection: Connection,
        keys: Keys,
        speaks: Speaks | None = None,
        now_ms: Callable[[], int] | None = None,
    ) -> None:
        self.speaks = speaks or _this_version()
        self._connection = connection
        self._keys = (keys.schema(), keys.present())
        self._now_ms = now_ms
        self._script = Script("schema")
        told = (self.speaks.newest, self.speaks.least, self.speaks.version, token_hex(8))
        self._name = " ".join(map(str, told))

    async def look(self) -> int:
        """Return the schema in force."""
        return await self._told(stays_ms=0)

    async def attend(self) -> int:
        """Be there for a while; return the schema in force, raised if all who are there know it."""
        return await self._told(stays_ms=int(STAYS_S * 1000))

    async def present(self) -> tuple[Speaks, ...]:
        """Return of everybody who is there what they understand."""
        found = await self._connection.command("ZRANGE", self._keys[1], 0, -1)
        return tuple(_speaks(each.decode()) for each in cast("list[bytes]", found))

    async def _told(self, stays_ms: int) -> int:
        speaks, now_ms = self.speaks, str(self._now_ms()) if self._now_ms else ""
        arguments = (now_ms, speaks.least, speaks.newest, stays_ms, self._name)
        in_force = cast("int", await self._connection.run(self._script, self._keys, arguments))
        if in_force > speaks.newest:
            raise StoreNotUnderstood(_too_new(in_force, speaks))
        if in_force < speaks.least:
            raise StoreNotUnderstood(_too_old(in_force, speaks))
        return in_force


def _too_new(in_force: int, speaks: Speaks) -> str:
    return (
        f"what is kept in the store has schema {in_force}, and Pointsman {speaks.version} "
        f"understands none above {speaks.newest}: run the version that was used there last, or a "
        "newer one"
    )


def _too_old(in_force: int, speaks: Speaks) -> str:
    return (
        f"what is kept in the store has schema {in_force}, and Pointsman {speaks.version} "
        f"understands none below {speaks.least}: run a version in between first (CHANGELOG.md)"
    )


def _speaks(name: str) -> Speaks:
    newest, least, told, *_ = name.split(" ", _PARTS - 1)
    return Speaks(told, int(least), int(newest))
