"""What the learned parts are made of: their arrays, and the few sums they share. Pure."""

from dataclasses import dataclass
from typing import Final, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

Rows: TypeAlias = NDArray[np.float32]
"""A row per prompt or per part of a model."""

_FARTHEST: Final = 4.0
_LEAST_SPREAD: Final = 1e-3
_VECTOR_PARTS: Final = 16.0


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """Puts statistics and vectors on scales on which they can be compared.

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

    def statistics(self, statistics: Rows) -> Rows:
        """Return statistics in spreads from the mean; what lies far out is far, not farther."""
        scaled: Rows = ((statistics - self.mean) / self.spread).astype(np.float32)
        near: Rows = np.minimum(np.maximum(scaled, -_FARTHEST), _FARTHEST)
        return near

    def vectors(self, vectors: Rows) -> Rows:
        """Return vectors about the centre, of unit length; one without words stays 0."""
        around = np.where(np.any(vectors, axis=1, keepdims=True), vectors - self.centre, 0.0)
        lengths = np.linalg.norm(around, axis=1, keepdims=True)
        return (around / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)

    def both(self, statistics: Rows, vectors: Rows) -> Rows:
        """Return scaled statistics and vectors side by side, of like weight."""
        return np.hstack([self.statistics(statistics), _VECTOR_PARTS * self.vectors(vectors)])


def folds_of(questions: NDArray[np.int64], folds: int, seed: int) -> NDArray[np.int64]:
    """Deal rows to folds at random, the same way each time; rows of one question stay together."""
    distinct, places = np.unique(questions, return_inverse=True)
    dealt: NDArray[np.int64] = np.random.default_rng(seed).permutation(len(distinct)) % folds
    return dealt[places]


def sigmoid(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the share for log odds."""
    shares: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-logits.astype(np.float64)))
    return shares


def log_odds(shares: NDArray[np.floating], least: float = 0.01) -> NDArray[np.float64]:
    """Return the log odds of shares, kept from the impossible and the certain."""
    kept = np.minimum(np.maximum(shares.astype(np.float64), least), 1.0 - least)
    odds: NDArray[np.float64] = np.log(kept / (1.0 - kept))
    return odds
