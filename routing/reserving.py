"""What is to be set aside for one call of one model. Pure."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from config.catalog import ModelCard
from routing.demand import Demand, room_for_output, sent_tokens
from routing.holds import Entry, Hold, Reservation, Spent
from routing.pricing import Usage, cost_microusd
from routing.query import Origin

_HEADROOM: Final = 4
"""One part in so many is added to our estimate of the input: a host's tokenizer may count more."""


def no_reservation(
    call_id: str,
    origin: Origin,
    at: datetime,
    entry: Entry,
    *,
    requests: int = 0,
    delivery: int = 1,
) -> Reservation:
    """State that nothing but maybe a request is needed.

    Args:
        call_id: Unique; a retry has the same.
        origin: Who asks, where.
        at: When, aware and in UTC.
        entry: What is written down if nobody settles it.
        requests: 1 for the first call of an answer.
        delivery: Which worker makes the call.
    """
    spent = Spent(requests=requests)
    return Reservation(call_id, origin, at, entry, spent, spent, spent, 0, 0, delivery)


def reservation_for(
    card: ModelCard, demand: Demand, floor_tokens: int, nothing: Reservation
) -> Reservation:
    """State what a call needs: at most, with the shortest answer worth having, and in any case.

    Args:
        card: The model.
        demand: What is asked of it.
        floor_tokens: How far the answer may be shortened.
        nothing: The same call, if no model were asked.
    """
    output_tokens = room_for_output(card, demand)
    floor_tokens = min(floor_tokens, output_tokens)
    input_tokens = _input_tokens(card, demand)

    def spent(tokens: int) -> Spent:
        usage = Usage(input_tokens=input_tokens, output_tokens=tokens)
        return replace(nothing.most, cost_microusd=cost_microusd(card, usage), usage=usage)

    return replace(
        nothing,
        most=spent(output_tokens),
        least=spent(floor_tokens),
        known=spent(0),
        output_tokens=output_tokens,
        floor_tokens=floor_tokens,
    )


def most_microusd(card: ModelCard, demand: Demand) -> int:
    """Return the most that is set aside for a call."""
    output_tokens = room_for_output(card, demand)
    return cost_microusd(card, Usage(_input_tokens(card, demand), output_tokens))


def _input_tokens(card: ModelCard, demand: Demand) -> int:
    tokens = sent_tokens(card, demand)
    return tokens + tokens // _HEADROOM + 1


def ceiling_microusd(card: ModelCard, hold: Hold) -> int:
    """Return the most a call can cost, now that it is known how long its answer may be."""
    usage = replace(hold.reservation.most.usage, output_tokens=hold.output_tokens)
    return cost_microusd(card, usage)
