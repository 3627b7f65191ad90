"""Whether people, channels and roles are in a server on Discord, asked by REST alone."""

import asyncio
import logging
from collections.abc import Collection, Mapping
from typing import Any, Protocol

from bot.platforms.discord.errors import DiscordFailed, Gone
from routing.orders import Of, Target

_log = logging.getLogger(__name__)


class Rest(Protocol):
    """What of Discord's REST API is asked; each method raises DiscordFailed."""

    async def roles(self, guild_id: str) -> Collection[str]:
        """Return the ids of a server's roles."""
        ...

    async def channel(self, channel_id: str) -> Mapping[str, Any]:
        """Return what a channel or thread is, as Discord sends it."""
        ...

    async def member(self, guild_id: str, user_id: str) -> Mapping[str, Any]:
        """Return who somebody is in a server, as Discord sends it."""
        ...


class LookingUp:
    """Tells whether ids are of somebody or something in a server."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    async def __call__(self, guild: str, targets: Collection[Target]) -> Mapping[Target, bool]:
        """Return of each target whether it is there, as far as Discord tells.

        Args:
            guild: The server's id; elsewhere nothing is known.
            targets: Channels, roles and people, by their bare ids.
        """
        try:
            # First of all: of a server that the bot is not in, Discord says that all is gone.
            roles = await self._rest.roles(guild) if guild.isdecimal() else None
        except DiscordFailed as error:
            _log.info("not looked up at Discord: %s", error)
            roles = None
        if roles is None:
            return {}
        asked = [each for each in targets if each.of is not Of.ROLE]
        answers = await asyncio.gather(*(self._is_there(guild, each) for each in asked))
        told = zip(asked, answers, strict=True)
        found = {each: is_there for each, is_there in told if is_there is not None}
        return found | {each: each.who in roles for each in targets if each.of is Of.ROLE}

    async def _is_there(self, guild: str, target: Target) -> bool | None:
        try:
            if target.of is Of.USER:
                await self._rest.member(guild, target.who)
                return True
            channel = await self._rest.channel(target.who)
        except Gone:
            return False
        except DiscordFailed as error:
            _log.info("not looked up at Discord: %s", error)
            return None
        return str(channel.get("guild_id")) == guild
