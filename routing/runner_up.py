"""Who would have answered next, and the smallest change that would make it answer first. Pure.

A change is looked for among what can be set: a quality is a float, a price and a value are whole
micro-dollars. Every change that is told was tried with the same rules by which models are ranked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import floor
from typing import Final

from routing.scoring import Offer, Scale, ranked, standing, winner

_MOST_VALUE_MICROUSD: Final = 1_000_000_000
"""A setting may be worth no more: 1000 dollars an answer."""


@dataclass(frozen=True, slots=True)
class RunnerUp:
    """The second model, and what alone would bring it to the front; None where nothing does.

    Attributes:
        model: The card's name.
        behind_microusd: By how much its score is lower; below 0 where a rule prefers the first.
        quality: The lowest expected quality with which it would answer.
        estimate_microusd: The highest price at which it would.
        value_microusd: The nearest value of a good answer at which it would.
        is_behind_by_rule: Whether a rule puts the first before it, whatever the scores.
    """

    model: str
    behind_microusd: float
    quality: float | None = None
    estimate_microusd: int | None = None
    value_microusd: int | None = None
    is_behind_by_rule: bool = False


def runner_up(offers: Sequence[Offer], scale: Scale) -> RunnerUp | None:
    """Return the second model of several, given in any order; None where there is one only."""
    order = ranked(offers, scale)
    if len(order) == 1:
        return None
    (first, first_score), (second, its_score) = order[:2]
    behind = first_score - its_score
    if first.ranks != second.ranks:
        return RunnerUp(second.model, behind, is_behind_by_rule=True)
    return RunnerUp(
        model=second.model,
        behind_microusd=behind,
        quality=_quality(first, second, scale),
        estimate_microusd=_estimate(first, second, scale),
        value_microusd=_value(offers, first, second, scale),
    )


def _quality(first: Offer, second: Offer, scale: Scale) -> float | None:
    """Halve the way from its quality to 1 until no float lies between losing and winning."""
    to_beat = standing(first, scale)

    def wins(quality: float) -> bool:
        return standing(second._replace(quality=quality), scale) < to_beat

    losing, winning = second.quality, 1.0
    if not wins(winning):
        return None
    while losing < (middle := (losing + winning) / 2) < winning:
        if wins(middle):
            winning = middle
        else:
            losing = middle
    return winning


def _estimate(first: Offer, second: Offer, scale: Scale) -> int | None:
    """Halve the way from its price to nothing."""
    to_beat = standing(first, scale)

    def wins(estimate_microusd: int) -> bool:
        offer = second._replace(estimate_microusd=estimate_microusd)
        return standing(offer, scale) < to_beat

    winning, losing = 0, second.estimate_microusd
    if not wins(winning):
        return None
    while losing - winning > 1:
        middle = (losing + winning) // 2
        if wins(middle):
            winning = middle
        else:
            losing = middle
    return winning


def _value(offers: Sequence[Offer], first: Offer, second: Offer, scale: Scale) -> int | None:
    """Try the whole values about the one from which on it is before all others.

    A score is a straight line over the value, so a model is first on one stretch of values only;
    it begins, or ends, where the line meets that of another.
    """
    is_better = second.quality > first.quality
    costs = _costs(second, scale)
    meetings = [
        (costs - _costs(other, scale)) / (second.quality - other.quality)
        for other in offers
        if other.ranks == second.ranks
        and (other.quality < second.quality if is_better else other.quality > second.quality)
    ]
    if not meetings:
        return None
    near = max(meetings) if is_better else min(meetings)
    if not 0 <= near <= _MOST_VALUE_MICROUSD:
        return None
    nearest = (floor(near) + step for step in (range(-1, 3) if is_better else range(2, -2, -1)))
    for value_microusd in nearest:
        told = replace(scale, value_microusd=value_microusd)
        if value_microusd >= 0 and winner(offers, told) == second.model:
            return value_microusd
    return None


def _costs(offer: Offer, scale: Scale) -> float:
    """Return what a model's quality has to make up for."""
    _, costs, _ = standing(offer, replace(scale, value_microusd=0))
    return costs
