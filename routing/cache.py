"""What the answer cache holds, under which keys, who shares it and for how long. Pure.

Whether a question is eligible is in `cache_eligibility`, its reduction in `cache_words`.
"""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from config.catalog import TaskClass
from routing.cache_words import reduced_question
from routing.pricing import Usage
from routing.query import Origin, Query
from routing.read_back import read_as
from routing.signals import task_of

SCHEMA: Final = 3
"""Counts the forms of keys and values, and the rules that reduce a question: raise it with them."""

_DAY_S: Final = 24 * 60 * 60

# What is right stays right; what is said for its charm gets stale.
_TTL_S: Final[Mapping[TaskClass, int]] = MappingProxyType(
    {
        TaskClass.CODE: 7 * _DAY_S,
        TaskClass.MATH: 30 * _DAY_S,
        TaskClass.EXTRACTION: 7 * _DAY_S,
        TaskClass.KNOWLEDGE: 3 * _DAY_S,
        TaskClass.GENERAL: _DAY_S,
        TaskClass.WRITING: _DAY_S,
    }
)


@dataclass(frozen=True, slots=True)
class CacheKeys:
    """Where an answer is looked for; every part is a digest, so no text is in a key.

    Attributes:
        scope: Who may share it: tenant and visibility. A hard partition, never a filter.
        exact: Everything that shapes the answer, to the letter.
        reduced: The same with the question reduced to its content words; empty when it may not be.
    """

    scope: str
    exact: str
    reduced: str


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """An answer as it is kept.

    Attributes:
        text: The whole answer.
        model: The card that gave it.
        usage: What it used then.
        cost_microusd: What it cost then: what a hit saves.
        answered_at: Aware and in UTC.
    """

    text: str
    model: str
    usage: Usage
    cost_microusd: int
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class CacheHit:
    """An answer is there.

    Attributes:
        answer: What was answered then.
        keys: Where it was looked for.
        is_reduced: Whether the question was asked in other words then.
    """

    answer: CachedAnswer
    keys: CacheKeys
    is_reduced: bool


@dataclass(frozen=True, slots=True)
class CacheTurn:
    """No answer is there.

    Attributes:
        leads: Whether it is the caller's turn to get one; else somebody else is at it: ask again.
        generation: What `keep` must be told: an answer begun before a purge is not kept after it.
    """

    leads: bool
    generation: int


def scope_of(origin: Origin, *, is_shared: bool) -> str:
    """Name who may share an answer; no two scopes have the same name, whatever their ids hold.

    Args:
        origin: A private one is always the person's alone. A thread that fewer people read than
            its channel shares with nothing else.
        is_shared: Whether the place shares with the tenant's other public places. To be False for
            a channel not everybody of the tenant may read.
    """
    if origin.private:
        visibility = ["person", origin.place, origin.person]
    elif origin.is_closed:
        visibility = ["thread", origin.place, origin.thread]
    else:
        visibility = ["tenant"] if is_shared else ["place", origin.place]
    return _canonical([origin.platform, origin.tenant, *visibility])


def scope_key(scope: str) -> str:
    """Return the digest of a scope: `CacheKeys.scope`, and what a purge is told."""
    return _digest(["scope", SCHEMA, scope])


def cache_keys(query: Query, *, scope: str, shaping: Sequence[str]) -> CacheKeys:
    """Return where the answer to a query is looked for and kept.

    Args:
        query: An eligible one: its history is not part of any key.
        scope: As `scope_of` names it.
        shaping: Whatever else shapes the answer, in a fixed order: preset, output limit,
            versions of catalogue and rules.
    """
    ordered = query.ordered
    orders = [ordered.preset, ordered.persona, sorted(ordered.switched_off)]
    asked = [query.system_prompt, query.wanted, sorted(query.needs)]
    shape = [SCHEMA, scope, *asked, orders, [*shaping]]
    question = unicodedata.normalize("NFC", query.text).strip()
    words = reduced_question(question)
    return CacheKeys(
        scope=scope_key(scope),
        exact=_digest(["exact", *shape, question]),
        # Only English is reduced, so the language is part of it.
        reduced="" if words is None else _digest(["reduced", *shape, "en", words]),
    )


def ttl_s(query: Query) -> int:
    """Return how long the answer to a query is good for, by its kind."""
    return _TTL_S[task_of(query.text)]


def encode(answer: CachedAnswer) -> bytes:
    """Write an answer as JSON, with the version of its form."""
    fields = asdict(answer) | {"answered_at": answer.answered_at.isoformat(), "schema": SCHEMA}
    return _canonical(fields).encode("ascii")


def decode(raw: bytes) -> CachedAnswer | None:
    """Read what `encode` wrote; None for another version and for anything else."""
    try:
        given = json.loads(raw)
        if given["schema"] != SCHEMA:
            return None
        usage = read_as(Usage, given["usage"])
        answered_at = datetime.fromisoformat(given["answered_at"])
        answer = read_as(CachedAnswer, given, usage=usage, answered_at=answered_at)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return answer if _is_sound(answer) else None


def _is_sound(answer: CachedAnswer) -> bool:
    counts = (answer.cost_microusd, *asdict(answer.usage).values())
    return (
        all(type(text) is str for text in (answer.text, answer.model))
        and all(type(count) is int and count >= 0 for count in counts)
        and answer.answered_at.utcoffset() == timedelta(0)
    )


def _canonical(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def _digest(value: object) -> str:
    return sha256(_canonical(value).encode("ascii")).hexdigest()
