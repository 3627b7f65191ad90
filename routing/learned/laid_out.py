"""What was learned, laid out for one prompt at a time. Pure.

The sums are those of `Learned`, which takes many prompts. Of one prompt most of the time goes into
steps, not into sums: so what is multiplied with the same vector is one matrix, and of a prompt
unlike everything recorded, as most of a chat are, nothing is worked out but that it is.
"""

from math import sqrt
from typing import Final

import numpy as np

from routing.embedding import Vector
from routing.learned.arrays import FARTHEST, VECTOR_PARTS, Prompts, Rows
from routing.learned.quality import Learned, Moves
from routing.learned.tasks import DOUBT, FAR, Membership

_SHORTEST: Final = 1e-12


class LaidOut:
    """Says of one prompt what `Learned.moves` says of many."""

    def __init__(self, learned: Learned) -> None:
        scale, tasks = learned.scale, learned.tasks
        both = np.concatenate((tasks.ways, tasks.pulls), axis=1)
        statistics = len(scale.mean)
        self._learned = learned
        self._by_counts = np.ascontiguousarray(both[:statistics])
        self._by_words = np.ascontiguousarray(both[statistics:] * np.float32(VECTOR_PARTS))
        self._ways = tasks.ways.shape[1]
        self._ground = float(tasks.ground)
        self._is_about_words = bool(scale.centre.any())
        self._per_edge = 1.0 / tasks.edges

    def moves(self, statistics: Rows, vector: Vector) -> Moves | None:
        """Say by how much a prompt moves what is expected of every model: one row of each.

        None where it is unlike everything recorded, and so moves nothing.
        """
        scale = self._learned.scale
        counts = (statistics - scale.mean) / scale.spread
        counts = np.minimum(np.maximum(counts, -FARTHEST), FARTHEST)
        words = vector
        if has_words := bool(vector.any()):
            words = vector - scale.centre
            words /= np.float32(max(sqrt(words @ words), _SHORTEST))
        elif self._is_about_words:
            return None
        shares, familiarity = self._membership(counts, words)
        if not familiarity:
            return None
        prompts = Prompts(counts[None], words[None], np.array([has_words]))
        belongs = Membership(shares[None], np.array([familiarity], np.float32))
        return self._learned.moved(statistics[None], prompts, belongs)

    def _membership(self, counts: Rows, words: Rows) -> tuple[Rows, float]:
        """Return the shares of the tasks, and the familiarity."""
        tasks, ways = self._learned.tasks, self._ways
        both = counts @ self._by_counts
        both += words @ self._by_words
        along = both[:ways]
        lengths = float(counts @ counts) + VECTOR_PARTS**2 * float(words @ words)
        own = float(along * along @ tasks.tightness) + lengths * self._ground
        apart = np.maximum(tasks.offsets - both[ways:] + np.float32(own), 0.0)
        logits = tasks.leanings - apart / (2 * DOUBT)
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        astray = float(shares @ (apart * self._per_edge))
        return shares, min(max((FAR - astray) / (FAR - 1.0), 0.0), 1.0)
