"""Where the platforms keep what people attach."""

from typing import Final

from bot.reading.fetching import Refresh, Sign, Source, host_of, nowhere_fresh
from config.chats import DiscordSettings, SlackSettings

_DISCORD_HOSTS: Final = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
_SLACK_HOSTS: Final = frozenset({"files.slack.com"})


def discord_source(settings: DiscordSettings, refresh: Refresh = nowhere_fresh) -> Source:
    """Return Discord's own hosts, or the one that stands for them.

    Args:
        settings: May name a proxy of Discord's files.
        refresh: Finds a fresh URL; the ones Discord gives are good for a day.
    """
    proxy = settings.cdn_url.reveal() if settings.cdn_url is not None else None
    return Source(frozenset({host_of(proxy)}) if proxy else _DISCORD_HOSTS, refresh=refresh)


def slack_source(settings: SlackSettings, sign: Sign, refresh: Refresh = nowhere_fresh) -> Source:
    """Return the one host of Slack's that has files, and the one that stands for Slack, if any.

    What people share from elsewhere lies on other hosts: it is not fetched, and no token is sent.

    Args:
        settings: May name a proxy of Slack's.
        sign: Returns the token of the workspace a file is in.
        refresh: Finds where a file is.
    """
    proxy = settings.api_url.reveal() if settings.api_url is not None else None
    hosts = _SLACK_HOSTS | {host_of(proxy)} if proxy else _SLACK_HOSTS
    return Source(hosts, sign, refresh, asks_to_sign_in=True)
