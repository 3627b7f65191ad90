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
from typing import Final, NamedTuple

from config.catalog import ModelCard
from routing.demand import Demand
from routing.features import Features
from routing.learned.keeping import Cohort
from routing.learned.quality import CAUSES
from routing.prediction import Prediction

CARD: Final = "card"

_SURE: Final = 1e-6


class _Seat(NamedTuple):
    """A card, and where it is among what was learned: which cohort, which of its models."""

    card: ModelCard
    cohort: int
    model: int


class Roster:
    """Which cohort speaks for which card: the first one that knows its model.

    It is worked out once for a catalogue.
    """

    def __init__(self, cards: Sequence[ModelCard], cohorts: Sequence[Cohort]) -> None:
        places = {
            model: (place, column)
            for place, cohort in reversed(list(enumerate(cohorts)))
            for column, model in enumerate(cohort.quality.models)
        }
        self.cohorts = tuple(cohorts)
        self.seats = [_Seat(c, *places[c.learned_as]) for c in cards if c.learned_as in places]
        self.unknown = [card for card in cards if card.learned_as not in places]


def predict(features: Features, demand: Demand, roster: Roster) -> dict[str, Prediction]:
    """Predict for every card, by name."""
    said = [_Said(cohort, features, demand) for cohort in roster.cohorts]
    predictions = {
        card.name: said[cohort].prediction(card, model) for card, cohort, model in roster.seats
    }
    for card in roster.unknown:
        quality = card.quality_for(demand.task)
        predictions[card.name] = Prediction(
            quality, demand.output_tokens, contributions={CARD: quality}
        )
    return predictions


class _Said:
    """What a cohort says of one prompt."""

    def __init__(self, cohort: Cohort, features: Features, demand: Demand) -> None:
        moved = cohort.quality.moves(features.statistics[None], features.vector[None])
        odds = moved.odds[:, 0]
        self._demand = demand
        self._moves = (odds - odds.sum(axis=1, keepdims=True) / odds.shape[1]).T.tolist()
        self._familiarity = float(moved.familiarity[0])
        lengths = cohort.output_tokens
        self._log_tokens = (
            None if lengths is None else lengths.logs(moved.counts, moved.shares)[0].tolist()
        )

    def prediction(self, card: ModelCard, model: int) -> Prediction:
        declared = card.quality_for(self._demand.task)
        contributions = {CARD: declared}
        kept = min(max(declared, _SURE), 1.0 - _SURE)
        odds, quality = log(kept / (1.0 - kept)), declared
        for cause, move in zip(CAUSES, self._moves[model], strict=False):
            odds += move
            moved = 1.0 / (1.0 + exp(-odds))
            contributions[cause] = moved - quality
            quality = moved
        return Prediction(
            quality=sum(contributions.values()),
            output_tokens=self._expected_output_tokens(model),
            familiarity=self._familiarity,
            contributions=contributions,
        )

    def _expected_output_tokens(self, model: int) -> int:
        """Return the expected length of an answer: the usual one, where nothing is known better."""
        demand = self._demand
        if self._log_tokens is None:
            return demand.output_tokens
        usual, learned = log(max(demand.output_tokens, 1)), max(self._log_tokens[model], 0.0)
        tokens = exp(usual + self._familiarity * (learned - usual))
        return min(round(tokens), demand.max_output_tokens)
