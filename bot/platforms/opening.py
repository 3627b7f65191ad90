"""Which chat services there are."""

from contextlib import AbstractAsyncContextManager
from typing import Final

from bot.app import App
from bot.platforms.service import ChatService
from bot.running import Opener
from config.settings import Settings


def _discord(settings: Settings, app: App) -> AbstractAsyncContextManager[ChatService]:
    from bot.platforms.discord.platform import open_discord  # discord.py, for those who need it

    stores = app.stores
    return open_discord(settings, answers=app.handler, posts=stores.posts, marks=stores.marks)


OPENERS: Final[tuple[Opener, ...]] = (
    Opener(token=lambda settings: settings.discord.token, open=_discord),
)
"""Each with its token; those are opened whose token is set."""
