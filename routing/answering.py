"""One answer in the making: what is visible, what was called, what it used. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from config.catalog import ModelCard
from routing.clock import Clock
from routing.demand import (
    LEAST_OUTPUT_TOKENS,
    Demand,
    room_for_history,
    room_for_output,
    worst_microusd,
)
from routing.errors import AnswerBroken, ModelFailed, QuotaExceeded, SpendingClosed
from routing.holds import Hold, Spent
from routing.objections import Reason
from routing.policy import Candidate, Decision, best_of
from routing.ports import Call, Completed
from routing.pricing import Usage, cost_microusd
from routing.query import Query, Turn, latest_turns
from routing.reply import Attempt, Outcome, Receipt
from routing.reserving import ceiling_microusd
from routing.scoring import Turn as TurnedBy
from routing.seam import Seam, StartedOver
from routing.tokens import TURN_TOKENS, estimate_tokens, turn_tokens

CONTINUE: Final = (
    "Your answer was cut off. Continue it exactly where it stopped, in the same language and "
    "format. Do not repeat or comment on anything already said."
)

COMPARED: Final = "compared with another"
"""Why a model answered that was asked beside another one."""

ONLY_ALLOWED: Final = "only model rules allow"
"""Why a model answered beside which rules leave no other."""

_OUTCOMES: Final[Mapping[str, Outcome]] = MappingProxyType(
    {
        "stop": Outcome.COMPLETE,
        "length": Outcome.LIMIT,
        "content_filter": Outcome.FILTERED,
    }
)


_NOT_SET_UP: Final = frozenset({Reason.NOT_CONFIGURED, Reason.DISABLED})

_MOST: Final = 10
"""A host is not believed that says it charged so many times its card's price, or less a part."""


@dataclass(slots=True)
class _Running:
    """The call that runs now, and what came of it, for counting."""

    candidate: Candidate
    call: Call
    seam: Seam
    hold: Hold
    pieces: list[str] = field(default_factory=list)
    has_shown: bool = False

    @property
    def card(self) -> ModelCard:
        """Return the model that is called."""
        return self.candidate.card

    def counted(self) -> Usage:
        """Return what was sent and came back, by our own estimate."""
        sent_tokens = sum(turn.tokens for turn in self.call.turns)
        return Usage(
            input_tokens=turn_tokens(self.call.system_prompt) + sent_tokens,
            output_tokens=estimate_tokens("".join(self.pieces)),
        )

    @property
    def ceiling_microusd(self) -> int:
        """Return the most the call was held to cost."""
        return ceiling_microusd(self.card, self.hold)

    def charged(self, used: Usage, said_microusd: int | None) -> int:
        """Return what a usage costs: what the host says, if that is believable, else by the card.

        What nobody can believe, above or below, is charged as the most the call was held to cost.
        """
        by_card = cost_microusd(self.card, used)
        if said_microusd is None:
            return by_card
        if 0 <= said_microusd * _MOST < by_card:
            return by_card
        if 0 <= said_microusd <= _MOST * by_card:
            return said_microusd
        return max(by_card, self.ceiling_microusd)


class Answering:
    """Follows one answer over all its calls and knows its receipt at any moment."""

    def __init__(
        self, reply_id: str, query: Query, decision: Decision, clock: Clock, started_s: float
    ) -> None:
        self.decision = decision
        self.failures: list[ModelFailed] = []
        self.refusals: list[QuotaExceeded | SpendingClosed] = []
        self.reply_id = reply_id
        self.notes: dict[str, str] = {}
        self.query = query
        self._clock = clock
        self._started_s = started_s
        self._first_text_s: float | None = None
        self._pieces: list[str] = []
        self._attempts: list[Attempt] = []
        self._joined: list[Attempt] = []
        self._answered_by: Candidate | None = None
        self._running: _Running | None = None
        self._outcome: Outcome | None = None

    @property
    def text(self) -> str:
        """Return what is visible of the answer."""
        return "".join(self._pieces)

    def may_take_over(self, candidate: Candidate, ceiling_microusd: int | None) -> bool:
        """Tell whether a candidate may go on after a failure: it has room, and all is paid for."""
        demand = self.demand_now()
        spent = sum(attempt.cost_microusd for attempt in (*self._joined, *self._attempts))
        worst = spent + worst_microusd(candidate.card, demand)
        if ceiling_microusd is not None and worst > ceiling_microusd:
            return False
        room = room_for_output(candidate.card, demand)
        return room >= min(LEAST_OUTPUT_TOKENS, self.decision.demand.max_output_tokens)

    def begin(self, candidate: Candidate, hold: Hold) -> Call:
        """Return the request for a candidate: the question, or the wish to continue the answer."""
        card, demand, query = candidate.card, self.demand_now(), self.query
        turns = [*latest_turns(query.history, room_for_history(card, demand)), query.turn]
        if self._pieces:
            turns += [Turn("assistant", self.text), Turn("user", CONTINUE)]
        call = Call(card, query.prompt_for(card), tuple(turns), hold.output_tokens)
        self._running = _Running(candidate, call, Seam(self.text), hold)
        return call

    def beside(self) -> "Answering":
        """Return what follows another call for the same question, made at the same time."""
        return Answering(self.reply_id, self.query, self.decision, self._clock, self._started_s)

    def join(self, attempts: Sequence[Attempt]) -> None:
        """Put the calls that were made beside this answer's own on its receipt."""
        self._joined += attempts

    def recount(self) -> None:
        """Count what the running call says from here on: what was held back is now to be said."""
        self._now_running().pieces.clear()

    def thought(self, text: str) -> None:
        """Count what the model thinks."""
        self._now_running().pieces.append(text)

    def said(self, text: str) -> str:
        """Take more of the answer; return what of it is to be shown, maybe nothing yet."""
        running = self._now_running()
        running.pieces.append(text)
        try:
            return self._shown(running.seam.feed(text))
        except StartedOver:
            raise self._broken("started over") from None

    def completed(self, completed: Completed) -> str:
        """End the running call well; return what was held back of its text.

        Raises:
            AnswerBroken: It showed nothing: it only thought, or repeated what was there.
        """
        running = self._now_running()
        try:
            new = self._shown(running.seam.close())
        except StartedOver:
            raise self._broken("started over", completed.usage) from None
        if not running.has_shown:
            said_nothing_new = "repeated what was there" if self._pieces else "only reasoning"
            raise self._broken(f"gave no answer, {said_nothing_new}", completed.usage)
        self._outcome = _OUTCOMES[completed.finish]
        cost = running.ceiling_microusd if completed.is_absurd else completed.cost_microusd
        self._close(completed.usage, cost=cost)
        return new

    def failed(self, failure: ModelFailed) -> None:
        """End the running call badly, at the cost the host reported or we count."""
        self.failures.append(failure)
        if failure.usage is None and not failure.billed and not self._now_running().pieces:
            self._close(Usage(), failure=failure.reason)
        else:
            self._close(failure.usage, failure=failure.reason)

    def held_back(self) -> str:
        """Return what was held back of a text that ends here, now that nothing more comes."""
        try:
            return self._shown(self._now_running().seam.close())
        except StartedOver:
            return ""

    def stopped(self) -> None:
        """End the answer at somebody's wish, keeping what is visible."""
        self._outcome = Outcome.STOPPED
        if self._running is not None:
            self._close(None, failure="stopped")

    @property
    def attempts_made(self) -> int:
        """Return how many calls have ended: the number of the next one."""
        return len(self._attempts)

    def attempt(self, number: int) -> Attempt | None:
        """Return one of the calls that have ended, from 0; None when it has not, or never began."""
        return self._attempts[number] if 0 <= number < len(self._attempts) else None

    def known(self) -> Spent:
        """Return what the running call is known to have used by now; nothing when none runs."""
        if self._running is None:
            return Spent()
        usage = self._running.counted()
        return Spent(cost_microusd(self._running.card, usage), usage)

    def receipt(self, unfinished: Outcome) -> Receipt:
        """Return the receipt; `unfinished` is the outcome where none was reached."""
        if self._running is not None:
            self._close(None, failure="not finished")
        receipt = Receipt(
            reply_id=self.reply_id,
            model=self._answered_by.card.name if self._answered_by else "",
            reason=self._reason(),
            outcome=self._outcome or unfinished,
            attempts=(*self._joined, *self._attempts),
            took_s=self._clock.elapsed_s() - self._started_s,
            first_text_s=self._first_text_s,
            is_second_choice=self._is_second_choice(),
        )
        return self._with_savings(receipt)

    def _now_running(self) -> _Running:
        if self._running is None:
            raise RuntimeError("no call is running")
        return self._running

    def _shown(self, new: str) -> str:
        if new:
            if self._first_text_s is None:
                self._first_text_s = self._clock.elapsed_s() - self._started_s
            self._pieces.append(new)
            running = self._now_running()
            running.has_shown, self._answered_by = True, running.candidate
        return new

    def _broken(self, reason: str, usage: Usage | None = None) -> AnswerBroken:
        return AnswerBroken(self._now_running().card.name, reason, usage=usage, billed=True)

    def demand_now(self) -> Demand:
        """Return what is demanded from here on: with visible text, only the rest of the answer."""
        demand = self.decision.demand
        if not self._pieces:
            return demand
        visible_tokens = estimate_tokens(self.text)
        asking_tokens = estimate_tokens(CONTINUE) + 2 * TURN_TOKENS
        return replace(
            demand,
            question_tokens=demand.question_tokens + visible_tokens + asking_tokens,
            max_output_tokens=demand.max_output_tokens - visible_tokens,
        )

    def _close(self, usage: Usage | None, *, cost: int | None = None, failure: str = "") -> None:
        running = self._now_running()
        used = running.counted() if usage is None else usage
        self._attempts.append(
            Attempt(
                model=running.card.name,
                usage=used,
                cost_microusd=running.charged(used, cost),
                is_reported=usage is not None,
                failure=failure,
            )
        )
        self._running = None

    def _is_second_choice(self) -> bool:
        decision = self.decision
        objections = decision.passed_over.values()
        return (
            self._answered_by != decision.candidates[0]
            or decision.turned_by is TurnedBy.BUDGET
            or any(objection.reason is Reason.RESTING for objection in objections)
        )

    def _reason(self) -> str:
        """Say in at most four words why this model."""
        if self._answered_by is None:
            return ""
        decision, card = self.decision, self._answered_by.card
        if note := self.notes.get(card.name):
            return note
        if self.failures and self._answered_by != decision.candidates[0]:
            return "next after a failure"
        if self.refusals:
            return "within the budget"
        if decision.wanted:
            return COMPARED if self.query.is_compared else "you asked for it"
        if card.embedded and all(
            objection.reason in _NOT_SET_UP for objection in decision.passed_over.values()
        ):
            return "no other model configured"
        if len(decision.candidates) == 1:
            others = {objection.reason for objection in decision.passed_over.values()}
            is_by_rule = others - _NOT_SET_UP - {Reason.STAND_IN} == {Reason.RULE}
            return ONLY_ALLOWED if is_by_rule else "only model available"
        return decision.turned_by or self._worth(self._answered_by)

    def _worth(self, first: Candidate) -> str:
        if first == self.decision.best:
            return "best answer expected"
        cheapest = min(each.estimate_microusd for each in self.decision.candidates)
        is_cheapest = first.estimate_microusd == cheapest
        return "cheapest good enough" if is_cheapest else "best value here"

    def _with_savings(self, receipt: Receipt) -> Receipt:
        """Compare with the best model that did not fail, on the tokens that gave the text."""
        failed = {failure.model for failure in self.failures}
        fit = [each for each in self.decision.candidates if each.card.name not in failed]
        if not fit or not receipt.model:
            return receipt
        best = best_of(fit).card
        if best.name == receipt.model:
            return receipt
        told = sum(
            (each.usage for each in receipt.attempts if each.model == receipt.model), Usage()
        )
        saved = cost_microusd(best, told) - receipt.cost_microusd
        return replace(receipt, saved_microusd=max(saved, 0), best_model=best.name)
