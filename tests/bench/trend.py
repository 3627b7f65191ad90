"""Whether something grows: a line through measurements that a few odd ones do not bend."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import Final

_SURE: Final = 1.96
"""Of a normal distribution, for 95 in 100."""

_LITTLE: Final = 0.02
"""Growth of this share in the time measured is none."""


@dataclass(frozen=True)
class Trend:
    """How much more of something there is at the end than at the beginning.

    Attributes:
        usual: The median of what was measured.
        growth: By the Theil-Sen line, over all of the time.
        low, high: Between these it lies in 95 of 100 cases.
    """

    usual: float
    growth: float
    low: float
    high: float

    @property
    def share(self) -> float:
        """Return the growth as a share of what there usually is."""
        return self.growth / self.usual if self.usual else 0.0

    @property
    def is_flat(self) -> bool:
        """Tell whether it does not grow, as far as can be told, or by next to nothing."""
        return self.low <= 0 or self.share <= _LITTLE


def trend_of(values: Sequence[float]) -> Trend:
    """Draw a line through what was measured at equal distances.

    The interval is Sen's, by the variance of Kendall's rank statistic.
    """
    count = len(values)
    slopes = sorted(
        (later - earlier) / (there - here)
        for (here, earlier), (there, later) in combinations(enumerate(values), 2)
    )
    spread = _SURE * math.sqrt(count * (count - 1) * (2 * count + 5) / 18)
    below = max(0, math.floor((len(slopes) - spread) / 2))
    above = min(len(slopes) - 1, math.ceil((len(slopes) + spread) / 2))
    steps = count - 1
    return Trend(
        usual=median(values),
        growth=median(slopes) * steps,
        low=slopes[below] * steps,
        high=slopes[above] * steps,
    )
