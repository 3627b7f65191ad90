"""Keeps votes in Redis: who said what of which model on what kind of question, and no words."""

import json
from base64 import b64decode, b64encode
from datetime import datetime
from typing import Final, cast
from uuid import uuid4

from config.settings import HouseSettings
from routing.backends.keys import Keys, encoded
from routing.backends.redis import Connection, Script
from routing.votes import House, Verdict, Vote

_SCHEMA: Final = 1
_DAY_S: Final = 86_400


class RedisVotes:
    """Votes in Redis, one hash for each house; what cannot be read, or is newer, is passed over."""

    def __init__(self, connection: Connection, keys: Keys, settings: HouseSettings) -> None:
        self._connection = connection
        self._keys = keys
        self._cast = Script("oldest", "vote_cast")
        self._forget = Script("vote_forget")
        self._load = Script("vote_load")
        self.adopt(settings)

    def adopt(self, settings: HouseSettings) -> None:
        """Keep as many, and for as long, as other settings say."""
        self._kept = settings.votes
        self._kept_s = settings.keep_days * _DAY_S

    async def cast(self, house: House, vote: Vote) -> None:
        """Keep a vote; another of the same person on the same reply takes its place.

        What is only implied takes the place of nothing: who judged an answer has judged it.
        """
        name = _name(vote.voter, vote.reply_id)
        cast_at = int(vote.at.timestamp())
        arguments = (name, _packed(vote), cast_at, self._kept, self._kept_s, uuid4().hex)
        is_implied = int(vote.verdict.is_implied)
        await self._connection.run(self._cast, self._named(house), (*arguments, is_implied))

    async def take_back(self, house: House, reply_id: str, voter: str) -> None:
        """Forget one person's vote on one reply; without one this changes nothing."""
        await self._forget_all(house, _name(voter, reply_id))

    async def forget(self, house: House, voter: str) -> None:
        """Forget every vote of a person."""
        await self._forget_all(house, _name(voter))

    async def load(self, house: House, known: str = "") -> tuple[str, tuple[Vote, ...] | None]:
        """Return the votes, oldest first, with the name of their state; None for no change."""
        found = await self._connection.run(self._load, self._named(house), (known,))
        state, *votes = cast("tuple[bytes, list[bytes | None]]", found)
        name = state.decode()
        if not votes:
            # No state: never voted, or long forgotten.
            return name, () if not name else None
        return name, tuple(filter(None, map(_vote, votes[0])))

    async def _forget_all(self, house: House, beginning: str) -> None:
        arguments = (beginning, self._kept_s, uuid4().hex)
        await self._connection.run(self._forget, self._named(house), arguments)

    def _named(self, house: House) -> tuple[str, str, str]:
        keys = self._keys.votes(house)
        return keys.votes, keys.order, keys.state


def _name(voter: str, reply_id: str = "") -> str:
    # Encoded, neither can hold a colon, so no beginning fits another person's votes.
    closed = f"{encoded(reply_id)}:" if reply_id else ""
    return f"{encoded(voter)}:{closed}"


def _packed(vote: Vote) -> str:
    record = {
        "v": _SCHEMA,
        "reply_id": vote.reply_id,
        "voter": vote.voter,
        "model": vote.model,
        "verdict": vote.verdict,
        "question": b64encode(vote.question).decode(),
        "at": vote.at.isoformat(),
    }
    return json.dumps(record)


def _vote(raw: bytes | None) -> Vote | None:
    try:
        record = json.loads(raw or b"null")
        if record["v"] != _SCHEMA:
            return None
        return Vote(
            reply_id=record["reply_id"],
            voter=record["voter"],
            model=record["model"],
            verdict=Verdict(record["verdict"]),
            question=b64decode(record["question"]),
            at=datetime.fromisoformat(record["at"]),
        )
    except (KeyError, TypeError, ValueError):
        return None
