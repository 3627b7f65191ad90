"""An explanation in words, numbers and rows, for every chat and for `pointsman explain`."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from bot.money import dollars
from routing.explain import ExplainedModel, Explanation
from routing.objections import Reason
from routing.runner_up import RunnerUp
from routing.scoring import Offer

HEADINGS: Final = ("model", "quality", "price", "score", "passed over")

_MOST_ALIKE: Final = 2
_FOLDED: Final[Mapping[Reason, str]] = MappingProxyType(
    {
        Reason.NOT_CONFIGURED: "are not set up",
        Reason.NOT_ASKED_FOR: "were not asked for",
    }
)


def explanation_markdown(explanation: Explanation) -> str:
    """Return a decision as a sentence and a table: candidates by score, then the passed over."""
    lines = [_taken_for(explanation), ""]
    lines += [f"- {attempt}" for attempt in explanation.attempts]
    if explanation.cache:
        lines.append(f"- cache: {explanation.cache}")
    lines += [f"- {note}" for note in explained_notes(explanation)]
    shown, folded = folded_models(explanation)
    if shown:
        lines += ["", _row(HEADINGS), "|---|--:|--:|--:|---|"]
        lines += [_row(explained_cells(model)) for model in shown]
    if folded:
        lines += ["", f"{'; '.join(folded)}. `/models` tells more."]
    return "\n".join(lines)


def folded_models(explanation: Explanation) -> tuple[list[ExplainedModel], list[str]]:
    """Part a decision's models into those worth a row and, in words, how many others there are.

    Of the many a catalogue has, most were out before anything was asked: they are counted only,
    unless there are few.
    """
    reasons = {model.model: _folded_reason(model) for model in explanation.models}
    numbers = Counter(reasons.values())
    folded = [each for each in _FOLDED if numbers[each] > _MOST_ALIKE]
    shown = [model for model in explanation.models if reasons[model.model] not in folded]
    return shown, [f"{numbers[each]} models {_FOLDED[each]}" for each in folded]


def _folded_reason(model: ExplainedModel) -> Reason | None:
    """Return why a model was out before anything was asked; None for one that was not."""
    return next((each for each in _FOLDED if model.objection.startswith(each)), None)


def explained_demand(explanation: Explanation) -> str:
    """Return what the question was found to need: tokens and capabilities."""
    needs = f", needs {', '.join(explanation.needs)}" if explanation.needs else ""
    tokens = f"about {explanation.input_tokens:,} tokens in, {explanation.output_tokens:,} out"
    return f"{tokens}{needs}"


def explained_cells(model: ExplainedModel) -> tuple[str, ...]:
    """Return a model's cells under `HEADINGS`: its numbers, or why it is passed over."""
    if model.offer is None or model.score_microusd is None:
        return (model.model, "", "", "", model.objection)
    price = dollars(model.offer.estimate_microusd)
    return (model.model, f"{model.offer.quality:.2f}", price, f"{model.score_microusd:,.0f}", "")


def explained_notes(explanation: Explanation) -> Iterator[str]:
    """Yield what stands behind the table: rules, budget, the first one's score, the runner-up."""
    if explanation.orders:
        yield f"ordered by admins: {'; '.join(explanation.orders)}"
    if explanation.rules:
        yield f"rules that are for it: {', '.join(explanation.rules)}"
    first, offer = next(((each, each.offer) for each in explanation.models), (None, None))
    if first is None or offer is None or first.score_microusd is None:
        return
    scale = explanation.scale
    if scale.money_weight > 1:
        yield "a budget is running low, so prices count for more"
    told = _without_budget(first.contributions) if scale.money_weight > 1 else first.contributions
    parts = ", ".join(f"{name} {amount:+,.1f}" for name, amount in told)
    yield f"score of {first.model} in micro-dollars: {parts} = {first.score_microusd:,.1f}"
    if offer.length_by:
        yield f"about {offer.output_tokens:,} tokens out with its thinking, by {offer.length_by}"
    if offer.familiarity:
        yield f"familiarity: {offer.familiarity:.0%} like questions its quality was learned from"
    if explanation.runner_up:
        yield _next_one(explanation.runner_up, _offer_of(explanation, explanation.runner_up.model))


def _without_budget(contributions: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """Tell all costs in one: how far a budget is used is not every reader's business."""
    gains = [(name, amount) for name, amount in contributions if amount > 0]
    return [*gains, ("costs", sum(amount for _, amount in contributions if amount <= 0))]


def _next_one(second: RunnerUp, offer: Offer) -> str:
    if second.is_behind_by_rule:
        return f"next: {second.model}; a rule prefers the first"
    ways = []
    if second.quality is not None:
        ways.append(f"with a quality of {_apart(second.quality, offer.quality)}")
    if second.estimate_microusd is not None:
        ways.append(f"for {dollars(second.estimate_microusd)} instead of {_price(offer)}")
    if second.value_microusd is not None:
        ways.append(f"if a good answer were worth {dollars(second.value_microusd)}")
    would = f"; it would answer {' or '.join(ways)}" if ways else ""
    return f"next: {second.model}, {second.behind_microusd:,.1f} behind{would}"


def _apart(wanted: float, found: float) -> str:
    """Return two numbers with as many digits as it takes to tell them apart."""
    digits = next((n for n in range(2, 9) if f"{wanted:.{n}f}" != f"{found:.{n}f}"), 9)
    return f"{wanted:.{digits}f} instead of {found:.{digits}f}"


def _price(offer: Offer) -> str:
    return dollars(offer.estimate_microusd)


def _offer_of(explanation: Explanation, model: str) -> Offer:
    return next(offer for offer in explanation.offers if offer.model == model)


def _taken_for(explanation: Explanation) -> str:
    wish = f", asked for **{explanation.wanted}**" if explanation.wanted else ""
    demand = explained_demand(explanation)
    counted = f" ({demand}{wish})" if explanation.input_tokens else ""
    as_before = ", as the one it goes on with" if explanation.goes_on else ""
    return f"Taken for a **{explanation.task}** question{as_before}{counted}."


def _row(cells: Iterable[str]) -> str:
    escaped = (cell.replace("|", "\\|") for cell in cells)
    return "|" + "".join(f" {cell} |" if cell else " |" for cell in escaped)
