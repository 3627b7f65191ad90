"""The fake Discord run as a child, for benchmarks that need it off their own loop."""

import asyncio
import json
import sys
from typing import Any, Self

import aiohttp


class RemoteDiscord:
    """A fake Discord in a process of its own; an async context manager.

    Attributes:
        api_url: As `FakeDiscord` has them; also `gateway_url`, `cdn_url` and `token`.

    Args:
        arguments: For `tests.fakes.discord_server`.
    """

    def __init__(self, *arguments: str) -> None:
        self._arguments = arguments
        self.api_url = self.gateway_url = self.cdn_url = self.token = ""
        self._control_url = ""

    async def __aenter__(self) -> Self:
        self._child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.fakes.discord_server",
            *self._arguments,
            stdout=asyncio.subprocess.PIPE,
        )
        if self._child.stdout is None:
            raise RuntimeError("the child has no output")
        places = json.loads(await self._child.stdout.readline())
        self.api_url, self.gateway_url = places["api_url"], places["gateway_url"]
        self.cdn_url, self.token = places["cdn_url"], places["token"]
        self._control_url = places["control_url"]
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()
        self._child.terminate()
        await self._child.wait()

    async def do(self, action: str, **what: Any) -> Any:
        """Carry out an action of `tests.fakes.discord_server.Control`; return what it returns."""
        async with self._session.post(f"{self._control_url}/{action}", json=what) as answer:
            answer.raise_for_status()
            return await answer.json()
