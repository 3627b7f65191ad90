"""Asks Discord what it knows of the bot: for `pointsman check`, without connecting."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import aiohttp

from bot.platforms.discord.addresses import api_address
from bot.platforms.discord.invitation import invitation, lacking
from bot.platforms.discord.ways_out import INTENT_DENIED, login_failed, unseen
from bot.printing import Mark
from config.chats import DiscordSettings

# Discord's flags of an application; the second is for bots in fewer than 100 servers.
_MESSAGE_CONTENT: Final = 1 << 18 | 1 << 19

_UNAUTHORISED: Final = 401
_OK: Final = 200
_MOST_GAPS: Final = 5


async def check_discord(settings: DiscordSettings, *, timeout_s: float) -> list[tuple[Mark, str]]:
    """Return what is right and wrong with the bot's token, intents and permissions.

    Args:
        settings: A token must be there.
        timeout_s: For Discord's answer.
    """
    token = (settings.token and settings.token.reveal()) or ""
    if not (token.isascii() and token.isprintable()):
        return [("problem", login_failed(settings.token))]
    headers = {"Authorization": f"Bot {token}"}
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    try:
        async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
            application = await _asked(session, settings, "/applications/@me")
            servers = await _asked(session, settings, "/users/@me/guilds")
            return [*_found(settings, application), *_gaps(application, servers)]
    except _Refused as refused:
        return [("problem", str(refused))]
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        what = f"Discord cannot be reached ({type(error).__name__}): is there a network?"
        return [("problem", what)]


class _Refused(Exception):
    """Discord answers something else than what was asked for; says the way out."""


async def _asked(session: aiohttp.ClientSession, settings: DiscordSettings, path: str) -> Any:  # noqa: ANN401 # JSON
    address = f"{api_address(settings)}{path}"
    async with session.get(address, allow_redirects=False) as response:
        if response.status == _UNAUTHORISED:
            raise _Refused(login_failed(settings.token))
        if response.status != _OK:
            raise _Refused(f"Discord answers with status {response.status}: try again")
        return await response.json()


def _gaps(
    application: Mapping[str, Any], servers: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[Mark, str]]:
    """Tell where the bot lacks permissions; single channels may still take some away."""
    link = invitation(str(application.get("id")))
    if not servers:
        yield "note", f"the bot is in no server yet: open {link}"
    lacks = [(each.get("name"), lacking(int(each.get("permissions") or 0))) for each in servers]
    gaps = [f"in {name} the bot lacks {', '.join(them)}" for name, them in lacks if them]
    for what in gaps[:_MOST_GAPS]:
        yield "warning", f"{what}: give them to its role there, or open {link}"
    if (more := len(gaps) - _MOST_GAPS) > 0:
        yield "warning", f"in {more} more servers the bot lacks something"


def _found(settings: DiscordSettings, application: Mapping[str, Any]) -> Iterator[tuple[Mark, str]]:
    yield "ok", f"the token of {application.get('name', 'a bot')} is good"
    has_intent = bool(int(application.get("flags") or 0) & _MESSAGE_CONTENT)
    if settings.message_content and not has_intent:
        yield "problem", INTENT_DENIED
    elif blind := unseen(settings):
        yield "note", blind
