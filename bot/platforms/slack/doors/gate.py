"""From the doors to the bot: hands on what Slack sends, and says when to acknowledge it.

What Slack sends is acknowledged once it is taken in, that is written down, so that a process that
is killed loses nothing: Slack sends again what was not acknowledged. But Slack is never kept
waiting for a second: where writing down takes so long, because the store is away or the bot's own
loop is busy, it is acknowledged all the same, and taken in as soon as may be. An event is kept in a
file meanwhile, for whoever runs after a kill.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

from bot.platforms.slack.doors.unheard import Unheard
from bot.platforms.slack.ports import Hearing, Payload
from bot.platforms.slack.reading import installed_in

_LONGEST_S: Final = 0.7
_AT_THE_END_S: Final = 5.0

_log = logging.getLogger(__name__)

Answer = Mapping[str, Any] | None
"""What goes back with an acknowledgement; None for nothing."""

Met = Callable[[str, str], Awaitable[object]]
"""Told a workspace, and the organisation it belongs to that installed the app as a whole."""


async def _nobody(_team: str, _enterprise: str) -> None:
    pass


class NotTakenIn(Exception):
    """The bot ended before it was taken in: Slack is to send it again."""


class Gate:
    """Stands between the doors' loop and the bot's own, on which it is made.

    Args:
        hearing: Takes in what Slack sends.
        met: Told where it comes from.
        unheard: Keeps events that are acknowledged before they are taken in; None: nobody does.
        longest_s: After which they are.
    """

    def __init__(
        self,
        hearing: Hearing,
        met: Met = _nobody,
        *,
        unheard: Unheard | None = None,
        longest_s: float = _LONGEST_S,
    ) -> None:
        self._hearing = hearing
        self._met = met
        self._unheard = unheard
        self._longest_s = longest_s
        self._home = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[Answer]] = set()

    async def take(self, payload: Payload) -> Answer:
        """Hand on what Slack sends; it is to be acknowledged when this returns.

        Called on the doors' loop.

        Raises:
            Exception: It was not taken in, so it is not to be acknowledged.
        """
        here = asyncio.get_running_loop()
        taken: asyncio.Future[Answer] = here.create_future()
        self._home.call_soon_threadsafe(self._begin, payload, here, taken)
        try:
            in_time, _ = await asyncio.wait([taken], timeout=self._longest_s)
        except asyncio.CancelledError:
            taken.cancel()
            raise
        if in_time:
            return taken.result()
        _log.warning("acknowledged before it was taken in, which takes long: %s", kind(payload))
        self._keep(payload, taken)
        return None

    def catch_up(self) -> None:
        """Begin to take in what was acknowledged by a process that was killed before it did."""
        if self._unheard is None:
            return
        for kept, payload in self._unheard.left():
            _log.info("an event is taken in that was left behind")
            task = self._home.create_task(self._hand_on(payload))
            self._tasks.add(task)
            task.add_done_callback(partial(self._caught_up, kept))

    async def aclose(self) -> None:
        """Let what is acknowledged be taken in, for a few seconds."""
        if self._tasks:
            await asyncio.wait(tuple(self._tasks), timeout=_AT_THE_END_S)
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _keep(self, payload: Payload, taken: asyncio.Future[Answer]) -> None:
        """Keep an event until it is taken in; runs on the doors' loop."""
        unheard = self._unheard if kind(payload) == "event" else None
        kept = unheard and unheard.keep(payload)

        def forget(_: object) -> None:
            if taken.exception() is None and unheard and kept:
                unheard.forget(kept)

        taken.add_done_callback(forget)

    def _caught_up(self, kept: Path, task: asyncio.Task[Answer]) -> None:
        self._tasks.discard(task)
        if self._unheard and not task.cancelled() and task.exception() is None:
            self._unheard.forget(kept)

    def _begin(
        self, payload: Payload, there: asyncio.AbstractEventLoop, taken: asyncio.Future[Answer]
    ) -> None:
        task = self._home.create_task(self._hand_on(payload))
        self._tasks.add(task)
        task.add_done_callback(partial(self._done, there, taken))

    def _done(
        self,
        there: asyncio.AbstractEventLoop,
        taken: asyncio.Future[Answer],
        task: asyncio.Task[Answer],
    ) -> None:
        self._tasks.discard(task)
        error = NotTakenIn() if task.cancelled() else task.exception()
        if error is not None:
            _log.error("what Slack sent was not taken in: %s", type(error).__name__, exc_info=error)
        with suppress(RuntimeError):  # the doors are closed
            there.call_soon_threadsafe(_settle, taken, error, None if error else task.result())

    async def _hand_on(self, payload: Payload) -> Answer:
        team, enterprise = installed_in(payload)
        if team and enterprise:
            await self._met(team, enterprise)
        match kind(payload):
            case "event":
                await self._hearing.event(team, enterprise, payload)
            case "command":
                await self._hearing.command(payload)
            case "shortcut":
                await self._hearing.shortcut(payload)
            case "action":
                await self._hearing.action(payload)
            case "view":
                return await self._hearing.view(payload)
            case "options":
                return {"options": list(await self._hearing.options(payload))}
            case other:
                _log.info("Slack sent something nobody asked for: %s", other)
        return None


_KINDS: Final = {
    "event_callback": "event",
    "shortcut": "shortcut",
    "message_action": "shortcut",
    "block_actions": "action",
    "view_submission": "view",
    "view_closed": "closed view",
    "block_suggestion": "options",
}


def kind(payload: Payload) -> str:
    """Return what a payload is."""
    if "command" in payload:
        return "command"
    given = str(payload.get("type", ""))
    return _KINDS.get(given, given[:40])


def _settle(taken: asyncio.Future[Answer], error: BaseException | None, answer: Answer) -> None:
    if taken.done():
        return
    if error is not None:
        taken.set_exception(error)
    else:
        taken.set_result(answer)
