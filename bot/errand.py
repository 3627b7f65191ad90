"""One claimed question, from the line that says it is being answered to its end."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Final, Protocol

from bot.draft import Draft, View
from bot.held import ClaimPosts, Held, noted
from bot.memory import Memory
from bot.platforms.port import Message, OutgoingEvent, Sealed
from bot.platforms.surface import ClaimLost, NotShown, QuestionGone, Surface
from bot.view_lines import view_from_line, view_to_line
from bot.wording import UNEXPECTED, sentence
from routing.background import beside
from routing.errors import RoutingError, StoreUnavailable, Superseded, kind_of
from routing.inbox import Ending, Inbox
from routing.stop import Stop

MOST_TRIES: Final = 5
"""A question that so many workers died of is not given to another."""

_SEALED: Final = "sealed"
_VIEW: Final = "view"

_BEGUN: Final = "…"
_BEGUN_AGAIN: Final = "interrupted, starting again …"

_AGAIN_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 60.0
_MOST_PAUSES: Final = 30

_log = logging.getLogger(__name__)


class SealUnreadable(Exception):
    """What an earlier worker sealed is of another version: one of that version can finish it."""


class Answers(Protocol):
    """Answers a message, in one go or in two."""

    def answer(
        self, message: Message, stop: Stop, delivery: int = 1
    ) -> AsyncGenerator[OutgoingEvent]:
        """Answer a message; a later delivery takes over from an earlier one."""
        ...

    async def finish(self, line: str) -> View:
        """Settle an answer that was sealed, and return what is to be seen of it.

        Raises:
            ValueError: It cannot be read: the question is to be asked anew.
        """
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What it takes to answer.

    Attributes:
        inbox: Where questions come from.
        surfaces: Where answers are shown, by platform.
        answers: What makes them.
        memory: Which post belongs to which answer.
        sleep: Waits for so many seconds.
        begun: Told the identity of each question that is begun.
        refused: Told, in a word, why a question is not answered after all.
    """

    inbox: Inbox
    surfaces: Mapping[str, Surface]
    answers: Answers
    memory: Memory
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    begun: Callable[[str], object] = lambda _: None
    refused: Callable[[str], object] = lambda _: None


class Errand:
    """Answers one question, shows the answer and ends the claim.

    Args:
        held: The question.
        message: What it says.
        surface: Where it is answered.
        desk: What it takes.
        refusal: What is said instead of an answer; empty: it is answered.
    """

    def __init__(
        self, held: Held, message: Message, surface: Surface, desk: Desk, refusal: str = ""
    ) -> None:
        self._held = held
        self._message = message
        self._refusal = refusal
        self._surface = surface
        self._desk = desk
        self._draft = Draft()
        self._posts = ClaimPosts(held, desk.inbox, desk.sleep)
        self._reply = surface.reply(message, self._posts)
        self._known: tuple[str, ...] = ()

    @property
    def reply_id(self) -> str:
        """Return the name of the answer."""
        return self._message.reply_id

    async def run(self) -> None:
        """Do it all.

        Raises:
            ClaimLost: Another worker does.
            SealUnreadable: Another worker ought to.
        """
        showing = asyncio.create_task(self._show())
        async with beside(_outcome(showing)), beside(self._make_known()):
            await self._make()
            await showing
        while not (self._held.is_done or self._held.is_lost):
            if self._held.is_gone:
                await self._withdraw()
            await self._insist_on_store(self._remember)
            await self._insist_on_store(self._end)

    # ---- the answer

    async def _make(self) -> None:
        """Fill the draft; whatever happens, it is final then."""
        try:
            await self._make_or_fail()
        except QuestionGone:
            self._held.question_gone()
        except (ClaimLost, SealUnreadable):
            raise
        except Superseded as error:
            raise ClaimLost from error
        except RoutingError as error:
            _log.info("unanswered", extra={"fields": {"reason": kind_of(error)}})
            self._fail(sentence(error))
        except Exception:  # noqa: BLE001 # logged whole; the asker is told that it went wrong
            _log.exception("answering %s failed", self._held.claim.identity)
            self._fail(UNEXPECTED)
        self._fail(UNEXPECTED)

    async def _make_or_fail(self) -> None:
        claim = self._held.claim
        if claim.is_taken_back:
            raise QuestionGone
        if (line := claim.notes.get(_SEALED)) and (found := await self._finished(line)):
            self._draft.end(found)
        elif view := claim.notes.get(_VIEW):
            self._draft.end(view_from_line(view))
        elif self._refusal:
            self._fail(self._refusal)
        elif claim.tries > MOST_TRIES:
            _log.error("%s was given up after %d tries", claim.identity, claim.tries - 1)
        else:
            message = await self._surface.surroundings(self._message)
            await self._ask(message)

    async def _ask(self, message: Message) -> None:
        delivery, is_sealed = self._held.claim.delivery, False
        events = self._desk.answers.answer(message, self._held.stop, delivery)
        async with aclosing(events):
            async for event in events:
                if isinstance(event, Sealed):
                    await self._seal(event.line)
                    is_sealed = True
                self._draft.take(event)
        if self._draft.is_final and not is_sealed:
            await self._note_view()

    async def _seal(self, line: str) -> None:
        """Write down what a later worker needs, before the answer is settled."""
        while True:
            await self._held.sure()
            with suppress(ClaimLost):
                await noted(self._held, self._desk.inbox, self._desk.sleep, _SEALED, line)
                return

    async def _note_view(self) -> None:
        """Write down what a command said, so that it is not carried out again."""
        line = view_to_line(self._draft.view())
        with suppress(StoreUnavailable):
            await self._desk.inbox.note(self._held.claim, _VIEW, line)

    async def _finished(self, line: str) -> View | None:
        while True:
            try:
                return await self._desk.answers.finish(line)
            except ValueError as error:
                if not self._held.claim.is_overdue:
                    raise SealUnreadable(str(error)) from error
                _log.warning("%s is asked anew: %s", self._held.claim.identity, error)
                return None
            except StoreUnavailable:
                await self._desk.sleep(_AGAIN_S)

    def _fail(self, why: str) -> None:
        if not self._draft.is_final:
            self._draft.fail(why)

    # ---- what is seen of it

    async def _show(self) -> None:
        claim = self._held.claim
        has_line = bool(self._posts.ids)
        status = _BEGUN_AGAIN if has_line and claim.delivery > 1 else _BEGUN
        try:
            await self._reply.begin(status, is_optional=has_line)
        except (NotShown, ClaimLost) as error:
            # It may still be by the time there is something to show.
            _log.info("no placeholder for %s: %r", claim.identity, error)
        await self._insist(lambda: self._reply.run(self._draft))

    async def _make_known(self) -> None:
        """Let each post lead to the question as soon as it stands: people are quick to reply.

        What cannot be made known is at the end.
        """
        while True:
            ids = await self._posts.changed()
            if ids and not self._held.is_gone:
                with suppress(StoreUnavailable):
                    await self._desk.memory.begun(self._message, ids)
                    self._known = ids[:1]  # the others may go before the end

    async def _insist(self, write: Callable[[], Awaitable[None]]) -> None:
        """Write until it is written, the question is gone, or there is no use in it.

        Raises:
            ClaimLost: Another worker writes.
        """
        pause_s = _AGAIN_S
        for _ in range(_MOST_PAUSES):
            try:
                await write()
            except ClaimLost:
                if self._held.is_gone and not self._posts.is_withdrawing:
                    return
                await self._held.sure()
                with suppress(ClaimLost):
                    await self._posts.catch_up()
            except NotShown as error:
                _log.warning("%s is not shown: %s", self._held.claim.identity, error)
                if error.is_final:
                    break
            except Exception:  # noqa: BLE001 # one answer that cannot be shown ends no other
                _log.exception("showing %s failed", self._held.claim.identity)
            else:
                return
            await self._desk.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
        _log.error("%s cannot be shown", self._held.claim.identity)
        self._held.stop.request()

    async def _withdraw(self) -> None:
        self._posts.is_withdrawing = True
        await self._insist(self._reply.withdraw)

    # ---- what is left of it

    async def _remember(self) -> None:
        reply_id, memory = self._draft.view().reply_id, self._desk.memory
        if not self._held.is_gone:
            if (reply_id, self._posts.ids) != (self._message.reply_id, self._known):
                await memory.answered(self._message, reply_id, self._posts.ids)
        elif reply_id:
            await memory.withdrawn(self._message, reply_id)

    async def _end(self) -> None:
        is_withdrawn = self._posts.is_withdrawing
        match await self._desk.inbox.done(self._held.claim, is_withdrawn=is_withdrawn):
            case Ending.DONE:
                self._held.is_done = True
            case Ending.LOST:
                self._held.lose()
            case Ending.CANCELLED:
                self._held.question_gone()

    async def _insist_on_store(self, step: Callable[[], Awaitable[None]]) -> None:
        while not self._held.is_lost:
            try:
                await step()
            except StoreUnavailable:
                await self._desk.sleep(_AGAIN_S)
            else:
                return


async def _outcome(task: asyncio.Task[None]) -> None:
    """Wait for a task that is cancelled with this; what it fails with is for others."""
    with suppress(ClaimLost):
        await task
