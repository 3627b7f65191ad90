"""The predictor as it ships: word vectors and learned cohorts, read when first needed.

Arrays and a tokenizer take a fifth of a second to import and read. A deployment none of whose
models was ever recorded never pays that: nothing here is imported before it is needed.
"""

import logging
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from config.catalog import ModelCard
from routing.demand import Demand
from routing.following import subject_of
from routing.prediction import Prediction
from routing.query import Query

if TYPE_CHECKING:
    from routing.embedding import Embed
    from routing.learned.keeping import Cohort
    from routing.predictor import Roster

SHIPPED: Final = Path(__file__).parent.parent / "fitted"
"""Where the cohorts that come along are; the README beside them says what they are made of."""

_log = logging.getLogger(__name__)


class LearnedPredictor:
    """A `Predict` out of a folder of cohorts; what is missing there is done without.

    Args:
        folder: Where the cohorts are.
        embed: Word vectors that are open already; None opens them when they are needed.
    """

    def __init__(self, folder: Path = SHIPPED, embed: "Embed | None" = None) -> None:
        self._folder = folder
        self._opened = embed
        self._cards: Sequence[ModelCard] = ()
        self._roster: Roster | None = None

    def __call__(
        self, query: Query, demand: Demand, cards: Sequence[ModelCard]
    ) -> Mapping[str, Prediction]:
        """Predict for every card; only for the sake of a recorded one is the prompt looked at."""
        if cards is not self._cards:
            self._cards, self._roster = cards, self._roster_of(cards)
        if self._roster is None:
            return {}
        from routing.features import features_of
        from routing.predictor import predict

        return predict(features_of(subject_of(query), self._embed), demand, self._roster)

    def _roster_of(self, cards: Sequence[ModelCard]) -> "Roster | None":
        """Return whom the cohorts in which a usable card's model is speak for; None: nobody."""
        recorded = {card.learned_as for card in cards if card.enabled and not card.missing} - {""}
        if not recorded:
            return None
        from routing.predictor import Roster

        speaking = [each for each in self._cohorts if not recorded.isdisjoint(each.quality.models)]
        return Roster(cards, speaking) if speaking else None

    @cached_property
    def _cohorts(self) -> "tuple[Cohort, ...]":
        paths = sorted(self._folder.glob("*.npz"))
        return tuple(cohort for path in paths if (cohort := _recalled(path)) is not None)

    @cached_property
    def _embed(self) -> "Embed":
        from routing.backends.word_vectors import open_word_vectors

        return self._opened or open_word_vectors()


@cache
def _recalled(path: Path) -> "Cohort | None":
    from routing.learned.keeping import UnusableFile, recall

    try:
        return recall(path)
    except UnusableFile as error:
        _log.warning("routing does without what was learned: %s", error)
        return None
