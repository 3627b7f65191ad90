"""Likeness to landmarks: what held for recorded prompts holds for prompts like them.

A kernel ridge over a sample of the prompts (Nystroem's way), since one over all of them would have
to keep and compare them all.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from routing.learned.arrays import Prompts, Rows, squares

_WORDS_WIDTH: Final = 2.0
_COUNTS_WIDTH: Final = 0.5
_LEAST_POWER: Final = 1e-5
_NEAREST: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """Prompts to compare with, and what each of them says of a prompt like it.

    Attributes:
        counts: Statistics x landmarks, so that a product says how like a prompt's they are.
        words: Parts of a vector x landmarks, the same.
        offsets: What is added to the one product and to the other, by landmark.
        start: What is said of a prompt unlike all of them, by output.
        weights: Landmarks x outputs.
    """

    counts: Rows
    words: Rows
    offsets: Rows
    start: Rows
    weights: Rows

    def likeness(self, prompts: Prompts) -> Rows:
        """Return how like each landmark prompts are, 0 to 2: prompts x landmarks.

        It falls with the squared distance |a|2 + |b|2 - 2 a b, of which the offsets hold |b|2.
        """
        counts, words, _ = prompts
        alike: Rows = np.exp(
            counts @ self.counts
            + self.offsets[0]
            - (_COUNTS_WIDTH / counts.shape[1] * squares(counts))[:, None]
        )
        alike += np.exp(
            words @ self.words + self.offsets[1] - (_WORDS_WIDTH * squares(words))[:, None]
        )
        return alike

    def said(self, likeness: Rows) -> Rows:
        """Return a row of outputs for each row of `likeness`."""
        outputs: Rows = self.start + likeness @ self.weights
        return outputs


def nearness(likeness: Rows) -> Rows:
    """Return how like the nearest landmarks prompts are, 0 to 2."""
    count = min(_NEAREST, likeness.shape[1])
    nearest = np.partition(likeness, -count, axis=1)[:, -count:]
    mean: Rows = nearest.sum(axis=1) / count
    return mean


def fit_landmarks(prompts: Prompts, targets: Rows, *, count: int, caution: float) -> Landmarks:
    """Fit landmarks among the prompts; the same input gives the same ones."""
    chance = np.random.default_rng(0)
    chosen = prompts.rows(np.sort(chance.permutation(len(targets))[:count]))
    marks = _unweighted(chosen, targets.shape[1])
    powers, ways = np.linalg.eigh(marks.likeness(chosen).astype(np.float64))
    # Ways in which the landmarks hardly differ would only carry rounding errors.
    kept = powers > _LEAST_POWER * powers[-1]
    spread = ways[:, kept] / np.sqrt(powers[kept])
    seen = marks.likeness(prompts) @ spread
    start = targets.mean(axis=0)
    ridge = seen.T @ seen + caution * np.eye(seen.shape[1])
    weights = spread @ np.linalg.solve(ridge, seen.T @ (targets - start))
    return replace(marks, start=start.astype(np.float32), weights=weights.astype(np.float32))


def _unweighted(chosen: Prompts, outputs: int) -> Landmarks:
    """Return landmarks that say nothing yet."""
    counts, words, _ = chosen
    width = _COUNTS_WIDTH / counts.shape[1]
    offsets = np.stack([-width * squares(counts), -_WORDS_WIDTH * squares(words)])
    counts, words = 2.0 * width * counts.T, 2.0 * _WORDS_WIDTH * words.T
    return Landmarks(
        np.ascontiguousarray(counts, np.float32), np.ascontiguousarray(words, np.float32),
        offsets.astype(np.float32), np.zeros(outputs, np.float32),
        np.zeros((counts.shape[1], outputs), np.float32),
    )  # fmt: skip
