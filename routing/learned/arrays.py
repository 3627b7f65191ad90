"""What the learned parts are made of: their arrays, and the few sums they share. Pure."""

from dataclasses import dataclass
from typing import Final, NamedTuple, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

Rows: TypeAlias = NDArray[np.float32]
"""A row per prompt or per part of a model."""

FARTHEST: Final = 4.0
"""Spreads from the mean."""

_LEAST_SPREAD: Final = 1e-3
VECTOR_PARTS: Final = 16.0
"""How much longer vectors are made, to weigh what counts do."""

_NO_LENGTH: Final = np.float32(1e-12)
_LEAST_SHARE: Final = 0.01


class Prompts(NamedTuple):
    """Prompts on scales on which they can be compared: a row for each.

    Attributes:
        counts: Statistics, in spreads from the mean; what lies far out is far, not farther.
        words: Vectors about the centre, of unit length; one without words stays 0.
        are_told: Whether something is known of the words, where words were looked at.
    """

    counts: Rows
    words: Rows
    are_told: NDArray[np.bool_]

    @property
    def both(self) -> Rows:
        """Return counts and words side by side, of like weight."""
        return np.concatenate((self.counts, VECTOR_PARTS * self.words), axis=1)

    def rows(self, chosen: NDArray[np.int64]) -> "Prompts":
        """Return some of the prompts."""
        return Prompts(self.counts[chosen], self.words[chosen], self.are_told[chosen])


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """What statistics and vectors are measured by.

    Attributes:
        mean: Of each statistic.
        spread: Of each statistic.
        centre: The mean vector: what all prompts have in common says nothing.
    """

    mean: Rows
    spread: Rows
    centre: Rows

    @classmethod
    def fitted(cls, statistics: Rows, vectors: Rows) -> Self:
        """Take the scales from prompts."""
        spread = statistics.std(axis=0)
        spread[spread < _LEAST_SPREAD] = 1.0
        return cls(statistics.mean(axis=0), spread, vectors.mean(axis=0))

    def of(self, statistics: Rows, vectors: Rows) -> Prompts:
        """Measure prompts."""
        counts: Rows = (statistics - self.mean) / self.spread
        counts = np.minimum(np.maximum(counts, -FARTHEST), FARTHEST)
        has_words: NDArray[np.bool_] = np.logical_or.reduce(vectors, axis=1)
        words: Rows = (vectors - self.centre) * has_words[:, None]
        words /= np.maximum(np.sqrt(squares(words)), _NO_LENGTH)[:, None]
        return Prompts(counts, words, has_words | (not self.centre.any()))


def squares(rows: Rows) -> Rows:
    """Return the squared length of each row."""
    squared: Rows = np.einsum("ij,ij->i", rows, rows)
    return squared


def fraction(numbers: NDArray[np.floating]) -> Rows:
    """Return numbers kept within 0 and 1; for few of them faster than numpy's `clip`."""
    kept: Rows = np.minimum(np.maximum(numbers, 0.0), 1.0)
    return kept


def folds_of(questions: NDArray[np.int64], folds: int, seed: int) -> NDArray[np.int64]:
    """Deal rows to folds at random, the same way each time; rows of one question stay together."""
    distinct, places = np.unique(questions, return_inverse=True)
    dealt: NDArray[np.int64] = np.random.default_rng(seed).permutation(len(distinct)) % folds
    return dealt[places]


def sigmoid(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the share for log odds."""
    shares: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-logits.astype(np.float64)))
    return shares


def log_odds(shares: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the log odds of shares, kept from the impossible and the certain."""
    kept = np.minimum(np.maximum(shares.astype(np.float64), _LEAST_SHARE), 1.0 - _LEAST_SHARE)
    odds: NDArray[np.float64] = np.log(kept / (1.0 - kept))
    return odds
