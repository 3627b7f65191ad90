"""Who answered last in a conversation, and what its host still has of it. Pure.

A host that was sent the beginning of a conversation a short time ago charges less for it. Which
ones really kept it is not known before they are asked, so this is what they document.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from config.catalog import ModelCard
from routing.ports import Exchange
from routing.query import Answered, LastAnswer
from routing.tokens import turn_tokens

KEPT_S: Final = 300
"""What hosts promise to keep a beginning at least: OpenAI and Anthropic document five minutes."""

_LATEST_ANSWERS: Final = 6
"""What was said of older ones is forgiven."""

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
    alias = _alias(last.model, catalog)
    if not is_whole or not 0 <= (at - last.asked_at).total_seconds() <= KEPT_S:
        return LastAnswer(last.model, alias)
    sent = [last.turns[0], *(turn for each in exchanges[:position] for turn in each.turns)]
    tokens = turn_tokens(system_prompt) + sum(turn.tokens for turn in sent)
    return LastAnswer(last.model, alias, tokens if tokens >= LEAST_TOKENS else 0)


def answered(
    exchanges: Sequence[Exchange], catalog: Sequence[ModelCard], again: Exchange | None
) -> tuple[Answered, ...]:
    """Return the latest answers of a conversation by known models, oldest first.

    Args:
        exchanges: All of it, oldest first: also those whose question was asked again.
        catalog: Knows the aliases.
        again: Whose question is asked again now.
    """
    last = {_first(each): each.reply_id for each in exchanges}
    if again is not None:
        last[_first(again)] = ""
    return tuple(
        Answered(each.reply_id, _alias(each.model, catalog), last[_first(each)] != each.reply_id)
        for each in exchanges[-_LATEST_ANSWERS:]
        if each.model
    )


def _first(exchange: Exchange) -> str:
    """Return the reply id of the exchange that first asked what this one asks."""
    return exchange.again_of or exchange.reply_id


def _alias(model: str, catalog: Sequence[ModelCard]) -> str:
    return next((card.alias for card in catalog if card.name == model), model)
