"""Requests to Slack: each waits its turn, is repeated where that is harmless, or fails typed.

slack-sdk repeats what must not be repeated, a post whose answer was lost, so its own retries are
off. Of what is sent and received nothing is logged but the method and Slack's code for the reason.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack.errors import (
    AddressSpent,
    Crowded,
    Refused,
    SlackFailed,
    Unreachable,
    refusal,
)
from bot.platforms.slack.tiers import Tier, Tiers
from bot.platforms.vitals import Sending, Vitals

_log = logging.getLogger(__name__)

API: Final = "https://slack.com/api/"

AWAY: Final = (aiohttp.ClientError, SlackClientError, TimeoutError, OSError, AttributeError)
"""What slack-sdk raises where Slack did not answer; the last for an answer in plain text."""

_TIMEOUT_S: Final = 30.0
_PREVIEW_TIMEOUT_S: Final = 5.0
_PAUSES_S: Final = (0.25, 0.5, 1.0, 2.0, 4.0)
_LONGEST_WAIT_S: Final = 60.0
_USUAL_WAIT_S: Final = 30.0
_MOST_CLIENTS: Final = 1000

_OK: Final = 200
_CROWDED: Final = 429
_ANSWER_SPACE: Final = "hooks.slack.com"
_UPLOADS: Final = "files.slack.com"

_ONCE: Final = frozenset(
    {
        "chat.appendStream",
        "chat.postEphemeral",
        "chat.postMessage",
        "chat.startStream",
        "files.completeUploadExternal",
        "views.open",
    }
)
"""Doing these twice would be seen."""

_SENDINGS: Final[Mapping[str, Sending]] = {
    "chat.postMessage": "post",
    "chat.postEphemeral": "post",
    "chat.startStream": "post",
    "chat.update": "edit",
    "chat.appendStream": "append",
    "chat.stopStream": "append",
    "chat.delete": "delete",
}

_READS: Final = frozenset(
    {
        "auth.test",
        "conversations.history",
        "conversations.info",
        "conversations.replies",
        "files.getUploadURLExternal",
        "files.info",
        "usergroups.list",
        "users.info",
    }
)
"""These take no JSON."""


class Tokens(Protocol):
    """Knows the bot's token for each workspace."""

    async def token(self, team: str, enterprise: str = "") -> str:
        """Return the bot's token for a workspace.

        Raises:
            NotInstalled: There is none.
        """
        ...


class Wire:
    """Where requests go to.

    Args:
        tokens: The bot's, by workspace.
        session: Its connections.
        tiers: How often what may be called.
        api: The address of the Web API.
        sleep: Waits for so many seconds.
        vitals: Counts what is sent; None where nobody looks.
    """

    def __init__(
        self,
        tokens: Tokens,
        session: aiohttp.ClientSession,
        tiers: Tiers,
        *,
        api: str = API,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        vitals: Vitals | None = None,
    ) -> None:
        self._tokens = tokens
        self._vitals = vitals or Vitals()
        self._session = session
        self._tiers = tiers
        self._api = api
        self._sleep = sleep
        self._clients: dict[str, AsyncWebClient] = {}

    def has_room(self) -> bool:
        """Tell whether there is room for more than what is being sent already."""
        return self._tiers.has_room()

    async def begin(self, team: str, method: str) -> None:
        """Return if something may be begun that a method has to end: the end must find room.

        Raises:
            Crowded: It is better not begun.
        """
        await self._tiers.turn(team, method, Tier.BEGINNINGS, "begun", is_preview=True)

    async def call(
        self,
        team: str,
        method: str,
        *,
        tier: Tier,
        lane: str = "",
        is_preview: bool = False,
        **arguments: Any,  # noqa: ANN401 # what a method takes is JSON
    ) -> Mapping[str, Any]:
        """Call a method of the Web API and return what Slack answers.

        Args:
            team: In which workspace.
            method: Which.
            tier: What it is counted as.
            lane: The channel, where each has a limit of its own.
            is_preview: Whether it can be left out: then it neither waits nor is repeated.
            arguments: What the method takes; None is left out.

        Raises:
            SlackFailed: One of its kinds.
        """
        failures = 0
        while True:
            await self._tiers.turn(team, method, tier, lane, is_preview=is_preview)
            try:
                answer = await self._sent(team, method, arguments, is_preview=is_preview)
            except Crowded as crowded:
                self._vitals.limited += 1
                _log.warning("Slack limits %s for %.0f s", method, crowded.wait_s)
                self._tiers.rest(team, method, tier, lane, crowded.wait_s)
                if is_preview or crowded.wait_s > _LONGEST_WAIT_S:
                    raise
            except Unreachable as failure:
                is_twice = failure.may_be_done and method in _ONCE
                if is_preview or is_twice or failures >= len(_PAUSES_S):
                    raise
                await self._sleep(_PAUSES_S[failures])
                failures += 1
            else:
                self._vitals.sent[_SENDINGS.get(method, "other")] += 1
                return answer

    async def send_to(self, address: str, body: Mapping[str, Any]) -> None:
        """Send something to a response_url, once.

        Raises:
            SlackFailed: One of its kinds.
        """
        self._refuse_strangers(address, _ANSWER_SPACE)
        status, text = await self._posted(address, json=dict(body))
        if status == _CROWDED:
            self._vitals.limited += 1
            raise Crowded(_USUAL_WAIT_S)
        if status >= 500:  # noqa: PLR2004 # HTTP's own number
            raise Unreachable(f"response_url: status {status}", may_be_done=False)
        code = next((each for each in ("used_url", "expired_url") if each in text), "")
        if code or status == 404:  # noqa: PLR2004 # the same
            raise AddressSpent("response_url", code or "expired_url")
        if status != _OK:
            raise Refused("response_url", text[:80])
        self._vitals.sent["post"] += 1

    async def put(self, address: str, content: bytes) -> None:
        """Send a file to the address that Slack gave for it; no token goes along.

        Raises:
            SlackFailed: One of its kinds.
        """
        self._refuse_strangers(address, _UPLOADS)
        status, _ = await self._posted(address, data=content)
        if status != _OK:
            raise Unreachable(f"upload: status {status}")

    async def _sent(
        self, team: str, method: str, arguments: Mapping[str, Any], *, is_preview: bool
    ) -> Mapping[str, Any]:
        client = await self._client(team)
        known = {name: each for name, each in arguments.items() if each is not None}
        try:
            async with asyncio.timeout(_PREVIEW_TIMEOUT_S if is_preview else _TIMEOUT_S):
                if method in _READS:
                    response = await client.api_call(method, http_verb="GET", params=known)
                else:
                    response = await client.api_call(method, json=known)
        except SlackApiError as error:
            raise _failure(method, error.response) from error
        except aiohttp.ClientConnectorError as error:
            raise Unreachable(f"{method}: {type(error).__name__}", may_be_done=False) from error
        except AWAY as error:
            raise Unreachable(f"{method}: {type(error).__name__}") from error
        return response.data if isinstance(response.data, dict) else {}

    async def _posted(self, address: str, **body: Any) -> tuple[int, str]:  # noqa: ANN401 # aiohttp's
        try:
            async with (
                asyncio.timeout(_TIMEOUT_S),
                self._session.post(address, allow_redirects=False, **body) as response,
            ):
                return response.status, await response.text(errors="replace")
        except aiohttp.ClientConnectorError as error:
            raise Unreachable(type(error).__name__, may_be_done=False) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable(type(error).__name__) from error

    async def _client(self, team: str) -> AsyncWebClient:
        token = await self._tokens.token(team)
        client = self._clients.get(team)
        if client is None or client.token != token:
            if len(self._clients) >= _MOST_CLIENTS:
                self._clients.clear()
            client = self._clients[team] = AsyncWebClient(
                token=token, base_url=self._api, session=self._session, retry_handlers=[]
            )
        return client

    def _refuse_strangers(self, address: str, host: str) -> None:
        """Send what people are told to nobody but Slack, or what stands for it."""
        parts, api = urlsplit(address), urlsplit(self._api)
        is_slack = (parts.scheme, parts.hostname) == ("https", host)
        if not is_slack and (parts.scheme, parts.netloc) != (api.scheme, api.netloc):
            raise Refused("response_url", "not_slack")


def _failure(method: str, response: Any) -> SlackFailed:  # noqa: ANN401 # two kinds, neither typed
    """Return the error for an answer: slack-sdk's, or aiohttp's where it was no JSON."""
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0) or 0)
    if status == _CROWDED:
        return Crowded(_seconds(response.headers.get("Retry-After")))
    told = getattr(response, "data", None)
    if status >= 500 or not isinstance(told, dict) or "error" not in told:  # noqa: PLR2004 # HTTP's
        return Unreachable(f"{method}: status {status}")
    code, details = str(told["error"]), told.get("response_metadata") or {}
    if code in {"ratelimited", "rate_limited"}:
        return Crowded(_seconds(response.headers.get("Retry-After")))
    said = "; ".join(map(str, details.get("messages") or []))[:200]
    return refusal(method, code, needed=str(told.get("needed") or ""), details=said)


def _seconds(text: str | None) -> float:
    try:
        return max(0.0, float(text or _USUAL_WAIT_S))
    except ValueError:
        return _USUAL_WAIT_S
