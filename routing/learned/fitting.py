"""Learns models' quality from recorded outcomes. Everything is fitted on prompts, judged on others.

The same outcomes give the same result on the same machine; another one may round differently.
"""

from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.learned.arrays import Prompts, Rows, Scale, folds_of, log_odds, sigmoid
from routing.learned.landmarks import Landmarks, fit_landmarks, nearness
from routing.learned.quality import Learned
from routing.learned.tasks import Labels, Tasks, fit_tasks
from routing.learned.trees import Growth, Trees, grow
from routing.learned.unasked import added_up, means_of_all

_DIRECTIONS: Final = 2
_FOLDS: Final = 5
_NEAR_EDGE: Final = 0.07
_MEAN_PROMPTS: Final = 8.0
_LEAST_PROMPTS: Final = 5
_MASSES: Final = (2.0, 60.0)
_SIGNIFICANT: Final = 2.0
_SURE: Final = 0.05
_CAUTION: Final = 10.0
_BORROWED_PROMPTS: Final = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """Recorded outcomes: a row for each prompt, a column for each model.

    Attributes:
        models: Names, in the order of the columns.
        statistics: As `routing.features` counts them.
        vectors: Where the words point.
        labels: The task each prompt belongs to, counted from 0.
        sources: Where each prompt comes from, counted from 0; a source has one or more tasks.
        questions: Which prompts ask the same, differently typed: those are never judged by another.
        quality: 0 to 1; NaN where a model was not asked.
    """

    models: tuple[str, ...]
    statistics: Rows
    vectors: Rows
    labels: Labels
    sources: Labels
    questions: Labels
    quality: NDArray[np.float64]

    @property
    def copies(self) -> float:
        """Return how often each question is there on average; copies are no further evidence."""
        return len(self.questions) / len(np.unique(self.questions))

    def rows(self, chosen: NDArray[np.int64]) -> "Outcomes":
        """Return some of the prompts."""
        return replace(
            self,
            statistics=self.statistics[chosen],
            vectors=self.vectors[chosen],
            labels=self.labels[chosen],
            sources=self.sources[chosen],
            questions=self.questions[chosen],
            quality=self.quality[chosen],
        )


class Effort(NamedTuple):
    """How much is spent on the learners.

    Attributes:
        landmarks: So many prompts are kept to compare with.
        growth: Of the trees.
    """

    landmarks: int = 512
    growth: Growth = Growth()


def fit(outcomes: Outcomes, effort: Effort = Effort()) -> Learned:  # noqa: B008 # frozen
    """Learn from outcomes; each direction is believed as far as it proved right out of fold.

    Where a source has several tasks, it has to prove right on whole tasks left out as well: what
    only helps among questions of one kind may be that kind's, and no direction.
    """
    base = _base(outcomes)
    axes = _axes(outcomes.quality - base.expected(outcomes))
    judged = _out_of_fold(outcomes, axes, effort, outcomes.questions)
    earned = _earned(judged, outcomes.copies)
    tasks = _whole_tasks(outcomes)
    if tasks is not None:
        strange = _out_of_fold(outcomes, axes, effort, tasks).within(outcomes.labels)
        earned = np.minimum(earned, _earned(strange, outcomes.copies))
    trees, landmarks = _learners(outcomes, base, axes, effort)
    means = np.clip(base.means, _SURE, 1.0 - _SURE)
    return Learned(
        outcomes.models,
        base.scale,
        base.tasks,
        landmarks,
        trees,
        _near_edges(judged.near, outcomes.labels),
        log_odds(base.means).astype(np.float32),
        base.by_task.astype(np.float32),
        (earned[:, None] * axes.T / (means * (1.0 - means))).astype(np.float32),
    )


class _Base(NamedTuple):
    """What is known of models before any direction: by kind of question."""

    scale: Scale
    tasks: Tasks
    means: NDArray[np.float64]
    by_task: NDArray[np.float64]

    def prompts(self, outcomes: Outcomes) -> Prompts:
        return self.scale.of(outcomes.statistics, outcomes.vectors)

    def expected(self, outcomes: Outcomes) -> NDArray[np.float64]:
        shares = self.tasks.membership(self.prompts(outcomes)).shares
        expected: NDArray[np.float64] = shares @ self.by_task
        return expected


def _base(outcomes: Outcomes) -> _Base:
    scale = Scale.fitted(outcomes.statistics, outcomes.vectors)
    prompts = scale.of(outcomes.statistics, outcomes.vectors)
    tasks = fit_tasks(prompts, outcomes.labels, outcomes.questions)
    known = ~np.isnan(outcomes.quality)
    quality = np.where(known, outcomes.quality, 0.0)
    task_sums, task_counts = _sums(quality, known, outcomes.labels)
    source_sums, source_counts = _sums(quality, known, outcomes.sources)
    seen = log_odds(source_sums / np.maximum(source_counts, 1.0))
    likely = sigmoid(added_up(seen, source_counts))
    copies = outcomes.copies
    few = _MEAN_PROMPTS * copies
    of_source = (source_sums + few * likely) / (source_counts + few)
    _, first = np.unique(outcomes.labels, return_index=True)
    usual = of_source[outcomes.sources[first]]
    mass = copies * _prior_mass(task_sums / copies, task_counts / copies, usual)
    means = means_of_all(source_sums, source_counts, likely)
    return _Base(scale, tasks, means, (task_sums + mass * usual) / (task_counts + mass))


def _sums(
    quality: NDArray[np.float64], known: NDArray[np.bool_], labels: Labels
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return _by_label(quality, labels), _by_label(known.astype(np.float64), labels)


def _by_label(values: NDArray[np.float64], labels: Labels) -> NDArray[np.float64]:
    """Sum rows of the same label."""
    sums = np.zeros((int(labels.max()) + 1, values.shape[1]))
    np.add.at(sums, labels, values)
    return sums


def _prior_mass(
    sums: NDArray[np.float64], counts: NDArray[np.float64], usual: NDArray[np.float64]
) -> float:
    """Return how many prompts' weight a source's mean has against that of one of its tasks.

    Where tasks of a source differ by no more than chance, that is many; else few.
    """
    enough = counts >= _LEAST_PROMPTS
    if not enough.any():
        return _MASSES[1]
    chance = (usual * (1.0 - usual))[enough]
    strays = (sums[enough] / counts[enough] - usual[enough]) ** 2 - chance / counts[enough]
    between = max(float(np.average(strays, weights=counts[enough])), 1e-6)
    return float(np.clip(chance.mean() / between, *_MASSES))


def _axes(left: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the directions in which what is left of quality varies most: models x directions."""
    _, _, ways = np.linalg.svd(np.nan_to_num(left), full_matrices=False)
    axes: NDArray[np.float64] = ways[: min(_DIRECTIONS, len(ways))].T
    return axes


def _learners(
    outcomes: Outcomes, base: _Base, axes: NDArray[np.float64], effort: Effort
) -> tuple[Trees, Landmarks]:
    targets = _targets(outcomes, base, axes).astype(np.float32)
    copies = outcomes.copies
    growth = effort.growth._replace(caution=effort.growth.caution * copies)
    landmarks = fit_landmarks(
        base.prompts(outcomes), targets, count=effort.landmarks, caution=_CAUTION * copies
    )
    return grow(outcomes.statistics, targets, growth), landmarks


def _targets(outcomes: Outcomes, base: _Base, axes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far each prompt lies along the directions."""
    along: NDArray[np.float64] = np.nan_to_num(outcomes.quality - base.expected(outcomes)) @ axes
    return along


class _Judged(NamedTuple):
    """What learners say of prompts left out, where those really lie, and how near they are."""

    said: NDArray[np.float64]
    found: NDArray[np.float64]
    near: NDArray[np.float64]

    def within(self, labels: Labels) -> "_Judged":
        """Return the same about the middle of each task: how good models are at it is no matter."""
        counts = np.bincount(labels)[:, None]
        said, found = (values - (_by_label(values, labels) / counts)[labels] for values in self[:2])
        return self._replace(said=said, found=found)


def _whole_tasks(outcomes: Outcomes) -> Labels | None:
    """Return what is left out together: tasks of sources with several; None: there is none."""
    pairs = np.unique(np.stack([outcomes.sources, outcomes.labels]), axis=1)
    is_one_of_several = (np.bincount(pairs[0]) >= _FOLDS)[outcomes.sources]
    if not is_one_of_several.any():
        return None
    alone = outcomes.labels.max() + 1 + outcomes.questions
    tasks: Labels = np.where(is_one_of_several, outcomes.labels, alone)
    return tasks


def _out_of_fold(
    outcomes: Outcomes, axes: NDArray[np.float64], effort: Effort, groups: Labels
) -> _Judged:
    """Judge learners on prompts they were not fitted on; those of one group stay together."""
    rows = len(outcomes.labels)
    said, found = np.zeros((2, rows, axes.shape[1]))
    near = np.zeros(rows)
    folds = folds_of(groups, _FOLDS, seed=1)
    for fold in range(_FOLDS):
        left_out = np.flatnonzero(folds == fold)
        seen, unseen = outcomes.rows(np.flatnonzero(folds != fold)), outcomes.rows(left_out)
        base = _base(_relabelled(seen))
        trees, landmarks = _learners(seen, base, axes, effort)
        likeness = landmarks.likeness(base.prompts(unseen))
        said[left_out] = (trees.predict(unseen.statistics) + landmarks.said(likeness)) / 2.0
        found[left_out] = _targets(unseen, base, axes)
        near[left_out] = nearness(likeness)
    return _Judged(said, found, near)


def _relabelled(outcomes: Outcomes) -> Outcomes:
    """Count from 0 without gaps, as the tasks of a fold may be fewer."""
    _, labels = np.unique(outcomes.labels, return_inverse=True)
    _, sources = np.unique(outcomes.sources, return_inverse=True)
    return replace(outcomes, labels=labels, sources=sources)


def _earned(judged: _Judged, copies: float) -> NDArray[np.float64]:
    """Return how much of each direction is believed: its slope less its error, 0 for chance."""
    said, found = judged.said, judged.found
    power = np.maximum((said**2).sum(axis=0), 1e-12)
    slope = (said * found).sum(axis=0) / power
    strays = ((found - slope * said) ** 2 * said**2).sum(axis=0)
    error = np.sqrt(copies * strays) / power
    earned: NDArray[np.float64] = np.where(slope > _SIGNIFICANT * error, slope - error, 0.0)
    return earned


def _near_edges(near: NDArray[np.float64], labels: Labels) -> Rows:
    tasks = int(labels.max()) + 1
    own = np.array([np.quantile(near[labels == task], _NEAR_EDGE) for task in range(tasks)])
    counts = np.bincount(labels, minlength=tasks)
    borrowed = counts * own + _BORROWED_PROMPTS * np.median(own)
    edges: Rows = (borrowed / (counts + _BORROWED_PROMPTS)).astype(np.float32)
    return edges
