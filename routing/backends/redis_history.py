"""Remembers conversations in Redis."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final, cast

from config.catalog import AttachmentKind
from config.settings import HistorySettings
from routing.backends.keys import Keys
from routing.backends.redis import Connection, Script
from routing.ports import Conversation, Exchange, Forgotten, Transcript
from routing.read_back import read_as

_SCHEMA: Final = 1
_DAY_S: Final = 86_400

_AT_ONCE: Final = 20
"""So many conversations are looked through in one step: others wait for no longer one."""

_LATEST: Final = 50
"""So many exchanges of each are looked at then, from its end, however many are kept."""

FORGOTTEN_S: Final = _DAY_S
"""So long what somebody asked before they were forgotten is not remembered any more."""


class RedisHistory:
    """Conversations in Redis; a record that cannot be read, or is newer, is passed over."""

    def __init__(self, connection: Connection, keys: Keys, settings: HistorySettings) -> None:
        self._connection = connection
        self._keys = keys
        self._append = Script("append")
        self._load = Script("load")
        self._revise = Script("revise")
        self._retract = Script("retract")
        self._newest = Script("newest")
        self.adopt(settings)

    def adopt(self, settings: HistorySettings) -> None:
        """Remember as much, and for as long, as other settings say."""
        self._kept = settings.exchanges
        self._kept_s = settings.keep_days * _DAY_S

    async def load(self, conversation: Conversation) -> Transcript:
        """Return what is remembered; an unknown conversation is an empty transcript."""
        keys = self._keys.transcript(conversation)
        found = await self._connection.run(
            self._load, (keys.order, keys.exchanges, keys.wanted), (self._kept,)
        )
        wanted, *exchanges = cast("list[bytes | None]", found)
        return Transcript(
            exchanges=tuple(filter(None, map(_exchange, exchanges))),
            wanted=_texts(wanted).get("wanted", ""),
        )

    async def append(
        self, conversation: Conversation, exchange: Exchange, explanation: str
    ) -> None:
        """Remember an exchange with its explanation, and forget the oldest beyond the limit."""
        keys = self._keys.transcript(conversation)
        record = asdict(exchange) | {
            "asked_at": exchange.asked_at.isoformat(),
            "kinds": " ".join(exchange.kinds),
        }
        await self._connection.run(
            self._append,
            (
                *(keys.order, keys.exchanges, keys.explanations, keys.wanted),
                self._keys.asked_in(conversation.platform, exchange.person),
                self._keys.forgotten(conversation.platform, exchange.person),
            ),
            (
                exchange.reply_id,
                _packed(**record),
                _packed(explanation=explanation),
                self._kept,
                self._kept_s,
                _packed(**asdict(conversation)) if exchange.person else "",
                _ms(exchange.asked_at),
            ),
        )

    async def revise(self, conversation: Conversation, reply_id: str, question: str) -> bool:
        """Replace the question of an exchange, and where it was asked anew; False if forgotten."""
        key = self._keys.transcript(conversation).exchanges
        is_known = False
        for each in await self._answers_to(conversation, reply_id):
            record = _unpacked(await self._connection.command("HGET", key, each))
            revised = _packed(**record | {"question": question})  # with what a newer one put there
            is_known |= bool(await self._connection.run(self._revise, (key,), (each, revised)))
        return is_known

    async def retract(self, conversation: Conversation, reply_id: str) -> bool:
        """Forget one exchange and its explanation; False when there is none."""
        keys = self._keys.transcript(conversation)
        names = (keys.order, keys.exchanges, keys.explanations)
        return bool(await self._connection.run(self._retract, names, ("", 0, reply_id)))

    async def retract_question(self, conversation: Conversation, reply_id: str) -> None:
        """Forget an exchange, and those that asked its question anew."""
        for each in await self._answers_to(conversation, reply_id):
            await self.retract(conversation, each)

    async def _answers_to(self, conversation: Conversation, reply_id: str) -> list[str]:
        """Return the reply ids of an exchange and of those that asked its question anew."""
        exchanges = (await self.load(conversation)).exchanges
        return [each.reply_id for each in exchanges if reply_id in {each.reply_id, each.again_of}]

    async def explanation(self, conversation: Conversation, reply_id: str) -> str | None:
        """Return the explanation kept with a reply of this conversation; None when forgotten."""
        key = self._keys.transcript(conversation).explanations
        return _texts(await self._connection.command("HGET", key, reply_id)).get("explanation")

    async def asked_in(self, platform: str, person: str) -> tuple[Conversation, ...]:
        """Return where somebody asked something lately; much of it may be forgotten."""
        return tuple((await self._named(self._keys.asked_in(platform, person))).values())

    async def newest(
        self, person: str, conversations: Sequence[Conversation]
    ) -> tuple[Conversation, Exchange] | None:
        """Return what somebody asked last in any of some conversations; None for nothing."""
        found = [
            asked
            for start in range(0, len(conversations), _AT_ONCE)
            if (asked := await self._newest_in(person, conversations[start : start + _AT_ONCE]))
        ]
        return max(found, key=lambda asked: asked[1].asked_at, default=None)

    async def _newest_in(
        self, person: str, conversations: Sequence[Conversation]
    ) -> tuple[Conversation, Exchange] | None:
        each = map(self._keys.transcript, conversations)
        names = [name for keys in each for name in (keys.order, keys.exchanges)]
        wanted = (in_exchange(person), _SCHEMA, _LATEST)
        found = await self._connection.run(self._newest, names, wanted)
        number, raw = cast("tuple[int, bytes | None]", found)
        exchange = _exchange(raw)
        return (conversations[number - 1], exchange) if exchange else None

    async def _named(self, asked_in: str) -> dict[bytes, Conversation]:
        names = _list(await self._connection.command("SMEMBERS", asked_in))
        return {name: read_as(Conversation, named) for name in names if (named := _texts(name))}

    async def choose(self, conversation: Conversation, wanted: str) -> None:
        """Remember the model or preset chosen for a conversation; empty takes the choice back."""
        key = self._keys.transcript(conversation).wanted
        if wanted:
            await self._connection.command("SET", key, _packed(wanted=wanted), "EX", self._kept_s)
        else:
            await self._connection.command("DEL", key)

    async def forget(self, conversation: Conversation) -> None:
        """Forget the exchanges and explanations; the choice of a model stays."""
        keys = self._keys.transcript(conversation)
        await self._connection.command("DEL", keys.order, keys.exchanges, keys.explanations)

    async def forget_person(self, platform: str, person: str, at: datetime) -> Forgotten:
        """Forget every exchange somebody asked up to a moment, also those still being answered."""
        mark, key = self._keys.forgotten(platform, person), self._keys.asked_in(platform, person)
        await self._connection.command("SET", mark, _ms(at), "EX", FORGOTTEN_S)
        asked_in = await self._named(key)
        each = [await self._forget_asked(person, key, *found) for found in asked_in.items()]
        return Forgotten(sum(each), tuple(asked_in.values()))

    async def _forget_asked(
        self, person: str, asked_in: str, name: bytes, conversation: Conversation
    ) -> int:
        keys = self._keys.transcript(conversation)
        found = _list(await self._connection.command("HVALS", keys.exchanges))
        asked = [
            exchange.reply_id
            for exchange in map(_exchange, found)
            if exchange and exchange.person == person
        ]
        forgotten = await self._connection.run(
            self._retract,
            (keys.order, keys.exchanges, keys.explanations, asked_in),
            (name, len(found) - len(asked), *asked),
        )
        return cast("int", forgotten)


def in_exchange(person: str) -> str:
    """Return how an exchange says who asked."""
    return f'"person": {json.dumps(person, ensure_ascii=False)}'


def _list(found: object) -> list[bytes]:
    return list(cast("Iterable[bytes]", found))


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _packed(**record: object) -> bytes:
    # A lone surrogate, which a chat may deliver, survives; json.loads reads it back.
    text = json.dumps({**record, "v": _SCHEMA}, ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def _unpacked(raw: object) -> dict[str, Any]:
    """Return a record whole, empty when there is none this version can read."""
    if not isinstance(raw, bytes):
        return {}
    try:
        record = json.loads(raw)
    except ValueError:
        return {}
    if not isinstance(record, dict) or record.get("v") != _SCHEMA:
        return {}
    return record


def _texts(raw: object) -> dict[str, str]:
    """Return what is read of a record: all of it is texts."""
    return {name: value for name, value in _unpacked(raw).items() if isinstance(value, str)}


def _exchange(raw: bytes | None) -> Exchange | None:
    record = _texts(raw)
    try:
        return Exchange(
            question=record["question"],
            answer=record["answer"],
            reply_id=record["reply_id"],
            asked_at=datetime.fromisoformat(record["asked_at"]),
            model=record.get("model", ""),
            person=record.get("person", ""),
            material=record.get("material", ""),
            kinds=tuple(map(AttachmentKind, record.get("kinds", "").split())),
            again_of=record.get("again_of", ""),
        )
    except (KeyError, ValueError):
        return None
