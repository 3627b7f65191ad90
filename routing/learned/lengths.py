"""Amounts that are never negative, such as the tokens of an answer: by model, kind and length.

Learned in logarithms, since a long question makes a long answer by a factor, and corrected so that
the expected amounts are right on average, which is what a price is paid on.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.learned.arrays import Rows
from routing.learned.tasks import Labels
from routing.learned.unasked import added_up

_CAUTION: Final = 100.0
_MEAN_PROMPTS: Final = 1.0
_LEAST: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Lengths:
    """Amounts expected of models.

    Attributes:
        means: Mean amount by model.
        by_task: Tasks x models: log amount.
        slopes: Statistics x models: what a step of each adds to the log amount.
    """

    means: Rows
    by_task: Rows
    slopes: Rows

    def logs(self, counts: Rows, shares: Rows) -> Rows:
        """Return the logarithms of what is expected where all is familiar: prompts x models."""
        learned: Rows = shares @ self.by_task + counts @ self.slopes
        return learned

    def expect(self, counts: Rows, shares: Rows, familiarity: Rows) -> NDArray[np.float64]:
        """Return the expected amounts: prompts x models; the mean where nothing is familiar."""
        learned, unmoved = self.logs(counts, shares), np.log(self.means)
        amounts: NDArray[np.float64] = np.exp(
            unmoved + familiarity[:, None] * (learned.astype(np.float64) - unmoved)
        )
        return amounts


def fit_lengths(counts: Rows, labels: Labels, amounts: NDArray[np.float64]) -> Lengths:
    """Learn amounts: prompts x models, NaN where unknown; `counts` are on the prompts' scale."""
    known = ~np.isnan(amounts)
    amounts = np.where(known, np.maximum(amounts, _LEAST), 1.0)
    logs = np.log(amounts)
    by_task = _means_by_task(logs, known, labels)
    scaled = counts.astype(np.float64)
    left = np.where(known, logs - by_task[labels], 0.0)
    ridge = scaled.T @ scaled + _CAUTION * np.eye(scaled.shape[1])
    slopes = np.linalg.solve(ridge, scaled.T @ left)
    expected = np.exp(by_task[labels] + scaled @ slopes)
    missed = (amounts * known).sum(axis=0) / np.maximum((expected * known).sum(axis=0), _LEAST)
    by_task += np.log(np.maximum(missed, _LEAST))
    means = np.where(known, amounts, missed * expected).mean(axis=0)
    return Lengths(
        np.maximum(means, _LEAST).astype(np.float32),
        by_task.astype(np.float32),
        slopes.astype(np.float32),
    )


def _means_by_task(
    logs: NDArray[np.float64], known: NDArray[np.bool_], labels: Labels
) -> NDArray[np.float64]:
    sums, counts = np.zeros((2, int(labels.max()) + 1, logs.shape[1]))
    np.add.at(sums, labels, logs * known)
    np.add.at(counts, labels, known)
    likely = added_up(sums / np.maximum(counts, 1.0), counts)
    means: NDArray[np.float64] = (sums + _MEAN_PROMPTS * likely) / (counts + _MEAN_PROMPTS)
    return means
