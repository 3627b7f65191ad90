"""How long a model's answer is expected to be, with the thinking nobody sees. Pure.

What is measured here counts before what a card declares, and that is added to what is usual for the
kind of question. A conversation of short or long answers makes what is seen shorter or longer, and
leaves the thinking as it is.
"""

from typing import Final, NamedTuple

from config.catalog import ModelCard
from routing.demand import Demand

DECLARED: Final = "its card"
MEASURED: Final = "answers measured here"
RECORDED: Final = "recorded answers"


class Length(NamedTuple):
    """An expected length, and who tells it; empty where it is usual for the kind of question."""

    tokens: int
    told_by: str = ""


def length_of(card: ModelCard, demand: Demand) -> Length:
    """Return how long an answer of a model is expected to be, at most the longest asked for."""
    measured = demand.measured.get(card.name)
    if measured is None:
        thought = card.reasoning_for(demand.task)
        return _at_most(demand, demand.output_tokens + thought, DECLARED if thought else "")
    seen = min(measured, demand.usual_tokens)
    as_here = seen * demand.output_tokens // demand.usual_tokens
    return _at_most(demand, as_here + measured - seen, MEASURED)


def _at_most(demand: Demand, tokens: int, told_by: str) -> Length:
    return Length(min(tokens, demand.max_output_tokens), told_by)
