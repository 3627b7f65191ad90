"""What Slack shows of the bot at work: a session's status, its title, and a small line.

All of it is beside the answer: what goes wrong is logged, once for each reason, and ends nothing.
"""

import logging
from collections.abc import Awaitable
from contextlib import suppress

from bot.platforms.slack.errors import Crowded, PlaceClosed, Refused, SlackFailed, TokenRefused
from bot.platforms.slack.spot import Spot
from bot.platforms.slack.web import SlackWeb

_log = logging.getLogger(__name__)

_LONGEST_TITLE = 80


class Sessions:
    """Those of all answers.

    Args:
        web: Sends.
    """

    def __init__(self, web: SlackWeb) -> None:
        self.web = web
        self._told: set[tuple[str, str]] = set()

    def of(self, spot: Spot, question: str) -> "Session":
        """Return the session of an answer's thread."""
        return Session(self, spot, " ".join(question.split())[:_LONGEST_TITLE])

    def warn(self, team: str, error: SlackFailed) -> None:
        """Say what went wrong, unless it was said."""
        reason = error.code if isinstance(error, Refused) else type(error).__name__
        if (team, reason) not in self._told:
            self._told.add((team, reason))
            _log.warning("a session's status is not shown: %s", error)


class Session:
    """The session of one answer's thread; there is none outside of threads."""

    def __init__(self, sessions: Sessions, spot: Spot, title: str) -> None:
        self._sessions = sessions
        self._spot = spot
        self._title = title
        self._line = ""
        self._is_tried = self._is_begun = False
        self._has_lines = True

    async def work(self, line: str) -> bool:
        """Show that the bot is at work, and on what; tell whether that can be seen here.

        Raises:
            PlaceClosed: Nothing can be shown there.
            TokenRefused: The bot is not let in.
        """
        spot, web = self._spot, self._sessions.web
        if not spot.thread or spot.is_ephemeral:
            return False
        if not self._is_tried:
            self._is_tried = True
            call = web.set_status(spot.team, spot.channel, spot.thread, "processing", self._title)
            self._is_begun = not isinstance(await self._try(call), Refused | Crowded)
        if line != self._line:
            self._line = line
            call = web.set_line(spot.team, spot.channel, spot.thread, line)
            self._has_lines = not isinstance(await self._try(call), Refused)
        return self._has_lines

    async def rest(self) -> None:
        """Show that the bot is done."""
        spot, web = self._spot, self._sessions.web
        if self._is_begun:
            self._is_begun, self._line = False, ""
            with suppress(PlaceClosed, TokenRefused):
                await self._try(web.set_status(spot.team, spot.channel, spot.thread, "active"))

    async def _try(self, call: Awaitable[None]) -> SlackFailed | None:
        """Do something beside the answer; return what went wrong."""
        try:
            await call
        except (PlaceClosed, TokenRefused):
            raise
        except SlackFailed as error:
            self._sessions.warn(self._spot.team, error)
            return error
        return None
