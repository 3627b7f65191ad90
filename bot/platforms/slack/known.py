"""Looks things up at Slack, remembers them for a while, and never lets anybody wait long."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from bot.platforms.slack.errors import SlackFailed
from routing.clock import Clock

_FRESH_S: Final = 300.0
_NOT_ASKED_AGAIN_S: Final = 10.0
"""After a failure; what is known of before is told meanwhile."""

_REMEMBERED: Final = 10_000
"""Things; beyond that the one longest not asked for is forgotten."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fact(Generic[V]):
    """Something Slack told.

    Attributes:
        is_fresh: Whether it is not older than may be relied on.
    """

    value: V
    is_fresh: bool


@dataclass(slots=True)
class _Entry(Generic[V]):
    fact: Fact[V] | None = None
    told_s: float = 0.0
    failed_s: float | None = None


class Known(Generic[K, V]):
    """What Slack tells of people, of channels, of groups.

    Args:
        look_up: Asks Slack; raises SlackFailed.
        clock: Tells when something is too old.
        wait_s: How long an answer is waited for; it is taken in also when it comes later.
    """

    def __init__(
        self, look_up: Callable[[K], Awaitable[V]], clock: Clock, *, wait_s: float
    ) -> None:
        self._look_up = look_up
        self._elapsed_s = clock.elapsed_s
        self._wait_s = wait_s
        self._entries: OrderedDict[K, _Entry[V]] = OrderedDict()
        self._asking: dict[K, asyncio.Task[None]] = {}

    async def get(
        self, key: K, *, wait_s: float | None = None, within_s: float = _FRESH_S
    ) -> Fact[V] | None:
        """Return what is known of something by now; None for nothing.

        Where Slack does not answer, or too slowly, it may be old.

        Args:
            key: What.
            wait_s: How long an answer is waited for this time.
            within_s: How old it may be to be relied on.
        """
        entry = self._entry(key)
        if not self._is_fresh(entry, within_s) and self._may_ask(entry):
            asking = self._asking.get(key)
            if asking is None:
                asking = asyncio.create_task(self._ask(key, entry))
                self._asking[key] = asking
            await asyncio.wait([asking], timeout=self._wait_s if wait_s is None else wait_s)
        return entry.fact and Fact(entry.fact.value, self._is_fresh(entry, within_s))

    async def aclose(self) -> None:
        """End what is being asked."""
        for task in tuple(self._asking.values()):
            task.cancel()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    def _entry(self, key: K) -> _Entry[V]:
        entry = self._entries.setdefault(key, _Entry())
        self._entries.move_to_end(key)
        if len(self._entries) > _REMEMBERED:
            self._entries.popitem(last=False)
        return entry

    def _is_fresh(self, entry: _Entry[V], within_s: float) -> bool:
        return entry.fact is not None and self._elapsed_s() - entry.told_s < within_s

    def _may_ask(self, entry: _Entry[V]) -> bool:
        failed_s = entry.failed_s
        return failed_s is None or self._elapsed_s() - failed_s >= _NOT_ASKED_AGAIN_S

    async def _ask(self, key: K, entry: _Entry[V]) -> None:
        try:
            entry.fact = Fact(await self._look_up(key), is_fresh=True)
            entry.told_s, entry.failed_s = self._elapsed_s(), None
        except SlackFailed as error:
            entry.failed_s = self._elapsed_s()
            _log.warning("not looked up at Slack: %s", error)
        finally:
            del self._asking[key]
