"""Who answered last in a conversation, and what its host still has of it. Pure.

A host that was sent the beginning of a conversation a short time ago charges less for it. Which
ones really kept it is not known before they are asked, so this is what they document.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from config.catalog import ModelCard
from routing.ports import Exchange
from routing.query import LastAnswer
from routing.tokens import turn_tokens

KEPT_S: Final = 300
"""What hosts promise to keep a beginning at least: OpenAI and Anthropic document five minutes."""

LEAST_TOKENS: Final = 1024
"""Shorter beginnings are kept by no host that charges less for them."""


def last_answer(
    exchanges: Sequence[Exchange],
    catalog: Sequence[ModelCard],
    *,
    system_prompt: str,
    at: datetime,
    is_whole: bool,
) -> LastAnswer | None:
    """Return who answered last in a conversation; None when no model is known to have.

    Args:
        exchanges: Oldest first. One from our own cache has no earlier ones, so it is too short to
            be taken for something its host has.
        catalog: Knows the aliases.
        system_prompt: What is sent before them.
        at: When the next question was asked.
        is_whole: Whether all of the exchanges are sent again; what lost its head is kept nowhere.
    """
    position = next((n for n in range(len(exchanges) - 1, -1, -1) if exchanges[n].model), None)
    if position is None:
        return None
    last = exchanges[position]
    alias = next((card.alias for card in catalog if card.name == last.model), last.model)
    if not is_whole or not 0 <= (at - last.asked_at).total_seconds() <= KEPT_S:
        return LastAnswer(last.model, alias)
    sent = [last.turns[0], *(turn for each in exchanges[:position] for turn in each.turns)]
    tokens = turn_tokens(system_prompt) + sum(turn.tokens for turn in sent)
    return LastAnswer(last.model, alias, tokens if tokens >= LEAST_TOKENS else 0)
