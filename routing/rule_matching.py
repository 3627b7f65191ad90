"""Whether a rule is for a query. Pure."""

import re

from config.rules import Rule, When
from routing.query import Query


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


def _holds(wanted: frozenset[str], found: str) -> bool:
    return not wanted or found in wanted


def _has_words(when: When, text: str) -> bool:
    return not when.words or any(
        re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.IGNORECASE) for words in when.words
    )
