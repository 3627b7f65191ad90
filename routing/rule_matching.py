"""Whether a rule is for a query. Pure: the time and the share of the budget are told.

What is in the words is looked for in all that would be sent: earlier turns and what was read of
attachments go to the same host. So do attachments of earlier turns that are still in their text.
Language, task and length are the question's own.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property

from config.catalog import TaskClass
from config.patterns import is_found, plain, word_pattern
from config.rules import Language, Rule, When
from routing.languages import language_of
from routing.query import Query
from routing.signals import task_of
from routing.tokens import estimate_tokens


def applies(rule: Rule, query: Query, budget_used: float = 0.0) -> bool:
    """Tell whether a rule is for this query: every circumstance it names holds."""
    return bool(applying((rule,), query, budget_used))


def applying(rules: Iterable[Rule], query: Query, budget_used: float) -> list[Rule]:
    """Return the rules that are for this query, in file order.

    Args:
        rules: In file order.
        query: One without a time is asked at none: a rule about hours is then for it, since it
            may be there to forbid.
        budget_used: The used share of the tightest budget, 0 to 1.
    """
    seen = _Seen(query)
    return [rule for rule in rules if _holds(rule.when, query, budget_used, seen)]


class _Seen:
    """What is worked out of a query's text at most once, when a rule asks for it."""

    def __init__(self, query: Query) -> None:
        self._query = query

    @cached_property
    def texts(self) -> Sequence[str]:
        """Return everything that would be sent."""
        return (self._query.turn.text, *(turn.text for turn in self._query.history))

    @cached_property
    def plain_texts(self) -> Sequence[str]:
        """Return the same as it is searched for words."""
        return tuple(map(plain, self.texts))

    @cached_property
    def tokens(self) -> int:
        """Return the length of the question."""
        return estimate_tokens(self._query.text)

    @cached_property
    def task(self) -> TaskClass:
        """Return what the question is taken for."""
        return task_of(self._query.text)

    @cached_property
    def language(self) -> Language | None:
        """Return the question's language, where it can be told."""
        return language_of(self._query.text)


def _holds(when: When, query: Query, budget_used: float, seen: _Seen) -> bool:
    """Ask what is cheap to know first; the text is looked through last."""
    return (
        _is_from(when, query)
        and _is_time(when, query, budget_used)
        and _comes_with(when, query)
        and _is_long_enough(when, query, seen)
        and _is_of_kind(when, seen)
        and _has_words(when, seen)
    )


def _is_from(when: When, query: Query) -> bool:
    origin = query.origin
    return (
        _is_one(when.platforms, origin.platform)
        and _is_one(when.tenants, origin.tenant)
        and _is_one(when.places, origin.place)
        and (when.private is None or when.private == origin.private)
        and (not when.roles or not when.roles.isdisjoint(origin.roles))
        and _is_one(when.askers, origin.asker)
    )


def _is_one(wanted: frozenset[str], found: str) -> bool:
    return not wanted or found in wanted


def _is_time(when: When, query: Query, budget_used: float) -> bool:
    if when.min_budget_used is not None and budget_used < when.min_budget_used:
        return False
    return when.hours is None or query.asked_at is None or when.hours.include(query.asked_at)


def _comes_with(when: When, query: Query) -> bool:
    if when.attachments and not any(
        kind in when.attachments for turn in (query.turn, *query.history) for kind in turn.kinds
    ):
        return False
    if not when.last_models:
        return True
    last = query.last_answer
    return last is not None and not when.last_models.isdisjoint({last.model, last.alias})


def _is_long_enough(when: When, query: Query, seen: _Seen) -> bool:
    chars = len(query.text)
    return (
        (when.min_chars is None or chars >= when.min_chars)
        and (when.max_chars is None or chars <= when.max_chars)
        and (when.min_tokens is None or seen.tokens >= when.min_tokens)
        and (when.max_tokens is None or seen.tokens <= when.max_tokens)
    )


def _is_of_kind(when: When, seen: _Seen) -> bool:
    if when.tasks and seen.task not in when.tasks:
        return False
    return not when.languages or seen.language in when.languages


def _has_words(when: When, seen: _Seen) -> bool:
    if not when.words and not when.patterns:
        return True
    if when.words and not _is_in(word_pattern(when.words), seen.plain_texts):
        return False
    # As written or made plain: a rule had better hold once too often.
    return not when.patterns or any(
        _is_in(pattern, seen.texts) or _is_in(pattern, seen.plain_texts)
        for pattern in when.patterns
    )


def _is_in(pattern: str, texts: Sequence[str]) -> bool:
    return any(is_found(pattern, text) for text in texts)
