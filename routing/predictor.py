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
from routing.learned.laid_out import LaidOut
from routing.learned.quality import CAUSES
from routing.lengths import RECORDED, Length, length_of
from routing.prediction import CARD, Prediction, by_card

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
        self.speakers = [_Speaker(cohort) for cohort in cohorts]
        self.seats = [_Seat(c, *places[c.learned_as]) for c in cards if c.learned_as in places]
        self.unknown = [card for card in cards if card.learned_as not in places]


def predict(features: Features, demand: Demand, roster: Roster) -> dict[str, Prediction]:
    """Predict for every card, by name."""
    said = [speaker.hear(features) for speaker in roster.speakers]
    predictions = {}
    for card, cohort, model in roster.seats:
        of_cohort = said[cohort]
        predictions[card.name] = (
            by_card(card, demand) if of_cohort is None else _moved(card, demand, of_cohort, model)
        )
    for card in roster.unknown:
        predictions[card.name] = by_card(card, demand)
    return predictions


class _Said(NamedTuple):
    """What a cohort says of a prompt that is like something recorded.

    Attributes:
        moves: By model, then by cause, in log odds: beside the mean of all recorded models.
        familiarity: Above 0, to 1.
        log_tokens: By model: the logarithm of the length where all is familiar; None: unknown.
    """

    moves: list[list[float]]
    familiarity: float
    log_tokens: list[float] | None


class _Speaker:
    """A cohort, ready to say something of one prompt after the other."""

    def __init__(self, cohort: Cohort) -> None:
        self._laid_out = LaidOut(cohort.quality)
        self._lengths = cohort.output_tokens

    def hear(self, features: Features) -> _Said | None:
        """Say what a prompt changes; None where it is unlike everything recorded."""
        moved = self._laid_out.moves(features.statistics, features.vector)
        if moved is None:
            return None
        odds, lengths = moved.odds[:, 0], self._lengths
        return _Said(
            (odds - odds.sum(axis=1, keepdims=True) / odds.shape[1]).T.tolist(),
            float(moved.familiarity[0]),
            None if lengths is None else lengths.logs(moved.counts, moved.shares)[0].tolist(),
        )


def _moved(card: ModelCard, demand: Demand, said: _Said, model: int) -> Prediction:
    declared = card.quality_for(demand.task)
    contributions = {CARD: declared}
    kept = min(max(declared, _SURE), 1.0 - _SURE)
    odds, quality = log(kept / (1.0 - kept)), declared
    for cause, move in zip(CAUSES, said.moves[model], strict=False):
        odds += move
        moved = 1.0 / (1.0 + exp(-odds))
        contributions[cause] = moved - quality
        quality = moved
    length = _length(card, demand, said, model)
    return Prediction(
        quality=sum(contributions.values()),
        output_tokens=length.tokens,
        familiarity=said.familiarity,
        contributions=contributions,
        length_by=length.told_by,
    )


def _length(card: ModelCard, demand: Demand, said: _Said, model: int) -> Length:
    """Return the expected length of an answer: as far as the question is familiar, as recorded."""
    length = length_of(card, demand)
    if said.log_tokens is None:
        return length
    usual, learned = log(max(length.tokens, 1)), max(said.log_tokens[model], 0.0)
    tokens = exp(usual + said.familiarity * (learned - usual))
    return Length(min(round(tokens), demand.max_output_tokens), RECORDED)
