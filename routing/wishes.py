"""What an asker may wish for: a model, all hosts of one, a family, or a preset. Pure.

A family is all whose name or alias begins with it: `gpt` means gpt-luna, gpt-sol and gpt-astra,
of which the best for the price answers. A name or an alias that is written whole means only that.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, get_args

from config.catalog import ModelCard, Preset

PRESETS: Final[Mapping[str, Preset]] = {name: name for name in get_args(Preset)}
"""What an asker may want instead of a model."""

_ASK: Final = re.compile(r"\s*ask\s+([a-z0-9][a-z0-9.-]{0,63})\s*[:,]\s*(?=\S)", re.IGNORECASE)


class Wish(NamedTuple):
    """A question and whom it is for; `wanted` is empty where it is for nobody in particular."""

    wanted: str
    question: str


def meant(wanted: str, catalog: Sequence[ModelCard]) -> frozenset[str]:
    """Return the names of the cards a wish is for; empty when no model is called so."""
    if not wanted:
        return frozenset()
    whole = frozenset(card.name for card in catalog if wanted in {card.name, card.alias})
    family = f"{wanted}-"
    return whole or frozenset(
        card.name
        for card in catalog
        if card.name.startswith(family) or card.alias.startswith(family)
    )


def names_known(catalog: Sequence[ModelCard]) -> frozenset[str]:
    """Return every name that means a model: of one, of all hosts of one, of a family."""
    names = {name for card in catalog for name in (card.name, card.alias) if name}
    return frozenset(names | {name.partition("-")[0] for name in names})


def addressed(text: str, catalog: Sequence[ModelCard]) -> Wish:
    """Take "ask gpt: …" or "ask thrifty, …" off the head of a message.

    Only where somebody here is called so; else it is what it says: "ask Bob, he knows".
    """
    if (match := _ASK.match(text)) and is_somebody(match[1].lower(), catalog):
        return Wish(match[1].lower(), text[match.end() :])
    return Wish("", text)


def unknown_wish(text: str, catalog: Sequence[ModelCard]) -> str:
    """Return whom "ask nonesuch: …" is for where nobody is called so; else nothing.

    Only before a colon: "ask Bob, he knows" wishes for nobody.
    """
    match = _ASK.match(text)
    if match is None or not match[0].rstrip().endswith(":"):
        return ""
    wanted = match[1].lower()
    return "" if is_somebody(wanted, catalog) else wanted


def is_somebody(wanted: str, catalog: Sequence[ModelCard]) -> bool:
    """Tell whether a model, several or a preset are called so."""
    return wanted in PRESETS or bool(meant(wanted, catalog))
