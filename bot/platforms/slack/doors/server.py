"""Is called by Slack over HTTP, behind a balancer that speaks https.

All of Slack's calls may go to one path. A call that was answered is not taken a second time: a
captured one is good for nothing. What Slack itself sends again is signed anew, and told from what
came before by what it says, in whichever process it arrives.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.platforms.slack.ways_out import SlackRefuses
from bot.platforms.vitals import Vitals
from routing.clock import Clock
from routing.errors import StoreUnavailable

PATHS: Final = ("/slack/events", "/slack/commands", "/slack/interactions")
"""Slack may be told any of them for anything."""

_MOST_BYTES: Final = 1 << 20
_GOOD_FOR_S: Final = 600.0
"""Longer than a signature is: five minutes before and after."""

_ENDS_WITHIN_S: Final = 2.0
_MOST_REMEMBERED: Final = 100_000
_OK: Final = 200
_UNAUTHORISED: Final = 401
_UNAVAILABLE: Final = 503

_log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Signatures:
    """Remembers the signatures of calls that were answered, as long as they are good."""

    def __init__(self, clock: Clock) -> None:
        self._elapsed_s = clock.elapsed_s
        self._until_s: OrderedDict[str, float] = OrderedDict()

    def knows(self, signature: str) -> bool:
        """Tell whether a call with this signature was answered."""
        while self._until_s and next(iter(self._until_s.values())) <= self._elapsed_s():
            self._until_s.popitem(last=False)
        return signature in self._until_s

    def remember(self, signature: str) -> None:
        """Note that a call was answered."""
        self._until_s[signature] = self._elapsed_s() + _GOOD_FOR_S
        if len(self._until_s) > _MOST_REMEMBERED:
            self._until_s.popitem(last=False)


def web_app(app: AsyncApp | None, flow: AsyncOAuthFlow | None, clock: Clock) -> web.Application:
    """Return what answers on which path.

    Args:
        app: Takes what Slack calls about; None when that comes over sockets.
        flow: Lets workspaces install the app; None when there is one, by its token.
        clock: Tells how long a signature is good.
    """
    made = web.Application(client_max_size=_MOST_BYTES)
    if app is not None:
        calls = _calls(app, Signatures(clock))
        made.add_routes([web.post(path, calls) for path in PATHS])
    if flow is not None:
        made.add_routes(
            [
                web.get(flow.install_path, _page(flow.handle_installation)),
                web.get(flow.redirect_uri_path, _page(flow.handle_callback)),
            ]
        )
    return made


@asynccontextmanager
async def serving(made: web.Application, host: str, port: int) -> AsyncIterator[str]:
    """Yield the address at which calls are answered.

    Raises:
        SlackRefuses: The port cannot be had; says which setting names another.
    """
    runner = web.AppRunner(
        made, handle_signals=False, access_log=None, shutdown_timeout=_ENDS_WITHIN_S
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            reason = error.strerror or type(error).__name__
            what = f"{host}:{port} cannot be listened on ({reason}): set slack.host and slack.port"
            raise SlackRefuses(what) from error
        bound_host, bound_port = runner.addresses[0][:2]
        address = f"http://{bound_host}:{bound_port}"
        _log.info("listening for Slack at %s", address)
        yield address
    finally:
        await runner.cleanup()


async def serve(made: web.Application, host: str, port: int, vitals: Vitals) -> None:
    """Answer calls until cancelled; Slack is heard meanwhile.

    Raises:
        SlackRefuses: The port cannot be had.
    """
    async with serving(made, host, port) as address:
        vitals.opened(address)
        try:
            await asyncio.Event().wait()
        finally:
            vitals.closed(address)


def _calls(app: AsyncApp, signatures: Signatures) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        given = request.headers.getall("X-Slack-Signature", [])
        signature = given[0] if len(given) == 1 else ""  # of several, another might be checked
        if not signature or signatures.knows(signature):
            return web.json_response({"error": "invalid request"}, status=_UNAUTHORISED)
        try:
            asked = await to_bolt_request(request)
        except ValueError:  # no JSON, or no text: Slack sends neither
            return web.json_response({"error": "invalid request"}, status=_UNAUTHORISED)
        response = await app.async_dispatch(asked)
        if response.status == _OK:
            signatures.remember(signature)
        return await to_aiohttp_response(response)

    return answer


def _page(show: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            response = await show(await to_bolt_request(request))
        except StoreUnavailable as error:
            _log.warning("an installation was broken off: %s", error)
            return web.Response(text="Try again in a moment.", status=_UNAVAILABLE)
        return await to_aiohttp_response(response)

    return answer
