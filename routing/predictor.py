"""What each model is expected to make of a query: its card, moved by what was learned. Pure.

A card says how good a model is at a kind of task. Where recorded outcomes of that very model exist,
the query moves that in log odds: by how much more, or less, than its recorded peers the model gains
on such questions. What all models gain alike is left out, since a card has it already. On a query
unlike anything recorded nothing moves, and a model without outcomes stands on its card: carrying
directions over to models by their declared quality alone was tried, and on models left out it chose
worse as often as better.
"""

from collections.abc import Sequence
from math import exp, log
from typing import Final

import numpy as np

from config.catalog import ModelCard
from routing.demand import Demand
from routing.features import Features
from routing.learned.keeping import Cohort
from routing.learned.quality import CAUSES
from routing.prediction import Prediction

CARD: Final = "card"

_SURE: Final = 1e-6


def predict(
    features: Features, demand: Demand, cards: Sequence[ModelCard], cohorts: Sequence[Cohort]
) -> dict[str, Prediction]:
    """Predict for every card, by name; the first cohort that knows a card's model speaks for it."""
    known = [_Known(cohort, features) for cohort in cohorts]
    predictions = {}
    for card in cards:
        of_card = next((each for each in known if each.knows(card.learned_as)), None)
        predictions[card.name] = (
            of_card.prediction(card, demand) if of_card else _as_declared(card, demand)
        )
    return predictions


def _as_declared(card: ModelCard, demand: Demand) -> Prediction:
    quality = card.quality_for(demand.task)
    return Prediction(quality, demand.output_tokens, contributions={CARD: quality})


class _Known:
    """What a cohort says of one prompt."""

    def __init__(self, cohort: Cohort, features: Features) -> None:
        statistics = features.statistics[None]
        moved = cohort.quality.moves(statistics, features.vector[None])
        self._models = cohort.quality.models
        odds = moved.odds[:, 0]
        self._moves = (odds - odds.mean(axis=1, keepdims=True)).T.tolist()
        self._familiarity = float(moved.familiarity[0])
        lengths = cohort.output_tokens
        self._output_tokens = (
            None
            if lengths is None
            else lengths.expect(statistics, moved.shares, np.ones(1, np.float32))[0].tolist()
        )

    def knows(self, model: str) -> bool:
        return model in self._models

    def prediction(self, card: ModelCard, demand: Demand) -> Prediction:
        column = self._models.index(card.learned_as)
        declared = card.quality_for(demand.task)
        contributions = {CARD: declared}
        kept = min(max(declared, _SURE), 1.0 - _SURE)
        odds, quality = log(kept / (1.0 - kept)), declared
        for cause, move in zip(CAUSES, self._moves[column], strict=False):
            odds += move
            moved = 1.0 / (1.0 + exp(-odds))
            contributions[cause] = moved - quality
            quality = moved
        return Prediction(
            quality=sum(contributions.values()),
            output_tokens=self._expected_output_tokens(column, demand),
            familiarity=self._familiarity,
            contributions=contributions,
        )

    def _expected_output_tokens(self, column: int, demand: Demand) -> int:
        """Return the expected length of an answer: the usual one, where nothing is known better."""
        if self._output_tokens is None:
            return demand.output_tokens
        usual = log(max(demand.output_tokens, 1))
        learned = log(max(self._output_tokens[column], 1.0))
        tokens = exp(usual + self._familiarity * (learned - usual))
        return min(round(tokens), demand.max_output_tokens)
