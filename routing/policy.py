"""The rules by which a model is chosen: first what may answer, then who answers best for the price.

`decide` is the whole policy. Filters only shrink the set; what is preferred and the score only
order what they left, so no quality, however high, brings a forbidden model back. How a score comes
about is in `scoring`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from config.catalog import MICROUSD, ModelCard, Preset
from config.rules import Rule
from routing.demand import LEAST_OUTPUT_TOKENS, Demand, Fit
from routing.errors import NoModelFits
from routing.objections import Objection, Reason
from routing.offers import Entry, offers_of, wishes_of
from routing.prediction import Prediction
from routing.query import Query
from routing.rule_matching import applying
from routing.scoring import UNWEIGHED, Offer, Scale, Turn, ranked, turned_by
from routing.wishes import meant


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a decision depends on besides the query and the catalogue.

    Attributes:
        rules: In file order.
        value_microusd: What a good answer instead of a bad one is worth.
        preset_values: What the presets are worth in micro-dollars, for rules that prefer one;
            empty where the asker chose one: that no rule changes.
        ceiling_microusd: No answer may cost more; None is no limit.
        waiting_microusd_per_s: What a second of the asker's waiting counts.
        switched_off: Names of models that an admin switched off here.
        resting: Models that failed lately, each with the end of its rest, aware and in UTC.
        wanted: A model, an alias or a family the asker insists on; empty for none.
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
    preset_values: Mapping[Preset, int] = field(default_factory=dict)
    waiting_microusd_per_s: float = 0.0
    switched_off: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that may answer: its card, what was weighed of it, and the score.

    Attributes:
        card: The model.
        offer: What is expected of it for this query.
        score_microusd: value x quality - price - waiting - cache loss.
    """

    card: ModelCard
    offer: Offer
    score_microusd: float

    @property
    def quality(self) -> float:
        """Return the share of good answers expected for this query, 0 to 1."""
        return self.offer.quality

    @property
    def estimate_microusd(self) -> int:
        """Return the expected price."""
        return self.offer.estimate_microusd


@dataclass(frozen=True, slots=True)
class Decision:
    """Who answers, who would be next, and why each other model was passed over.

    Attributes:
        demand: What was asked of the models.
        candidates: Who answers first at the head; never empty.
        passed_over: By name, in catalogue order.
        wanted: What the asker insisted on; empty for nothing.
        scale: What the candidates were weighed with.
        rules: The names of the rules that were for the query, in file order.
        ceiling_microusd: What the answer may cost at worst, by setting and rules.
        orders: What admins ordered that was for the query, in words.
    """

    demand: Demand
    candidates: tuple[Candidate, ...]
    passed_over: Mapping[str, Objection]
    wanted: str = ""
    scale: Scale = UNWEIGHED
    rules: tuple[str, ...] = ()
    ceiling_microusd: int | None = None
    orders: tuple[str, ...] = ()

    @property
    def best(self) -> Candidate:
        """Return the candidate of the highest quality, the cheaper one of equals."""
        return best_of(self.candidates)

    @property
    def turned_by(self) -> Turn | None:
        """Tell what but for which another model would answer, if not the models' worth."""
        return turned_by([candidate.offer for candidate in self.candidates], self.scale)


def best_of(candidates: Sequence[Candidate]) -> Candidate:
    """Return the candidate of the highest quality, the cheaper one of equals."""
    return max(candidates, key=lambda each: (each.quality, -each.estimate_microusd))


def decide(
    query: Query, demand: Demand, catalog: Sequence[ModelCard], circumstances: Circumstances
) -> Decision:
    """Order the models that may answer by preference and score; ties keep catalogue order.

    Raises:
        NoModelFits: Nothing is left; it names the rule that took the last model away.
    """
    rules = applying(circumstances.rules, query, circumstances.budget_used)
    entries = [Entry(at, card, demand) for at, card in enumerate(catalog)]
    filters = _Filters(demand, rules, circumstances, meant(circumstances.wanted, catalog))
    passed_over = filters.passed_over(entries)
    left = [entry for entry in entries if entry.card.name not in passed_over]
    if not left:
        raise NoModelFits(passed_over, filters.deciding_rule(entries), circumstances.wanted)
    wishes = wishes_of(rules, circumstances.preset_values)
    scale = Scale(
        circumstances.value_microusd if wishes.value_microusd is None else wishes.value_microusd,
        circumstances.waiting_microusd_per_s,
        circumstances.budget_used,
    )
    offers = offers_of(left, demand, circumstances.predictions, wishes, query.last_answer)
    cards = {entry.card.name: entry.card for entry in left}
    return Decision(
        demand=demand,
        candidates=tuple(
            Candidate(cards[offer.model], offer, score) for offer, score in ranked(offers, scale)
        ),
        passed_over=passed_over,
        wanted=circumstances.wanted,
        scale=scale,
        rules=tuple(rule.name for rule in rules),
        ceiling_microusd=filters.ceiling_microusd,
        orders=query.ordered.notes,
    )


@dataclass(frozen=True, slots=True)
class _Filters:
    """What takes models away.

    Attributes:
        demand: What the query needs.
        rules: Those that are for it, in file order.
        circumstances: All of them.
        asked_for: The names of the models that were asked for, if any were.
    """

    demand: Demand
    rules: Sequence[Rule]
    circumstances: Circumstances
    asked_for: frozenset[str]

    @property
    def ceiling_microusd(self) -> int | None:
        """Return what the answer may cost at worst, by setting and rules."""
        limits = [
            self.circumstances.ceiling_microusd,
            *(each.ceiling_microusd for each in self.rules),
        ]
        return min((limit for limit in limits if limit is not None), default=None)

    def passed_over(self, entries: Sequence[Entry]) -> dict[str, Objection]:
        """Return each objection by the model's name, in catalogue order."""
        found = {entry.card.name: self._objection(entry, self.rules) for entry in entries}
        others = any(
            not entry.card.embedded
            and ((each := found[entry.card.name]) is None or each.reason is Reason.RESTING)
            for entry in entries
        )
        # The embedded model stands back while another one is there, if only resting.
        if others and not self.circumstances.wanted:
            for entry in entries:
                if entry.card.embedded and found[entry.card.name] is None:
                    found[entry.card.name] = Objection(Reason.STAND_IN)
        return {name: objection for name, objection in found.items() if objection}

    def deciding_rule(self, entries: Sequence[Entry]) -> str:
        """Name the rule after which nobody is left who could answer; empty: no rule is to blame."""
        left = [entry for entry in entries if self._objection(entry, ()) is None]
        for rule in self.rules:
            still = [entry for entry in left if _by_rule((rule,), entry) is None]
            if left and not still:
                return rule.name
            left = still
        return ""

    def _objection(self, entry: Entry, rules: Sequence[Rule]) -> Objection | None:
        card, demand = entry.card, self.demand
        if not card.enabled:
            return Objection(Reason.DISABLED)
        if self.circumstances.wanted and card.name not in self.asked_for:
            return Objection(Reason.NOT_ASKED_FOR)
        if missing := card.missing:
            rule = next((each.name for each in rules if each.forbids(card)), "")
            return Objection(Reason.NOT_CONFIGURED, f"needs {', '.join(missing)}", rule)
        if card.name in self.circumstances.switched_off:
            return Objection(Reason.ORDERED_OFF)
        if objection := _by_rule(rules, entry):
            return objection
        if lacking := demand.needs - card.capabilities:
            return Objection(Reason.LACKS_CAPABILITY, f"no {', '.join(sorted(lacking))}")
        if entry.fit.room_tokens < min(LEAST_OUTPUT_TOKENS, demand.max_output_tokens):
            return Objection(Reason.CONTEXT_TOO_SMALL, f"holds {card.context_tokens:,} tokens")
        return self._passing_objection(entry)

    def _passing_objection(self, entry: Entry) -> Objection | None:
        """Object to the price, which is another for another question, or to a rest, which ends."""
        ceiling = self.circumstances.ceiling_microusd
        if ceiling is not None and entry.fit.worst_microusd > ceiling:
            return Objection(Reason.OVER_PRICE, _may_cost(entry.fit))
        if until := self.circumstances.resting.get(entry.card.name):
            return Objection(Reason.RESTING, f"until {until:%H:%M:%S} UTC")
        return None


def _by_rule(rules: Sequence[Rule], entry: Entry) -> Objection | None:
    """Return the objection of the first rule that has one."""
    for rule in rules:
        if rule.forbids(entry.card):
            return Objection(Reason.RULE, rule.name, rule.name)
        ceiling = rule.ceiling_microusd
        if ceiling is not None and entry.fit.worst_microusd > ceiling:
            return Objection(Reason.RULE, f"{rule.name}: {_may_cost(entry.fit)}", rule.name)
    return None


def _may_cost(fit: Fit) -> str:
    return f"may cost ${Decimal(fit.worst_microusd) / MICROUSD:.4f}"
