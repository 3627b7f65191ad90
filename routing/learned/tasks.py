"""Which kind of recorded question a prompt is, and whether it is like any of them at all.

Each task is a cloud of prompts about a mean; all clouds share one shape. A prompt as near to a
cloud as that cloud's own prompts is familiar; one much farther out is not.
"""

from dataclasses import dataclass, replace
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from routing.learned.arrays import Prompts, Rows, folds_of, fraction, squares

Labels: TypeAlias = NDArray[np.int64]
"""Which task each prompt is of, counted from 0."""

_WAYS: Final = 64
_FOLDS: Final = 5
DOUBT: Final = 3.0  # clouds are no clean bells: distances tell less than they seem to
_EDGE: Final = 0.9
FAR: Final = 1.4
_BORROWED_PROMPTS: Final = 5.0
_PULL_PROMPTS: Final = 2.0


class Membership(NamedTuple):
    """Where prompts belong.

    Attributes:
        shares: Prompts x tasks, each row summing to 1.
        familiarity: 0 to 1 for each prompt.
    """

    shares: Rows
    familiarity: Rows


@dataclass(frozen=True, slots=True, eq=False)
class Tasks:
    """The clouds.

    Attributes:
        ways: Scaled features x the directions in which clouds are wide.
        tightness: One over the variance along each way, less that of all other ways.
        ground: One over the variance along all other ways.
        pulls: Scaled features x tasks: twice what a step towards one brings nearer.
        offsets: What is added to a squared distance, by task.
        leanings: Log share of the recorded prompts, by task.
        edges: The squared distance within which a task's own prompts lie.
    """

    ways: Rows
    tightness: Rows
    ground: Rows
    pulls: Rows
    offsets: Rows
    leanings: Rows
    edges: Rows

    def membership(self, prompts: Prompts) -> Membership:
        """Tell which tasks prompts are like, and how much so."""
        apart = self.distances(prompts)
        logits = self.leanings - apart / (2 * DOUBT)
        shares: Rows = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        # The edge of the likeliest task counts, since a wide cloud elsewhere reaches everywhere.
        astray = np.einsum("ij,ij->i", shares, apart / self.edges)
        familiarity = fraction((FAR - astray) / (FAR - 1.0))
        return Membership(shares, familiarity * prompts.are_told)

    def distances(self, prompts: Prompts) -> Rows:
        """Return the squared distance of each prompt from each task."""
        scaled = prompts.both
        along = scaled @ self.ways
        own = (along * along) @ self.tightness + squares(scaled) * self.ground
        apart: Rows = own[:, None] - scaled @ self.pulls + self.offsets
        return np.maximum(apart, 0.0)


def fit_tasks(prompts: Prompts, labels: Labels, questions: Labels) -> Tasks:
    """Fit the clouds; how far their own prompts lie is measured on questions left out."""
    tasks = int(labels.max()) + 1
    apart = np.zeros(len(labels), np.float32)
    folds = folds_of(questions, _FOLDS, seed=0)
    for fold in range(_FOLDS):
        kept, left_out = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        clouds = _clouds(prompts.rows(kept), labels[kept], tasks)
        distances = clouds.distances(prompts.rows(left_out))
        apart[left_out] = distances[np.arange(len(left_out)), labels[left_out]]
    return replace(_clouds(prompts, labels, tasks), edges=_edges(apart, labels, tasks))


def _edges(apart: Rows, labels: Labels, tasks: int) -> Rows:
    own = np.array([np.quantile(apart[labels == task], _EDGE) for task in range(tasks)])
    counts = np.bincount(labels, minlength=tasks)
    borrowed = counts * own + _BORROWED_PROMPTS * np.median(own)
    edges: Rows = (borrowed / (counts + _BORROWED_PROMPTS)).astype(np.float32)
    return edges


def _clouds(prompts: Prompts, labels: Labels, tasks: int) -> Tasks:
    scaled = prompts.both.astype(np.float64)
    counts = np.bincount(labels, minlength=tasks)
    means = np.zeros((tasks, scaled.shape[1]))
    np.add.at(means, labels, scaled)
    # A task of few prompts is pulled towards the middle of all.
    means += _PULL_PROMPTS * scaled.mean(axis=0)
    means /= (counts + _PULL_PROMPTS)[:, None]
    around = scaled - means[labels]
    variances, axes = np.linalg.eigh(around.T @ around / len(around))
    ways = axes[:, -_WAYS:]
    ground = 1.0 / max(float(variances[:-_WAYS].mean()), 1e-3)
    tightness = 1.0 / np.maximum(variances[-_WAYS:], 1.0 / ground) - ground
    pulls = ground * means.T + ways @ (tightness[:, None] * (ways.T @ means.T))
    single = np.float32
    return Tasks(
        ways.astype(single), tightness.astype(single), np.array(ground, single),
        (2.0 * pulls).astype(single), np.einsum("ij,ji->i", means, pulls).astype(single),
        np.log((counts + 1.0) / (counts + 1.0).sum()).astype(single), np.ones(tasks, single),
    )  # fmt: skip
