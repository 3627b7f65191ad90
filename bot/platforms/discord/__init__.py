"""Discord. Importing this package imports no library and starts nothing."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.platforms.discord.client import PointsmanBot
    from config.settings import Settings


def create_bot(settings: "Settings") -> "PointsmanBot":
    """Return the discord.py bot, not started, with the intents and addresses of the settings."""
    from bot.platforms.discord.addresses import point_at
    from bot.platforms.discord.client import PointsmanBot

    point_at(settings.discord)
    return PointsmanBot(settings.discord)
