"""What answers cost, in whole micro-dollars. Pure.

A price per million tokens is the same number of micro-dollars per token, so a cost is a sum of
products, rounded up once.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from math import ceil
from typing import Self

from config.catalog import ModelCard


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one or more calls.

    Attributes:
        input_tokens: All that was sent, cached ones included.
        cached_input_tokens: Those of them the provider had cached and charges less for.
        output_tokens: All that came back, reasoning included.
        reasoning_tokens: Those of them nobody sees.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cached_input_tokens: int = 0
    reasoning_tokens: int = 0

    def __add__(self, other: Self) -> "Usage":
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cached_input_tokens + other.cached_input_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
        )


def cost_microusd(card: ModelCard, usage: Usage) -> int:
    """Return what a usage costs at a card's prices, rounded up; never below 0."""
    cached = min(max(usage.cached_input_tokens, 0), max(usage.input_tokens, 0))
    fresh = max(usage.input_tokens, 0) - cached
    cost = (
        fresh * card.input_price
        + cached * card.cached_price
        + max(usage.output_tokens, 0) * card.output_price
    )
    return ceil(cost)


def price_microusd(card: ModelCard, input_tokens: int, output_tokens: int) -> int:
    """Return what so many tokens cost when the host has none of them cached, rounded up."""
    of_input, of_output, parts = _in_parts(card.input_price, card.output_price)
    # Rounded up among whole numbers, which is as exact as decimals, and done for every card.
    return -(-(max(input_tokens, 0) * of_input + max(output_tokens, 0) * of_output) // parts)


@lru_cache(maxsize=1024)
def _in_parts(first: Decimal, second: Decimal) -> tuple[int, int, int]:
    """Return two prices as whole numbers of the same part, and how many parts make one."""
    (one, one_is), (other, other_is) = first.as_integer_ratio(), second.as_integer_ratio()
    return one * other_is, other * one_is, one_is * other_is
