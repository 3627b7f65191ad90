"""Knows in Redis which answer a post on a platform belongs to."""

import json
from dataclasses import asdict
from typing import Final

from config.settings import HistorySettings
from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.ports import Conversation
from routing.posts import Posted
from routing.read_back import read_as

_SCHEMA: Final = 1
_DAY_S: Final = 86_400


class RedisPosts:
    """One key for each post; what cannot be read, or is newer, is unknown."""

    def __init__(self, connection: Connection, keys: Keys, settings: HistorySettings) -> None:
        self._connection = connection
        self._keys = keys
        self.adopt(settings)

    def adopt(self, settings: HistorySettings) -> None:
        """Know posts for as long as other settings say."""
        self._kept_s = settings.keep_days * _DAY_S

    async def note(self, platform: str, place: str, post_id: str, posted: Posted) -> None:
        """Remember what a post belongs to."""
        key = self._keys.post(platform, place, post_id)
        await self._connection.command("SET", key, _line(posted), "EX", self._kept_s)

    async def note_first(self, platform: str, place: str, post_id: str, posted: Posted) -> bool:
        """Remember it unless the post is known as something else; tell whether it was not."""
        key = self._keys.post(platform, place, post_id)
        line = _line(posted)
        set_ = await self._connection.command("SET", key, line, "EX", self._kept_s, "NX")
        # Carried out twice, as its answer was lost, it is refused by what it has set itself.
        return set_ is not None or await self._connection.command("GET", key) == line.encode()

    async def find(self, platform: str, place: str, post_id: str) -> Posted | None:
        """Return what a post belongs to; None when that is not known."""
        found = await self._connection.command("GET", self._keys.post(platform, place, post_id))
        return _posted(found) if isinstance(found, bytes) else None


def _line(posted: Posted) -> str:
    return json.dumps({"v": _SCHEMA, **asdict(posted)})


def _posted(line: bytes) -> Posted | None:
    try:
        given = json.loads(line)
        if given.pop("v") != _SCHEMA:
            return None
        conversation = read_as(Conversation, given["conversation"])
        return read_as(Posted, given, conversation=conversation)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
