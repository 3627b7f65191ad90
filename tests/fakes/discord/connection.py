"""One connection to the gateway: its packets, its compression, its heartbeat, its limits."""

import asyncio
import json
import zlib
from collections import deque
from typing import TYPE_CHECKING, Final

from aiohttp import WSCloseCode, WSMsgType, web

from routing.clock import Clock
from tests.fakes.discord.refusals import Json

if TYPE_CHECKING:
    from tests.fakes.discord.gateway import Gateway, Session

MOST_SENDS: Final = 120
SENDS_IN_S: Final = 60.0
_PATIENCE: Final = 1.5
_ENDS_SESSION: Final = {1000, 1001}


class Connection:
    """One web socket.

    Attributes:
        session: The session it carries, once there is one.
    """

    def __init__(self, gateway: "Gateway", http: web.Request, clock: Clock) -> None:
        self.session: Session | None = None
        self._gateway = gateway
        self._http = http
        self._clock = clock
        self._socket = web.WebSocketResponse(timeout=1, compress=False)
        self._outbox: asyncio.Queue[Json | int] = asyncio.Queue()
        self._squeeze = _squeezer(http.query.get("compress", ""))
        self._sent_at_s: deque[float] = deque(maxlen=MOST_SENDS)
        self._is_ours_to_close = False

    async def run(self) -> web.WebSocketResponse:
        """Talk until either side is done."""
        await self._socket.prepare(self._http)
        interval_ms = int(self._gateway.heartbeat_s * 1000)
        self.send({"op": 10, "d": {"heartbeat_interval": interval_ms, "_trace": []}})
        if self._http.query.get("v") not in {"9", "10"}:
            self.close(4012)
        writer = asyncio.create_task(self._write())
        try:
            await self._read()
            await writer
        finally:
            writer.cancel()
        is_over = not self._is_ours_to_close and self._socket.close_code in _ENDS_SESSION
        if self.session and is_over:
            self._gateway.end(self.session)
        return self._socket

    def send(self, packet: Json) -> None:
        """Send a packet after those before it."""
        self._outbox.put_nowait(packet)

    def close(self, code: int) -> None:
        """Close after what is still to be sent."""
        self._is_ours_to_close = True
        self._outbox.put_nowait(code)

    def drop(self) -> None:
        """Break without a word."""
        self._is_ours_to_close = True
        if self._http.transport is not None:
            self._http.transport.abort()

    async def _write(self) -> None:
        while True:
            packet = await self._outbox.get()
            try:
                if isinstance(packet, int):
                    await self._socket.close(code=packet)
                    return
                text = json.dumps(packet)
                if self._squeeze:
                    await self._socket.send_bytes(self._squeeze(text.encode()))
                else:
                    await self._socket.send_str(text)
            except ConnectionError:
                return

    async def _read(self) -> None:
        now = asyncio.get_running_loop().time
        patience_s = self._gateway.heartbeat_s * _PATIENCE
        deadline = now() + patience_s
        while True:
            try:
                message = await self._socket.receive(timeout=max(deadline - now(), 0))
            except TimeoutError:
                # Discord closes what seems dead; the session may be resumed.
                self.close(WSCloseCode.OK)
                return
            if message.type is not WSMsgType.TEXT:
                if message.type is WSMsgType.BINARY:
                    self.close(4002)
                self._outbox.put_nowait(WSCloseCode.OK)
                return
            code, is_beat = self._take(message.data)
            if is_beat:
                deadline = now() + patience_s
            if code:
                self.close(code)
                return

    def _take(self, text: str) -> tuple[int | None, bool]:
        """Take a packet in; return the code to close with, if any, and whether it was a beat."""
        if len(text) > 4096:
            return 4002, False
        if self._is_over_the_limit():
            self._gateway.accuse("gateway rate", "more than 120 packets in a minute")
            return 4008, False
        try:
            packet = json.loads(text)
            return self._obey(packet["op"], packet.get("d"))
        except (ValueError, KeyError, TypeError):
            return 4002, False

    def _obey(self, op: int, asked: Json) -> tuple[int | None, bool]:
        match op:
            case 1:
                self.send({"op": 11, "d": None})
                return None, True
            case 2 | 6 if self.session:
                return 4005, False
            case 2:
                return self._gateway.identify(self, asked), False
            case 6:
                return self._gateway.resume(self, asked), False
            case 3 | 4 | 8 if self.session is None:
                return 4003, False
            case 8:
                self._gateway.send_members(self, asked)
        return (None if op in {3, 4, 8} else 4001), False

    def _is_over_the_limit(self) -> bool:
        now_s = self._clock.elapsed_s()
        is_over = len(self._sent_at_s) == MOST_SENDS and now_s - self._sent_at_s[0] < SENDS_IN_S
        self._sent_at_s.append(now_s)
        return is_over


class _Zlib:
    def __init__(self) -> None:
        self._stream = zlib.compressobj()

    def __call__(self, raw: bytes) -> bytes:
        return self._stream.compress(raw) + self._stream.flush(zlib.Z_SYNC_FLUSH)


class _Zstd:
    """Of the standard library, from Python 3.14 on; discord.py asks for it there."""

    def __init__(self) -> None:
        import importlib

        zstd = importlib.import_module("compression.zstd")
        self._stream = zstd.ZstdCompressor()
        self._flush = self._stream.FLUSH_BLOCK

    def __call__(self, raw: bytes) -> bytes:
        squeezed: bytes = self._stream.compress(raw, mode=self._flush)
        return squeezed


def _squeezer(asked: str) -> _Zlib | _Zstd | None:
    if asked == "zlib-stream":
        return _Zlib()
    return _Zstd() if asked == "zstd-stream" else None
