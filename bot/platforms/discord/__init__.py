"""Discord. Importing this package imports no library and starts nothing."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.platforms.discord.whole import WholeBot
    from config.settings import Settings


def create_bot(settings: "Settings") -> "WholeBot":
    """Return the discord.py bot, not started, with the intents and addresses of the settings.

    It answers by itself from when discord.py starts it (`run`, `start`, or `login` and `connect`)
    until it is closed.
    """
    from bot.platforms.discord.addresses import point_at
    from bot.platforms.discord.whole import WholeBot

    point_at(settings.discord)
    return WholeBot(settings)
