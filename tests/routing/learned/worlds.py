"""Made-up outcomes whose truth is known: three kinds of question, four models."""

from functools import cache
from typing import Final

import numpy as np

from routing.embedding import VECTOR_SIZE
from routing.features import STATISTICS
from routing.learned.arrays import Prompts, Rows, Scale, sigmoid
from routing.learned.fitting import Effort, Outcomes, fit
from routing.learned.keeping import Cohort
from routing.learned.lengths import fit_lengths
from routing.learned.tasks import Labels
from routing.learned.trees import Growth

MODELS: Final = ("small", "middle", "large", "coder")
KINDS: Final = 3
HARDNESS: Final = 5
"""The statistic that tells how hard a question is."""

LITTLE: Final = Effort(64, Growth(trees=40, rate=0.2))
"""Enough for a world this small."""

_ABILITY: Final = np.array([-0.5, 0.8, 2.0, 0.0])
_CODERS_KIND: Final = 2


def prompts(count: int, seed: int = 0, kinds: int = KINDS) -> tuple[Rows, Rows, Labels]:
    """Return statistics, vectors and the kind of so many questions."""
    chance = np.random.default_rng(seed)
    kind = chance.integers(0, kinds, count)
    statistics = chance.normal(0, 0.5, (count, len(STATISTICS)))
    statistics[:, 10:14] += 3.0 * kind[:, None]
    statistics[:, HARDNESS] = chance.normal(0, 1, count)
    middles = np.random.default_rng(99).normal(0, 1, (10, VECTOR_SIZE))
    vectors = middles[kind] + chance.normal(0, 0.6, (count, VECTOR_SIZE))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return statistics.astype(np.float32), vectors.astype(np.float32), kind


def scaled(statistics: Rows, vectors: Rows, scale: Scale | None = None) -> Prompts:
    """Return questions on a scale, of their own if none is given."""
    return (scale or Scale.fitted(statistics, vectors)).of(statistics, vectors)


def outcomes(count: int = 600, seed: int = 0, *, hardness: float = 1.5) -> Outcomes:
    """Return what the models made of so many questions; hardness 0 makes all equally hard."""
    statistics, vectors, kind = prompts(count, seed)
    odds = _ABILITY - hardness * statistics[:, [HARDNESS]]
    odds[:, MODELS.index("coder")] += np.where(kind == _CODERS_KIND, 3.0, -1.0)
    drawn = np.random.default_rng(seed + 1).random(odds.shape) < sigmoid(odds)
    sources = np.zeros(count, np.int64)
    questions = np.arange(count)
    return Outcomes(MODELS, statistics, vectors, kind, sources, questions, drawn.astype(float))


def turning_outcomes(count: int) -> Outcomes:
    """Return outcomes where what is hard in one task is easy in the next, for half the models."""
    statistics, vectors, task = prompts(count, kinds=5)
    turned = np.where(task % 2 == 0, 3.0, -3.0) * statistics[:, HARDNESS]
    odds = _ABILITY - turned[:, None] * np.array([1.0, 1.0, 0.0, 0.0])
    drawn = np.random.default_rng(1).random(odds.shape) < sigmoid(odds)
    sources, questions = np.zeros(count, np.int64), np.arange(count)
    return Outcomes(MODELS, statistics, vectors, task, sources, questions, drawn.astype(float))


@cache
def cohort() -> Cohort:
    """Return what is learned of the models of this world."""
    known = outcomes()
    tokens = np.where(known.labels[:, None] == _CODERS_KIND, 800.0, 200.0) * np.ones(len(MODELS))
    learned = fit(known, LITTLE)
    counts = learned.scale.of(known.statistics, known.vectors).counts
    return Cohort(learned, fit_lengths(counts, known.labels, tokens), {"licence": "made up"})
