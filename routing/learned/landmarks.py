"""Likeness to landmarks: what held for recorded prompts holds for prompts like them.

A kernel ridge over a sample of the prompts (Nystroem's way), since one over all of them would have
to keep and compare them all.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from routing.learned.arrays import Rows, Scale

_WORDS_WIDTH: Final = 2.0
_COUNTS_WIDTH: Final = 0.5
_LEAST_POWER: Final = 1e-5
_NEAREST: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """Scaled prompts, and what each of them says of a prompt like it.

    Attributes:
        scale: On which the landmarks are.
        statistics: Landmarks x statistics.
        vectors: Landmarks x parts of a vector.
        squares: The squared length of each landmark's statistics, and of its vector.
        start: What is said of a prompt unlike all of them, by output.
        weights: Landmarks x outputs.
    """

    scale: Scale
    statistics: Rows
    vectors: Rows
    squares: Rows
    start: Rows
    weights: Rows

    def likeness(self, statistics: Rows, vectors: Rows) -> Rows:
        """Return how like each landmark prompts are, 0 to 2: prompts x landmarks."""
        counts, words = self.scale.statistics(statistics), self.scale.vectors(vectors)
        return _likeness(counts, words, self.statistics, self.vectors, self.squares)

    def said(self, likeness: Rows) -> Rows:
        """Return a row of outputs for each row of `likeness`."""
        outputs: Rows = self.start + likeness @ self.weights
        return outputs


def nearness(likeness: Rows) -> Rows:
    """Return how like the nearest landmarks prompts are, 0 to 2."""
    nearest = np.partition(likeness, -min(_NEAREST, likeness.shape[1]), axis=1)[:, -_NEAREST:]
    mean: Rows = nearest.mean(axis=1)
    return mean


def fit_landmarks(
    statistics: Rows, vectors: Rows, targets: Rows, *, count: int, caution: float
) -> Landmarks:
    """Fit landmarks among the prompts; the same input gives the same ones."""
    scale = Scale.fitted(statistics, vectors)
    counts, words = scale.statistics(statistics), scale.vectors(vectors)
    chance = np.random.default_rng(0)
    chosen = np.sort(chance.permutation(len(counts))[:count])
    marks = counts[chosen], words[chosen], _squares(counts[chosen], words[chosen])
    among = _likeness(marks[0], marks[1], *marks)
    powers, ways = np.linalg.eigh(among.astype(np.float64))
    # Ways in which the landmarks hardly differ would only carry rounding errors.
    kept = powers > _LEAST_POWER * powers[-1]
    spread = ways[:, kept] / np.sqrt(powers[kept])
    seen = _likeness(counts, words, *marks) @ spread
    start = targets.mean(axis=0)
    ridge = seen.T @ seen + caution * np.eye(seen.shape[1])
    weights = spread @ np.linalg.solve(ridge, seen.T @ (targets - start))
    return Landmarks(scale, *marks, start.astype(np.float32), weights.astype(np.float32))


def _likeness(
    counts: Rows, words: Rows, their_counts: Rows, their_words: Rows, their_squares: Rows
) -> Rows:
    ours = _squares(counts, words)
    apart = ours[0][:, None] + their_squares[0] - 2.0 * (counts @ their_counts.T)
    astray = ours[1][:, None] + their_squares[1] - 2.0 * (words @ their_words.T)
    alike: Rows = np.exp(-_COUNTS_WIDTH / counts.shape[1] * np.maximum(apart, 0.0))
    alike += np.exp(-_WORDS_WIDTH * np.maximum(astray, 0.0))
    return alike


def _squares(counts: Rows, words: Rows) -> Rows:
    return np.stack([(counts**2).sum(axis=1), (words**2).sum(axis=1)])
