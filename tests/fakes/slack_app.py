"""Apps that only listen: what the fake Slack tells them, acknowledged when a test says so."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, Self

import aiohttp
from aiohttp import web

from tests.fakes.serving import serve
from tests.fakes.slack import FakeSlack

Json = dict[str, Any]


class SocketApp:
    """An app with one socket; an async context manager.

    Attributes:
        heard: What came, in order.
    """

    def __init__(self, slack: FakeSlack) -> None:
        self.heard: list[Json] = []
        self._slack = slack

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        headers = {"Authorization": f"Bearer {self._slack.app_token}"}
        url = f"{self._slack.api_url}apps.connections.open"
        async with self._session.post(url, headers=headers) as answer:
            opened = await answer.json()
        self._socket = await self._session.ws_connect(opened["url"])
        self._reader = asyncio.create_task(self._read())
        await self._slack.until(lambda: self.heard)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._reader.cancel()
        await self._socket.close()
        await self._session.close()

    @property
    def envelopes(self) -> list[Json]:
        """Return what is to be acknowledged."""
        return [each for each in self.heard if "envelope_id" in each]

    @property
    def is_closed(self) -> bool:
        """Return whether Slack closed the socket."""
        return self._reader.done()

    async def hear(self, count: int) -> None:
        """Wait until so many things came."""
        await self._slack.until(lambda: len(self.envelopes) >= count)

    async def acknowledge(self, envelope: Json, response: Json | None = None) -> None:
        """Acknowledge something, perhaps with more."""
        said: Json = {"envelope_id": envelope["envelope_id"]}
        await self.say(said | ({"payload": response} if response else {}))

    async def say(self, packet: Json | str) -> None:
        """Send Slack a packet."""
        text = packet if isinstance(packet, str) else json.dumps(packet)
        await self._socket.send_str(text)

    async def break_off(self) -> None:
        """Let the socket break."""
        await self._socket.close()

    async def _read(self) -> None:
        async for packet in self._socket:
            try:
                self.heard.append(json.loads(packet.data))
            except ValueError:
                self.heard.append({"text": packet.data})
            self._slack.world.changed.set()


Answer = Callable[[web.Request], Awaitable[web.Response]]


async def fine(_: web.Request) -> web.Response:
    """Acknowledge at once."""
    return web.Response()


class HttpApp:
    """An app that Slack calls; an async context manager.

    Attributes:
        url: Where it is called.
        heard: The headers and bodies that came, in order.
        answer: What it answers.
    """

    def __init__(self, slack: FakeSlack, answer: Answer = fine) -> None:
        self.url = ""
        self.heard: list[tuple[dict[str, str], str]] = []
        self.answer = answer
        self._slack = slack

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_post("/slack/events", self._serve)
        self._runner, place = await serve(application)
        self.url = f"{place}/slack/events"
        self._slack.deliver_over_http(self.url)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _serve(self, http: web.Request) -> web.Response:
        self.heard.append((dict(http.headers), await http.text()))
        self._slack.world.changed.set()
        return await self.answer(http)
