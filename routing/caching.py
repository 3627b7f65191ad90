"""The cache's part in an answer: found there, waited for, or led by us and kept."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import uuid4

from config.settings import Settings
from routing.cache import CachedAnswer, CacheHit, CacheKeys, cache_keys, scope_of, ttl_s
from routing.cache_eligibility import NotCached, not_cacheable, not_keepable
from routing.ports import Cache
from routing.query import Query
from routing.reply import Receipt
from routing.rule_matching import applies
from routing.stop import Stop

_ASK_AGAIN_S: Final = 0.05
_RENEW_S: Final = 1.0

SWITCHED_OFF: Final = "the cache is switched off"
KEPT: Final = "kept for whoever asks the same here"


@dataclass(frozen=True, slots=True)
class Lead:
    """It is ours to get an answer, for all who ask the same meanwhile."""

    keys: CacheKeys
    caller: str
    generation: int


class Caching:
    """Looks questions up, lets one caller at a time seek an answer, keeps what may be kept."""

    def __init__(self, settings: Settings, cache: Cache) -> None:
        self._settings = settings
        self._cache = cache
        self._version = _version(settings)

    async def find(self, query: Query, stop: Stop) -> CacheHit | Lead | str:
        """Return an answer, the lead, or in words why the cache has no part in this.

        While another caller leads, its answer is waited for; if it fails or dies, one of those
        who wait leads next.

        Raises:
            Stopped: The asker did not want to wait any longer.
        """
        if not self._settings.cache.enabled:
            return SWITCHED_OFF
        if reason := not_cacheable(query):
            return reason
        keys, caller = self._keys(query), uuid4().hex
        if query.is_fresh:
            await self._cache.remove(keys)
        while True:
            found = await self._cache.ask(keys, caller)
            if isinstance(found, CacheHit):
                return found
            if found.leads:
                return Lead(keys, caller, found.generation)
            await stop.wait_for(asyncio.sleep(_ASK_AGAIN_S))

    @asynccontextmanager
    async def leading(self, found: Lead | str) -> AsyncIterator[None]:
        """Hold the lead while an answer is sought; whoever waits is let in at the end."""
        if not isinstance(found, Lead):
            yield
            return
        renewing = asyncio.create_task(self._keep_leading(found))
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.wait([renewing])
            await self._cache.release(found.keys, found.caller)

    async def keep(
        self, found: Lead | str, query: Query, text: str, receipt: Receipt, at: datetime
    ) -> str:
        """Keep an answer if it may be kept; return in words what was done.

        Args:
            found: What `find` returned.
            query: The question.
            text: The whole visible answer.
            receipt: How it came about.
            at: Now, aware and in UTC.
        """
        if not isinstance(found, Lead):
            return found
        if reason := self._not_keepable(text, receipt):
            return reason
        (attempt,) = receipt.attempts
        answer = CachedAnswer(text, receipt.model, attempt.usage, receipt.cost_microusd, at)
        await self._cache.keep(
            found.keys, found.caller, answer, generation=found.generation, ttl_s=ttl_s(query)
        )
        return KEPT

    def _not_keepable(self, text: str, receipt: Receipt) -> NotCached | None:
        is_embedded = any(
            card.embedded for card in self._settings.models if card.name == receipt.model
        )
        return not_keepable(text, receipt, is_embedded=is_embedded)

    async def _keep_leading(self, lead: Lead) -> None:
        while True:
            await asyncio.sleep(_RENEW_S)
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
