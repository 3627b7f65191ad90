"""What each model is expected to make of a query: its card, moved by what was learned. Pure.

A card says how good a model is at a kind of task. Where recorded outcomes of that very model exist,
the query moves that in log odds: by how much more, or less, than its recorded peers the model gains
on such questions. What all models gain alike is left out, since a card has it already. On a query
unlike anything recorded nothing moves, and a model without outcomes stands on its card: carrying
directions over to models by their declared quality alone was tried, and on models left out it chose
worse as often as better.
"""

from collections.abc import Callable, Mapping, Sequence
from math import exp, log
from typing import Final, TypeAlias

import numpy as np

from config.catalog import ModelCard
from routing.demand import Demand
from routing.features import Features
from routing.learned.arrays import log_odds, sigmoid
from routing.learned.keeping import Family
from routing.learned.quality import CAUSES
from routing.prediction import Prediction
from routing.query import Query

Predict: TypeAlias = Callable[[Query, Demand, Sequence[ModelCard]], Mapping[str, Prediction]]
"""Says what is expected of each card on a query, by name; a card left out stands as it is."""

DECLARED: Final = "declared"

_SURE: Final = 1e-6


def predict(
    features: Features, demand: Demand, cards: Sequence[ModelCard], families: Sequence[Family]
) -> dict[str, Prediction]:
    """Predict for every card, by name; the first family that knows a card's model speaks for it."""
    known = [_Known(family, features) for family in families]
    predictions = {}
    for card in cards:
        of_card = next((each for each in known if each.knows(card.learned_as)), None)
        predictions[card.name] = (
            of_card.prediction(card, demand) if of_card else _as_declared(card, demand)
        )
    return predictions


def _as_declared(card: ModelCard, demand: Demand) -> Prediction:
    quality = card.quality_for(demand.task)
    return Prediction(quality, demand.output_tokens, contributions={DECLARED: quality})


class _Known:
    """What a family says of one prompt."""

    def __init__(self, family: Family, features: Features) -> None:
        self._family = family
        self._statistics = features.statistics[None]
        moved = family.quality.moves(self._statistics, features.vector[None])
        self._moves = (moved.odds - moved.odds.mean(axis=2, keepdims=True))[:, 0]
        self._shares = moved.shares
        self._familiarity = moved.familiarity

    def knows(self, model: str) -> bool:
        return model in self._family.quality.models

    def prediction(self, card: ModelCard, demand: Demand) -> Prediction:
        column = self._family.quality.models.index(card.learned_as)
        declared = card.quality_for(demand.task)
        odds = log_odds(np.array([declared]), _SURE) + np.cumsum(self._moves[:, column])
        parts = np.diff(sigmoid(odds), prepend=declared).tolist()
        contributions = {DECLARED: declared, **dict(zip(CAUSES, parts, strict=False))}
        return Prediction(
            quality=sum(contributions.values()),
            output_tokens=self._output_tokens(column, demand),
            familiarity=float(self._familiarity[0]),
            contributions=contributions,
        )

    def _output_tokens(self, column: int, demand: Demand) -> int:
        """Return the expected length of an answer: the usual one, where nothing is known better."""
        lengths = self._family.output_tokens
        if lengths is None:
            return demand.output_tokens
        learned = lengths.expect(self._statistics, self._shares, np.ones(1, np.float32))[0, column]
        usual = log(max(demand.output_tokens, 1))
        tokens = exp(usual + float(self._familiarity[0]) * (log(max(learned, 1.0)) - usual))
        return min(round(tokens), demand.max_output_tokens)
