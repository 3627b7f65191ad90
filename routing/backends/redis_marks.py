"""Remembers in Redis how far the bot has listened: one number for each place, and no words."""

from datetime import datetime
from typing import Final, cast
from urllib.parse import unquote

from routing.backends.keys import Keys, encoded
from routing.backends.redis import Connection, Script
from routing.marks import Mark

_PLACES: Final = 1000
_KEPT_S: Final = 7 * 86_400


class RedisMarks:
    """Marks in Redis, of the places last spoken in; two keys for each platform."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys
        self._note = Script("oldest", "mark")
        self._load = Script("mark_load")

    async def note(self, platform: str, mark: Mark, at: datetime) -> None:
        """Remember a mark; an earlier one than is known of its place changes nothing."""
        place = f"{encoded(mark.tenant)}/{encoded(mark.place)}"
        arguments = (place, mark.post_id, _ms(at), _PLACES, _KEPT_S)
        await self._connection.run(self._note, self._keys.marks(platform), arguments)

    async def since(self, platform: str, at: datetime, at_most: int) -> tuple[Mark, ...]:
        """Return the marks of places where something was taken in since, the latest first."""
        found = await self._connection.run(
            self._load, self._keys.marks(platform), (_ms(at), at_most)
        )
        texts = [each.decode() for each in cast("list[bytes]", found)]
        pairs = zip(texts[::2], texts[1::2], strict=True)
        return tuple(_mark(place, post_id) for place, post_id in pairs if post_id)


def _mark(place: str, post_id: str) -> Mark:
    tenant, _, channel = place.partition("/")
    return Mark(unquote(tenant), unquote(channel), post_id)


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
