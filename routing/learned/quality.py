"""What recorded models are expected to make of a prompt: their mean, and what the prompt changes.

In log odds, a model's mean is moved by the kind of question, then along two directions that all
models share (the first is how hard a question is), each by as much as it proved to tell about
prompts it was not fitted on. All of that fades with familiarity: on a prompt unlike anything
recorded, a model is worth its mean.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.learned.arrays import Prompts, Rows, Scale, fraction, log_odds, sigmoid
from routing.learned.landmarks import Landmarks, nearness
from routing.learned.tasks import Membership, Tasks
from routing.learned.trees import Trees

CAUSES: Final = ("kind of question", "difficulty", "second direction")
"""What moves a model's quality, in the order of the moves."""

_NEAR: Final = 0.77


class Moves(NamedTuple):
    """What prompts change.

    Attributes:
        odds: Changes in log odds, `CAUSES` x prompts x models, faded by familiarity.
        familiarity: 0 to 1 for each prompt.
        shares: Prompts x tasks.
        counts: The prompts' statistics on the scale of those that were learned from.
    """

    odds: NDArray[np.float64]
    familiarity: Rows
    shares: Rows
    counts: Rows


class Expected(NamedTuple):
    """What is expected of models on prompts.

    Attributes:
        quality: The share of good answers: prompts x models.
        familiarity: 0 to 1 for each prompt.
        shares: Prompts x tasks.
        counts: The prompts' statistics on the scale of those that were learned from.
    """

    quality: NDArray[np.float64]
    familiarity: Rows
    shares: Rows
    counts: Rows


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """All that was learned of models' quality.

    Attributes:
        models: Names, in the order of every array's last axis.
        scale: What prompts are measured by.
        tasks: Tells the kind of question and whether it is familiar.
        landmarks: One learner of the directions.
        trees: The other one.
        near_edges: How near to landmarks a task's own prompts lie, by task.
        odds: Log odds of the mean quality, by model.
        by_task: Tasks x models: mean quality.
        directions: Directions x models: the change in log odds that a step along one makes.
    """

    models: tuple[str, ...]
    scale: Scale
    tasks: Tasks
    landmarks: Landmarks
    trees: Trees
    near_edges: Rows
    odds: Rows
    by_task: Rows
    directions: Rows

    @property
    def means(self) -> NDArray[np.float64]:
        """Return the mean quality by model."""
        return sigmoid(self.odds)

    def moves(self, statistics: Rows, vectors: Rows) -> Moves:
        """Say by how much each prompt moves what is expected of every model."""
        prompts = self.scale.of(statistics, vectors)
        return self.moved(statistics, prompts, self.tasks.membership(prompts))

    def moved(self, statistics: Rows, prompts: Prompts, belongs: Membership) -> Moves:
        """Say the same of prompts that are measured, and sorted by task, already."""
        shares, familiarity = belongs
        likeness = self.landmarks.likeness(prompts)
        near = nearness(likeness) / (shares @ self.near_edges)
        familiarity = familiarity * fraction((near - _NEAR) / (1.0 - _NEAR))
        steps = (self.trees.predict(statistics) + self.landmarks.said(likeness)) / 2.0
        kind = log_odds(shares @ self.by_task) - self.odds
        along = steps.T[:, :, None] * self.directions[:, None, :]
        moves = np.concatenate([kind[None], along]) * familiarity[:, None].astype(np.float64)
        return Moves(moves, familiarity, shares, prompts.counts)

    def expect(self, statistics: Rows, vectors: Rows) -> Expected:
        """Return the expected share of good answers: prompts x models."""
        moved = self.moves(statistics, vectors)
        quality = sigmoid(self.odds + moved.odds.sum(axis=0))
        return Expected(quality, moved.familiarity, moved.shares, moved.counts)
