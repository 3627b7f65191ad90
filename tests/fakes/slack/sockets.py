"""Socket Mode: the app comes to Slack, with up to ten sockets, and each thing goes to one."""

import asyncio
import json
import uuid
from collections.abc import Callable
from typing import Final

from aiohttp import WSCloseCode, WSMsgType, web

from tests.fakes.slack.deliveries import EVENT, Attempt
from tests.fakes.slack.timetable import Timetable
from tests.fakes.slack.world import APP_ID, Json, World

MOST_SOCKETS: Final = 10
LEAVES_IN_S: Final = 10.0


class Socket:
    """One connection.

    Attributes:
        is_leaving: Whether Slack asked for it to be replaced.
    """

    def __init__(self, http: web.Request) -> None:
        self.is_leaving = False
        self.waiting: dict[str, Attempt] = {}
        self._http = http
        self._socket = web.WebSocketResponse(timeout=1, compress=False)
        self._outbox: asyncio.Queue[str | None] = asyncio.Queue()

    async def run(self, hear: Callable[["Socket", str], None]) -> web.WebSocketResponse:
        """Talk until either side is done."""
        await self._socket.prepare(self._http)
        writer = asyncio.create_task(self._write())
        try:
            async for packet in self._socket:
                if packet.type is WSMsgType.TEXT:
                    hear(self, packet.data)
        finally:
            writer.cancel()
        return self._socket

    def send(self, packet: Json | str) -> None:
        """Send a packet after those before it."""
        self._outbox.put_nowait(packet if isinstance(packet, str) else json.dumps(packet))

    def close(self) -> None:
        """Close it in order."""
        self._outbox.put_nowait(None)

    def drop(self) -> None:
        """Let it break without a word."""
        if self._http.transport:
            self._http.transport.abort()

    async def ping(self) -> None:
        """Ask whether anybody is there."""
        await self._socket.ping(b"Ping from applink-1")

    async def _write(self) -> None:
        while (text := await self._outbox.get()) is not None:
            await self._socket.send_str(text)
        await self._socket.close(code=WSCloseCode.OK)


class Sockets:
    """All connections of the app.

    Attributes:
        opened: How many there have been.
        acknowledge: What to do with an acknowledgement.
        lose: What to do with what was not acknowledged when its socket broke.
    """

    def __init__(self, world: World, timetable: Timetable) -> None:
        self.opened = 0
        self.is_shut = False
        self.acknowledge: Callable[[Attempt, Json | None], None] = lambda _attempt, _response: None
        self.lose: Callable[[Attempt, str], None] = lambda _attempt, _reason: None
        self._world = world
        self._timetable = timetable
        self._open: list[Socket] = []
        self._turn = 0

    @property
    def count(self) -> int:
        """Return how many are open, those that are to be replaced not counted."""
        return sum(not each.is_leaving for each in self._open)

    async def serve(self, http: web.Request) -> web.StreamResponse:
        """Keep one connection until it ends."""
        ticket = http.query.get("ticket", "")
        if self.is_shut or ticket not in self._world.socket_tickets:
            return web.Response(status=404)
        self._world.socket_tickets.discard(ticket)
        socket = Socket(http)
        if len(self._open) >= MOST_SOCKETS:
            socket.send({"type": "disconnect", "reason": "too_many_websockets"})
            socket.close()
            return await socket.run(self._hear)
        self._open.append(socket)
        self.opened += 1
        socket.send(self._hello())
        self._world.changed.set()
        try:
            return await socket.run(self._hear)
        finally:
            self._open.remove(socket)
            self._world.changed.set()
            for attempt in socket.waiting.values():
                self.lose(attempt, "connection_failed")

    def carry(self, attempt: Attempt) -> bool:
        """Hand something to the socket whose turn it is."""
        ready = [each for each in self._open if not each.is_leaving] or self._open
        if not ready:
            return False
        self._turn += 1
        socket = ready[self._turn % len(ready)]
        envelope_id = str(uuid.uuid4())
        socket.waiting[envelope_id] = attempt
        delivery = attempt.delivery
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind != EVENT,
        }
        if delivery.kind == EVENT:
            envelope |= {"retry_attempt": attempt.number, "retry_reason": attempt.reason}
        socket.send(envelope)
        return True

    def drop_all(self) -> None:
        """Let every connection break without a word."""
        for socket in list(self._open):
            socket.drop()

    def refresh_all(self, reason: str = "refresh_requested") -> None:
        """Ask for every socket to be replaced; it closes some seconds later."""
        for socket in list(self._open):
            socket.is_leaving = True
            socket.send(self._disconnect(reason))
            self._timetable.after(LEAVES_IN_S, socket.close)

    def disable(self) -> None:
        """Switch Socket Mode off for the app."""
        for socket in list(self._open):
            socket.send(self._disconnect("link_disabled"))
            socket.close()

    def send_unparsable(self) -> None:
        """Say something that is not JSON, and something that is no envelope."""
        for socket in list(self._open):
            socket.send("{not JSON")
            socket.send({"type": "goodbye"})

    async def ping_all(self) -> None:
        """Ask every socket whether anybody is there."""
        for socket in list(self._open):
            await socket.ping()

    def _hear(self, socket: Socket, text: str) -> None:
        try:
            said = json.loads(text)
        except ValueError:
            self._world.accuse("not JSON", text)
            return
        attempt = socket.waiting.pop(said.get("envelope_id", ""), None)
        if attempt is None:
            self._world.accuse("unknown envelope", text)
            return
        self.acknowledge(attempt, said.get("payload"))

    def _hello(self) -> Json:
        told = {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18060}
        return {
            "type": "hello",
            "num_connections": len(self._open),
            "debug_info": told,
            "connection_info": {"app_id": APP_ID},
        }

    def _disconnect(self, reason: str) -> Json:
        return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}}
