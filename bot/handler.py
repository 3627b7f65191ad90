"""A message in, a stream of events out: commands first, then the router."""

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from bot.commands.registry import Registry, Services
from bot.platforms.port import Message, Notice, OutgoingEvent
from routing.errors import StoreUnavailable
from routing.explain import explain_cached, outlined
from routing.explanation_lines import to_line
from routing.ports import Exchange, Transcript
from routing.query import Query, Turn, latest_turns
from routing.reply import Finished, TextDelta
from routing.stop import Stop
from routing.thread import last_answer
from routing.wishes import addressed

_log = logging.getLogger(__name__)


class Handler:
    """Answers messages of any platform."""

    def __init__(self, services: Services, commands: Registry) -> None:
        self._services = services
        self._commands = commands

    async def answer(self, message: Message, stop: Stop) -> AsyncGenerator[OutgoingEvent]:
        """Answer one message: a command by one Notice, anything else by the router's events.

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
        pieces: list[str] = []
        async with aclosing(self._services.router.answer(query, stop)) as events:
            async for event in events:
                if isinstance(event, TextDelta):
                    pieces.append(event.text)
                if isinstance(event, Finished) and pieces and not message.is_alone:
                    await self._remember(message, "".join(pieces), event)
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

    async def _remember(self, message: Message, answer: str, finished: Finished) -> None:
        decision, receipt = finished.decision, finished.receipt
        told = outlined(decision, receipt) if decision else explain_cached(receipt, message.text)
        exchange = Exchange(message.text, answer, receipt.reply_id, message.at, receipt.model)
        try:
            await self._services.history.append(message.conversation, exchange, to_line(told))
        except StoreUnavailable as error:
            _log.warning("the exchange is not remembered: %s", error)
