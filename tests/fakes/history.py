"""Conversations, remembered in a dictionary."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from routing.errors import StoreUnavailable
from routing.ports import Conversation, Exchange, Forgotten, Transcript


class DictHistory:
    """Keeps transcripts in a dictionary; away when told so."""

    def __init__(self) -> None:
        self._transcripts: dict[Conversation, Transcript] = {}
        self._explanations: dict[tuple[Conversation, str], str] = {}
        self.is_away = False

    async def load(self, conversation: Conversation) -> Transcript:
        if self.is_away:
            raise StoreUnavailable("away")
        return self._transcripts.get(conversation, Transcript())

    async def append(
        self, conversation: Conversation, exchange: Exchange, explanation: str
    ) -> None:
        known = await self.load(conversation)
        if exchange.reply_id in [each.reply_id for each in known.exchanges]:
            return
        exchanges = (*known.exchanges, exchange)
        self._transcripts[conversation] = Transcript(exchanges, known.wanted)
        self._explanations[conversation, exchange.reply_id] = explanation

    async def explanation(self, conversation: Conversation, reply_id: str) -> str | None:
        return self._explanations.get((conversation, reply_id))

    async def revise(self, conversation: Conversation, reply_id: str, question: str) -> bool:
        known = await self.load(conversation)
        revised = tuple(
            replace(each, question=question) if reply_id in {each.reply_id, each.again_of} else each
            for each in known.exchanges
        )
        self._transcripts[conversation] = replace(known, exchanges=revised)
        return revised != known.exchanges

    async def retract(self, conversation: Conversation, reply_id: str) -> bool:
        return bool(await self._drop(conversation, lambda each: each.reply_id == reply_id))

    async def retract_question(self, conversation: Conversation, reply_id: str) -> None:
        await self._drop(conversation, lambda each: reply_id in {each.reply_id, each.again_of})

    async def forget_person(self, platform: str, person: str, at: datetime) -> Forgotten:
        there = [each for each in self._transcripts if each.platform == platform]

        def is_meant(asked: Exchange) -> bool:
            return asked.person == person and asked.asked_at <= at

        return Forgotten(sum([await self._drop(each, is_meant) for each in there]), tuple(there))

    async def asked_in(self, platform: str, person: str) -> tuple[Conversation, ...]:
        return tuple(
            where
            for where, known in self._transcripts.items()
            if where.platform == platform and person in [each.person for each in known.exchanges]
        )

    async def newest(
        self, person: str, conversations: Sequence[Conversation]
    ) -> tuple[Conversation, Exchange] | None:
        asked = [
            (where, exchange)
            for where in conversations
            for exchange in (await self.load(where)).exchanges
            if exchange.person == person
        ]
        return max(asked, key=lambda each: each[1].asked_at, default=None)

    async def _drop(self, conversation: Conversation, is_meant: Callable[[Exchange], bool]) -> int:
        known = await self.load(conversation)
        kept = tuple(each for each in known.exchanges if not is_meant(each))
        for each in known.exchanges:
            if each not in kept:
                del self._explanations[conversation, each.reply_id]
        self._transcripts[conversation] = replace(known, exchanges=kept)
        return len(known.exchanges) - len(kept)

    async def choose(self, conversation: Conversation, wanted: str) -> None:
        known = await self.load(conversation)
        self._transcripts[conversation] = Transcript(known.exchanges, wanted)

    async def forget(self, conversation: Conversation) -> None:
        known = await self.load(conversation)
        self._transcripts[conversation] = Transcript(wanted=known.wanted)
