"""A bot of the real discord.py, pointed at the fake Discord, that remembers what it hears."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any, Protocol

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.fakes.discord import Channel

QUIET = discord.AllowedMentions.none()
WITHIN_S = 5.0


class Bot(discord.Client):
    """Puts into queues what it hears.

    Attributes:
        edits: Payloads of edits and deletions.
        asked: Interactions that no command of the tree takes.
        ready: Set whenever a session has begun.
        running: The client's own task; it ends when the client gives up.
    """

    def __init__(self, intents: discord.Intents, **options: Any) -> None:
        super().__init__(
            intents=intents, allowed_mentions=QUIET, guild_ready_timeout=0.05, **options
        )
        self.tree = app_commands.CommandTree(self)
        self.heard: asyncio.Queue[discord.Message] = asyncio.Queue()
        self.edits: asyncio.Queue[Any] = asyncio.Queue()
        self.asked: asyncio.Queue[discord.Interaction] = asyncio.Queue()
        self.ready, self.resumed = asyncio.Event(), asyncio.Event()
        self.running: asyncio.Task[None] | None = None

    async def on_message(self, message: discord.Message) -> None:
        if message.author.id != (self.user.id if self.user else 0):
            self.heard.put_nowait(message)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        self.edits.put_nowait(payload)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        self.edits.put_nowait(payload)

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        self.edits.put_nowait(payload)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        self.asked.put_nowait(interaction)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Begin at once; discord.py waits five seconds with every session but the first."""

    async def on_ready(self) -> None:
        self.ready.set()

    async def on_resumed(self) -> None:
        self.resumed.set()

    async def hear(self) -> discord.Message:
        """Return the next message of somebody else."""
        return await asyncio.wait_for(self.heard.get(), WITHIN_S)

    async def be_asked(self) -> discord.Interaction:
        """Return the next interaction."""
        return await asyncio.wait_for(self.asked.get(), WITHIN_S)


class Place(Protocol):
    """Where a fake Discord is, in this process or another."""

    @property
    def api_url(self) -> str:
        """Return where REST answers."""
        ...

    @property
    def gateway_url(self) -> str:
        """Return where the gateway listens."""
        ...

    @property
    def token(self) -> str:
        """Return the bot's token."""
        ...


@contextlib.contextmanager
def pointed_at(fake: Place) -> Iterator[None]:
    """Let discord.py talk to the fake."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = fake.api_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(fake.gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


@contextlib.asynccontextmanager
async def a_connected_bot(fake: Place, **options: Any) -> AsyncIterator[Bot]:
    """Run a bot on the gateway; it is ready when the block begins."""
    options.setdefault("intents", discord.Intents.default())
    with pointed_at(fake):
        bot = Bot(**options)
        bot.running = running = asyncio.create_task(bot.start(fake.token))
        ready = asyncio.create_task(bot.ready.wait())
        try:
            await asyncio.wait([running, ready], return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                await running
            yield bot
        finally:
            ready.cancel()
            await bot.close()
            await asyncio.gather(running, ready, return_exceptions=True)


@contextlib.asynccontextmanager
async def a_writing_bot(fake: Place) -> AsyncIterator[Bot]:
    """Run a bot that only knows REST, as workers do."""
    with pointed_at(fake):
        bot = Bot(discord.Intents.none())
        await bot.login(fake.token)
        try:
            yield bot
        finally:
            await bot.close()


def at(bot: Bot, channel: Channel) -> discord.PartialMessageable:
    """Return a channel of the fake as a bot knows it that is not on the gateway."""
    return bot.get_partial_messageable(channel.id)


async def a_thread(place: discord.PartialMessageable, message_id: int, name: str) -> None:
    """Open a thread from a message by REST alone, which a partial message cannot."""
    http = place._state.http  # noqa: SLF001 # the library has no public way
    await http.start_thread_with_message(place.id, message_id, name=name, auto_archive_duration=60)


def session_of(bot: Bot) -> Any:
    return bot.http._HTTPClient__session  # type: ignore[attr-defined]  # noqa: SLF001 # as its webhooks do


async def raw(bot: Bot, method: str, path: str, body: object) -> tuple[int, Any]:
    """Ask past all that discord.py checks and repeats by itself."""
    headers = {"Authorization": f"Bot {bot.http.token}"}
    url = discord.http.Route.BASE + path
    async with session_of(bot).request(method, url, json=body, headers=headers) as response:
        return response.status, await response.json()
