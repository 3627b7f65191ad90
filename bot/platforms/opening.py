"""Which chat services there are."""

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Final

from bot.app import App
from bot.running import Opener
from config.settings import Settings

if TYPE_CHECKING:
    from bot.platforms.discord.platform import Discord


def open_discord_for(settings: Settings, app: App) -> "AbstractAsyncContextManager[Discord]":
    """Open Discord for an app; raises as `open_discord` does."""
    from bot.platforms.discord.platform import open_discord  # discord.py, for those who need it

    stores = app.stores
    return open_discord(settings, answers=app.handler, posts=stores.posts, marks=stores.marks)


OPENERS: Final[tuple[Opener, ...]] = (
    Opener(token=lambda settings: settings.discord.token, open=open_discord_for),
)
"""Each with its token; those are opened whose token is set."""
