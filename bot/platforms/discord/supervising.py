"""What ends the bot on Discord: only what waiting cannot mend.

discord.py gives up sooner: a first connection that fails ends its client, and so does a close it
does not know. Each time a new client is made, after a pause that grows.
"""

from types import MappingProxyType
from typing import Final

import discord

from bot.platforms.discord.errors import DiscordRefuses
from bot.platforms.discord.ways_out import INTENT_DENIED, login_failed
from config.references import Secret

_TOKEN_REFUSED: Final = 4004
_FINAL: Final = MappingProxyType(
    {
        4010: "Discord has no such shard. Give each process other shards of the same number in "
        "all, such as --shards 0-3/8, or leave --shards out.",
        4011: "The bot is in too many servers for one shard. Leave --shards out, or name more "
        "shards in all.",
        4012: "Discord no longer speaks this version of its gateway. Install a newer Pointsman.",
        4013: "Discord does not know one of the intents asked for. Install a newer Pointsman.",
        4014: INTENT_DENIED,
    }
)


def explained(error: Exception, token: Secret | None = None) -> str:
    """Say what to change when Discord does not let the bot in; empty when waiting may help."""
    match error:
        case DiscordRefuses():
            return str(error)
        case discord.LoginFailure():
            return login_failed(token)
        case discord.PrivilegedIntentsRequired():
            return INTENT_DENIED
        case discord.ConnectionClosed(code=code) if code == _TOKEN_REFUSED:
            return login_failed(token)
        case discord.ConnectionClosed(code=code):
            return _FINAL.get(code, "")
        case _:
            return ""


def refusal(error: Exception, token: Secret | None = None) -> DiscordRefuses | None:
    """Return what ends the bot for good; None when waiting may help."""
    why = explained(error, token)
    return DiscordRefuses(why) if why else None
