"""Tells of health and numbers over HTTP: /live, /ready, /metrics."""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from errno import EADDRINUSE
from typing import Final, Protocol

from aiohttp import web

from bot.observing.readings import Readings
from config.observing import USUAL_PORT, ObserveSettings

_ENDS_WITHIN_S: Final = 1.0
_NOT_READY: Final = 503

_log = logging.getLogger(__name__)


class PortTaken(Exception):
    """The port cannot be had; the message names the setting that names another."""


class Condition(Protocol):
    """One thing that has to be so; see `bot.observing.scene`."""

    @property
    def is_met(self) -> bool:
        """Tell whether it is."""
        ...

    @property
    def reason(self) -> str:
        """Say how it stands."""
        ...


class Watched(Protocol):
    """A running bot, as far as it can be watched."""

    async def readings(self) -> Readings:
        """Look up how things stand."""
        ...

    async def conditions(self) -> Mapping[str, Condition]:
        """Return what has to be so for a question to be heard and answered, by name."""
        ...


class Numbers(Protocol):
    """Writes all numbers down."""

    def text(self, readings: Readings) -> bytes:
        """Return them in Prometheus' text format."""
        ...


@dataclass(frozen=True, slots=True)
class Pages:
    """What is answered.

    Attributes:
        watched: Is asked how it is.
        numbers: Are written down.
    """

    watched: Watched
    numbers: Numbers

    def application(self) -> web.Application:
        """Return the three of them."""
        made = web.Application()
        made.add_routes(
            [
                web.get("/live", self.live),
                web.get("/ready", self.ready),
                web.get("/metrics", self.metrics),
            ]
        )
        return made

    async def live(self, _request: web.Request) -> web.Response:
        """Say that the event loop runs: who cannot say so any more is to be started again."""
        return web.json_response({"live": True, "reason": "the event loop answers"})

    async def ready(self, _request: web.Request) -> web.Response:
        """Say whether a question would be heard and answered, and what stands in the way."""
        found = await self.watched.conditions()
        is_ready = all(each.is_met for each in found.values())
        told = {name: {"ok": each.is_met, "reason": each.reason} for name, each in found.items()}
        answer = {"ready": is_ready, "checks": told}
        return web.json_response(answer, status=200 if is_ready else _NOT_READY)

    async def metrics(self, _request: web.Request) -> web.Response:
        """Give all numbers."""
        text = self.numbers.text(await self.watched.readings())
        headers = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
        return web.Response(body=text, headers=headers)


@asynccontextmanager
async def telling(settings: ObserveSettings, pages: Pages) -> AsyncIterator[str]:
    """Answer until left; yield the address, empty where nothing is told.

    Where no port is set and the usual one is taken, as by another process of the same bot, nothing
    is told, and the log says so.

    Raises:
        PortTaken: The port that is set cannot be listened on.
    """
    if settings.port == 0:
        yield ""
        return
    runner = web.AppRunner(
        pages.application(),
        handle_signals=False,
        access_log=None,
        shutdown_timeout=_ENDS_WITHIN_S,
    )
    await runner.setup()
    try:
        yield await _listen(runner, settings)
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, settings: ObserveSettings) -> str:
    """Listen, and return the address; empty where the usual port is taken.

    Raises:
        PortTaken: The port that is set cannot be listened on.
    """
    port = USUAL_PORT if settings.port is None else settings.port
    try:
        await web.TCPSite(runner, settings.host, port).start()
    except OSError as error:
        untold = _untold(settings.host, port, error)
        if settings.port is not None or error.errno != EADDRINUSE:
            raise PortTaken(untold) from error
        _log.warning("no health and no numbers: %s", untold)
        return ""
    address = f"http://{settings.host}:{port}"
    _log.info("health and numbers at %s", address)
    return address


def _untold(host: str, port: int, error: OSError) -> str:
    is_taken = error.errno == EADDRINUSE
    reason = "it is taken" if is_taken else error.strerror or type(error).__name__
    return (
        f"{host}:{port} cannot be listened on ({reason}): set observe.port "
        "(POINTSMAN_OBSERVE_PORT) to another, or to 0"
    )
