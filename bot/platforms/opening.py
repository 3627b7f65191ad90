"""Which chat services there are."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from bot.app import App
from bot.reading.sources import discord_source
from bot.running import Opener
from config.settings import Settings

if TYPE_CHECKING:
    from bot.platforms.discord.platform import Discord


@asynccontextmanager
async def open_discord_for(settings: Settings, app: App) -> "AsyncIterator[Discord]":
    """Open Discord for an app, which reads its files then; raises as `open_discord` does."""
    from bot.platforms.discord.platform import open_discord  # discord.py, for those who need it

    stores = app.stores
    opening = open_discord(settings, answers=app.handler, posts=stores.posts, marks=stores.marks)
    async with opening as discord:
        source = discord_source(settings.discord, discord.fresh_address)
        app.reader.take_from(discord.name, source)
        yield discord


OPENERS: Final[tuple[Opener, ...]] = (
    Opener(token=lambda settings: settings.discord.token, open=open_discord_for),
)
"""Each with its token; those are opened whose token is set."""
