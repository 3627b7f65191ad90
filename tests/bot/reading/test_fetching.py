"""Files fetched over real sockets from a server that plays a platform's hosts, or tries tricks."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.reading.fetching import NotFetched, Source, fetch, host_of
from bot.reading.sources import discord_source
from config.catalog import AttachmentKind
from config.chats import DiscordSettings
from routing.query import Attachment
from tests.fakes.serving import serve

CONTENT = b"hello" * 100


class FileServer:
    """Serves files as its paths say."""

    def __init__(self) -> None:
        self.url = ""
        self.host = ""
        self.asked: list[str] = []
        self.headers: Mapping[str, str] = {}
        self.never = asyncio.Event()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        self.headers = request.headers
        match request.path.strip("/").split("/", 1):
            case ["file"]:
                return web.Response(body=CONTENT, content_type="image/png")
            case ["expired"]:
                return web.Response(status=404)
            case ["trouble"]:
                return web.Response(status=500)
            case ["to", where]:
                raise web.HTTPFound(where if "//" in where else f"/{where}")
            case ["around"]:
                raise web.HTTPFound("/around")
            case ["packed"]:
                return web.Response(body=CONTENT, headers={"Content-Encoding": "gzip"})
        return await self._pour(request)

    async def _pour(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        if request.path == "/slow":
            await self.never.wait()
        while True:  # without an end, and without saying so
            await response.write(b"x" * 65536)


@asynccontextmanager
async def a_file_server() -> AsyncIterator[FileServer]:
    server = FileServer()
    application = web.Application()
    application.router.add_get("/{path:.*}", server.serve)
    runner, server.url = await serve(application)
    server.host = host_of(server.url)
    try:
        yield server
    finally:
        server.never.set()
        await runner.cleanup()


def an_attachment(url: str, size_bytes: int = 0) -> Attachment:
    return Attachment(AttachmentKind.IMAGE, "a.png", "image/png", size_bytes, url, "ref")


async def sign(attachment: Attachment) -> Mapping[str, str]:
    return {"Authorization": f"Bearer xoxb-{attachment.reference}"}


async def fetched(url: str, source: Source, *, size_bytes: int = 0, timeout_s: float = 20) -> bytes:
    attachment = an_attachment(url, size_bytes)
    return await fetch(attachment, source, max_bytes=1000, timeout_s=timeout_s)


async def test_a_file_is_fetched_from_its_platforms_host() -> None:
    async with a_file_server() as server:
        content = await fetched(f"{server.url}/file", Source(frozenset({server.host})))

    assert content == CONTENT


async def test_a_token_is_sent_to_the_platforms_host() -> None:
    async with a_file_server() as server:
        await fetched(f"{server.url}/file", Source(frozenset({server.host}), sign))

    assert server.headers["Authorization"] == "Bearer xoxb-ref"


async def test_what_a_host_packs_is_not_unpacked_on_the_way() -> None:
    async with a_file_server() as server:
        content = await fetched(f"{server.url}/packed", Source(frozenset({server.host})))

    assert content == CONTENT
    assert server.headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.example.org/file",  # in clear over a network
        "https://evil.example.org/file",
        "https://cdn.example.org.evil.example/file",
        "https://cdn.example.org@evil.example/file",
        "https://evil.example\\@cdn.example.org/file",
        "https://user:secret@cdn.example.org/file",
        "https://cdn.example.org:8443/file",
        "file:///etc/passwd",
        "ftp://cdn.example.org/file",
        "//cdn.example.org/file",
        "cdn.example.org",
        "http://127.0.0.1:1/file",
        "http://[::1",
        "https://cdn.example.org:port/file",
    ],
)
async def test_nothing_is_asked_elsewhere(url: str) -> None:
    source = Source(frozenset({"cdn.example.org"}), sign)

    with pytest.raises(NotFetched, match=r"its files|leads elsewhere"):
        await fetched(url, source)


async def test_a_redirect_is_followed_within_the_platforms_hosts() -> None:
    async with a_file_server() as server:
        content = await fetched(f"{server.url}/to/file", Source(frozenset({server.host})))

    assert content == CONTENT


async def test_a_redirect_away_from_the_platform_is_not_followed() -> None:
    async with a_file_server() as server, a_file_server() as other:
        source = Source(frozenset({server.host}), sign)
        with pytest.raises(NotFetched, match="not where the platform keeps its files"):
            await fetched(f"{server.url}/to/{other.url}/file", source)

    assert other.asked == []


async def test_a_redirect_in_a_circle_ends() -> None:
    async with a_file_server() as server:
        with pytest.raises(NotFetched, match="leads elsewhere"):
            await fetched(f"{server.url}/around", Source(frozenset({server.host})))

    assert len(server.asked) == 3


async def test_a_file_that_says_it_is_too_large_is_not_asked_for() -> None:
    async with a_file_server() as server:
        with pytest.raises(NotFetched, match="larger than 1 kB"):
            await fetched(f"{server.url}/file", Source(frozenset({server.host})), size_bytes=1001)

    assert server.asked == []


async def test_a_file_without_an_end_is_left_at_the_limit() -> None:
    async with a_file_server() as server:
        with pytest.raises(NotFetched, match="larger than 1 kB"):
            await fetched(f"{server.url}/endless", Source(frozenset({server.host})))


async def test_a_file_that_does_not_come_is_not_waited_for() -> None:
    async with a_file_server() as server:
        with pytest.raises(NotFetched, match="took too long"):
            await fetched(f"{server.url}/slow", Source(frozenset({server.host})), timeout_s=0.2)


async def test_trouble_at_the_host_is_told() -> None:
    async with a_file_server() as server:
        with pytest.raises(NotFetched, match="answered 500"):
            await fetched(f"{server.url}/trouble", Source(frozenset({server.host})))


async def test_a_host_that_is_away_is_told() -> None:
    async with a_file_server() as server:
        url, host = server.url, server.host

    with pytest.raises(NotFetched, match="could not be fetched"):
        await fetched(f"{url}/file", Source(frozenset({host})))


@pytest.mark.parametrize("known", ["/expired", ""])
async def test_an_expired_address_is_asked_for_anew(known: str) -> None:
    async with a_file_server() as server:

        async def refresh(attachment: Attachment) -> str:
            assert attachment.reference == "ref"
            return f"{server.url}/file"

        source = Source(frozenset({server.host}), refresh=refresh)
        content = await fetched(known and server.url + known, source)

    assert content == CONTENT


async def test_a_fresh_address_is_looked_at_like_any_other() -> None:
    async def refresh(_: Attachment) -> str:
        return "https://evil.example.org/file"

    source = Source(frozenset({"cdn.example.org"}), refresh=refresh)

    with pytest.raises(NotFetched, match="its files"):
        await fetched("", source)


async def test_what_stays_expired_is_gone() -> None:
    async with a_file_server() as server:

        async def refresh(_: Attachment) -> str:
            return f"{server.url}/expired"

        source = Source(frozenset({server.host}), refresh=refresh)
        with pytest.raises(NotFetched, match="no longer there"):
            await fetched(f"{server.url}/expired", source)

    assert len(server.asked) == 2


async def test_without_a_fresh_address_an_expired_one_is_gone() -> None:
    async with a_file_server() as server:
        with pytest.raises(NotFetched, match="no longer there"):
            await fetched(f"{server.url}/expired", Source(frozenset({server.host})))


def test_discords_files_come_from_its_own_hosts_or_the_proxy_alone() -> None:
    proxied = DiscordSettings.model_validate({"cdn_url": "http://127.0.0.1:8080/cdn"})

    own = discord_source(DiscordSettings()).hosts
    assert own == {"cdn.discordapp.com", "media.discordapp.net"}
    assert discord_source(proxied).hosts == {"127.0.0.1:8080"}
