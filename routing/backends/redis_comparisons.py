"""Keeps comparisons in Redis: what may be asked for an hour, who wrote which for some days."""

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Final, TypeVar, cast

from config.settings import HistorySettings
from routing.backends.keys import Keys
from routing.backends.redis import Connection, Script
from routing.comparisons import (
    PROPOSED_TTL_S,
    Choice,
    Compared,
    Place,
    Proposal,
    compared_from_value,
    compared_to_value,
    proposal_from_value,
    proposal_to_value,
)

_SCHEMA: Final = 1
_DAY_S: Final = 86_400

Kept = TypeVar("Kept")


class RedisComparisons:
    """Comparisons of one deployment; what cannot be read, or is newer, is not there."""

    def __init__(self, connection: Connection, keys: Keys, settings: HistorySettings) -> None:
        self._connection = connection
        self._keys = keys
        self._propose = Script("comparison_propose")
        self._vote = Script("comparison_vote")
        self.adopt(settings)

    def adopt(self, settings: HistorySettings) -> None:
        """Keep who wrote which for as long as other settings say."""
        self._kept_s = settings.keep_days * _DAY_S

    async def propose(self, platform: str, person: str, proposal: Proposal) -> None:
        """Keep what somebody may ask."""
        line = _line(proposal_to_value(proposal))
        arguments = (proposal.proposal_id, line, PROPOSED_TTL_S)
        keys = (self._keys.proposals(platform, person),)
        await self._connection.run(self._propose, keys, arguments)

    async def proposed(self, platform: str, person: str, proposal_id: str) -> Proposal | None:
        """Return what somebody may ask; None when it is forgotten, or somebody else's."""
        key = self._keys.proposals(platform, person)
        found = await self._connection.command("HGET", key, proposal_id)
        return _read(found, proposal_from_value)

    async def forget(self, platform: str, person: str) -> None:
        """Forget all that somebody may ask."""
        await self._connection.command("DEL", self._keys.proposals(platform, person))

    async def keep(self, place: Place, compared: Compared) -> None:
        """Keep what may be voted on, the last one of its place."""
        keys, line = self._keys, _line(compared_to_value(compared))
        kept = (
            (keys.comparison("compared", place, compared.reply_id), line),
            (keys.comparison("compared-last", place), compared.reply_id),
        )
        for key, value in kept:
            await self._connection.command("SET", key, value, "EX", self._kept_s)

    async def find(self, place: Place, reply_id: str = "") -> Compared | None:
        """Return a comparison of a place, the last one unless named; None when there is none."""
        if not reply_id:
            last = self._keys.comparison("compared-last", place)
            reply_id = cast("bytes", await self._connection.command("GET", last) or b"").decode()
        key = self._keys.comparison("compared", place, reply_id)
        return _read(await self._connection.command("GET", key), compared_from_value)

    async def vote(self, place: Place, reply_id: str, voter: str, choice: Choice) -> Choice:
        """Note how somebody votes, once; return how: a second choice changes nothing."""
        keys = (self._keys.comparison("compared-votes", place, reply_id),)
        arguments = (voter_name(reply_id, voter), choice, self._kept_s)
        found = await self._connection.run(self._vote, keys, arguments)
        return Choice(cast("bytes", found).decode())


def voter_name(reply_id: str, voter: str) -> str:
    """Name a voter on one comparison so that it does not tell who: that is kept with the votes."""
    return sha256(f"{reply_id} {voter}".encode("utf-8", "surrogatepass")).hexdigest()


def _line(value: Mapping[str, Any]) -> str:
    return json.dumps({"v": _SCHEMA, **value})


def _read(line: object, read: Callable[[Mapping[str, Any]], Kept]) -> Kept | None:
    try:
        value = json.loads(cast("bytes | None", line) or b"null")
        return read(value) if value.pop("v") == _SCHEMA else None
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
