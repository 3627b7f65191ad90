"""Listens over sockets (Socket Mode), several at once, and keeps them open.

slack-sdk has a client for this, but it closes a socket before it opens the next, tries a token
that Slack does not know for ever, and answers on whichever socket is open by then. So here each
socket is read until it ends, and what came over it is acknowledged over it.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final

import aiohttp
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack.doors.calling import code_of
from bot.platforms.slack.ways_out import SOCKETS_OFF, SlackRefuses, app_token_refused
from bot.platforms.staying import stay_connected
from bot.platforms.surface import NotLetIn
from bot.platforms.vitals import Vitals
from config.references import Secret
from routing.clock import Clock

_OPENS_WITHIN_S: Final = 10.0
_HEARTBEAT_S: Final = 10.0
_LINGERS_S: Final = 10.0
"""A socket that Slack is about to close is read for so long; the next one is open by then."""

_CLOSES_WITHIN_S: Final = 1.0
"""Slack says goodbye to a socket but leaves the connection open."""

_MOST_BYTES: Final = 8 << 20
_OK: Final = 200

_log = logging.getLogger(__name__)


class NotOpened(Exception):
    """A socket that Slack gave did not open."""


class Sockets:
    """Some sockets; each event comes over one of them."""

    def __init__(  # noqa: PLR0913 # each is a part it is made of, given by name
        self,
        app: AsyncApp,
        client: AsyncWebClient,
        app_token: str,
        *,
        count: int,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        vitals: Vitals | None = None,
        kept_in: Secret | None = None,
    ) -> None:
        self._kept_in = kept_in
        self._vitals = vitals or Vitals()
        self._app = app
        self._client = client
        self._app_token = app_token
        self._count = count
        self._clock = clock
        self._sleep = sleep

    async def run(self) -> None:
        """Keep all sockets open until cancelled.

        Raises:
            SlackRefuses: Slack opens none; the message says what to change.
        """
        try:
            async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as tasks:
                for _ in range(self._count):
                    tasks.create_task(self._keep_one(session, tasks))
        except ExceptionGroup as several:
            if refused := several.subgroup(SlackRefuses):
                raise _first(refused) from several
            raise

    async def _keep_one(self, session: aiohttp.ClientSession, tasks: asyncio.TaskGroup) -> None:
        async def connect() -> None:
            told_in_time = True
            while told_in_time:  # the next one is opened while this one is still read
                socket = _Socket(self._app, await self._opened(session), tasks, self._vitals)
                tasks.create_task(socket.read())
                told_in_time = await socket.is_to_be_replaced()

        refused = partial(refusal, token=self._kept_in)
        await stay_connected(
            connect, to="Slack", refusal=refused, clock=self._clock, sleep=self._sleep
        )

    async def _opened(self, session: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
        try:
            answer = await self._client.apps_connections_open(app_token=self._app_token)
        except SlackApiError as error:
            await self._sleep(_wait_asked_for(error))
            raise
        try:
            async with asyncio.timeout(_OPENS_WITHIN_S):
                return await session.ws_connect(
                    answer["url"],
                    heartbeat=_HEARTBEAT_S,
                    max_msg_size=_MOST_BYTES,
                    timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSES_WITHIN_S),
                )
        except aiohttp.ClientError as error:
            # What it says has the address with its ticket, which opens the socket.
            raise NotOpened(type(error).__name__) from None


class _Socket:
    """One socket, read until it ends."""

    def __init__(
        self,
        app: AsyncApp,
        ws: aiohttp.ClientWebSocketResponse,
        tasks: asyncio.TaskGroup,
        vitals: Vitals,
    ) -> None:
        self._vitals = vitals
        self._app = app
        self._ws = ws
        self._tasks = tasks
        self._leaving: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    async def is_to_be_replaced(self) -> bool:
        """Return once it ends, or is about to: then True, and it is still read for a while."""
        return await self._leaving

    async def read(self) -> None:
        """Hand on what comes, until the socket is closed.

        Raises:
            SlackRefuses: Slack says that there will be no other.
        """
        try:
            await self._read_until_told()
            with suppress(TimeoutError):
                async with asyncio.timeout(_LINGERS_S):
                    await self._read_until_told()
        finally:
            self._vitals.closed(self)
            self._leave(in_time=False)
            await self._ws.close()

    async def _read_until_told(self) -> None:
        """Hand on what comes, until Slack says that it will close the socket, or does."""
        async for frame in self._ws:
            message = _parsed(frame)
            match message.get("type"):
                case "hello":
                    self._vitals.opened(self)
                    _log.info("listening to Slack over a socket")
                case "disconnect":
                    self._told(str(message.get("reason")))
                    return
                case _ if request := SocketModeRequest.from_dict(message):
                    self._tasks.create_task(self._acknowledged(request))

    def _told(self, reason: str) -> None:
        _log.info("Slack closes a socket: %s", reason)
        if reason == "link_disabled":
            raise SlackRefuses(SOCKETS_OFF)
        # With too many of them, one more would only make Slack close another.
        self._leave(in_time=reason != "too_many_websockets")

    def _leave(self, *, in_time: bool) -> None:
        if not self._leaving.done():
            self._leaving.set_result(in_time)

    async def _acknowledged(self, request: SocketModeRequest) -> None:
        try:
            response = await run_async_bolt_app(self._app, request)
            if response.status != _OK:
                return  # Slack sends it again
            answer: dict[str, Any] = {"envelope_id": request.envelope_id}
            if response.body:
                answer["payload"] = json.loads(response.body)
            await self._ws.send_json(answer)
        except Exception as error:  # noqa: BLE001 # nothing Slack sends may end listening
            _log.warning("not acknowledged over a socket: %s", type(error).__name__)


def refusal(error: Exception, token: Secret | None = None) -> NotLetIn | None:
    """Return what ends listening for good; None when waiting may help."""
    if isinstance(error, SlackApiError):
        return app_token_refused(code_of(error), token)
    return None


def _wait_asked_for(error: SlackApiError) -> float:
    asked = str(error.response.headers.get("Retry-After", ""))
    return float(asked) if asked.isdecimal() else 0.0


def _parsed(frame: aiohttp.WSMessage) -> dict[str, Any]:
    with suppress(ValueError, TypeError):
        message = json.loads(frame.data)
        if isinstance(message, dict):
            return message
    _log.warning("Slack sent something unreadable over a socket")
    return {}


def _first(group: BaseExceptionGroup[SlackRefuses]) -> SlackRefuses:
    found: BaseException = group
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    assert isinstance(found, SlackRefuses)  # noqa: S101 # it is a group of those
    return found
