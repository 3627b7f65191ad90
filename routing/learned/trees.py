"""Boosted trees: many small questions about a prompt's statistics, each answer a small correction.

All leaves of one level ask the same question, so that a tree is a handful of numbers and a whole
forest is evaluated by a few array operations. All outputs share the questions.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.learned.arrays import Rows

_LEVELS: Final = 3
_LEAVES: Final = 1 << _LEVELS
_PLACES: Final = (1 << np.arange(_LEVELS - 1, -1, -1)).astype(np.int64)
_STEPS: Final = 24


class Growth(NamedTuple):
    """How a forest is grown.

    Attributes:
        trees: How many.
        rate: How much of each correction is believed.
        caution: So many prompts of no correction are counted in each leaf.
        seen_columns: Share of the statistics each tree may ask about.
        seen_rows: Share of the prompts each tree is grown on.
        seed: Chooses them.
    """

    trees: int = 300
    rate: float = 0.04
    caution: float = 60.0
    seen_columns: float = 0.4
    seen_rows: float = 0.7
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """A forest: for each tree and level which column is asked and above what, for each leaf what.

    Attributes:
        start: What every prompt begins with, by output.
        columns: Trees x levels.
        thresholds: Trees x levels.
        corrections: Trees x leaves x outputs.
    """

    start: Rows
    columns: NDArray[np.int64]
    thresholds: Rows
    corrections: Rows

    def predict(self, statistics: Rows) -> Rows:
        """Return a row of outputs for each prompt."""
        trees, leaves, outputs = self.corrections.shape
        reached = (statistics.take(self.columns, axis=1) > self.thresholds) @ _PLACES
        reached += np.arange(0, trees * leaves, leaves)
        picked = self.corrections.reshape(-1, outputs).take(reached, axis=0)
        # A product with ones is the quickest sum along the middle.
        summed: Rows = self.start + np.ones(trees, np.float32) @ picked
        return summed


def grow(statistics: Rows, targets: Rows, growth: Growth = Growth()) -> Trees:  # noqa: B008 # frozen
    """Fit a forest; the same input gives the same forest."""
    chance = np.random.default_rng(growth.seed)
    edges = _edges(statistics)
    steps = np.stack(
        [np.searchsorted(edge, column) for edge, column in zip(edges, statistics.T, strict=True)],
        axis=1,
    )
    start = targets.mean(axis=0)
    left = (targets - start).astype(np.float64)
    grown = []
    for _ in range(growth.trees):
        rows = np.flatnonzero(chance.random(len(left)) < growth.seen_rows)
        columns = np.flatnonzero(chance.random(len(edges)) < growth.seen_columns)
        if not len(rows) or not len(columns):
            continue
        tree = _tree(steps[rows][:, columns], left[rows], growth.caution)
        asked = columns[tree.columns]
        thresholds = np.array([edges[c][s] for c, s in zip(asked, tree.steps, strict=True)])
        corrections = tree.corrections * growth.rate
        left -= corrections[(statistics[:, asked] > thresholds) @ _PLACES]
        grown.append((asked, thresholds, corrections))
    return _forest(start, grown, targets.shape[1])


class _Tree(NamedTuple):
    columns: list[int]
    steps: list[int]
    corrections: NDArray[np.float64]


def _edges(statistics: Rows) -> list[Rows]:
    """Return the values between which each column is told apart; never empty."""
    quantiles = np.linspace(0, 1, _STEPS + 1)[1:-1]
    return [np.unique(np.quantile(column, quantiles)).astype(np.float32) for column in statistics.T]


def _tree(steps: NDArray[np.int64], left: NDArray[np.float64], caution: float) -> _Tree:
    leaf = np.zeros(len(steps), np.int64)
    columns, thresholds = [], []
    for _ in range(_LEVELS):
        column, step = _best_question(steps, leaf, left, caution)
        columns.append(column)
        thresholds.append(step)
        leaf = leaf * 2 + (steps[:, column] > step)
    counts = np.bincount(leaf, minlength=_LEAVES) + caution
    sums = [np.bincount(leaf, weights=output, minlength=_LEAVES) for output in left.T]
    return _Tree(columns, thresholds, np.stack(sums, axis=1) / counts[:, None])


def _best_question(
    steps: NDArray[np.int64], leaf: NDArray[np.int64], left: NDArray[np.float64], caution: float
) -> tuple[int, int]:
    """Return the column and the step that part what is left best, over all leaves at once."""
    width = steps.shape[1]
    shape = (int(leaf.max()) + 1, width, _STEPS)
    cells = ((leaf[:, None] * width + np.arange(width)) * _STEPS + steps).ravel()
    size = shape[0] * width * _STEPS
    below = np.bincount(cells, minlength=size).reshape(shape).cumsum(axis=2)
    above = below[:, :, -1:] - below
    gain = np.zeros((width, _STEPS))
    for output in left.T:
        weights = np.repeat(output, width)
        low = np.bincount(cells, weights, size).reshape(shape).cumsum(axis=2)
        high = low[:, :, -1:] - low
        gain += (low**2 / (below + caution) + high**2 / (above + caution)).sum(axis=0)
    # A step above which nothing lies parts nothing, and may be beyond the column's last edge.
    gain[above.sum(axis=0) == 0] = -1.0
    column, step = np.unravel_index(int(gain.argmax()), gain.shape)
    return int(column), int(step) if gain[column, step] >= 0 else 0


def _forest(
    start: Rows, grown: list[tuple[NDArray[np.int64], Rows, NDArray[np.float64]]], outputs: int
) -> Trees:
    count = len(grown)
    return Trees(
        start.astype(np.float32),
        np.array([tree[0] for tree in grown], np.int64).reshape(count, _LEVELS),
        np.array([tree[1] for tree in grown], np.float32).reshape(count, _LEVELS),
        np.array([tree[2] for tree in grown], np.float32).reshape(count, _LEAVES, outputs),
    )
