"""One request on its way: how far it got, how long it is waited for, how it is ended."""

import asyncio
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from config.settings import TimeoutSettings
from routing.errors import ModelUnreachable

if TYPE_CHECKING:
    from aiohttp import ClientResponse, TraceConfig, TraceRequestEndParams

_TAIL_S: Final = 0.5
"""The end of a stream is only waited for to use its connection again."""


class Contact:
    """The contact with a host about one request.

    Attributes:
        until: The deadline for the next token, in the event loop's time.
        asking: Bounds the time until the host begins to answer; to be entered once.
        underway: Set once LiteLLM has made the request and begins to send it.
        is_sent: Whether the request left.
    """

    def __init__(self, model: str, timeouts: TimeoutSettings) -> None:
        self._now = asyncio.get_running_loop().time
        self.until = self._now() + timeouts.first_token_s
        self.asking = asyncio.timeout_at(self.until)
        self.underway = asyncio.Event()
        self.is_sent = False
        self._model = model
        self._timeouts = timeouts
        self._is_connecting = False
        self._has_begun = False
        self._response: ClientResponse | None = None

    def connecting(self) -> None:
        """Wait no longer than a connection may take."""
        self._is_connecting = True
        self.asking.reschedule(min(self.until, self._now() + self._timeouts.connect_s))

    def connected(self) -> None:
        """Wait for the first token again."""
        self._is_connecting = False
        self.asking.reschedule(self.until)

    def answered(self, response: "ClientResponse") -> None:
        """Remember what is to be closed in the end."""
        self._response = response

    def heard(self) -> None:
        """Wait for the next token."""
        self._has_begun = True
        self.until = self._now() + self._timeouts.stall_s

    def heard_all(self) -> None:
        """Wait for no more than the end of the stream."""
        self.until = min(self.until, self._now() + _TAIL_S)

    def lost(self) -> ModelUnreachable:
        """Say which deadline passed; what was sent by then may be charged."""
        limits = self._timeouts
        if self._is_connecting:
            return ModelUnreachable(self._model, f"no connection within {limits.connect_s:g} s")
        if self._has_begun:
            reason = f"stalled for {limits.stall_s:g} s"
        else:
            reason = f"no first token within {limits.first_token_s:g} s"
        return ModelUnreachable(self._model, reason, billed=True)

    def hang_up(self) -> None:
        """Close the connection, unless the answer was read to its end."""
        if self._response is not None:
            self._response.close()


current: Final[ContextVar[Contact | None]] = ContextVar("current", default=None)
"""Whose request is being made in this context."""


def request_trace() -> "TraceConfig":
    """Return what tells the `current` contact how far its request got."""
    import aiohttp

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(_on_underway)
    trace.on_connection_create_start.append(_on_connecting)
    trace.on_connection_create_end.append(_on_connected)
    trace.on_request_headers_sent.append(_on_sent)
    trace.on_request_end.append(_on_answered)
    trace.freeze()
    return trace


async def _on_underway(*_: object) -> None:
    if contact := current.get():
        contact.underway.set()


async def _on_connecting(*_: object) -> None:
    if contact := current.get():
        contact.connecting()


async def _on_connected(*_: object) -> None:
    if contact := current.get():
        contact.connected()


async def _on_sent(*_: object) -> None:
    if contact := current.get():
        contact.is_sent = True


async def _on_answered(_session: object, _context: object, params: "TraceRequestEndParams") -> None:
    if contact := current.get():
        contact.answered(params.response)
