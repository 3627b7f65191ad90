"""Cascades of models that stop at the first agreement, and the search for good ones.

A cascade asks its models in order until two have given the same answer; the last one decides.
To be found on few questions and hold on others, the search is narrow: models that more than one
other beats in both price and quality have no part in it, and prices rise along a cascade.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tests.bench.replay import NO_ANSWER, Numbers, Recorded

_LONGEST: Final = 4
_MOST_BEATEN_BY: Final = 1


@dataclass(frozen=True, slots=True)
class Policy:
    """A mixture of two cascades: a share of the questions goes the dearer way, by their ids.

    Attributes:
        cheap: Columns of models, in the order they are asked.
        dear: Likewise.
        dear_share: 0 to 1.
    """

    cheap: tuple[int, ...]
    dear: tuple[int, ...]
    dear_share: float = 0.0

    def replay(self, recorded: Recorded) -> tuple[Numbers, Numbers]:
        """Return the quality and cost of each question."""
        cheap, dear = replay(self.cheap, recorded), replay(self.dear, recorded)
        is_dear = np.array([_draw(each) < self.dear_share for each in recorded.questions])
        return np.where(is_dear, dear[0], cheap[0]), np.where(is_dear, dear[1], cheap[1])


def replay(order: Sequence[int], recorded: Recorded) -> tuple[Numbers, Numbers]:
    """Return the quality and cost of each question under one cascade."""
    rows = len(recorded.questions)
    quality, cost = np.zeros(rows), np.zeros(rows)
    is_open = np.ones(rows, dtype=bool)
    for place, model in enumerate(order):
        cost += is_open * recorded.cost_usd[:, model]
        agreed = is_open & _seen(order[:place], model, recorded.answers)
        if place == len(order) - 1:
            agreed = is_open
        quality[agreed] = recorded.quality[agreed, model]
        is_open = is_open & ~agreed
    return quality, cost


def _seen(earlier: Sequence[int], model: int, answers: NDArray[np.int64]) -> NDArray[np.bool_]:
    given = answers[:, model]
    same = np.zeros(len(given), dtype=bool)
    for other in earlier:
        same |= (given != NO_ANSWER) & (answers[:, other] == given)
    return same


def searched(recorded: Recorded) -> list[tuple[int, ...]]:
    """Return every cascade the search looks at, single models included."""
    quality, cost = recorded.quality.mean(0), recorded.cost_usd.mean(0)
    beaten_by = [
        sum(
            cost[other] <= cost[model] and quality[other] >= quality[model]
            for other in range(len(cost))
            if other != model
        )
        for model in range(len(cost))
    ]
    kept = sorted(np.flatnonzero(np.array(beaten_by) <= _MOST_BEATEN_BY), key=lambda m: cost[m])
    return [
        tuple(int(model) for model in order)
        for length in (1, *range(3, _LONGEST + 1))
        for order in combinations(kept, length)
    ]


def fitted(recorded: Recorded, most_usd: float) -> Policy:
    """Return the best mixture of two cascades that costs at most so much a question."""
    orders = searched(recorded)
    points = [tuple(each.mean() for each in replay(order, recorded)) for order in orders]
    best, best_quality = Policy(orders[0], orders[0]), -1.0
    ranked = sorted(range(len(orders)), key=lambda at: (points[at][1], -points[at][0]))
    below = [at for at in ranked if points[at][1] <= most_usd]
    above = [at for at in ranked if points[at][1] > most_usd]
    for cheap in below:
        if points[cheap][0] > best_quality:
            best, best_quality = Policy(orders[cheap], orders[cheap]), points[cheap][0]
        for dear in above:
            share = (most_usd - points[cheap][1]) / (points[dear][1] - points[cheap][1])
            mixed = points[cheap][0] + share * (points[dear][0] - points[cheap][0])
            if mixed > best_quality + 1e-9:
                best, best_quality = Policy(orders[cheap], orders[dear], share), mixed
    return best


def _draw(question: str) -> float:
    """Return a number from 0 to 1 that is always the same for a question."""
    return int.from_bytes(sha256(question.encode()).digest()[:8]) / 2**64
