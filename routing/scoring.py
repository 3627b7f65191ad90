"""Value x quality - price - waiting - cache loss: what is weighed of a model, and how. Pure.

Money is whole micro-dollars wherever it is paid or promised. A score is paid by nobody and orders
only, so it is a float of micro-dollars, the same on every machine.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import fsum
from typing import Final, NamedTuple

_CALM: Final = 0.5
"""Up to this used share of a budget, a micro-dollar counts as one."""

_STEEPNESS: Final = 12.0
"""Makes money count four times as much where a budget is used up: 1 + 12 x (1 - 1/2)^2."""

_MONEY: Final = ("price", "budget pressure", "waiting", "cache loss")

CONVERSATION: Final = "conversation"
"""The part of a quality that answers took away which were found wanting in the conversation."""

_ROUNDING: Final = 1e-12
"""Parts of a quality whose sum misses it by less were all of it."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What a decision weighs with.

    Attributes:
        value_microusd: What a good answer instead of a bad one is worth.
        waiting_microusd_per_s: What a second of the asker's waiting counts.
        budget_used: The used share of the tightest budget, 0 to 1.
    """

    value_microusd: int
    waiting_microusd_per_s: float = 0.0
    budget_used: float = 0.0

    @property
    def money_weight(self) -> float:
        """Return how much a micro-dollar counts: 1 up to half a budget, then more and faster."""
        return 1.0 + _STEEPNESS * max(0.0, self.budget_used - _CALM) ** 2


UNWEIGHED: Final = Scale(0)
"""Where nothing was weighed."""


class Offer(NamedTuple):
    """All that is weighed of one model.

    Attributes:
        model: The card's name.
        position: In the catalogue, from 0: the earlier one of equals answers.
        quality: The share of good answers expected for this query, 0 to 1.
        estimate_microusd: The expected price, with nothing cached at the host.
        output_tokens: The expected length of the answer.
        waiting_s: From the question to the end of the answer, expected.
        cache_loss_microusd: The discount that goes with the model that answered last, if this one
            answers instead.
        familiarity: How like what was learned from the query is, 0 to 1.
        parts: What makes the quality up, by name; empty where the card alone says it.
        ranks: For each rule that always prefers some models, in file order: whether this one is
            not among them.
        bonuses: What preferring it is worth in micro-dollars, by the rule's name.
        length_by: Who tells the expected length; empty where it is usual for the kind of question.
    """

    model: str
    position: int
    quality: float
    estimate_microusd: int
    output_tokens: int = 0
    waiting_s: float = 0.0
    cache_loss_microusd: int = 0
    familiarity: float = 0.0
    parts: tuple[tuple[str, float], ...] = ()
    ranks: tuple[bool, ...] = ()
    bonuses: tuple[tuple[str, int], ...] = ()
    length_by: str = ""


def contributions(offer: Offer, scale: Scale) -> tuple[tuple[str, float], ...]:
    """Return the signed parts of a score in micro-dollars, by name; those of nothing are left out.

    They sum to the score but for rounding, far below a millionth. Where the parts of a quality do
    not sum to it, since it was kept within 0 and 1, `limits` is the rest.
    """
    value, parts = scale.value_microusd, offer.parts or (("card", offer.quality),)
    rest = offer.quality - fsum(part for _, part in parts)
    money = zip(_MONEY, _money(offer, scale), strict=True)
    told = (
        *((f"quality: {name}", value * part) for name, part in parts),
        ("quality: limits", 0.0 if abs(rest) < _ROUNDING else value * rest),
        *money,
        *((f"rule: {name}", float(worth)) for name, worth in offer.bonuses),
    )
    return tuple((name, amount) for name, amount in told if amount)


def score_microusd(offer: Offer, scale: Scale) -> float:
    """Return the score of a model: value x quality - price - waiting - cache loss."""
    gain = scale.value_microusd * offer.quality
    bonuses = sum([worth for _, worth in offer.bonuses]) if offer.bonuses else 0
    return fsum((gain, bonuses, *_money(offer, scale)))


def _money(offer: Offer, scale: Scale) -> tuple[float, float, float, float]:
    """Return what is lost by a model, in the order of `_MONEY`."""
    price, loss = offer.estimate_microusd, offer.cache_loss_microusd
    return (
        -float(price),
        (1.0 - scale.money_weight) * (price + loss),
        -scale.waiting_microusd_per_s * offer.waiting_s,
        -float(loss),
    )


def standing(offer: Offer, scale: Scale) -> tuple[tuple[bool, ...], float, int]:
    """Return what models are sorted by: the rules' wish, then the score, then catalogue order."""
    return (offer.ranks, -score_microusd(offer, scale), offer.position)


def ranked(offers: Iterable[Offer], scale: Scale) -> list[tuple[Offer, float]]:
    """Return models with their scores, who answers first at the head."""
    order = sorted((standing(offer, scale), offer) for offer in offers)
    return [(offer, -minus_score) for (_, minus_score, _), offer in order]


def winner(offers: Iterable[Offer], scale: Scale) -> str:
    """Return the name of the model that answers first."""
    return min(offers, key=lambda offer: standing(offer, scale)).model


class Turn(StrEnum):
    """What alone made the first model the first, in at most four words."""

    RULE = "a rule prefers it"
    BUDGET = "budget is running low"
    THREAD = "stays with this thread"
    CONVERSATION = "another one disappointed"


def turned_by(offers: Sequence[Offer], scale: Scale) -> Turn | None:
    """Tell what but for which another model would answer; None where it is the models' worth."""
    first = winner(offers, scale)
    if any(offer.ranks or offer.bonuses for offer in offers):
        unruled = [offer._replace(ranks=(), bonuses=()) for offer in offers]
        if winner(unruled, scale) != first:
            return Turn.RULE
    if scale.money_weight > 1 and winner(offers, replace(scale, budget_used=0.0)) != first:
        return Turn.BUDGET
    if any(offer.cache_loss_microusd for offer in offers):
        rootless = [offer._replace(cache_loss_microusd=0) for offer in offers]
        if winner(rootless, scale) != first:
            return Turn.THREAD
    if any(CONVERSATION in dict(offer.parts) for offer in offers) and (
        winner(map(_undoubted, offers), scale) != first
    ):
        return Turn.CONVERSATION
    return None


def _undoubted(offer: Offer) -> Offer:
    taken = dict(offer.parts).get(CONVERSATION, 0.0)
    return offer._replace(quality=offer.quality - taken)
