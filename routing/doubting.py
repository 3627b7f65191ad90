"""What answers that were found wanting tell of their models in the same conversation. Pure.

Whoever says that an answer was bad, or asks for another one, wants no more of the same. By how much
less its model is believed from then on is declared, not learned: enough that a better model answers
where one is to be had for a part of what a good answer is worth. Only what the asker says counts:
else anybody could make the answers of others dearer, and a receipt would tell how they voted.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import exp
from types import MappingProxyType
from typing import Final

from config.catalog import ModelCard
from routing.demand import Demand
from routing.prediction import CARD, Prediction, by_card
from routing.query import Answered
from routing.scoring import CONVERSATION
from routing.votes import Verdict

# By how much the log odds of a good answer are lowered: of 90 %, 77 or 85 are left.
_DOUBTS: Final[Mapping[Verdict, float]] = MappingProxyType(
    {
        Verdict.BAD: 1.0,
        Verdict.BETTER_WANTED: 1.0,
        Verdict.LOST: 1.0,
        Verdict.REGENERATED: 0.5,
    }
)
_REDONE: Final = _DOUBTS[Verdict.REGENERATED]

NOTHING_SAID: Final[Mapping[str, Verdict]] = MappingProxyType({})
"""Where nobody says anything of an answer."""

_SUREST: Final = 0.99


def doubted(
    predictions: Mapping[str, Prediction],
    cards: Sequence[ModelCard],
    demand: Demand,
    answered: Iterable[Answered],
    verdicts: Mapping[str, Verdict],
) -> Mapping[str, Prediction]:
    """Return predictions with less quality where a model was found wanting in the conversation.

    Args:
        predictions: By card name; a card that is not among them stands as it is.
        cards: All of them.
        demand: What the question needs.
        answered: The latest answers of the conversation.
        verdicts: What the asker says of replies, by their ids.
    """
    doubts = _doubts(answered, verdicts)
    moved = {
        card.name: _less_believed(predictions.get(card.name) or by_card(card, demand), doubt)
        for card in cards
        if (doubt := doubts.get(card.alias))
    }
    return {**predictions, **moved}


def spoken_against(answered: Iterable[Answered], verdicts: Mapping[str, Verdict]) -> frozenset[str]:
    """Return the ids of the replies whose verdicts `doubted` counts, so that nobody does again."""
    return frozenset(each.reply_id for each in answered if verdicts.get(each.reply_id) in _DOUBTS)


def _doubts(answered: Iterable[Answered], verdicts: Mapping[str, Verdict]) -> dict[str, float]:
    """Return what is taken from log odds, by alias: all hosts of a model answer alike."""
    doubts: dict[str, float] = {}
    for each in answered:
        doubt = _doubt(each, verdicts.get(each.reply_id))
        doubts[each.alias] = max(doubt, doubts.get(each.alias, 0.0))
    return doubts


def _doubt(answer: Answered, said: Verdict | None) -> float:
    """Return what is taken for one answer; asked for again after praise, it was good enough."""
    if said is not None:
        return _DOUBTS.get(said, 0.0)
    return _REDONE if answer.is_redone else 0.0


def _less_believed(prediction: Prediction, doubt: float) -> Prediction:
    share = min(prediction.quality, _SUREST)
    # A share p has the odds p / (1 - p), whose logarithm is lowered.
    quality = share / (share + (1.0 - share) * exp(doubt))
    parts = prediction.contributions or {CARD: prediction.quality}
    moved = {CONVERSATION: quality - prediction.quality}
    return prediction._replace(quality=quality, contributions={**parts, **moved})
