"""The cache's part in an answer: found there, waited for, or led by us and kept; and forgetting."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import uuid4

from config.settings import Settings
from routing.background import beside
from routing.cache import (
    CachedAnswer,
    CacheHit,
    CacheKeys,
    cache_keys,
    scope_key,
    scope_of,
    ttl_s,
)
from routing.cache_eligibility import NotCached, not_cacheable, not_keepable
from routing.ports import Cache
from routing.query import Origin, Query
from routing.reply import Outcome, Receipt
from routing.rule_matching import applies
from routing.stop import Stop

_FIRST_PAUSE_S: Final = 0.05
_LONGEST_PAUSE_S: Final = 0.2
# A turn is renewed this many times before it would end.
_RENEWALS: Final = 5

PATIENCE_S: Final = 120.0
"""How long somebody waits for another's answer before asking a model too."""

SWITCHED_OFF: Final = "the cache is switched off"
COMPARED: Final = "answered to be compared"
KEPT: Final = "kept for whoever asks the same here"
NO_PLACE: Final = "not kept: the store did not answer, or the place was purged meanwhile"
WAITED_LONG: Final = "others were asking the same for too long"


@dataclass(frozen=True, slots=True)
class Lead:
    """It is ours to get an answer, for all who ask the same meanwhile."""

    keys: CacheKeys
    caller: str
    generation: int


class Caching:
    """Looks questions up, lets one caller at a time seek an answer, keeps what may be kept."""

    def __init__(self, settings: Settings, cache: Cache, *, patience_s: float = PATIENCE_S) -> None:
        self._settings = settings
        self._cache = cache
        self._patience_s = patience_s
        self._version = _version(settings)

    async def find(self, query: Query, stop: Stop) -> CacheHit | Lead | str:
        """Return an answer, the lead, or in words why the cache has no part in this.

        While another caller leads, its answer is waited for; if it fails or dies, one of those
        who wait leads next. Nobody waits for ever: then a question goes its own way.

        Raises:
            Stopped: The asker did not want to wait any longer.
        """
        if not self._settings.cache.enabled:
            return SWITCHED_OFF
        if query.is_compared:
            return COMPARED
        if query.is_fresh:
            # What was said since, by which the question is no longer cached, is not its fault.
            await self._cache.remove(self._keys(replace(query, history=())))
        if reason := not_cacheable(query):
            return reason
        keys, caller = self._keys(query), uuid4().hex
        pause_s, waited_s = _FIRST_PAUSE_S, 0.0
        while waited_s <= self._patience_s:
            found = await self._cache.ask(keys, caller)
            if isinstance(found, CacheHit):
                return found
            if found.leads:
                return Lead(keys, caller, found.generation)
            await stop.wait_for(asyncio.sleep(pause_s))
            waited_s += pause_s
            pause_s = min(pause_s * 1.2, _LONGEST_PAUSE_S)
        return WAITED_LONG

    @asynccontextmanager
    async def leading(self, found: Lead | str) -> AsyncIterator[None]:
        """Hold the lead while an answer is sought; whoever waits is let in at the end."""
        if not isinstance(found, Lead):
            yield
            return
        try:
            async with beside(self._keep_leading(found)):
                yield
        finally:
            await self._cache.release(found.keys, found.caller)

    async def keep(
        self, found: Lead | str, query: Query, text: str, receipt: Receipt, at: datetime
    ) -> Receipt:
        """Keep an answer if it may be kept; return its receipt, which says what was done.

        Args:
            found: What `find` returned.
            query: The question.
            text: The whole visible answer.
            receipt: How it came about.
            at: Now, aware and in UTC.
        """
        if not isinstance(found, Lead):
            return replace(receipt, cache_note=found)
        if reason := self._not_keepable(text, receipt):
            if receipt.outcome is Outcome.COMPLETE:  # the next one's would not be kept either
                await self._cache.open(found.keys, found.caller)
            return replace(receipt, cache_note=reason)
        (attempt,) = receipt.attempts
        answer = CachedAnswer(text, receipt.model, attempt.usage, receipt.cost_microusd, at)
        is_kept = await self._cache.keep(
            found.keys, found.caller, answer, generation=found.generation, ttl_s=ttl_s(query)
        )
        if not is_kept:
            return replace(receipt, cache_note=NO_PLACE)
        return replace(receipt, cache_note=KEPT, kept_under=found.keys)

    async def forget(self, keys: CacheKeys) -> None:
        """Forget an answer somebody is not content with; a second time changes nothing.

        Args:
            keys: `kept_under` of its receipt. They are not made anew from the question, because
                settings and roles may have changed since.
        """
        await self._cache.remove(keys)

    async def purge(self, origin: Origin) -> None:
        """Forget every answer that may be given again at a place, also those being made now.

        Raises:
            StoreUnavailable: They may all still be there.
        """
        for is_shared in {False, origin.is_public}:
            await self._cache.purge(scope_key(scope_of(origin, is_shared=is_shared)))

    def _not_keepable(self, text: str, receipt: Receipt) -> NotCached | None:
        is_embedded = any(
            card.embedded for card in self._settings.models if card.name == receipt.model
        )
        return not_keepable(text, receipt, is_embedded=is_embedded)

    async def _keep_leading(self, lead: Lead) -> None:
        while True:
            await asyncio.sleep(self._cache.turn_s / _RENEWALS)
            await self._cache.renew(lead.keys, lead.caller)

    def _keys(self, query: Query) -> CacheKeys:
        is_shared = self._settings.cache.shared_in_tenant and query.origin.is_public
        # A rule that holds for this asker alone may have chosen another model.
        rules = [rule.name for rule in self._settings.rules if applies(rule, query)]
        scope = scope_of(query.origin, is_shared=is_shared)
        return cache_keys(query, scope=scope, shaping=[self._version, *rules])


def _version(settings: Settings) -> str:
    """Digest all of the configuration that shapes answers; secrets count by reference only."""
    shaping = settings.model_dump(mode="json", include={"models", "rules", "routing"})
    return sha256(json.dumps(_sorted(shaping), sort_keys=True).encode()).hexdigest()


def _sorted(value: object) -> object:
    """Put what were sets into an order: theirs differs from process to process."""
    if isinstance(value, dict):
        return {key: _sorted(each) for key, each in value.items()}
    if isinstance(value, list):
        return sorted((_sorted(each) for each in value), key=json.dumps)
    return value
