"""A decision in words and numbers, to be shown, kept and read back. Pure.

Nothing in it says what was asked or by whom: the numbers of the demand, the names of rules and
models, and what was weighed. How it is written down is in `explanation_lines`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, replace

from routing.demand import Demand
from routing.errors import NoModelFits
from routing.objections import Objection
from routing.policy import Decision
from routing.reply import Outcome, Receipt
from routing.runner_up import RunnerUp, runner_up
from routing.scoring import UNWEIGHED, Offer, Scale, contributions, ranked
from routing.signals import task_of


@dataclass(frozen=True, slots=True)
class ExplainedModel:
    """One model's part in a decision: what was weighed when it may answer, else its objection.

    Attributes:
        model: The card's name.
        objection: Why it was passed over; empty for a candidate.
        rule: The rule by which it was passed over, if it was one.
        offer: What was expected of it; None when it was passed over.
        score_microusd: What the candidates are ordered by, after the rules' wishes.
        contributions: Signed, in micro-dollars, by name.
    """

    model: str
    objection: str = ""
    rule: str = ""
    offer: Offer | None = None
    score_microusd: float | None = None
    contributions: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a query was answered by whom.

    Attributes:
        task: The class of question it was taken for.
        goes_on: Whether it was taken for what the question before it was taken for.
        needs: Capabilities it demanded, sorted.
        input_tokens: Estimated, history included.
        output_tokens: Expected, where no prediction says it by model.
        wanted: The model or family the asker chose; empty for none.
        rules: The names of the rules that were for it, in file order.
        because: The rule that left no model; empty when there was one.
        orders: What admins ordered that was for it, in words.
        scale: What the models were weighed with.
        models: Candidates, who answers first at the head; then the passed over in catalogue order.
        runner_up: Who would have been next, and what would bring it to the front.
        attempts: What each called model did, in order; empty before any was called.
        cache: What the cache did; empty before it was asked.
        kept_under: Where the cache keeps the answer, as `CacheKeys` has it; empty when it does not.
    """

    task: str
    needs: tuple[str, ...] = ()
    input_tokens: int = 0
    output_tokens: int = 0
    wanted: str = ""
    rules: tuple[str, ...] = ()
    because: str = ""
    orders: tuple[str, ...] = ()
    scale: Scale = UNWEIGHED
    models: tuple[ExplainedModel, ...] = ()
    runner_up: RunnerUp | None = None
    attempts: tuple[str, ...] = ()
    cache: str = ""
    kept_under: tuple[str, ...] = ()
    goes_on: bool = False

    @property
    def offers(self) -> tuple[Offer, ...]:
        """Return what was expected of the candidates."""
        return tuple(model.offer for model in self.models if model.offer is not None)


def explain(decision: Decision, receipt: Receipt | None = None) -> Explanation:
    """Explain a decision and, given the receipt, what came of it."""
    told = outlined(decision, receipt)
    return weighed(told, told.offers)


def outlined(decision: Decision, receipt: Receipt | None = None) -> Explanation:
    """Explain a decision but for contributions and the runner-up, which follow from the rest."""
    candidates = tuple(
        ExplainedModel(each.card.name, offer=each.offer, score_microusd=each.score_microusd)
        for each in decision.candidates
    )
    return replace(
        _demanded(decision.demand),
        wanted=decision.wanted,
        rules=decision.rules,
        orders=decision.orders,
        scale=decision.scale,
        models=(*candidates, *_passed_over(decision.passed_over)),
        attempts=_attempts(receipt) if receipt else (),
        cache=receipt.cache_note if receipt else "",
        kept_under=_kept_under(receipt) if receipt else (),
    )


def explain_cached(receipt: Receipt, query_text: str) -> Explanation:
    """Explain an answer that came from the cache."""
    return Explanation(
        task=task_of(query_text),
        attempts=(f"{receipt.model}: answered then",),
        cache=receipt.cache_note,
        kept_under=_kept_under(receipt),
    )


def explain_nobody(demand: Demand, error: NoModelFits) -> Explanation:
    """Explain why no model fits."""
    return replace(
        _demanded(demand),
        wanted=error.wanted,
        because=error.because,
        models=_passed_over(error.passed_over),
    )


def weighed(told: Explanation, offers: Iterable[Offer]) -> Explanation:
    """Return an explanation with its candidates scored and ordered anew from what was weighed.

    Args:
        told: Of its models only those that were passed over count.
        offers: In any order.
    """
    offers = tuple(offers)
    candidates = tuple(
        ExplainedModel(
            model=offer.model,
            offer=offer,
            score_microusd=score,
            contributions=contributions(offer, told.scale),
        )
        for offer, score in ranked(offers, told.scale)
    )
    passed_over = tuple(model for model in told.models if model.offer is None)
    return replace(
        told,
        models=(*candidates, *passed_over),
        runner_up=runner_up(offers, told.scale) if offers else None,
    )


def _demanded(demand: Demand) -> Explanation:
    return Explanation(
        task=str(demand.task),
        needs=tuple(sorted(demand.needs)),
        input_tokens=(
            demand.system_tokens
            + demand.persona_tokens
            + demand.question_tokens
            + demand.history_tokens
        ),
        output_tokens=demand.output_tokens,
        goes_on=demand.goes_on,
    )


def _passed_over(objections: Mapping[str, Objection]) -> tuple[ExplainedModel, ...]:
    return tuple(
        ExplainedModel(model=name, objection=str(objection), rule=objection.rule)
        for name, objection in objections.items()
    )


def _kept_under(receipt: Receipt) -> tuple[str, ...]:
    return astuple(receipt.kept_under) if receipt.kept_under else ()


def _attempts(receipt: Receipt) -> tuple[str, ...]:
    told = [f"{each.model}: {each.failure}" for each in receipt.attempts if each.failure]
    if receipt.outcome is Outcome.COMPLETE:
        told.append(f"{receipt.model}: answered")
    return tuple(told)
