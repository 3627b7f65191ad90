"""The rules by which a model is chosen: first what may answer, then who answers best for the price.

`decide` is the whole policy. Filters only shrink the set; the score only orders what they left,
so no quality, however high, brings a forbidden model back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from config.catalog import ModelCard
from config.rules import Rule
from routing.demand import (
    LEAST_OUTPUT_TOKENS,
    Demand,
    estimate_microusd,
    room_for_output,
    worst_microusd,
)
from routing.errors import NoModelFits
from routing.objections import Objection, Reason
from routing.prediction import Prediction
from routing.query import Query
from routing.rule_matching import applies

MICROUSD: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a decision depends on besides the query and the catalogue.

    Attributes:
        rules: In file order.
        value_microusd: What a good answer instead of a bad one is worth.
        ceiling_microusd: No answer may cost more; None is no limit.
        resting: Models that failed lately, each with the end of its rest, aware and in UTC.
        wanted: A name or alias the asker insists on; empty for none.
        predictions: By card name; a model that is not among them stands on its card.
        budget_used: The used share of the tightest budget this spending counts against, 0 to 1.
    """

    rules: Sequence[Rule] = ()
    value_microusd: int = 20_000
    ceiling_microusd: int | None = None
    resting: Mapping[str, datetime] = field(default_factory=dict)
    wanted: str = ""
    predictions: Mapping[str, Prediction] = field(default_factory=dict)
    budget_used: float = 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that may answer.

    Attributes:
        card: The model.
        quality: The share of good answers expected for this task, 0 to 1.
        estimate_microusd: The expected price.
        score_microusd: value x quality - price; the highest answers first.
    """

    card: ModelCard
    quality: float
    estimate_microusd: int
    score_microusd: float


@dataclass(frozen=True, slots=True)
class Decision:
    """Who answers, who would be next, and why each other model was passed over.

    Attributes:
        demand: What was asked of the models.
        candidates: Best score first; never empty.
        passed_over: By name, in catalogue order.
        wanted: What the asker insisted on; empty for nothing.
    """

    demand: Demand
    candidates: tuple[Candidate, ...]
    passed_over: Mapping[str, Objection]
    wanted: str = ""

    @property
    def best(self) -> Candidate:
        """Return the candidate of the highest quality, the cheaper one of equals."""
        return best_of(self.candidates)


def best_of(candidates: Sequence[Candidate]) -> Candidate:
    """Return the candidate of the highest quality, the cheaper one of equals."""
    return max(candidates, key=lambda each: (each.quality, -each.estimate_microusd))


def decide(
    query: Query, demand: Demand, catalog: Sequence[ModelCard], circumstances: Circumstances
) -> Decision:
    """Order the models that may answer by value x quality - price; ties keep catalogue order.

    Raises:
        NoModelFits: Nothing is left; it names the rule that took the last model away.
    """
    rules = [rule for rule in circumstances.rules if applies(rule, query)]
    passed_over = {
        card.name: objection
        for card in catalog
        if (objection := _objection(card, demand, rules, circumstances))
    }
    passed_over |= _stand_ins(catalog, passed_over, circumstances)
    candidates = [
        _candidate(card, demand, circumstances.value_microusd)
        for card in catalog
        if card.name not in passed_over
    ]
    in_catalog_order = {
        card.name: passed_over[card.name] for card in catalog if card.name in passed_over
    }
    if not candidates:
        because = _deciding_rule(catalog, demand, rules, circumstances)
        raise NoModelFits(in_catalog_order, because)
    candidates.sort(key=lambda candidate: -candidate.score_microusd)
    return Decision(demand, tuple(candidates), in_catalog_order, circumstances.wanted)


def _objection(
    card: ModelCard, demand: Demand, rules: Sequence[Rule], circumstances: Circumstances
) -> Objection | None:
    if not card.enabled:
        return Objection(Reason.DISABLED)
    if circumstances.wanted and circumstances.wanted not in {card.name, card.alias}:
        return Objection(Reason.NOT_ASKED_FOR)
    if forbidding := next((rule for rule in rules if rule.forbids(card)), None):
        return Objection(Reason.RULE, forbidding.name)
    if card.missing:
        return Objection(Reason.NOT_CONFIGURED, f"needs {', '.join(card.missing)}")
    if lacking := demand.needs - card.capabilities:
        return Objection(Reason.LACKS_CAPABILITY, f"no {', '.join(sorted(lacking))}")
    if room_for_output(card, demand) < min(LEAST_OUTPUT_TOKENS, demand.max_output_tokens):
        return Objection(Reason.CONTEXT_TOO_SMALL, f"holds {card.context_tokens:,} tokens")
    return _price_objection(card, demand, circumstances) or _rest_objection(card, circumstances)


def _price_objection(
    card: ModelCard, demand: Demand, circumstances: Circumstances
) -> Objection | None:
    ceiling = circumstances.ceiling_microusd
    if ceiling is None or (worst := worst_microusd(card, demand)) <= ceiling:
        return None
    dollars = Decimal(worst) / MICROUSD
    return Objection(Reason.OVER_PRICE, f"may cost ${dollars:.4f}")


def _rest_objection(card: ModelCard, circumstances: Circumstances) -> Objection | None:
    if until := circumstances.resting.get(card.name):
        return Objection(Reason.RESTING, f"until {until:%H:%M:%S} UTC")
    return None


def _stand_ins(
    catalog: Sequence[ModelCard],
    passed_over: Mapping[str, Objection],
    circumstances: Circumstances,
) -> dict[str, Objection]:
    """Pass the embedded model over while another one is there, if only resting."""
    if circumstances.wanted:
        return {}
    others = any(
        not card.embedded
        and (card.name not in passed_over or passed_over[card.name].reason is Reason.RESTING)
        for card in catalog
    )
    return {
        card.name: Objection(Reason.STAND_IN)
        for card in catalog
        if others and card.embedded and card.name not in passed_over
    }


def _candidate(card: ModelCard, demand: Demand, value_microusd: int) -> Candidate:
    quality = card.quality_for(demand.task)
    price = estimate_microusd(card, demand)
    return Candidate(card, quality, price, value_microusd * quality - price)


def _deciding_rule(
    catalog: Sequence[ModelCard],
    demand: Demand,
    rules: Sequence[Rule],
    circumstances: Circumstances,
) -> str:
    """Name the rule but for which a model would answer; empty when no rule is to blame."""
    for card in catalog:
        if _objection(card, demand, (), circumstances) is None:
            return next((rule.name for rule in rules if rule.forbids(card)), "")
    return ""
