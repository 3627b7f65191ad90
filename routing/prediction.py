"""What is expected of a model's answer to one query, and out of which parts. Pure values."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from config.catalog import ModelCard
from routing.demand import Demand
from routing.lengths import length_of
from routing.query import Query

CARD: Final = "card"
"""The name of what a card declares."""


class Prediction(NamedTuple):
    """What one model is expected to make of one query.

    Attributes:
        quality: The share of good answers expected, 0 to 1.
        output_tokens: The expected length of the answer, reasoning included.
        familiarity: How like what was learned from the query is, 0 (nothing like it) to 1.
        contributions: Signed parts by name, in the order they were added; they sum to `quality`.
        length_by: Who tells the expected length, as `Length` has it.
    """

    quality: float
    output_tokens: int
    familiarity: float = 0.0
    contributions: Mapping[str, float] = MappingProxyType({})
    length_by: str = ""


def by_card(card: ModelCard, demand: Demand) -> Prediction:
    """Return what is expected of a model of which nothing is known but its card."""
    quality = card.quality_for(demand.task)
    length = length_of(card, demand)
    return Prediction(
        quality, length.tokens, contributions={CARD: quality}, length_by=length.told_by
    )


Predict: TypeAlias = Callable[[Query, Demand, Sequence[ModelCard]], Mapping[str, Prediction]]
"""Says what is expected of cards on a query, by name; a card left out stands as it is."""
