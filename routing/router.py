"""The steps from a question to its receipt, in order, as one stream of events.

Ask the cache; without an answer there, decide, then call the candidates one after the other until
one answers. Before any text is visible a failure moves to the next candidate. Once text is visible
it stays: the next candidate continues it, or the answer is marked as cut; it is never repeated and
never called complete when it was not. Whatever happens, what the calls cost is settled exactly
once.
"""

import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import asdict, replace
from datetime import UTC, datetime
from uuid import uuid4

from config.settings import Settings
from routing.agreeing import Agreeing, Asking, panel_for
from routing.answering import Answering
from routing.cache import CacheHit
from routing.caching import Caching, Lead
from routing.choosing import NOTHING_PREDICTED, choose
from routing.clock import Clock
from routing.demand import NOTHING_MEASURED, Demand, demand_of
from routing.doubting import NOTHING_SAID, doubted
from routing.errors import (
    AllModelsFailed,
    ModelFailed,
    ModelsDisagreed,
    NoModelFits,
    QueryRefused,
    QuotaExceeded,
    RoutingError,
    SpendingClosed,
)
from routing.explain import explain_nobody, outlined
from routing.explanation_lines import to_value
from routing.holds import Level, Standing
from routing.learning import Learning
from routing.measuring import Measuring
from routing.policy import Candidate, Decision
from routing.ports import (
    Cache,
    Call,
    Completed,
    Completer,
    Part,
    ReasoningPart,
    TextPart,
)
from routing.prediction import Predict
from routing.query import Query
from routing.reply import (
    Bill,
    Ended,
    Finished,
    HandedOver,
    Outcome,
    ReasoningDelta,
    Receipt,
    ReplyEvent,
    TextDelta,
)
from routing.rests import Rests
from routing.spending import Spending
from routing.stop import Stop, Stopped
from routing.tab import Tab, count_cached
from routing.watching import Unwatched, Watch

_log = logging.getLogger(__name__)


class Router:
    """Answers queries by the cheapest model that is good enough and allowed to see them.

    Attributes:
        caching: What it keeps of its answers, and forgets when told to.
    """

    def __init__(  # noqa: PLR0913 # each is a part it is made of, given by name
        self,
        settings: Settings,
        *,
        completer: Completer,
        spending: Spending,
        cache: Cache,
        clock: Clock | None = None,
        learning: Learning | None = None,
        predict: Predict | None = None,
        measuring: Measuring | None = None,
        watch: Watch | None = None,
        rests: Rests | None = None,
    ) -> None:
        self._settings = settings
        self._predict = predict
        self._learning = learning
        self._measuring = measuring
        self._completer = completer
        self._spending = spending
        self._clock = clock or Clock()
        self._watch = watch or Unwatched()
        self.caching = Caching(settings, cache)
        self._rests = rests or Rests(self._clock)

    @property
    def resting(self) -> Mapping[str, datetime]:
        """Return the models that rest after failures, each with the end of its rest."""
        return self._rests.resting

    def decide(self, query: Query, standing: Standing) -> Decision:
        """Choose the candidates for a query as things stand now, without calling any.

        Raises:
            NoModelFits: No configured model may or can answer.
        """
        tightest = standing.tightest
        demand = self._demand_of(query)
        predictions, verdicts = NOTHING_PREDICTED, NOTHING_SAID
        if self._predict:
            predictions = self._predict(query, demand, self._settings.models)
        if self._learning:
            predictions = self._learning.adjusted(predictions, query, demand)
            verdicts = self._learning.verdicts(query.origin)
        if query.answered:
            cards = self._settings.models
            predictions = doubted(predictions, cards, demand, query.answered, verdicts)
        used = tightest.share if tightest else 0.0
        return choose(query, self._settings, self.resting, used, predictions, demand)

    async def answer(self, query: Query, stop: Stop | None = None) -> AsyncGenerator[ReplyEvent]:
        """Answer a query from the cache or by a model; `stop` ends it early with what is there.

        Closing the generator ends the call at the host too; its cost is settled all the same.

        Raises:
            NoModelFits: No configured model may or can answer.
            QueryRefused: A provider rejects the query itself; nothing is visible.
            AllModelsFailed: Every candidate failed before any text was visible.
            QuotaExceeded: No candidate fits into what is left of a budget.
            SpendingClosed: The store is away, so only free models could answer, and none did.
            Superseded: A later worker has begun to answer.
        """
        stop = stop or Stop()
        started_s, at = self._clock.elapsed_s(), self._clock.now()
        reply_id = query.reply_id or uuid4().hex
        query = replace(query, asked_at=query.asked_at or at, reply_id=reply_id)
        try:
            found = await self.caching.find(query, stop)
        except Stopped:
            yield Finished(Receipt(reply_id, "", "", Outcome.STOPPED, ()), None)
            return
        if isinstance(found, CacheHit):
            receipt = self._cached_receipt(found, reply_id, started_s)
            receipt = await count_cached(self._spending, receipt, query, at)
            self._note_settled(receipt)
            yield TextDelta(found.answer.text)
            yield Finished(receipt, None)
            return
        async with self.caching.leading(found):
            standing = await self._spending.standing(query.origin)
            if self._learning:
                await self._learning.recall(query.origin)
            if self._measuring:
                await self._measuring.recall()
            decision = self._decided(reply_id, query, standing)
            answering = Answering(reply_id, query, decision, self._clock, started_s)
            tab = Tab(
                self._spending,
                answering,
                origin=query.origin,
                at=at,
                floor_tokens=self._settings.quotas.floor_output_tokens,
            )
            async with aclosing(self._by_models(answering, tab, stop)) as events:
                async for event in events:
                    if isinstance(event, Finished):
                        yield await self._kept(found, query, answering.text, event)
                    else:
                        yield event

    async def settle(self, bill: Bill) -> tuple[Level, ...]:
        """Settle what another process left, once however often; return the limits near their end.

        `answer` does this by itself: it is for whoever finds the bill after a crash.
        """
        return await self._spending.settle(bill.hold, bill.spent, bill.entry)

    def _decided(self, reply_id: str, query: Query, standing: Standing) -> Decision:
        """Decide, and note in the log what the decision replays from.

        Raises:
            NoModelFits: As for `decide`.
        """
        try:
            decision = self.decide(query, standing)
        except NoModelFits as error:
            told = explain_nobody(self._demand_of(query), error)
            fields = {"reply_id": reply_id, "decision": to_value(told)}
            _log.info("nobody fits", extra={"fields": fields})
            raise
        value = to_value(outlined(decision))
        _log.info("decided", extra={"fields": {"reply_id": reply_id, "decision": value}})
        return decision

    def _demand_of(self, query: Query) -> Demand:
        measured = self._measuring.measured if self._measuring else NOTHING_MEASURED
        return demand_of(query, self._settings.routing.max_output_tokens, measured)

    async def _by_models(
        self, answering: Answering, tab: Tab, stop: Stop
    ) -> AsyncGenerator[ReplyEvent]:
        """Let the candidates answer, and settle what that cost however it ends.

        Raises:
            RoutingError: As for `answer`.
        """
        unfinished = Outcome.STOPPED
        try:
            asking = self._asking(answering, tab)
            async with aclosing(self._try_candidates(answering, tab, asking, stop)) as events:
                async for event in events:
                    yield event
            unfinished = Outcome.CUT if answering.text else Outcome.FAILED
            receipt, bill = tab.draw_up(unfinished)
            if receipt.outcome is not Outcome.FAILED:
                yield Ended(receipt, answering.decision, bill)
        except Exception:
            unfinished = Outcome.FAILED
            raise
        finally:
            receipt = await tab.close(unfinished)
            self._note_settled(receipt)
        if receipt.outcome is Outcome.FAILED:
            raise _unanswered(answering)
        if self._measuring:
            await self._measuring.note(receipt, answering.decision.demand.task)
        yield Finished(receipt, answering.decision)

    async def _kept(
        self, found: Lead | str, query: Query, text: str, finished: Finished
    ) -> Finished:
        """Keep an answer if it may be kept, and note that on its receipt."""
        receipt = finished.receipt
        kept = await self.caching.keep(found, query, text, receipt, self._clock.now())
        return replace(finished, receipt=kept)

    def _cached_receipt(self, hit: CacheHit, reply_id: str, started_s: float) -> Receipt:
        took_s = self._clock.elapsed_s() - started_s
        return Receipt(
            reply_id=reply_id,
            model=hit.answer.model,
            reason="asked before",
            outcome=Outcome.COMPLETE,
            attempts=(),
            saved_microusd=hit.answer.cost_microusd,
            took_s=took_s,
            first_text_s=took_s,
            cached_age_s=(self._clock.now() - hit.answer.answered_at).total_seconds(),
            cache_note="asked before in other words" if hit.is_reduced else "asked before",
            cache_tier="reduced" if hit.is_reduced else "exact",
            kept_under=hit.keys,
        )

    async def _try_candidates(
        self, answering: Answering, tab: Tab, asking: Asking, stop: Stop
    ) -> AsyncGenerator[ReplyEvent]:
        for candidate in asking.candidates:
            if stop.is_requested:
                answering.stopped()
                return
            if answering.failures and not self._may_take_over(answering, candidate):
                continue
            try:
                hold = await tab.reserve(candidate)
            except (QuotaExceeded, SpendingClosed) as refusal:
                answering.refusals.append(refusal)
                continue
            if answering.failures:
                yield HandedOver(answering.failures[-1], candidate.card.name, bool(answering.text))
            else:
                yield asking.opening(candidate)
            try:
                call = answering.begin(candidate, hold)
                async with (
                    tab.renewing(hold),
                    aclosing(self._attempt(answering, asking.completer, call, stop)) as events,
                ):
                    async for event in events:
                        yield event
            except ModelFailed as failure:
                self._note_failure(failure)
                if held_back := answering.held_back():
                    yield TextDelta(held_back)
                answering.failed(failure)
                if not failure.worth_trying_another:
                    return
            else:
                return

    async def _attempt(
        self, answering: Answering, completer: Completer, call: Call, stop: Stop
    ) -> AsyncGenerator[ReplyEvent]:
        """Let one candidate answer, or continue what is visible; end normally when it is done.

        Raises:
            ModelFailed: It did not; the next candidate may.
        """
        async with aclosing(completer.stream(call)) as parts:
            try:
                while (part := await stop.wait_for(anext(parts, None))) is not None:
                    if event := _event(answering, part):
                        yield event
                    if isinstance(part, Completed):
                        self._rests.answered(call.card.name)
            except Stopped:
                if held_back := answering.held_back():
                    yield TextDelta(held_back)
                answering.stopped()

    def _asking(self, answering: Answering, tab: Tab) -> Asking:
        """Return who is asked in which order; two side by side where the place wants that."""
        query, decision = answering.query, answering.decision
        wants_agreement = query.origin.place in self._settings.routing.agreement.places
        if wants_agreement and (found := panel_for(query.text, decision)):
            agreeing = Agreeing(*found, self._completer, answering, tab, self._note_failure)
            return agreeing.asking()
        if self._learning is None:
            return Asking(decision.candidates, self._completer)
        return Asking(self._learning.probed(answering), self._completer)

    def _may_take_over(self, answering: Answering, candidate: Candidate) -> bool:
        if answering.text and not self._settings.routing.continue_cut_answers:
            return False
        return answering.may_take_over(candidate, answering.decision.ceiling_microusd)

    def _note_failure(self, failure: ModelFailed) -> None:
        if isinstance(failure, ModelsDisagreed):
            return
        self._rests.failed(failure, self._settings.cooldown)
        self._watch.failed(failure)
        _log.warning("%s: %s", type(failure).__name__, failure)

    def _note_settled(self, receipt: Receipt) -> None:
        self._watch.settled(receipt)
        _log.info("settled", extra={"fields": _log_fields(receipt)})


def _log_fields(receipt: Receipt) -> dict[str, object]:
    return {
        "reply_id": receipt.reply_id,
        "model": receipt.model,
        "reason": receipt.reason,
        "outcome": receipt.outcome,
        **asdict(receipt.usage),
        "cost_microusd": receipt.cost_microusd,
        "saved_microusd": receipt.saved_microusd,
        "cache": receipt.cache_tier,
        "first_text_s": receipt.first_text_s and round(receipt.first_text_s, 3),
        "took_s": round(receipt.took_s, 3),
        "failures": [f"{each.model}: {each.failure}" for each in receipt.attempts if each.failure],
    }


def _event(answering: Answering, part: Part) -> ReplyEvent | None:
    match part:
        case TextPart(text):
            new = answering.said(text)
        case ReasoningPart(text):
            answering.thought(text)
            return ReasoningDelta(text)
        case Completed():
            new = answering.completed(part)
    return TextDelta(new) if new else None


def _unanswered(answering: Answering) -> RoutingError:
    """Return why there is no answer: what the last model did, or which budget stood in the way."""
    if failures := answering.failures:
        last = failures[-1]
        return last if isinstance(last, QueryRefused) else AllModelsFailed(tuple(failures))
    exceeded = [each for each in answering.refusals if isinstance(each, QuotaExceeded)]
    return min(exceeded, key=_waiting, default=answering.refusals[-1])


def _waiting(refusal: QuotaExceeded) -> datetime:
    return refusal.resets_at or datetime.max.replace(tzinfo=UTC)
