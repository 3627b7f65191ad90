"""Takes a changed configuration over while the bot runs; one that is wrong changes nothing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from config.applying import applicable
from config.changes import Change, changes_between
from config.errors import ConfigError
from config.files import ConfigFiles
from config.lint import lint
from config.settings import Settings
from routing.clock import Clock

_LOOKS_EVERY_S: Final = 2.0
_SETTLES_S: Final = 0.25
"""What stays the same for so long is written to its end."""

_log = logging.getLogger(__name__)


class Outcome(StrEnum):
    """What became of a changed configuration."""

    APPLIED = "applied"
    RESTART_NEEDED = "restart_needed"
    REFUSED = "refused"


class Counts(Protocol):
    """Counts it; see `bot.observing.metrics`."""

    def loaded(self, at: datetime) -> None:
        """Note when what is gone by was loaded."""
        ...

    def reloaded(self, outcome: str) -> None:
        """Count one time that it was read anew."""
        ...


class Reloading:
    """Looks now and then whether the configuration has changed, and reads it anew when told to.

    Args:
        files: Where it lies.
        running: What is gone by.
        adopt: Lets the bot go by other settings; raises ConfigError where those will not do.
        counts: Told what comes of it.
        clock: Tells the time.
        sleep: Waits for so many seconds.
    """

    def __init__(  # each is a part it is made of, given by name
        self,
        files: ConfigFiles,
        running: Settings,
        adopt: Callable[[Settings], object],
        *,
        counts: Counts,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._files = files
        self._running = running
        self._adopt = adopt
        self._counts = counts
        self._now = clock.now
        self._sleep = sleep

    async def run(self, asked: asyncio.Event) -> None:
        """Look until cancelled; whenever `asked` is set, read it anew even if nothing changed."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOKS_EVERY_S):
                    await asked.wait()
            is_asked = asked.is_set()
            asked.clear()
            try:
                await self.look(is_asked=is_asked)
            except Exception:  # noqa: BLE001 # the bot goes on, and so does this
                _log.exception("the configuration could not be read anew; it stays as it was")

    async def look(self, *, is_asked: bool = False) -> None:
        """Take over what has changed, once nobody writes to it any more."""
        if not await self._has_changed() and not is_asked:
            return
        await self._settled()
        try:
            wanted = await asyncio.to_thread(self._files.load)
            self._take_over(wanted)
        except ConfigError as error:
            self._counts.reloaded(Outcome.REFUSED)
            _log.error("the configuration cannot be used, so it stays as it was:\n%s", error)

    async def _has_changed(self) -> bool:
        return await asyncio.to_thread(self._files.mark) != self._files.loaded

    async def _settled(self) -> None:
        before, now = b"", await asyncio.to_thread(self._files.mark)
        while before != now:
            await self._sleep(_SETTLES_S)
            before, now = now, await asyncio.to_thread(self._files.mark)

    def _take_over(self, wanted: Settings) -> None:
        """Go by as much of it as a running bot can, and say what that is.

        Raises:
            ConfigError: It will not do.
        """
        running, hidden = self._running, self._files.hidden
        chosen = applicable(running, wanted)
        changed = changes_between(running, chosen, hidden)
        waiting = [each for each in changes_between(running, wanted, hidden) if each.needs_restart]
        if changed:
            self._adopt(chosen)
            self._running = chosen
        self._counts.loaded(self._now())
        self._counts.reloaded(Outcome.RESTART_NEEDED if waiting else Outcome.APPLIED)
        _say(changed, waiting)
        self._warn(running, chosen)

    def _warn(self, before: Settings, after: Settings) -> None:
        """Say what is surely not meant, unless that was so before."""
        today = self._now().date()
        known = lint(before, today)
        for warning in lint(after, today):
            if warning not in known:
                _log.warning("%s", warning)


def _say(changed: Sequence[Change], waiting: Sequence[Change]) -> None:
    if not (changed or waiting):
        _log.info("the configuration was read anew; nothing in it has changed")
        return
    fields = {"changed": list(map(str, changed)), "waiting": list(map(str, waiting))}
    if waiting:
        told = "the configuration has changed; what waits needs a restart"
        _log.warning(told, extra={"fields": fields})
    else:
        _log.info("the configuration has changed", extra={"fields": fields})
