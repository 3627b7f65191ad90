"""How the doors call Slack's Web API."""

from typing import Final
from urllib.parse import urljoin

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from config.chats import SlackSettings

_SLACK: Final = "https://slack.com/api/"

AWAY: Final = (aiohttp.ClientError, SlackClientError, TimeoutError, OSError, AttributeError)
"""What slack-sdk raises where Slack did not answer; the last for an answer in plain text."""


def api_address(settings: SlackSettings) -> str:
    """Return where the Web API is: Slack's own, or a proxy of it."""
    given = (settings.api_url.reveal() if settings.api_url else None) or _SLACK
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
