"""A message in, a stream of events out: commands first, then the router."""

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from hashlib import sha256
from typing import Final

from bot.commands.registry import Registry, Services
from bot.draft import View
from bot.platforms.port import Message, Notice, OutgoingEvent, Sealed
from bot.wording import receipt_line, with_warnings
from bot.written import Memory, Written, from_line, to_line
from routing.errors import StoreUnavailable
from routing.explain import explain_cached, outlined
from routing.explanation_lines import to_line as explanation_line
from routing.policy import Decision
from routing.ports import Exchange, Transcript
from routing.query import Query, Turn, latest_turns
from routing.reply import Ended, Finished, ReasoningDelta, Receipt, TextDelta
from routing.stop import Stop
from routing.thread import last_answer
from routing.wishes import addressed

_ID_CHARS: Final = 32
"""Of a reply id: 128 bits."""

_log = logging.getLogger(__name__)


class Handler:
    """Answers messages of any platform."""

    def __init__(self, services: Services, commands: Registry) -> None:
        self._services = services
        self._commands = commands

    async def answer(
        self, message: Message, stop: Stop, delivery: int = 1
    ) -> AsyncGenerator[OutgoingEvent]:
        """Answer one message: a command by one Notice, anything else by the router's events.

        Before an answer is settled comes Sealed, for `finish`.

        Args:
            message: What a person wrote.
            stop: Ends the answer early.
            delivery: Which worker this is, from 1, that is to answer it: it takes over what those
                before have set aside and counted.

        Raises:
            RoutingError: There is no answer; nothing of one is visible.
        """
        if not message.text.strip():
            yield Notice("There is nothing to answer: the message is empty.", is_failure=True)
            return
        told = await self._commands.run(message, self._services)
        if isinstance(told, Notice):
            yield told
            return
        if told:
            wanted = told.wanted or message.wanted
            message = replace(message, text=told.question, wanted=wanted)
        wish = addressed(message.text, self._services.settings.models)
        if wish.wanted:
            message = replace(message, text=wish.question, wanted=wish.wanted)
        query = await self._query(message, is_fresh=told is not None)
        query = replace(query, reply_id=_reply_id(message), delivery=delivery)
        async with aclosing(self._by_models(message, query, stop)) as events:
            async for event in events:
                yield event

    async def finish(self, line: str) -> View:
        """Finish an answer that another worker sealed; return what is to be seen of it.

        It is settled and remembered once, however often this is done.

        Raises:
            ValueError: It is no answer, or of another version: the question is to be asked anew.
        """
        written = from_line(line)
        warnings = await self._services.router.settle(written.bill) if written.bill else ()
        if written.memory:
            await self._remember(written.memory)
        receipt = with_warnings(written.receipt, warnings)
        return View(
            written.text,
            written.reasoning,
            receipt=receipt,
            reply_id=written.reply_id,
            is_final=True,
        )

    async def _by_models(
        self, message: Message, query: Query, stop: Stop
    ) -> AsyncGenerator[OutgoingEvent]:
        pieces: list[str] = []
        thoughts: list[str] = []
        async with aclosing(self._services.router.answer(query, stop)) as events:
            async for event in events:
                match event:
                    case TextDelta(text):
                        pieces.append(text)
                    case ReasoningDelta(text):
                        thoughts.append(text)
                    case Ended():
                        yield Sealed(_sealed(message, "".join(pieces), "".join(thoughts), event))
                        continue
                    case Finished(receipt, decision):
                        if memory := _memory(message, "".join(pieces), receipt, decision):
                            await self._remember(memory)
                yield event

    async def _query(self, message: Message, *, is_fresh: bool) -> Query:
        settings = self._services.settings
        transcript = await self._transcript(message)
        turns = [
            turn
            for exchange in transcript.exchanges
            for turn in (Turn("user", exchange.question), Turn("assistant", exchange.answer))
        ]
        history = latest_turns(turns, settings.history.max_tokens)
        return Query(
            text=message.text,
            origin=message.origin,
            history=history,
            system_prompt=settings.system_prompt,
            wanted=message.wanted or transcript.wanted,
            is_fresh=is_fresh,
            attachments=message.attachments,
            asked_at=message.at,
            last_answer=last_answer(
                transcript.exchanges,
                settings.models,
                system_prompt=settings.system_prompt,
                at=message.at,
                is_whole=len(history) == len(turns),
            ),
        )

    async def _transcript(self, message: Message) -> Transcript:
        """Load what was said before; with the store away, a question is answered without it."""
        if message.is_alone:
            return Transcript()
        try:
            return await self._services.history.load(message.conversation)
        except StoreUnavailable as error:
            _log.warning("answering without history: %s", error)
            return Transcript()

    async def _remember(self, memory: Memory) -> None:
        try:
            await self._services.history.append(
                memory.conversation, memory.exchange, memory.explanation
            )
        except StoreUnavailable as error:
            _log.warning("the exchange is not remembered: %s", error)


def _reply_id(message: Message) -> str:
    """Name the answer to a message, the same for every worker that is to give it."""
    return sha256(message.identity.encode("utf-8", "surrogatepass")).hexdigest()[:_ID_CHARS]


def _sealed(message: Message, text: str, reasoning: str, ended: Ended) -> str:
    receipt, decision = ended.receipt, ended.decision
    written = Written(
        text=text,
        reasoning=reasoning,
        receipt=receipt_line(Finished(receipt, decision)),
        reply_id=receipt.reply_id,
        memory=_memory(message, text, receipt, decision),
        bill=ended.bill,
    )
    return to_line(written)


def _memory(
    message: Message, answer: str, receipt: Receipt, decision: Decision | None
) -> Memory | None:
    """Return what is remembered of an answer; None where it shapes no later one."""
    if not answer or message.is_alone:
        return None
    told = outlined(decision, receipt) if decision else explain_cached(receipt, message.text)
    exchange = Exchange(
        question=message.text,
        answer=answer,
        reply_id=receipt.reply_id,
        asked_at=message.at,
        model=receipt.model,
        person=message.origin.person,
    )
    return Memory(message.conversation, exchange, explanation_line(told))
