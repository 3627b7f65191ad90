"""A decision in words and numbers, to be shown, kept and read back. Pure."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from routing.demand import Demand
from routing.objections import Objection
from routing.policy import Candidate, Decision
from routing.reply import Outcome, Receipt
from routing.signals import task_of


@dataclass(frozen=True, slots=True)
class ExplainedModel:
    """One model's part in a decision: numbers when it may answer, else its objection."""

    model: str
    objection: str = ""
    quality: float | None = None
    estimate_microusd: int | None = None
    score_microusd: float | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a query was answered by whom.

    Attributes:
        task: The class of question it was taken for.
        needs: Capabilities it demanded, sorted.
        input_tokens: Estimated, history included.
        output_tokens: Expected.
        wanted: The model or preset the asker chose; empty for none.
        models: Candidates by score, best first; then the passed over in catalogue order.
        attempts: What each called model did, in order; empty before any was called.
        cache: What the cache did; empty before it was asked.
    """

    task: str
    needs: tuple[str, ...]
    input_tokens: int
    output_tokens: int
    wanted: str
    models: tuple[ExplainedModel, ...]
    attempts: tuple[str, ...] = ()
    cache: str = ""

    def to_json(self) -> str:
        """Return it as one line of JSON."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Explanation":
        """Read what `to_json` wrote.

        Raises:
            ValueError: It was not written by this version.
        """
        try:
            given = json.loads(text)
            models = tuple(ExplainedModel(**model) for model in given.pop("models"))
            needs, attempts = tuple(given.pop("needs")), tuple(given.pop("attempts"))
            return cls(**given, models=models, needs=needs, attempts=attempts)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("not an explanation of this version") from error


def explain(decision: Decision, receipt: Receipt | None = None) -> Explanation:
    """Explain a decision and, given the receipt, what came of it."""
    return _explanation(
        decision.demand, decision.candidates, decision.passed_over, decision.wanted, receipt
    )


def explain_cached(receipt: Receipt, query_text: str) -> Explanation:
    """Explain an answer that came from the cache."""
    return Explanation(
        task=task_of(query_text),
        needs=(),
        input_tokens=0,
        output_tokens=0,
        wanted="",
        models=(),
        attempts=(f"{receipt.model}: answered then",),
        cache=receipt.cache_note,
    )


def explain_nobody(
    demand: Demand, passed_over: Mapping[str, Objection], wanted: str
) -> Explanation:
    """Explain why no model fits."""
    return _explanation(demand, (), passed_over, wanted, None)


def _explanation(
    demand: Demand,
    candidates: tuple[Candidate, ...],
    passed_over: Mapping[str, Objection],
    wanted: str,
    receipt: Receipt | None,
) -> Explanation:
    scored = [
        ExplainedModel(
            model=candidate.card.name,
            quality=candidate.quality,
            estimate_microusd=candidate.estimate_microusd,
            score_microusd=candidate.score_microusd,
        )
        for candidate in candidates
    ]
    objected = [
        ExplainedModel(model=name, objection=str(objection))
        for name, objection in passed_over.items()
    ]
    return Explanation(
        task=demand.task,
        needs=tuple(sorted(demand.needs)),
        input_tokens=demand.system_tokens + demand.question_tokens + demand.history_tokens,
        output_tokens=demand.output_tokens,
        wanted=wanted,
        models=(*scored, *objected),
        attempts=_attempts(receipt) if receipt else (),
        cache=receipt.cache_note if receipt else "",
    )


def _attempts(receipt: Receipt) -> tuple[str, ...]:
    told = [f"{each.model}: {each.failure}" for each in receipt.attempts if each.failure]
    if receipt.outcome is Outcome.COMPLETE:
        told.append(f"{receipt.model}: answered")
    return tuple(told)
