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
        and _has_words(when, query)
    )


def _holds(wanted: frozenset[str], found: str) -> bool:
    return not wanted or found in wanted


def _has_words(when: When, query: Query) -> bool:
    """Look for the words in all that would be sent: earlier turns go to the same host."""
    texts = (query.text, *(turn.text for turn in query.history))
    patterns = (r"\s+".join(map(re.escape, words.split())) for words in when.words)
    return not when.words or any(
        re.search(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE)
        for pattern in patterns
        for text in texts
    )
