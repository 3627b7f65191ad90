"""The predictor as it ships: word vectors and learned families, read when first needed."""

import logging
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

from config.catalog import ModelCard
from routing.backends.word_vectors import open_word_vectors
from routing.demand import Demand
from routing.embedding import Embed
from routing.features import features_of
from routing.learned.keeping import Family, UnusableFile, recall
from routing.prediction import Prediction
from routing.predictor import predict
from routing.query import Query

SHIPPED: Final = Path(__file__).parent.parent / "fitted"
"""Where the families that come along are; `README.md` beside them says what they are made of."""

_log = logging.getLogger(__name__)


class LearnedPredictor:
    """A `Predict` out of a folder of families; what is missing there is done without."""

    def __init__(self, folder: Path = SHIPPED) -> None:
        self._folder = folder

    def __call__(
        self, query: Query, demand: Demand, cards: Sequence[ModelCard]
    ) -> Mapping[str, Prediction]:
        """Predict for every card; only where a card has recorded outcomes is a prompt looked at."""
        wanted = {card.learned_as for card in cards} - {""}
        families = [family for family in self._families if wanted & {*family.quality.models}]
        if not families:
            return {}
        return predict(features_of(query.text, self._embed), demand, cards, families)

    @cached_property
    def _families(self) -> tuple[Family, ...]:
        return tuple(
            family
            for path in sorted(self._folder.glob("*.npz"))
            if (family := _recalled(path)) is not None
        )

    @cached_property
    def _embed(self) -> Embed:
        return open_word_vectors()


def _recalled(path: Path) -> Family | None:
    try:
        return recall(path)
    except UnusableFile as error:
        _log.warning("routing without what was learned: %s", error)
        return None
