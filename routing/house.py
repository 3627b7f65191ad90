"""What a house has learned: votes on earlier answers move what is expected of the next. Pure.

Votes on like questions count, the nearer the more, and fade with time. They tell two things. That
a kind of question is hard or easy here is told by votes on any model and moves all models alike,
on the scale of log-odds: where even the best fail, or the cheap one is good enough, its price
decides. What a model is good at beyond that is told by votes on itself, and believed more slowly.
Without votes the router's own prediction stands, exactly; no chance is involved.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from routing.embedding import VECTOR_SIZE, Vector
from routing.prediction import CARD, Prediction
from routing.votes import Leaning, Verdict, Vote

Numbers: TypeAlias = NDArray[np.float64]

# Questions less alike than the first have nothing to do with each other, from the second on all.
_UNLIKE, _ALIKE = 0.3, 0.9
# What votes must outweigh, in votes: eight for a kind of question, twenty for a model of its own.
_VOTE: Final = 0.2
_SHARED_VARIANCE: Final = 1 / (8 * _VOTE)
_OWN_VARIANCE: Final = 1 / (20 * _VOTE)
# So many votes say the opposite of how the answer was.
_MISTAKEN: Final = 0.1
_SURE: Final = 0.98
_NEWTON_STEPS: Final = 6
_LONGEST_STEP: Final = 1.0
_FURTHEST: Final = 6.0

CONTRIBUTION: Final = "house"
"""The name of what the house adds to a predicted quality."""


# Whether the answer was good, and how much the vote says of it beside a thumb.
_MEANING: Final[Mapping[Verdict, tuple[float, float]]] = MappingProxyType(
    {
        Verdict.GOOD: (1.0, 1.0),
        Verdict.BAD: (0.0, 1.0),
        Verdict.BETTER_WANTED: (0.0, 0.5),
        Verdict.REGENERATED: (0.0, 0.25),
        Verdict.WON: (1.0, 0.5),
        Verdict.LOST: (0.0, 0.5),
    }
)


def coarse(vector: Vector) -> bytes:
    """Return a vector in one byte a number: enough to tell likeness, too little to read back."""
    largest = float(np.abs(vector).max()) or 1.0
    return bytes(np.rint(vector * (127 / largest)).astype(np.int8).tobytes())


class Memory:
    """The votes of one house, ready to be asked.

    Attributes:
        verdicts: By voter, then by reply id.
    """

    def __init__(self, votes: Sequence[Vote]) -> None:
        whole = [vote for vote in votes if len(vote.question) == VECTOR_SIZE]
        self.verdicts: dict[str, dict[str, Verdict]] = {}
        for vote in whole:
            self.verdicts.setdefault(vote.voter, {})[vote.reply_id] = vote.verdict
        rows = np.frombuffer(b"".join(vote.question for vote in whole), dtype=np.int8)
        vectors = rows.reshape(len(whole), VECTOR_SIZE).astype(np.float32)
        lengths = np.sqrt((vectors * vectors).sum(axis=1, keepdims=True))
        self._vectors = vectors / np.maximum(lengths, 1e-6)
        numbers: dict[str, int] = {}
        self._models = np.array(
            [numbers.setdefault(vote.model, len(numbers)) for vote in whole], dtype=np.int64
        )
        self._names = tuple(numbers)
        meanings = [_MEANING[vote.verdict] for vote in whole]
        self._good = np.array([good for good, _ in meanings])
        self._weights = np.array([weight for _, weight in meanings])
        voters = {voter: number for number, voter in enumerate({vote.voter for vote in whole})}
        self._voters = np.array([voters[vote.voter] for vote in whole], dtype=np.int64)
        self._cast_at_s = np.array([vote.at.timestamp() for vote in whole])
        self._rows = {(vote.voter, vote.reply_id): row for row, vote in enumerate(whole)}

    def adjusted(
        self,
        predictions: Mapping[str, Prediction],
        vector: "Vector | None",
        at: datetime,
        leaning: Leaning,
        unheard: Iterable[tuple[str, str]] = (),
    ) -> Mapping[str, Prediction]:
        """Return the predictions as the votes on like questions move them.

        Args:
            predictions: By model; votes on others are passed over.
            vector: Of the question; None moves nothing.
            at: Now, aware and in UTC.
            leaning: How far the votes are followed.
            unheard: Votes that do not count here, each as its voter and reply id.
        """
        if vector is None or not self._names or not predictions:
            return predictions
        expected_of = {name: number for number, name in enumerate(predictions)}
        models = np.array([expected_of.get(name, -1) for name in self._names])[self._models]
        known = models >= 0
        known[[row for each in unheard if (row := self._rows.get(each)) is not None]] = False
        weights = self._counted(vector, at, leaning, known)
        counting = weights > 0
        if not counting.any():
            return predictions
        expected = np.array([each.quality for each in predictions.values()])
        moved = _posterior(expected, models[counting], self._good[counting], weights[counting])
        return {
            name: _with_house(prediction, float(quality))
            for (name, prediction), quality in zip(predictions.items(), moved, strict=True)
        }

    def _counted(
        self, vector: Vector, at: datetime, leaning: Leaning, known: NDArray[np.bool_]
    ) -> Numbers:
        """Return how much each vote counts for a question: by likeness, age and who else voted."""
        alike = np.clip((self._vectors @ vector - _UNLIKE) / (_ALIKE - _UNLIKE), 0, 1) ** 2
        age_s = np.maximum(at.timestamp() - self._cast_at_s, 0)
        fading = 0.5 ** (age_s / leaning.half_life.total_seconds())
        weights: Numbers = self._weights * alike * fading * known
        by_voter = np.bincount(self._voters, weights)
        most = leaning.votes_per_person
        shares = np.where(by_voter > most, most / np.maximum(by_voter, most), 1.0)
        return weights * shares[self._voters]


def _with_house(prediction: Prediction, quality: float) -> Prediction:
    contribution = {CONTRIBUTION: quality - prediction.quality}
    parts = prediction.contributions or {CARD: prediction.quality}
    return prediction._replace(quality=quality, contributions={**parts, **contribution})


def _posterior(
    expected: Numbers, models: NDArray[np.int64], good: Numbers, weights: Numbers
) -> Numbers:
    """Return the expected qualities after the votes, each 0 to 1.

    Args:
        expected: Before them, by number of the model.
        models: Of each vote.
        good: What each says of the answer, 0 or 1.
        weights: How much each counts.
    """
    within = np.clip(expected, 1 - _SURE, _SURE)
    # Averaged over how hard a kind of question may be, these give back what was expected.
    ease = np.log(within / (1 - within)) * _spread(_SHARED_VARIANCE)
    shift, precision = 0.0, 1 / _SHARED_VARIANCE
    for _ in range(_NEWTON_STEPS):
        slopes, bends = _slopes(ease[models] + shift, good, weights)
        precision = bends.sum() + 1 / _SHARED_VARIANCE
        step = (slopes.sum() - shift / _SHARED_VARIANCE) / precision
        shift = float(np.clip(shift + np.clip(step, -_LONGEST_STEP, _LONGEST_STEP), -6, _FURTHEST))
    slopes, bends = _slopes(ease[models] + shift, good, weights)
    number = len(expected)
    own = np.bincount(models, slopes, number) / (
        np.bincount(models, bends, number) + 1 / _OWN_VARIANCE
    )
    moved = _share((ease + shift + np.clip(own, -2, 2)) / _spread(1 / precision))
    return np.clip(expected + moved - within, 0, 1)


def _slopes(odds: Numbers, good: Numbers, weights: Numbers) -> tuple[Numbers, Numbers]:
    """Return the first and second derivative of each vote's log-likelihood; votes may be wrong."""
    right = _share(odds)
    voted = _MISTAKEN + (1 - 2 * _MISTAKEN) * right
    slope = (1 - 2 * _MISTAKEN) * right * (1 - right)
    spread = voted * (1 - voted)
    return weights * slope * (good - voted) / spread, weights * slope**2 / spread


def _share(odds: Numbers) -> Numbers:
    result: Numbers = 1 / (1 + np.exp(-odds))
    return result


def _spread(variance: float) -> float:
    """Return by how much averaging over a normal variance draws log-odds together (MacKay)."""
    return float(np.sqrt(1 + np.pi * variance / 8))
