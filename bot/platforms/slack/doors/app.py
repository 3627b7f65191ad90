"""The slack-bolt app of the doors: checks who calls, and lets everything through one gate.

slack-bolt leaves an event without a listener unacknowledged, so that it comes again and again, and
acknowledges an event with one before the listener has seen it. Therefore nothing is registered as
a listener: one middleware at the end takes all there is.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack.doors.gate import Answer
from bot.platforms.slack.ports import Payload

_NAME: Final = "pointsman"
_UNAUTHORISED: Final = 401

Take = Callable[[Payload], Awaitable[Answer]]
"""Takes in what Slack sends; it is acknowledged when that returns, and not when it raises."""


def create_app(client: AsyncWebClient, take: Take, verifier: SignatureVerifier | None) -> AsyncApp:
    """Return an app that hands on everything, from sockets and by HTTP.

    Args:
        client: Speaks to the Web API.
        take: Takes in what comes.
        verifier: Knows the signing secret; None when nothing is taken by HTTP.
    """

    async def let_in(
        req: AsyncBoltRequest,
        next: Callable[[], Awaitable[object]],  # noqa: A002 # slack-bolt's name
    ) -> BoltResponse | None:
        if req.mode == "socket_mode" or (verifier and _is_signed(req, verifier)):
            await next()
            return None
        return BoltResponse(status=_UNAUTHORISED, body='{"error": "invalid request"}')

    async def hand_on(body: dict[str, Any]) -> BoltResponse:
        answer = await take(body)
        return BoltResponse(status=200, body=dict(answer) if answer else "")

    app = AsyncApp(
        name=_NAME,
        logger=_quiet(),
        client=client,
        signing_secret="",
        authorize=_anybody,
        before_authorize=let_in,
        request_verification_enabled=False,  # `let_in` does that, on a clock that can be told
        ignoring_self_events_enabled=False,  # what we said ourselves is known by rule, not by token
        ignoring_self_assistant_message_events_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    app.middleware(hand_on)
    return app


def _is_signed(request: AsyncBoltRequest, verifier: SignatureVerifier) -> bool:
    """Tell whether a request is Slack's, and not older than five minutes."""
    timestamp = request.headers.get("x-slack-request-timestamp", [""])[0]
    signature = request.headers.get("x-slack-signature", [""])[0]
    if not (timestamp.isdecimal() and signature.isascii()):
        return False
    return verifier.is_valid(request.raw_body, timestamp, signature)


async def _anybody(context: AsyncBoltContext) -> AuthorizeResult:
    # Which token answers is decided where something is answered; here none is needed.
    return AuthorizeResult(enterprise_id=context.enterprise_id, team_id=context.team_id)


def _quiet() -> logging.Logger:
    # It warns of tokens in the environment that it does not use, and repeats what the gate logs.
    logger = logging.getLogger("slack_bolt.doors")
    logger.setLevel(logging.CRITICAL)
    return logger
