"""The agreement step: two cheap models answer side by side; text comes once they agree.

To the router it looks like a completer and an order of candidates. The better of the two is called
as any candidate is, its text held back. If the other one gives the same final answer, the text is
let through; otherwise that call counts as failed, and the next better candidate answers. The other
one's call is set aside, counted and settled on the same receipt. When everything else fails, the
text that was held back is better than none.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from routing.agreement import Panel, panel_of
from routing.answering import Answering
from routing.checkable import AnswerShape, shape_of
from routing.demand import worst_microusd
from routing.errors import (
    AnswerBroken,
    ModelFailed,
    ModelsDisagreed,
    QuotaExceeded,
    SpendingClosed,
)
from routing.final_answer import agrees, final_answer
from routing.holds import Hold
from routing.policy import Candidate, Decision
from routing.ports import Call, Completed, Completer, Part, ReasoningPart, TextPart
from routing.pricing import Usage
from routing.reply import Chosen, Comparing, Outcome
from routing.tab import Tab

AGREED: Final = "two models agreed"
DISAGREED: Final = "models disagreed"


@dataclass(frozen=True, slots=True)
class Asking:
    """Who is asked for an answer, in which order, and how.

    Attributes:
        candidates: In order, to be gone through once.
        completer: Calls them.
        beside: The other model of a panel; empty for none.
    """

    candidates: Iterable[Candidate]
    completer: Completer
    beside: str = ""

    def opening(self, candidate: Candidate) -> Chosen | Comparing:
        """Return the event with which an answer begins."""
        name = candidate.card.name
        return Comparing(name, self.beside) if self.beside else Chosen(name)


@dataclass(frozen=True, slots=True)
class _Heard:
    """All that one of the two said."""

    text: str
    completed: Completed


def panel_for(text: str, decision: Decision) -> tuple[Panel, AnswerShape] | None:
    """Return whom to ask side by side, and for which shape of answer; None: ask one model.

    One model is asked where somebody asked for it or a rule prefers it, where the question wants
    no short answer, where a panel is not worth its price, or where both together may cost more
    than an answer may.
    """
    candidates = decision.candidates
    best = max(each.score_microusd for each in candidates)
    shape = shape_of(text)
    if shape is None or decision.wanted or candidates[0].score_microusd < best:
        return None
    panel = panel_of(candidates, decision.scale.value_microusd)
    if panel is None:
        return None
    worst = sum(worst_microusd(each.card, decision.demand) for each in (panel.first, panel.second))
    ceiling = decision.ceiling_microusd
    return None if ceiling is not None and worst > ceiling else (panel, shape)


class Agreeing:
    """A completer that lets the text of a panel's first call through only when both agree.

    Args:
        panel: Who is asked.
        shape: What the answer looks like.
        completer: Calls models.
        answering: The answer, for counting what is held back.
        tab: What it may spend.
        note_failure: Told when the other model fails.
    """

    def __init__(
        self,
        panel: Panel,
        shape: AnswerShape,
        completer: Completer,
        answering: Answering,
        tab: Tab,
        note_failure: Callable[[ModelFailed], None],
    ) -> None:
        self._panel = panel
        self._shape = shape
        self._completer = completer
        self._answering = answering
        self._tab = tab
        self._note_failure = note_failure
        self._has_second_failed = False
        self._held_back: _Heard | None = None

    def asking(self) -> Asking:
        """Return who is asked: the panel's first, who decides, then the rest by score."""
        return Asking(self._in_turn(), self, beside=self._panel.second.card.name)

    def _in_turn(self) -> Iterator[Candidate]:
        panel = self._panel
        asked = (panel.first, panel.second, panel.decider)
        yield panel.first
        yield panel.decider
        yield from (each for each in self._answering.decision.candidates if each not in asked)
        if self._held_back:
            yield panel.first
        elif not self._has_second_failed:
            yield panel.second

    async def stream(self, call: Call) -> AsyncGenerator[Part]:
        """Yield the parts of one answer; of the panel's first, all at once and only if it holds.

        Raises:
            ModelsDisagreed: The other one says something else, or nothing.
            ModelFailed: As the models do.
        """
        if call.card.name == self._panel.first.card.name:
            try:
                heard = await self._heard(call)
            except (QuotaExceeded, SpendingClosed):
                heard = None  # there is no room for the other one: the first answers alone
            if heard:
                self._answering.recount()
                yield TextPart(heard.text)
                yield heard.completed
                return
        async with aclosing(self._completer.stream(call)) as parts:
            async for part in parts:
                yield part

    async def _heard(self, call: Call) -> _Heard:
        """Return what the panel's first says, if the other agrees or everything else failed.

        Raises:
            ModelFailed: As for `stream`.
            QuotaExceeded: There is no room to ask the other one.
            SpendingClosed: The store is away.
        """
        if self._held_back is None:
            return await self._compared(call)
        finish = self._held_back.completed.finish
        return _Heard(self._held_back.text, Completed(finish, Usage(), 0))  # it is paid for already

    async def _compared(self, call: Call) -> _Heard:
        """Ask both, and return what the first said if the other agrees.

        Raises:
            ModelFailed: As for `stream`.
        """
        name, other = call.card.name, self._panel.second
        beside = self._answering.beside()
        tab = self._tab.beside(beside)
        try:
            hold = await tab.reserve(other)
            async with asyncio.TaskGroup() as tasks:
                second = tasks.create_task(self._second(beside, tab, hold))
                heard = await self._first(call)
                if isinstance(heard, ModelFailed):
                    second.cancel()
        finally:
            try:
                await tab.close(Outcome.STOPPED)
            finally:
                self._answering.join(beside.receipt(Outcome.STOPPED).attempts)
        if isinstance(heard, ModelFailed):
            raise heard
        if not self._agrees(heard.text, second.result()):
            self._held_back = heard
            self._answering.notes |= {name: DISAGREED, self._panel.decider.card.name: DISAGREED}
            reason = f"{other.card.name} does not agree"
            raise ModelsDisagreed(name, reason, usage=heard.completed.usage, billed=True)
        self._answering.notes[name] = AGREED
        return heard

    async def _first(self, call: Call) -> _Heard | ModelFailed:
        """Return what the better model says, or how it failed; count it as it comes."""
        pieces: list[str] = []
        completed: Completed | None = None
        try:
            async with aclosing(self._completer.stream(call)) as parts:
                async for part in parts:
                    if isinstance(part, Completed):
                        completed = part
                        continue
                    self._answering.thought(part.text)
                    pieces += [part.text] if isinstance(part, TextPart) else []
        except ModelFailed as failure:
            return failure
        if completed is None or not pieces:
            usage = completed.usage if completed else None
            return AnswerBroken(call.card.name, "gave no answer", usage=usage, billed=True)
        return _Heard("".join(pieces), completed)

    async def _second(self, beside: Answering, tab: Tab, hold: Hold) -> str:
        """Return what the other model says; empty when that is no whole answer."""
        call = beside.begin(self._panel.second, hold)
        try:
            async with tab.renewing(hold), aclosing(self._completer.stream(call)) as parts:
                async for part in parts:
                    _take(beside, part)
        except ModelFailed as failure:
            beside.failed(failure)
            self._note_failure(failure)
            self._has_second_failed = True
        is_whole = beside.receipt(Outcome.STOPPED).outcome is Outcome.COMPLETE
        return beside.text if is_whole else ""

    def _agrees(self, one: str, other: str) -> bool:
        return agrees(final_answer(one, self._shape), final_answer(other, self._shape))


def _take(answering: Answering, part: Part) -> None:
    match part:
        case TextPart(text):
            answering.said(text)
        case ReasoningPart(text):
            answering.thought(text)
        case Completed():
            answering.completed(part)
