"""What a rule is for, and which models it means. Pure."""

import re

from config.catalog import ModelCard
from config.rules import Models, Rule, When
from routing.query import Query


def forbids(rule: Rule, card: ModelCard) -> bool:
    """Tell whether a rule that applies takes a model away."""
    if rule.deny is not None and means(rule.deny, card):
        return True
    return rule.allow is not None and not means(rule.allow, card)


def applies(rule: Rule, query: Query) -> bool:
    """Tell whether a rule is for this query: every circumstance it names holds."""
    when, origin = rule.when, query.origin
    return (
        _holds(when.platforms, origin.platform)
        and _holds(when.tenants, origin.tenant)
        and _holds(when.places, origin.place)
        and (when.private is None or when.private == origin.private)
        and (not when.roles or not when.roles.isdisjoint(origin.roles))
        and _holds(when.askers, origin.asker)
        and _has_words(when, query.text)
    )


def means(models: Models, card: ModelCard) -> bool:
    """Tell whether a description fits a model: everything it names holds."""
    return (
        (not models.names or card.name in models.names or card.alias in models.names)
        and (models.weights is None or models.weights == card.weights)
        and _holds(models.licences, card.licence)
        and (models.hosting is None or models.hosting == card.hosting)
        and _holds(models.jurisdictions, card.jurisdiction)
        and (models.max_output_price is None or card.output_price <= models.max_output_price)
    )


def _holds(wanted: frozenset[str], found: str) -> bool:
    return not wanted or found in wanted


def _has_words(when: When, text: str) -> bool:
    return not when.words or any(
        re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.IGNORECASE) for words in when.words
    )
