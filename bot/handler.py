"""A message in, a stream of events out: commands first, then the router."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import Final

from bot.commands.command import AskTwo, Services
from bot.commands.options import Suggestion
from bot.commands.registry import Registry
from bot.comparing import Comparing, is_comparison
from bot.composing import (
    NOTHING_WRITTEN,
    Material,
    compose,
    kept_of,
    leaves_nothing,
    remarks_on,
    remarks_on_wish,
)
from bot.draft import View
from bot.lasting import transcript_of
from bot.platforms.port import Message, Notice, OutgoingEvent, Remarks, Sealed
from bot.reading.outcomes import Read, Unread
from bot.reading.reader import Reader
from bot.wording import receipt_line, with_warnings
from bot.written import Memory, Written, from_line, to_line
from routing.background import beside
from routing.errors import StoreUnavailable
from routing.explain import explain_cached, outlined
from routing.explanation_lines import to_line as explanation_line
from routing.heeding import Heeding
from routing.policy import Decision
from routing.ports import Exchange, Transcript
from routing.query import Ordered, Query, latest_turns
from routing.reply import Ended, Finished, ReasoningDelta, Receipt, TextDelta
from routing.stop import Stop, Stopped
from routing.thread import answered, last_answer
from routing.wishes import addressed

_log = logging.getLogger(__name__)

_EMPTY: Final = Notice(
    "There is nothing to answer: write a question. `/help` tells what else I can do.",
    is_failure=True,
)


class Handler:
    """Answers messages of any platform.

    Args:
        services: What commands and questions need.
        commands: All there are.
        reader: Reads what is attached; None where nothing ever is.
        heeding: What is known of orders; None: nothing yet.
    """

    def __init__(
        self,
        services: Services,
        commands: Registry,
        reader: Reader | None = None,
        heeding: Heeding | None = None,
    ) -> None:
        self._services = services
        self._commands = commands
        self._reader = reader
        self._heeding = heeding or Heeding(services.orders)
        self._comparing = Comparing(services)

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
            RoutingError: There is no answer; nothing of one is visible. A command is carried out
                also where no question may be asked.
        """
        if not message.text.strip():
            if not (message.quotes or message.attachments):
                yield _EMPTY
                return
            message = replace(message, text=NOTHING_WRITTEN)
        told = await self._commands.run(message, self._services)
        if isinstance(told, Notice):
            yield told
            return
        in_force = await self._heeding.admitted(message.origin)
        if isinstance(told, AskTwo):
            ordered = in_force.for_question(message.origin)
            compared = self._comparing.answer(message, told, ordered, stop, delivery)
            async with self._heeded(message, stop, compared) as events:
                async for event in events:
                    yield event
            return
        if told:
            wanted = told.wanted or message.wanted
            message = replace(message, text=told.question, wanted=wanted)
        earlier = told.earlier if told else None
        read = Read() if earlier else await self._read(message, stop)
        if message.attachments:  # reading took its time: they may be paused by now
            in_force = await self._heeding.admitted(message.origin)
        if leaves_nothing(message, read):
            yield Notice("\n".join(remarks_on(read)), is_failure=True)
            return
        models = self._services.settings.models
        keep_tokens = self._services.settings.history.max_tokens // 2
        material = kept_of(earlier) if earlier else compose(message, read, keep_tokens)
        material = material.remarking(remarks_on_wish(message.text, models))
        if material.remarks:
            yield Remarks(material.remarks)
        wish = addressed(message.text, models)
        if wish.wanted:
            message = replace(message, text=wish.question, wanted=wish.wanted)
        ordered = in_force.for_question(message.origin)
        query = await self._query(message, material, ordered, earlier, is_fresh=told is not None)
        query = replace(query, reply_id=message.reply_id, delivery=delivery)
        by_models = self._by_models(message, material, query, stop)
        async with self._heeded(message, stop, by_models) as events:
            async for event in events:
                yield event

    async def suggest(self, message: Message, option: str, typed: str) -> tuple[Suggestion, ...]:
        """Return what may be meant by an option of a command that is being typed.

        Args:
            message: Who types it, where; its text is the command so far: `/quota remove`.
            option: The option's name.
            typed: What stands there so far.

        Raises:
            StoreUnavailable: It is not known.
        """
        return await self._commands.suggest(message, option, typed, self._services)

    async def finish(self, line: str) -> View:
        """Finish an answer that another worker sealed; return what is to be seen of it.

        It is settled and remembered once, however often this is done.

        Raises:
            ValueError: It is no answer, or of another version: the question is to be asked anew.
        """
        if is_comparison(line):
            return await self._comparing.finish(line)
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

    @asynccontextmanager
    async def _heeded(
        self, message: Message, stop: Stop, events: AsyncGenerator[OutgoingEvent]
    ) -> AsyncIterator[AsyncGenerator[OutgoingEvent]]:
        """End what models answer when answers are paused; close it when the block is left."""
        async with (
            beside(self._heeding.end_when_paused(message.origin, stop)),
            aclosing(events),
        ):
            yield events

    async def _by_models(
        self, message: Message, material: Material, query: Query, stop: Stop
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
                        said, thought = "".join(pieces), "".join(thoughts)
                        yield Sealed(_sealed(message, material, said, thought, event))
                        continue
                    case Finished(receipt, decision):
                        said = "".join(pieces)
                        if memory := _memory(message, material, said, receipt, decision):
                            await self._remember(memory)
                yield event

    async def _read(self, message: Message, stop: Stop) -> Read:
        """Read what is attached; a wish to end ends that too."""
        if self._reader is None:
            return Read()
        try:
            reading = self._reader.read(message.attachments, message.origin.platform)
            return await stop.wait_for(reading)
        except Stopped:
            why = "the answer was stopped before"
            return Read(unread=tuple(Unread(each.name, why) for each in message.attachments))

    async def _query(
        self,
        message: Message,
        material: Material,
        ordered: Ordered,
        again: Exchange | None,
        *,
        is_fresh: bool,
    ) -> Query:
        settings = self._services.settings
        transcript = await self._transcript(message)
        exchanges = _before(transcript.exchanges, again)
        turns = [turn for exchange in exchanges for turn in exchange.turns]
        history = latest_turns(turns, settings.history.max_tokens)
        prompts = filter(None, (settings.system_prompt, ordered.persona))
        return Query(
            text=message.text,
            origin=message.origin,
            history=history,
            ordered=ordered,
            system_prompt=settings.system_prompt,
            wanted=message.wanted or transcript.wanted,
            is_fresh=is_fresh,
            attachments=material.attachments if self._reader else message.attachments,
            material=material.text,
            images=material.images,
            asked_at=message.at,
            answered=answered(transcript.exchanges, settings.models, again),
            last_answer=last_answer(
                exchanges,
                settings.models,
                system_prompt="\n\n".join(prompts),
                at=message.at,
                is_whole=len(history) == len(turns),
            ),
        )

    async def _transcript(self, message: Message) -> Transcript:
        """Load what was said before; with the store away, a question is answered without it."""
        if message.is_alone:
            return Transcript()
        try:
            return await transcript_of(self._services.history, message)
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


def _sealed(message: Message, material: Material, text: str, reasoning: str, ended: Ended) -> str:
    receipt, decision = ended.receipt, ended.decision
    written = Written(
        text=text,
        reasoning=reasoning,
        receipt=" · ".join([receipt_line(Finished(receipt, decision)), *material.remarks]),
        reply_id=receipt.reply_id,
        memory=_memory(message, material, text, receipt, decision),
        bill=ended.bill,
    )
    return to_line(written)


def _memory(
    message: Message,
    material: Material,
    answer: str,
    receipt: Receipt,
    decision: Decision | None,
) -> Memory | None:
    """Return what is remembered of an answer; None where it shapes no later one."""
    if not answer or message.is_alone:
        return None
    told = outlined(decision, receipt) if decision else explain_cached(receipt, message.text)
    earlier = material.earlier
    exchange = Exchange(
        question=message.text,
        answer=answer,
        reply_id=receipt.reply_id,
        asked_at=message.at,
        model=receipt.model,
        person=earlier.person if earlier else message.origin.person,
        material=material.kept,
        kinds=material.kept_kinds,
        again_of=(earlier.again_of or earlier.reply_id) if earlier else "",
    )
    return Memory(message.conversation, exchange, explanation_line(told))


def _before(exchanges: tuple[Exchange, ...], again: Exchange | None) -> tuple[Exchange, ...]:
    """Return what a question goes on with; asked again, only what stood before it.

    Of a question that was asked several times only the last answer counts: a model shown its old
    answer repeats it.
    """
    if again is not None:
        names = {again.reply_id, again.again_of} - {""}
        places = [place for place, each in enumerate(exchanges) if each.reply_id in names]
        exchanges = exchanges[: min(places)] if places else exchanges
    last = {each.again_of or each.reply_id: each for each in exchanges}
    return tuple(each for each in exchanges if last[each.again_of or each.reply_id] is each)
