"""Whether people, channels and user groups are in a workspace on Slack."""

import asyncio
import logging
from collections.abc import Collection, Mapping
from typing import Final

from bot.platforms.slack.errors import Refused, SlackFailed
from bot.platforms.slack.ports import Web
from routing.orders import Of, Target

_GONE: Final = frozenset({"channel_not_found", "user_not_found", "user_not_visible"})

_log = logging.getLogger(__name__)


class LookingUp:
    """Tells whether ids are of somebody or something in a workspace.

    A private channel that the bot is not in is not there for it.
    """

    def __init__(self, web: Web) -> None:
        self._web = web

    async def __call__(self, team: str, targets: Collection[Target]) -> Mapping[Target, bool]:
        """Return of each target whether it is there, as far as Slack tells.

        Args:
            team: The workspace's id.
            targets: Channels, user groups and people, by their bare ids.
        """
        asked = [each for each in targets if each.of is not Of.ROLE]
        groups = [each for each in targets if each.of is Of.ROLE]
        answers = await asyncio.gather(*(self._is_there(team, each) for each in asked))
        told = zip(asked, answers, strict=True)
        found = {each: is_there for each, is_there in told if is_there is not None}
        known = await self._groups(team) if groups else None
        return found if known is None else found | {each: each.who in known for each in groups}

    async def _groups(self, team: str) -> Collection[str] | None:
        try:
            groups = await self._web.usergroups(team)
        except SlackFailed as error:
            _log.info("not looked up at Slack: %s", error)
            return None
        return {str(each["id"]) for each in groups if not each.get("date_delete")}

    async def _is_there(self, team: str, target: Target) -> bool | None:
        try:
            if target.of is Of.USER:
                return not (await self._web.user(team, target.who)).get("deleted")
            await self._web.conversation(team, target.who)
        except Refused as error:
            return False if error.code in _GONE else None
        except SlackFailed as error:
            _log.info("not looked up at Slack: %s", error)
            return None
        return True
