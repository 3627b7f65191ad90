"""A platform's host with files on it, over real sockets."""

import asyncio
from typing import Final, Self

from aiohttp import web

from bot.reading.fetching import Source, host_of
from config.catalog import AttachmentKind
from routing.query import Attachment
from tests.bot.reading.documents import a_pdf, an_archive
from tests.fakes.pictures import a_picture
from tests.fakes.serving import serve

FILES: Final = {
    "notes.txt": b"milk and bread",
    "report.pdf": a_pdf("Sales fell."),
    "photo.png": a_picture(),
    "all.zip": an_archive("a.txt"),
}


class Shelf:
    """A platform's host with the files on it; an async context manager."""

    def __init__(self) -> None:
        self.files = dict(FILES)
        self.url = ""
        self.was_asked, self.is_open = asyncio.Event(), asyncio.Event()
        self.is_open.set()

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_get("/{name}", self._serve)
        self._runner, self.url = await serve(application)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _serve(self, request: web.Request) -> web.Response:
        self.was_asked.set()
        await self.is_open.wait()
        return web.Response(body=self.files[request.match_info["name"]])

    def attached(self, *names: str) -> list[Attachment]:
        """Return files as a message has them attached, their kinds not known."""
        return [Attachment(AttachmentKind.OTHER, name, url=f"{self.url}/{name}") for name in names]

    def source(self) -> Source:
        """Return where to fetch them."""
        return Source(frozenset({host_of(self.url)}))
