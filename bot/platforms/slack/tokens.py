"""In whose name the bot answers: by the token of one workspace, or of those that installed it."""

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from bot.platforms.slack.errors import NotInstalled
from routing.clock import Clock
from routing.errors import StoreUnavailable
from routing.installations import Installations, SealBroken

_KEPT_S: Final = 60.0
_MOST_KEPT: Final = 10_000

_log = logging.getLogger(__name__)


class SingleWorkspace:
    """The one workspace whose token the operator set."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def token(self, team: str, enterprise: str = "") -> str:  # noqa: ARG002 # there is one
        """Return the bot's token."""
        return self._token

    async def met(self, team: str, enterprise: str) -> None:
        """Do nothing: there is one workspace, whatever it belongs to."""

    async def uninstalled(self, team: str, enterprise: str) -> None:
        """Do nothing: the operator sets another token."""
        _log.warning("the app was taken out of workspace %s%s", team, enterprise and " or all")


class Installed:
    """The workspaces that installed the app; a token is looked up once a minute."""

    def __init__(
        self,
        installations: Installations,
        clock: Clock,
        is_good: Callable[[str], Awaitable[bool]],
    ) -> None:
        """Look tokens up.

        Args:
            installations: Where they are kept.
            clock: Tells the time.
            is_good: Asks Slack whether a token still answers.
        """
        self._installations = installations
        self._elapsed_s = clock.elapsed_s
        self._is_good = is_good
        self._kept: dict[str, tuple[str, float]] = {}
        self._members: dict[str, str] = {}

    async def token(self, team: str, enterprise: str = "") -> str:
        """Return the bot's token for a workspace.

        Raises:
            NotInstalled: There is none, or it cannot be looked up.
        """
        token, until_s = self._kept.get(team, ("", 0.0))
        if token and until_s > self._elapsed_s():
            return token
        if enterprise:
            await self.met(team, enterprise)
        try:
            found = await self._installations.find(team)
        except StoreUnavailable as error:
            if token:
                return token
            raise NotInstalled(str(error)) from error
        except SealBroken as error:
            raise NotInstalled(str(error)) from error
        if found is None:
            self._kept.pop(team, None)
            raise NotInstalled(f"the app is not installed in workspace {team}")
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[team] = (found.token, self._elapsed_s() + _KEPT_S)
        return found.token

    async def met(self, team: str, enterprise: str) -> None:
        """Take in that a workspace belongs to an organisation that is installed as a whole."""
        if not enterprise or self._members.get(team) == enterprise:
            return
        try:
            await self._installations.join(team, enterprise)
        except StoreUnavailable as error:
            _log.warning("not written down to which organisation %s belongs: %s", team, error)
            return
        if len(self._members) >= _MOST_KEPT:
            self._members.clear()
        self._members[team] = enterprise

    async def uninstalled(self, team: str, enterprise: str) -> None:
        """Forget a workspace whose token answers no more.

        Slack tells so too when a single person takes back a token of theirs, and may tell again
        after the app was installed anew: therefore the token itself is tried.
        """
        try:
            found = await self._installations.find(team)
            if found is None or await self._is_good(found.token):
                return
            await self._installations.forget(found.team, "" if found.team else enterprise)
            _log.info("the app was taken out of workspace %s", team)
        except (StoreUnavailable, SealBroken) as error:
            _log.warning("the installation of workspace %s is not forgotten: %s", team, error)
            return
        self._kept.pop(team, None)
