"""An explanation in words, numbers and rows, for every chat and for `pointsman explain`."""

from collections.abc import Iterable
from typing import Final

from bot.money import dollars
from routing.explain import ExplainedModel, Explanation

HEADINGS: Final = ("model", "quality", "price", "score", "passed over")


def explanation_markdown(explanation: Explanation) -> str:
    """Return a decision as a sentence and a table: candidates by score, then the passed over."""
    lines = [_taken_for(explanation), ""]
    lines += [f"- {attempt}" for attempt in explanation.attempts]
    if explanation.cache:
        lines.append(f"- cache: {explanation.cache}")
    if not explanation.models:
        return "\n".join(lines)
    lines += ["", _row(HEADINGS), "|---|--:|--:|--:|---|"]
    lines += [_row(explained_cells(model)) for model in explanation.models]
    return "\n".join(lines)


def explained_demand(explanation: Explanation) -> str:
    """Return what the question was found to need: tokens and capabilities."""
    needs = f", needs {', '.join(explanation.needs)}" if explanation.needs else ""
    tokens = f"about {explanation.input_tokens:,} tokens in, {explanation.output_tokens:,} out"
    return f"{tokens}{needs}"


def explained_cells(model: ExplainedModel) -> tuple[str, ...]:
    """Return a model's cells under `HEADINGS`: its numbers, or why it is passed over."""
    if model.quality is None or model.estimate_microusd is None or model.score_microusd is None:
        return (model.model, "", "", "", model.objection)
    price = dollars(model.estimate_microusd)
    return (model.model, f"{model.quality:.2f}", price, f"{model.score_microusd:,.0f}", "")


def _taken_for(explanation: Explanation) -> str:
    wish = f", asked for **{explanation.wanted}**" if explanation.wanted else ""
    demand = explained_demand(explanation)
    counted = f" ({demand}{wish})" if explanation.input_tokens else ""
    return f"Taken for a **{explanation.task}** question{counted}."


def _row(cells: Iterable[str]) -> str:
    escaped = (cell.replace("|", "\\|") for cell in cells)
    return "|" + "".join(f" {cell} |" if cell else " |" for cell in escaped)
