"""What is expected of each model that may answer: what the score then weighs. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from config.catalog import ModelCard, Preset
from config.rules import Preference, Rule
from routing.demand import Demand, Fit, fit_of
from routing.prediction import Prediction, by_card
from routing.pricing import price_microusd
from routing.query import LastAnswer
from routing.scoring import Offer


class Entry:
    """A model of the catalogue, its position there from 0, and how the query goes into it.

    The latter is worked out when it is first asked for: most models are out before.
    """

    __slots__ = ("_demand", "_fit", "card", "position")

    def __init__(self, position: int, card: ModelCard, demand: Demand) -> None:
        self.position = position
        self.card = card
        self._demand = demand
        self._fit: Fit | None = None

    @property
    def fit(self) -> Fit:
        """Return how the query goes into the model."""
        if self._fit is None:
            self._fit = fit_of(self.card, self._demand)
        return self._fit


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the rules that are for a query prefer, each list in file order.

    Attributes:
        always: What comes first, whatever the score.
        for_worth: What gets a bonus: its rule's name, and the bonus in micro-dollars.
        value_microusd: What a good answer is worth by a rule; None where none says it.
    """

    always: tuple[Preference, ...] = ()
    for_worth: tuple[tuple[str, Preference, int], ...] = ()
    value_microusd: int | None = None

    def ranks(self, card: ModelCard) -> tuple[bool, ...]:
        """Return for each rule that always prefers some models whether this one is not of them."""
        return tuple([not wish.include(card) for wish in self.always])

    def bonuses(self, card: ModelCard) -> tuple[tuple[str, int], ...]:
        """Return what preferring a model is worth, by the rule's name."""
        return tuple([(name, worth) for name, wish, worth in self.for_worth if wish.include(card)])


def wishes_of(rules: Sequence[Rule], preset_values: Mapping[Preset, int]) -> Wishes:
    """Return what rules prefer.

    A preset orders by score, so whatever is preferred after it has nothing left to say.

    Args:
        rules: Those that are for the query, in file order.
        preset_values: In micro-dollars; a preset that is not among them is passed over.
    """
    wishes = Wishes()
    for rule in rules:
        if (wish := rule.prefer) is None:
            continue
        if wish.preset is not None:
            if wish.preset in preset_values:
                return replace(wishes, value_microusd=preset_values[wish.preset])
        elif (worth := wish.worth_microusd) is None:
            wishes = replace(wishes, always=(*wishes.always, wish))
        else:
            wishes = replace(wishes, for_worth=(*wishes.for_worth, (rule.name, wish, worth)))
    return wishes


def offers_of(
    left: Sequence[Entry],
    demand: Demand,
    predictions: Mapping[str, Prediction],
    wishes: Wishes,
    last: LastAnswer | None,
) -> list[Offer]:
    """Return what is expected of the models that are left, in the same order."""
    losses = _cache_losses(left, last)
    return [
        _offer(entry, demand, predictions.get(entry.card.name), wishes, loss)
        for entry, loss in zip(left, losses, strict=True)
    ]


def _offer(
    entry: Entry, demand: Demand, prediction: Prediction | None, wishes: Wishes, loss: int
) -> Offer:
    card, fit = entry.card, entry.fit
    is_predicted = prediction is not None
    prediction = prediction or by_card(card, demand)
    output_tokens = min(max(prediction.output_tokens, 0), fit.room_tokens)
    return Offer(
        model=card.name,
        position=entry.position,
        quality=prediction.quality,
        estimate_microusd=price_microusd(card, fit.sent_tokens, output_tokens),
        output_tokens=output_tokens,
        waiting_s=card.first_token_s + output_tokens / card.output_tokens_per_s,
        cache_loss_microusd=loss,
        familiarity=prediction.familiarity,
        parts=tuple(prediction.contributions.items()) if is_predicted else (),
        ranks=wishes.ranks(card) if wishes.always else (),
        bonuses=wishes.bonuses(card) if wishes.for_worth else (),
        length_by=prediction.length_by,
    )


def _cache_losses(left: Sequence[Entry], last: LastAnswer | None) -> list[int]:
    """Return what changing to each model forfeits: the discount of whoever answered last.

    Where that one may not answer again, the discount is gone whoever does, and nobody's loss.
    """
    before = next((each.card for each in left if last and each.card.name == last.model), None)
    if last is None or before is None:
        return [0] * len(left)
    discount = max(before.input_price - before.cached_price, Decimal())
    loss = int(last.cached_tokens * discount)
    return [0 if each.card is before else loss for each in left]
