"""Asks Slack what it knows of the bot: for `pointsman check`, without listening."""

from collections.abc import AsyncIterator

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack.credentials import Credentials, credentials_of
from bot.platforms.slack.doors.calling import code_of, web_client
from bot.platforms.slack.doors.oauth import INSTALL_PATH
from bot.platforms.slack.manifest import SCOPES
from bot.platforms.slack.ways_out import (
    BAD_TOKENS,
    SlackRefuses,
    app_token_refused,
    bot_token_unknown,
)
from bot.platforms.slack.wire import AWAY
from bot.printing import Mark
from config.chats import SlackSettings

Finding = tuple[Mark, str]


async def check_slack(settings: SlackSettings, *, timeout_s: float) -> list[Finding]:
    """Return what is right and wrong with what the bot was given for Slack.

    Args:
        settings: Something must be there.
        timeout_s: For each of Slack's answers.
    """
    try:
        given = credentials_of(settings)
    except SlackRefuses as error:
        return [("problem", str(error))]
    client = web_client(settings, timeout_s)
    found = [each async for each in _who_answers(settings, given, client)]
    found += [each async for each in _how_it_listens(settings, given, client)]
    return found


async def is_good(settings: SlackSettings, token: str, timeout_s: float) -> bool:
    """Tell whether a bot's token still answers; yes while Slack cannot be asked."""
    try:
        await web_client(settings, timeout_s).auth_test(token=token)
    except SlackApiError as error:
        return code_of(error) not in BAD_TOKENS
    except AWAY:
        return True
    return True


async def _who_answers(
    settings: SlackSettings, given: Credentials, client: AsyncWebClient
) -> AsyncIterator[Finding]:
    if given.is_installable:
        public = settings.public_url.reveal() if settings.public_url else None
        where = f"{public.rstrip('/')}{INSTALL_PATH}" if public else INSTALL_PATH
        yield "ok", f"workspaces install the app at {where}"
        return
    try:
        answer = await client.auth_test(token=given.bot_token)
    except SlackApiError as error:
        is_unknown = code_of(error) in BAD_TOKENS
        yield "problem", bot_token_unknown(settings.bot_token) if is_unknown else _trouble(error)
        return
    except AWAY as error:
        yield "problem", _unreachable(error)
        return
    yield "ok", f"the token of {answer.get('user', 'a bot')} in {answer.get('team')} is good"
    granted = str(answer.headers.get("x-oauth-scopes", ""))
    missing = [scope for scope in SCOPES if scope not in granted.split(",")]
    if granted and missing:
        way_out = "put what `pointsman slack-manifest` prints on its page App Manifest"
        yield "problem", f"the app lacks {', '.join(missing)}: {way_out}, and install it anew"


async def _how_it_listens(
    settings: SlackSettings, given: Credentials, client: AsyncWebClient
) -> AsyncIterator[Finding]:
    if not given.app_token:
        yield "note", "the signing secret cannot be tried: Slack calls us, not we Slack"
        return
    try:
        await client.apps_connections_open(app_token=given.app_token)
    except SlackApiError as error:
        refused = app_token_refused(code_of(error), settings.app_token)
        yield "problem", str(refused) if refused else _trouble(error)
    except AWAY as error:
        yield "problem", _unreachable(error)
    else:
        yield "ok", "the app's token is good: it listens over sockets"


def _trouble(error: SlackApiError) -> str:
    return f"Slack answers {code_of(error) or 'something unreadable'}: try again"


def _unreachable(error: Exception) -> str:
    return f"Slack cannot be reached ({type(error).__name__}): is there a network?"
