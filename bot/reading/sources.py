"""Where the platforms keep what people attach."""

from typing import Final

from bot.reading.fetching import Refresh, Source, host_of, nowhere_fresh
from config.chats import DiscordSettings

_DISCORD_HOSTS: Final = frozenset({"cdn.discordapp.com", "media.discordapp.net"})


def discord_source(settings: DiscordSettings, refresh: Refresh = nowhere_fresh) -> Source:
    """Return Discord's own hosts, or the one that stands for them.

    Args:
        settings: May name a proxy of Discord's files.
        refresh: Finds a fresh URL; the ones Discord gives are good for a day.
    """
    proxy = settings.cdn_url.reveal() if settings.cdn_url is not None else None
    return Source(frozenset({host_of(proxy)}) if proxy else _DISCORD_HOSTS, refresh=refresh)
