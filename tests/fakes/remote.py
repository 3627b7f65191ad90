"""A fake service run as a child, for benchmarks that need it off their own loop."""

import asyncio
import json
import sys
from typing import Any, Self

import aiohttp


class RemoteFake:
    """A fake service in a process of its own; an async context manager.

    Attributes:
        places: Its addresses and secrets, by the names its fake has for them.

    Args:
        module: What is run, such as `tests.fakes.discord_server`.
        arguments: For it.
    """

    def __init__(self, module: str, *arguments: str) -> None:
        self.places: dict[str, str] = {}
        self._command = ("-m", module, *arguments)

    async def __aenter__(self) -> Self:
        self._child = await asyncio.create_subprocess_exec(
            sys.executable, *self._command, stdout=asyncio.subprocess.PIPE
        )
        if self._child.stdout is None:
            raise RuntimeError("the child has no output")
        self.places = json.loads(await self._child.stdout.readline())
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()
        self._child.terminate()
        await self._child.wait()

    async def do(self, action: str, **what: Any) -> Any:
        """Carry out an action of its control; return what it returns."""
        url = f"{self.places['control_url']}/{action}"
        async with self._session.post(url, json=what) as answer:
            answer.raise_for_status()
            return await answer.json()
