"""Which chat services there are."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from bot.app import App
from bot.platforms.slack.credentials import is_wanted
from bot.reading.sources import discord_source
from bot.running import Opener
from config.settings import Settings

if TYPE_CHECKING:
    from bot.platforms.discord.platform import Discord
    from bot.platforms.slack.platform import Slack


@asynccontextmanager
async def open_discord_for(settings: Settings, app: App) -> "AsyncIterator[Discord]":
    """Open Discord for an app, which reads its files then; raises as `open_discord` does."""
    from bot.platforms.discord.platform import open_discord  # discord.py, for those who need it

    stores = app.stores
    opening = open_discord(settings, answers=app.at_once, posts=stores.posts, marks=stores.marks)
    async with opening as discord:
        source = discord_source(settings.discord, discord.fresh_address)
        app.reader.take_from(discord.name, source)
        if discord.look_up:
            app.directory.take_from(discord.name, discord.look_up)
        yield discord


@asynccontextmanager
async def open_slack_for(settings: Settings, app: App) -> "AsyncIterator[Slack]":
    """Open Slack for an app, which reads its files then; raises as `open_slack` does."""
    from bot.platforms.slack.platform import open_slack  # slack-bolt, for those who need it

    stores = app.stores
    opening = open_slack(
        settings,
        answers=app.at_once,
        posts=stores.posts,
        installations=stores.installations,
        looks=app.handler,
    )
    async with opening as slack:
        app.reader.take_from(slack.name, slack.source)
        app.directory.take_from(slack.name, slack.look_up)
        yield slack


def _is_on_discord(settings: Settings) -> bool:
    token = settings.discord.token
    return token is not None and token.is_set


OPENERS: Final[tuple[Opener, ...]] = (
    Opener(is_wanted=_is_on_discord, open=open_discord_for),
    Opener(is_wanted=lambda settings: is_wanted(settings.slack), open=open_slack_for),
)
"""All there are; those are opened that are set up."""
