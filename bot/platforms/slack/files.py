"""Where a file is now, and what it takes to be given it."""

import logging
from collections.abc import Mapping

from bot.platforms.slack.errors import SlackFailed
from bot.platforms.slack.ports import Web
from bot.platforms.slack.wire import Tokens
from bot.reading.fetching import NotFetched
from routing.query import Attachment

_log = logging.getLogger(__name__)


class Files:
    """Finds files, and signs for them.

    A file's reference is workspace, organisation and id, joined by slashes.
    """

    def __init__(self, web: Web, tokens: Tokens) -> None:
        self._web = web
        self._tokens = tokens

    async def sign(self, attachment: Attachment) -> Mapping[str, str]:
        """Return the token by which Slack gives a file to the bot of its workspace.

        Raises:
            NotFetched: There is none.
        """
        team, enterprise, _ = attachment.reference.split("/")
        try:
            token = await self._tokens.token(team, enterprise)
        except SlackFailed:
            raise NotFetched("I am no longer in its workspace") from None
        return {"Authorization": f"Bearer {token}"}

    async def fresh_address(self, attachment: Attachment) -> str | None:
        """Ask Slack where a file is; None when it is gone, or lies with somebody else."""
        team, _, file_id = attachment.reference.split("/")
        try:
            file = await self._web.file(team, file_id)
        except SlackFailed as error:
            _log.info("a file of workspace %s is not found: %s", team, error)
            return None
        if file.get("is_external") or file.get("mode") == "tombstone":
            return None
        return str(file.get("url_private_download") or file.get("url_private") or "") or None
