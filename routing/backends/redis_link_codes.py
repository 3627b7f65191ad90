"""Keeps in Redis the codes by which people link themselves, for minutes, and who did, for good."""

from collections.abc import Iterable, Mapping
from typing import cast

from routing.backends.keys import Keys
from routing.backends.redis import Connection, Script
from routing.linking import CODE_TTL_S, MOST_TRIES, TAKEN_AGAIN_S, NoSuchCode, hidden_code


class RedisLinkCodes:
    """The codes of one deployment, each under what it cannot be told from."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys
        self._linked = keys.ledger("linked-by-code")
        self._offer = Script("link_offer")
        self._owner = Script("link_owner")

    async def offer(self, asker: str, code: str) -> None:
        """Let a code link somebody with an asker, once and for a while, in place of an earlier."""
        keys = (self._key(code), self._keys.link("offer", asker))
        await self._connection.run(self._offer, keys, (asker, CODE_TTL_S))

    async def owner(self, code: str, asker: str, *, is_taken: bool) -> str | NoSuchCode:
        """Return the asker whom a code is of; one that is not known counts as a try."""
        of_asker = (self._keys.link("tries", asker), self._linked, self._keys.link("took", asker))
        keys = (self._key(code), *of_asker)
        told = (asker, MOST_TRIES, CODE_TTL_S, int(is_taken), TAKEN_AGAIN_S)
        found = cast("list[bytes]", await self._connection.run(self._owner, keys, told))
        kind, *owner = (each.decode("utf-8", "surrogatepass") for each in found)
        return owner[0] if owner else NoSuchCode(kind)

    async def withdraw(self, code: str) -> None:
        """Forget a code: others have seen it."""
        await self._connection.command("DEL", self._key(code))

    async def forget(self, asker: str) -> None:
        """Forget that somebody was linked by a code: from now on the operator says who they are."""
        await self._connection.command("HDEL", self._linked, asker)

    async def linked(self, askers: Iterable[str]) -> Mapping[str, str]:
        """Return as whom askers are counted by a code, for those that took one."""
        if not (names := list(askers)):
            return {}
        found = await self._connection.command("HMGET", self._linked, *names)
        by_name = zip(names, cast("list[bytes | None]", found), strict=True)
        return {name: each.decode("utf-8", "surrogatepass") for name, each in by_name if each}

    def _key(self, code: str) -> str:
        return self._keys.link("code", hidden_code(code))
