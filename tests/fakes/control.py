"""A fake service in a process of its own, driven by HTTP."""

import asyncio
import json
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

from aiohttp import web

from tests.fakes.faults import DROPPED, LOST_ANSWER, Fault, Faults, Status
from tests.fakes.impossible import Impossible

PREFIX: Final = "/control"
Actions = Mapping[str, Callable[..., Awaitable[Any]]]


def add_control(application: web.Application, actions: Actions) -> None:
    """Serve actions: `POST /control/NAME` with a JSON object, answered by JSON."""

    async def serve(http: web.Request) -> web.StreamResponse:
        action = actions.get(http.match_info["action"])
        if action is None:
            raise web.HTTPNotFound
        asked = await http.json() if http.can_read_body else {}
        try:
            return web.json_response(await action(**asked))
        except Impossible as error:
            raise web.HTTPConflict(text=str(error)) from error

    application.router.add_post(PREFIX + "/{action}", serve)


class FaultControl:
    """Lets requests go wrong, each fault named by a word or a status."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    async def fail_next(self, method: str, path: str, fault: str, times: int = 1) -> None:
        """Let the next requests go wrong: `dropped`, `lost answer`, or by a status."""
        self._faults.next(method, path, fault_named(fault), times)

    async def fail_at_random(self, rates: dict[str, float], seed: int = 0) -> None:
        """Let requests go wrong at rates, each named as in `fail_next`."""
        named = {fault_named(fault): rate for fault, rate in rates.items()}
        self._faults.at_random(named, seed)


def fault_named(name: str) -> Fault:
    """Return a fault by its name."""
    return {"dropped": DROPPED, "lost answer": LOST_ANSWER}.get(name) or Status(int(name))


async def run(fake: AbstractAsyncContextManager[object], names: Sequence[str]) -> None:
    """Serve until told to end; print where it is first, in one line of JSON."""
    ended = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, ended.set)
    async with fake:
        print(json.dumps({name: getattr(fake, name) for name in names}), flush=True)  # noqa: T201 # how its parent learns where it is
        await ended.wait()
