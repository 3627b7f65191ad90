"""Keeps answers in Redis. Whatever goes wrong there is a miss: nobody waits for a cache."""

import logging
from collections.abc import Sequence
from typing import Final, cast

from routing.backends.keys import Keys
from routing.backends.redis import Connection, Script
from routing.cache import CachedAnswer, CacheHit, CacheKeys, CacheTurn, decode, encode
from routing.errors import StoreUnavailable

NOT_KEPT: Final = -1
"""The generation of an answer that is not kept, because the store does not answer."""

_OPEN_MS: Final = 3000
"""Whoever asks so long after an answer that is not kept waits for nobody."""

# Longer than any answer is kept: a generation that is forgotten must not bring old answers back.
_GENERATION_S: Final = 90 * 86_400
_LONGEST_BYTES: Final = 256 * 1024

TURN_S: Final = 5.0
"""How long a leader that died keeps the others waiting."""

_log = logging.getLogger(__name__)


class RedisCache:
    """Answers in Redis, each under the digest of its question within the digest of its scope."""

    def __init__(self, connection: Connection, keys: Keys, *, turn_s: float = TURN_S) -> None:
        self.turn_s = turn_s
        self._turn_ms = round(turn_s * 1000)
        self._connection = connection
        self._keys = keys
        self._ask = Script("cache_ask")
        self._keep = Script("cache_keep")
        self._turn = Script("cache_turn")
        self._remove = Script("cache_remove")
        self._purge = Script("cache_purge")
        self._open = Script("cache_open")

    async def ask(self, keys: CacheKeys, caller: str) -> CacheHit | CacheTurn:
        """Look an answer up; without one, lead the search for it or learn that another does."""
        found = await self._tried(self._ask, self._all(keys), (caller, self._turn_ms))
        if found is None:
            return CacheTurn(leads=True, generation=NOT_KEPT)
        generation, place, value = cast("tuple[int, int, bytes | int]", found)
        if not place:
            return CacheTurn(leads=bool(value), generation=generation)
        if answer := decode(cast("bytes", value)):
            # With an answer under both keys, the exact one is found first.
            return CacheHit(answer, keys, is_reduced=place > 1)
        # Another version's, or corrupt: without it, the next look finds nothing or the turn.
        await self.remove(keys)
        return CacheTurn(leads=False, generation=generation)

    async def renew(self, keys: CacheKeys, caller: str) -> None:
        """Go on leading, if it is still the caller's turn."""
        await self._tried(self._turn, (self._all(keys)[1],), (caller, self._turn_ms))

    async def keep(
        self, keys: CacheKeys, caller: str, answer: CachedAnswer, *, generation: int, ttl_s: int
    ) -> bool:
        """Keep an answer and end the caller's turn; tell whether it is kept.

        An answer is as good from a leader that lost its turn meanwhile. One that was begun
        before a purge is not kept.
        """
        written = encode(answer)
        if generation == NOT_KEPT or len(written) > _LONGEST_BYTES:
            await self.release(keys, caller)
            return False
        arguments = (caller, generation, ttl_s, written)
        return await self._tried(self._keep, self._all(keys), arguments) == 1

    async def release(self, keys: CacheKeys, caller: str) -> None:
        """End the caller's turn without an answer, if it still is the caller's."""
        await self._tried(self._turn, (self._all(keys)[1],), (caller, 0))

    async def open(self, keys: CacheKeys, caller: str) -> None:
        """End the caller's turn and let all who wait seek an answer, if it is the caller's."""
        await self._tried(self._open, (self._all(keys)[1],), (caller, _OPEN_MS))

    async def remove(self, keys: CacheKeys) -> None:
        """Forget an answer wherever it is kept, also under the words it was first asked in."""
        await self._tried(self._remove, self._all(keys)[2:], ())

    async def purge(self, scope: str) -> None:
        """Forget every answer of a scope, also those being made now.

        Raises:
            StoreUnavailable: They may all still be there; whoever asked for it must know.
        """
        generation = self._keys.cache("generation", scope)
        await self._connection.run(self._purge, (generation,), (_GENERATION_S,))

    def _all(self, keys: CacheKeys) -> tuple[str, ...]:
        """Name generation, turn and answers; people asking the same in other words share a turn."""
        digests = [digest for digest in (keys.exact, keys.reduced) if digest]
        return (
            self._keys.cache("generation", keys.scope),
            self._keys.cache("turn", keys.scope, digests[-1]),
            *(self._keys.cache("answer", keys.scope, digest) for digest in digests),
        )

    async def _tried(
        self, script: Script, keys: Sequence[str], arguments: Sequence[str | bytes | int]
    ) -> object:
        try:
            return await self._connection.run(script, keys, arguments)
        except StoreUnavailable as error:
            _log.info("going on without the cache: %s", error)
            return None
