"""Makes the catalogue whole: the shipped cards, the operator's changes, what is published."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Final

from config.catalog import PublishedModel, PublishedModels
from config.errors import Problem
from config.validation import locate, nearest
from config.yaml_lines import Block, Items, Place

REQUIRED: Final[Mapping[str, str]] = dict.fromkeys(
    ("input_price", "output_price", "context_tokens", "max_output_tokens"),
    "neither the card nor LiteLLM's price list gives it: write it",
)
"""By key: what to say when a card lacks it after all."""


def complete(given: Block, shipped: Items, published: PublishedModels) -> list[Problem]:
    """Replace the operator's `models` by the whole catalogue, in place.

    Shipped cards come first, overlaid by the operator's of the same name, then the operator's
    own. Each has a name, and no two have the same.

    Returns:
        What is wrong with the operator's entries that are left out for it.
    """
    own = given.get("models", Items())
    if not isinstance(own, Items):
        return []
    before = {str(card["name"]): card for card in shipped if isinstance(card, Block)}
    cards, problems = dict(before), list[Problem]()
    for index, card in enumerate(own):
        name = card.get("name") if isinstance(card, Block) else None
        if not isinstance(card, Block):
            wrong = "must be keys with values"
        elif not isinstance(name, str):
            wrong = "needs a name, which is text"
        elif not (wrong := _wrong_name(name, card, before, cards)):
            cards[name] = before[name].overlaid(card) if name in before else card
        if wrong:
            key, place, _ = locate(given, ("models", index))
            problems.append(Problem(key, wrong, *place))
    whole = Items()
    for card in cards.values():
        _fill(card, published)
        whole.put(card, card.places["name"])
    given.put("models", whole, given.places.get("models", Place("")))
    return problems


def _wrong_name(
    name: str, card: Block, shipped: Mapping[str, Block], cards: Mapping[str, Block]
) -> str:
    """Say what is wrong with the name of an operator's card; empty if nothing is."""
    if cards.get(name) is not shipped.get(name):
        return "is described twice: make one entry of it"
    if name not in shipped and "litellm_id" not in card and (hint := nearest(name, shipped)):
        return f"is no shipped model, and a new one needs litellm_id{hint}"
    return ""


def _fill(card: Block, published: PublishedModels) -> None:
    """Give a card what it leaves out and is published of its model."""
    lacking = [each.name for each in fields(PublishedModel) if each.name not in card]
    if "input_price" in card and "cached_input_price" in lacking:
        # A price of the operator's own says nothing about the published discount on it.
        lacking.remove("cached_input_price")
    litellm_id = card.get("litellm_id")
    if not lacking or not isinstance(litellm_id, str) or not (found := published(litellm_id)):
        return
    for name in lacking:
        if (value := getattr(found, name)) is not None:
            card.put(name, value, card.places["litellm_id"])
