"""When two cheap models should answer side by side, and who decides when they differ. Pure.

Right answers are alike and wrong ones mostly are not, so two models that agree are right more
often than either. How often they will is estimated from their expected qualities alone: a question
is hard or easy for all models at once, and to that each adds luck of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import NormalDist
from typing import Final

from routing.policy import Candidate

SHARED_DIFFICULTY: Final = 0.8
"""Share of what makes an answer right or wrong that all models have in common."""

SAME_MISTAKE: Final = 0.1
"""Share of questions both get wrong on which they make the same mistake.

Both numbers are fitted on recorded answers: `python -m tests.bench.agreement`.
"""

# The first two are sought among so many of the cheapest, which keeps the search below 100 sums.
_CHEAP_ONES: Final = 6
_LEAST, _MOST = 0.02, 0.98

_NORMAL: Final = NormalDist()
# The difficulties a question may have: midpoints of equally likely slices.
_DIFFICULTIES: Final = tuple(_NORMAL.inv_cdf((n + 0.5) / 16) for n in range(16))


@dataclass(frozen=True, slots=True)
class Panel:
    """Two models that answer side by side, and a better one for when they differ.

    Attributes:
        first: The better one of the two; its text is shown when they agree.
        second: The other one.
        decider: Who answers when they differ.
        quality: The expected share of good answers, 0 to 1.
        estimate_microusd: The expected cost, the decider's call counted as often as it is needed.
        score_microusd: value x quality - cost, to be compared with a candidate's.
    """

    first: Candidate
    second: Candidate
    decider: Candidate
    quality: float
    estimate_microusd: float
    score_microusd: float


def panel_of(candidates: Sequence[Candidate], value_microusd: int) -> Panel | None:
    """Return the panel expected to be worth most; None when asking one model is worth more.

    Args:
        candidates: What rules and budget left; none of them, no panel.
        value_microusd: What a good answer instead of a bad one is worth.
    """
    cheap = sorted(candidates, key=lambda each: _cost(each, value_microusd))[:_CHEAP_ONES]
    panels = [
        _panel(one, other, decider, value_microusd)
        for one, other in combinations(cheap, 2)
        if one.card.alias != other.card.alias
        for decider in candidates
        if decider.quality > max(one.quality, other.quality)
        and decider.card.alias not in {one.card.alias, other.card.alias}
    ]
    best = max(panels, key=lambda panel: panel.score_microusd, default=None)
    alone = max((each.score_microusd for each in candidates), default=0.0)
    return best if best and best.score_microusd > alone else None


def expected(
    qualities: tuple[float, float, float],
    *,
    shared_difficulty: float = SHARED_DIFFICULTY,
    same_mistake: float = SAME_MISTAKE,
) -> tuple[float, float]:
    """Return how often two models of these qualities agree, and the quality with a decider.

    Args:
        qualities: Of the two and of the decider, each 0 to 1.
        shared_difficulty: As the constant says; another to fit it.
        same_mistake: Likewise.
    """
    agreeing = right = 0.0
    for difficulty in _DIFFICULTIES:
        one, other, decider = (_at(difficulty, each, shared_difficulty) for each in qualities)
        both = one * other
        alike = both + same_mistake * (1 - one) * (1 - other)
        agreeing += alike
        right += both + (1 - alike) * decider
    slices = len(_DIFFICULTIES)
    return agreeing / slices, right / slices


def _panel(one: Candidate, other: Candidate, decider: Candidate, value_microusd: int) -> Panel:
    agreeing, quality = expected((one.quality, other.quality, decider.quality))
    first, second = sorted((one, other), key=lambda each: -each.quality)
    dear = (1 - agreeing) * _cost(decider, value_microusd)
    cost = _cost(first, value_microusd) + _cost(second, value_microusd) + dear
    return Panel(first, second, decider, quality, cost, value_microusd * quality - cost)


def _at(difficulty: float, quality: float, shared: float) -> float:
    """Return how likely a model of a quality is right on a question of a difficulty."""
    ease = _NORMAL.inv_cdf(min(max(quality, _LEAST), _MOST))
    return _NORMAL.cdf((ease + shared**0.5 * difficulty) / (1 - shared) ** 0.5)


def _cost(candidate: Candidate, value_microusd: int) -> float:
    """Return all that asking a candidate costs: what its score takes off its value."""
    return value_microusd * candidate.quality - candidate.score_microusd
