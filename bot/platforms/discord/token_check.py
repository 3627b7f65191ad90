"""Asks Discord what it knows of the bot: for `pointsman check`, without connecting."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import aiohttp

from bot.platforms.discord.addresses import api_address
from bot.platforms.discord.ways_out import INTENT_DENIED, LOGIN_FAILED, unseen
from bot.printing import Mark
from config.chats import DiscordSettings

# Discord's flags of an application; the second is for bots in fewer than 100 servers.
_MESSAGE_CONTENT: Final = 1 << 18 | 1 << 19

_UNAUTHORISED: Final = 401
_OK: Final = 200


async def check_discord(settings: DiscordSettings, *, timeout_s: float) -> list[tuple[Mark, str]]:
    """Return what is right and wrong with the bot's token and its intents.

    Args:
        settings: A token must be there.
        timeout_s: For Discord's answer.
    """
    token = (settings.token and settings.token.reveal()) or ""
    if not (token.isascii() and token.isprintable()):
        return [("problem", LOGIN_FAILED)]
    headers = {"Authorization": f"Bot {token}"}
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    try:
        async with (
            aiohttp.ClientSession(headers=headers, timeout=timeout) as session,
            session.get(
                f"{api_address(settings)}/applications/@me", allow_redirects=False
            ) as response,
        ):
            if response.status == _UNAUTHORISED:
                return [("problem", LOGIN_FAILED)]
            if response.status != _OK:
                return [("problem", f"Discord answers with status {response.status}: try again")]
            return list(_found(settings, await response.json()))
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        what = f"Discord cannot be reached ({type(error).__name__}): is there a network?"
        return [("problem", what)]


def _found(settings: DiscordSettings, application: Mapping[str, Any]) -> Iterator[tuple[Mark, str]]:
    yield "ok", f"the token of {application.get('name', 'a bot')} is good"
    has_intent = bool(int(application.get("flags") or 0) & _MESSAGE_CONTENT)
    if settings.message_content and not has_intent:
        yield "problem", INTENT_DENIED
    elif blind := unseen(settings):
        yield "note", blind
