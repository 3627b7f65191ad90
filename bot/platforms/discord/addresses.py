"""Where Discord is: its own addresses, or those of a proxy."""

from typing import Final

import discord
import yarl
from discord.asset import Asset
from discord.gateway import DiscordWebSocket

from config.chats import DiscordSettings

API: Final = "https://discord.com/api/v10"
_GATEWAY: Final = "wss://gateway.discord.gg/"
_CDN: Final = "https://cdn.discordapp.com"


def point_at(settings: DiscordSettings) -> None:
    """Let discord.py, in this whole process, speak to where the settings say."""
    discord.http.Route.BASE = api_address(settings)
    gateway = settings.gateway_url and settings.gateway_url.reveal()
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway or _GATEWAY)
    cdn = settings.cdn_url and settings.cdn_url.reveal()
    Asset.BASE = (cdn or _CDN).rstrip("/")


def api_address(settings: DiscordSettings) -> str:
    """Return where the REST API is, without a slash at its end."""
    api = settings.api_url and settings.api_url.reveal()
    return (api or API).rstrip("/")
