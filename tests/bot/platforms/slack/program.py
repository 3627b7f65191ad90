"""Whole bots at the fake Slack with a model host on loopback, as processes."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from tests.bot.platforms.running import MODEL, WHOLE, Running
from tests.fakes.slack import Channel, FakeSlack, Message
from tests.fakes.sockets import free_port

SEALING_KEY: Final = "a long secret of the operator's"


@dataclass
class Program(Running):
    """Bots that share one folder.

    Attributes:
        port: Where the bot is called by HTTP; 0: it listens over sockets.
        is_installable: Whether workspaces install the app; else it serves the first one.
    """

    fake: FakeSlack = field(kw_only=True)
    port: int = 0
    is_installable: bool = False

    @property
    def address(self) -> str:
        """Return where it is called."""
        return f"http://127.0.0.1:{self.port}"

    def over_http(self) -> None:
        """Let Slack call the bot from now on."""
        self.port = free_port()
        self.fake.deliver_over_http(f"{self.address}/slack/events")

    def service_environ(self) -> dict[str, str]:
        """Return what of the environment leads to the fake."""
        way_in = {"SLACK_APP_TOKEN": self.fake.app_token}
        if self.port:
            way_in = {"SLACK_SIGNING_SECRET": self.fake.signing_secret}
        name = {"SLACK_BOT_TOKEN": self.fake.bot_token}
        if self.is_installable:
            name = {"CLIENT_SECRET": self.fake.door.client_secret, "SEALING_KEY": SEALING_KEY}
        return {"SLACK_API_URL": self.fake.api_url} | way_in | name

    def further(self) -> dict[str, object]:
        """Return where it listens, and how it is installed."""
        install = {
            "client_id": self.fake.door.client_id,
            "client_secret": "env:CLIENT_SECRET",
            "sealing_key": "env:SEALING_KEY",
        }
        slack: dict[str, object] = {"port": self.port, "public_url": self.address}
        return {"slack": slack | ({"install": install} if self.is_installable else {})}

    async def connected(self) -> None:
        """Wait until a bot listens."""
        if not self.port:
            await self.fake.until(lambda: self.fake.sockets.count, within_s=30)
            return
        async with asyncio.timeout(60):
            while not await self._is_open():  # noqa: ASYNC110 # no event tells of a port
                await asyncio.sleep(0.02)

    async def _is_open(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True

    async def answered(self, channel: Channel, thread: Message, text: str = WHOLE) -> str:
        """Wait until a whole answer, with its receipt, is to be seen, and return all of it."""

        def found() -> list[str]:
            shown = self.fake.shown(channel, thread)
            return [each for each in shown if text in each and f"{MODEL} ·" in each]

        await self.fake.until(found, within_s=30)
        return found()[-1]
