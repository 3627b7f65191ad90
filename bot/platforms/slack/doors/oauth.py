"""Lets workspaces install the app: slack-bolt's flow, with our store on the bot's own loop.

Whoever begins gets a state by chance that is good once, for ten minutes, and only in the same
browser, which has it in a cookie.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Any, Final

from slack_bolt.error import BoltError
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.installation_store import Installation as BoltInstallation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack.credentials import Credentials
from bot.platforms.slack.doors.aside import at_home
from bot.platforms.slack.doors.calling import authorize_address
from config.chats import SlackSettings
from routing.errors import StoreUnavailable
from routing.installations import Installation, Installations

INSTALL_PATH: Final = "/slack/install"
REDIRECT_PATH: Final = "/slack/oauth_redirect"

_STATE_S: Final = 600

_log = logging.getLogger(__name__)


def create_flow(
    settings: SlackSettings,
    credentials: Credentials,
    scopes: Sequence[str],
    client: AsyncWebClient,
    kept: "Kept",
) -> AsyncOAuthFlow:
    """Return the flow of pages by which a workspace installs the app."""
    public = settings.public_url.reveal() if settings.public_url else None
    return AsyncOAuthFlow(
        client=client,
        logger=_log,
        settings=AsyncOAuthSettings(
            client_id=credentials.client_id,
            client_secret=credentials.client_secret,
            scopes=list(scopes),
            user_scopes=[],
            redirect_uri=f"{public.rstrip('/')}{REDIRECT_PATH}" if public else None,
            install_path=INSTALL_PATH,
            redirect_uri_path=REDIRECT_PATH,
            authorization_url=authorize_address(settings),
            installation_store=kept,
            state_store=States(kept),
            state_expiration_seconds=_STATE_S,
            logger=_log,
        ),
    )


class Kept(AsyncInstallationStore):
    """Our installations as slack-bolt wants them: it only saves here."""

    def __init__(self, installations: Installations, home: asyncio.AbstractEventLoop) -> None:
        self.installations = installations
        self.home = home

    @property
    def logger(self) -> logging.Logger:
        """Return where it logs."""
        return _log

    async def async_save(self, installation: BoltInstallation) -> None:
        """Keep an installation.

        Raises:
            BoltError: The store is away; the person is told to try again.
        """
        try:
            await at_home(self.home, self.installations.keep(_installation_from(installation)))
        except StoreUnavailable as error:
            raise BoltError(str(error)) from error
        _log.info("the app was installed in workspace %s", installation.team_id)


class States(AsyncOAuthStateStore):
    """What was given to browsers that are about to install."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    @property
    def logger(self) -> logging.Logger:
        """Return where it logs."""
        return _log

    async def async_issue(self, *_args: Any, **_options: Any) -> str:  # noqa: ANN401 # slack-sdk's
        """Return a new state.

        Raises:
            StoreUnavailable: It cannot be remembered.
        """
        state = token_urlsafe(32)
        await at_home(self._kept.home, self._kept.installations.expect(state, _STATE_S))
        return state

    async def async_consume(self, state: str) -> bool:
        """Tell whether a state was given out, once."""
        return await at_home(self._kept.home, self._kept.installations.is_expected(state))


def _installation_from(given: BoltInstallation) -> Installation:
    """Return what Slack granted, as it is kept; of a whole organisation, without a workspace."""
    is_whole = bool(given.is_enterprise_install)
    return Installation(
        team="" if is_whole else (given.team_id or ""),
        enterprise=given.enterprise_id or "",
        token=given.bot_token or "",
        bot_user=given.bot_user_id or "",
        name=(given.enterprise_name if is_whole else given.team_name) or "",
        scopes=tuple(given.bot_scopes or ()),
        installed_by=given.user_id or "",
        installed_at=datetime.now(UTC),
    )
