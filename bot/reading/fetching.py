"""Fetches what people attached, from the platform's own hosts and nowhere else."""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

import aiohttp
from yarl import URL

from routing.query import Attachment

Refresh = Callable[[Attachment], Awaitable[str | None]]
"""Finds a fresh URL of an attachment; None when it is gone."""

Sign = Callable[[Attachment], Awaitable[Mapping[str, str]]]
"""Returns the headers an attachment is asked for with: a token, where one is needed."""

_REDIRECTS: Final = 2
_EXPIRED: Final = frozenset({401, 403, 404, 410})
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_PAGE: Final = "text/html"
_PIECE_BYTES: Final = 64 * 1024


class NotFetched(Exception):
    """A file could not be had; the message says why, as a part of a sentence."""


class _Expired(Exception):
    """The URL is no longer good; the file may still be there."""


async def nowhere_fresh(_attachment: Attachment) -> None:
    """Find no fresh URL: where a platform's URLs stay good, or are looked up just before."""


async def unsigned(_attachment: Attachment) -> Mapping[str, str]:
    """Send no headers of a platform's."""
    return {}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a platform keeps what people attach.

    Attributes:
        hosts: The only hosts asked, as `cdn.example.org`, or `127.0.0.1:8080` with a port that is
            not https's own.
        sign: Returns headers for those hosts; it may raise NotFetched.
        refresh: Finds a fresh URL where one has expired.
        asks_to_sign_in: Whether a page that comes for any other file asks to sign in.
    """

    hosts: frozenset[str]
    sign: Sign = unsigned
    refresh: Refresh = nowhere_fresh
    asks_to_sign_in: bool = False


def host_of(url: str) -> str:
    """Return how `Source.hosts` names the host of an address."""
    parsed = URL(url)
    host = (parsed.host or "").lower()
    return host if parsed.port in {443, None} else f"{host}:{parsed.port}"


async def fetch(
    attachment: Attachment, source: Source, *, max_bytes: int, timeout_s: float
) -> bytes:
    """Return a file's content.

    Raises:
        NotFetched: It is not there, not where it should be, too large, or too slow.
    """
    if attachment.size_bytes > max_bytes:
        raise _too_large(max_bytes)
    try:
        async with asyncio.timeout(timeout_s), _session() as session:
            return await _fresh(session, attachment, source, max_bytes)
    except TimeoutError:
        raise NotFetched("it took too long to fetch") from None
    except (aiohttp.ClientError, OSError):
        raise NotFetched("it could not be fetched") from None


def _session() -> aiohttp.ClientSession:
    """Open a session that trusts nothing of its surroundings and keeps nothing.

    One for each file: attachments are rare, and nothing has to be closed in the end.
    """
    return aiohttp.ClientSession(
        auto_decompress=False,  # a bomb would be unpacked here
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"Accept-Encoding": "identity", "User-Agent": "Pointsman"},
        trust_env=False,
    )


async def _fresh(
    session: aiohttp.ClientSession, attachment: Attachment, source: Source, max_bytes: int
) -> bytes:
    """Ask by the URL that is known, and once more by a fresh one."""
    if attachment.url:
        with suppress(_Expired):
            return await _follow(session, attachment, source, max_bytes)
    url = await source.refresh(attachment)
    if not url:
        raise NotFetched("it is no longer there")
    try:
        return await _follow(session, replace(attachment, url=url), source, max_bytes)
    except _Expired:
        raise NotFetched("it is no longer there") from None


async def _follow(
    session: aiohttp.ClientSession, attachment: Attachment, source: Source, max_bytes: int
) -> bytes:
    """Ask an address, and where it sends us as long as that is a host of the platform's."""
    try:
        url = URL(attachment.url)
        _check(url, source)
        headers = await source.sign(attachment)
        for _ in range(_REDIRECTS + 1):
            _check(url, source)
            async with session.get(url, headers=headers, allow_redirects=False) as response:
                if response.status not in _MOVED:
                    _check_signed_in(response, attachment, source)
                    return await _content(response, max_bytes)
                url = url.join(URL(response.headers.get("Location", "")))
    except ValueError:
        pass
    raise NotFetched("its address leads elsewhere")


def _check_signed_in(
    response: aiohttp.ClientResponse, attachment: Attachment, source: Source
) -> None:
    """Look whether a page came instead of a file.

    Raises:
        NotFetched: It did.
    """
    is_page = response.content_type == _PAGE and not attachment.media_type.startswith(_PAGE)
    if source.asks_to_sign_in and response.ok and is_page:
        raise NotFetched("I am not let in to read it")


def _check(url: URL, source: Source) -> None:
    """Look at an address before it is asked.

    Raises:
        NotFetched: It is none of the platform's, or in clear over a network.
    """
    is_private = url.scheme == "https" or (url.scheme == "http" and _is_loopback(url.host or ""))
    if not is_private or url.user or host_of(str(url)) not in source.hosts:
        raise NotFetched("it is not where the platform keeps its files")


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


async def _content(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    if response.status in _EXPIRED:
        raise _Expired
    if response.status != 200:  # noqa: PLR2004 # all else is trouble
        raise NotFetched(f"its host answered {response.status}")
    if (response.content_length or 0) > max_bytes:
        raise _too_large(max_bytes)
    content = bytearray()
    async for piece in response.content.iter_chunked(_PIECE_BYTES):
        content += piece
        if len(content) > max_bytes:
            raise _too_large(max_bytes)
    return bytes(content)


def _too_large(max_bytes: int) -> NotFetched:
    return NotFetched(f"it is larger than {_size(max_bytes)}")


def _size(size_bytes: int) -> str:
    for unit, bytes_each in (("MB", 1_000_000), ("kB", 1000)):
        if size_bytes >= bytes_each:
            return f"{size_bytes / bytes_each:.3g} {unit}"
    return f"{size_bytes} bytes"
