"""The hosts for files: attachments under signed addresses that expire."""

from typing import Final

from aiohttp import web

from tests.fakes.discord.payloads import signature_of
from tests.fakes.discord.world import World

PREFIX: Final = "/cdn"


class Files:
    """Serves what was attached.

    Attributes:
        requests: The paths asked for, in order.
    """

    def __init__(self, world: World) -> None:
        self.requests: list[str] = []
        self._world = world

    async def serve(self, http: web.Request) -> web.StreamResponse:
        """Answer one request for a file."""
        path = http.path.removeprefix(PREFIX)
        self.requests.append(path)
        _, kind, *rest = path.split("/")
        if kind != "attachments" or len(rest) != 3 or not rest[1].isdecimal():
            return web.Response(status=404)
        attachment = self._world.attachments.get(int(rest[1]))
        if attachment is None or not self._is_signed(path, http):
            gone = "This content is no longer available."
            return web.Response(status=404, text=gone)
        if attachment.redirect:
            return web.Response(status=302, headers={"Location": attachment.redirect})
        upload = attachment.upload
        headers = {"Content-Type": upload.content_type}
        return web.Response(body=upload.content, headers=headers)

    def _is_signed(self, path: str, http: web.Request) -> bool:
        expires = http.query.get("ex", "")
        if http.query.get("hm") != signature_of(path, expires):
            return False
        return int(expires, 16) > self._world.clock.now().timestamp()
