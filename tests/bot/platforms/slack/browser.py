"""Somebody who installs the app; the balancer before it is left out."""

from dataclasses import dataclass
from html import unescape

import aiohttp

from bot.platforms.slack.doors.oauth import INSTALL_PATH, REDIRECT_PATH


@dataclass
class Browser:
    """A browser at the app's pages.

    Attributes:
        address: Where they are.
        public: What Slack knows them as.
        cookie: What it was told to keep.
        page: What it shows.
    """

    address: str
    public: str
    cookie: str = ""
    page: str = ""

    async def begins(self) -> str:
        """Open the page that begins it, and return where its button leads; empty for nowhere."""
        async with (
            aiohttp.ClientSession(self.address, cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.get(INSTALL_PATH) as response,
        ):
            self.page = await response.text()
            if response.status != 200:
                return ""
            told = response.headers["Set-Cookie"]
            assert "Secure" in told
            assert "HttpOnly" in told
            self.cookie = told.partition(";")[0]
        return unescape(self.page.partition('<a href="')[2].partition('"')[0])

    async def comes_back(self, url: str, *, cookie: str | None = None) -> int:
        """Follow where Slack sent it; return the status."""
        assert url.startswith(f"{self.public}{REDIRECT_PATH}?")
        headers = {"Cookie": self.cookie if cookie is None else cookie}
        async with (
            aiohttp.ClientSession(self.address, headers=headers) as session,
            session.get(url.removeprefix(self.public)) as response,
        ):
            self.page = await response.text()
            return response.status
