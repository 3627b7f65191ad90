"""An explanation as Markdown, the same in every chat and in `pointsman explain`."""

from bot.wording import dollars
from routing.explain import ExplainedModel, Explanation


def explanation_markdown(explanation: Explanation) -> str:
    """Return a decision as a sentence and a table: candidates by score, then the passed over."""
    lines = [_taken_for(explanation), ""]
    lines += [f"- {attempt}" for attempt in explanation.attempts]
    if explanation.cache:
        lines.append(f"- cache: {explanation.cache}")
    if not explanation.models:
        return "\n".join(lines)
    lines += ["", "| model | quality | price | score | passed over |", "|---|--:|--:|--:|---|"]
    lines += [_row(model) for model in explanation.models]
    return "\n".join(lines)


def _taken_for(explanation: Explanation) -> str:
    needs = f", needs {', '.join(explanation.needs)}" if explanation.needs else ""
    wish = f", asked for **{explanation.wanted}**" if explanation.wanted else ""
    tokens = f"about {explanation.input_tokens:,} tokens in, {explanation.output_tokens:,} out"
    counted = f" ({tokens}{needs}{wish})" if explanation.input_tokens else ""
    return f"Taken for a **{explanation.task}** question{counted}."


def _row(model: ExplainedModel) -> str:
    if model.quality is None or model.estimate_microusd is None or model.score_microusd is None:
        return f"| {model.model} | | | | {_cell(model.objection)} |"
    score = f"{model.score_microusd:,.0f}"
    price = dollars(model.estimate_microusd)
    return f"| {model.model} | {model.quality:.2f} | {price} | {score} | |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
