"""How the doors call Slack's Web API."""

from urllib.parse import urljoin

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.platforms.slack.wire import API
from config.chats import SlackSettings


def api_address(settings: SlackSettings) -> str:
    """Return where the Web API is: Slack's own, or a proxy of it."""
    given = (settings.api_url.reveal() if settings.api_url else None) or API
    return given if given.endswith("/") else f"{given}/"


def authorize_address(settings: SlackSettings) -> str:
    """Return where a browser is sent to install the app."""
    return urljoin(api_address(settings), "/oauth/v2/authorize")


def web_client(settings: SlackSettings, timeout_s: float) -> AsyncWebClient:
    """Return a client that carries no token and repeats nothing by itself."""
    return AsyncWebClient(
        base_url=api_address(settings), timeout=max(1, round(timeout_s)), retry_handlers=[]
    )


def code_of(error: SlackApiError) -> str:
    """Return Slack's word for what went wrong; empty when it said none."""
    response = error.response
    is_said = isinstance(response, AsyncSlackResponse) and isinstance(response.data, dict)
    return str(response.get("error", "")) if is_said else ""
