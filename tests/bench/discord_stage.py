"""What benchmarks on Discord share: the fake Discord, a model host, a store, bots; all processes.

Each runs as an operator would start it; nothing of a bot is reached but by what Discord shows.
"""

import asyncio
import os
import random
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp
import yaml

from routing.backends.embedded_store import embedded_store
from tests.fakes.discord_remote import RemoteDiscord
from tests.fakes.sockets import free_port
from tests.routing.backends.conftest import cluster, valkey

ROOT: Final = Path(__file__).parents[2]
_ANSWER: Final = re.compile(r"answer (\d+):")
_RECEIPT: Final = re.compile(r"(?m)^-# .*bench ")


@dataclass(frozen=True)
class World:
    """Who talks where: ids of the fake Discord.

    Attributes:
        channels: Of all guilds.
        users: They may speak in all of them.
    """

    channels: Sequence[int]
    users: Sequence[int]


@dataclass
class Bot:
    """One process of the bot.

    Attributes:
        arguments: Of `pointsman run`.
        process: Now; another one after each start.
    """

    arguments: Sequence[str]
    config: Path
    environ: dict[str, str]
    log: Path
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it; what it says is added to its log."""
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "--config", str(self.config), "run"),
                *self.arguments,
                cwd=ROOT,
                env=self.environ,
                stdout=log,
                stderr=log,
            )

    async def kill(self) -> None:
        """Kill it as a machine that loses power would."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """Tell it to end, and wait until it has."""
        await self._end(signal.SIGTERM)

    def memory_mb(self) -> float:
        """Return how much memory it holds now; 0 where that is not told."""
        try:
            lines = Path(f"/proc/{self._pid}/status").read_text("utf-8").splitlines()
        except OSError:
            return 0.0
        held = next((line for line in lines if line.startswith("VmRSS")), "VmRSS: 0 kB")
        return int(held.split()[1]) / 1024

    @property
    def _pid(self) -> int:
        return self.process.pid if self.process else 0

    async def _end(self, sign: signal.Signals) -> None:
        if self.process and self.process.returncode is None:
            self.process.send_signal(sign)
            await self.process.wait()


@dataclass
class Stage:
    """All that runs, and the way to ask it.

    Attributes:
        store_url: Of the store the bots share.
    """

    discord: RemoteDiscord
    host_url: str
    store_url: str
    bots: list[Bot] = field(default_factory=list)

    async def host_stats(self) -> dict[str, Any]:
        """Return what the model host saw."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.host_url}/stats") as got:
            told: dict[str, Any] = await got.json()
            return told

    async def connected(self, sessions: int, within_s: float = 60) -> None:
        """Wait until so many sessions at the gateway were begun and one stands."""
        async with asyncio.timeout(within_s):
            while True:
                state = await self.discord.do("state")
                if state["identified"] + state["resumed"] >= sessions and state["is_connected"]:
                    return
                await asyncio.sleep(0.2)


@asynccontextmanager
async def a_stage(
    folder: Path,
    arguments: Sequence[Sequence[str]],
    *,
    host: Sequence[str] = (),
    settings: dict[str, Any] | None = None,
    store: str = "redis",
) -> AsyncIterator[Stage]:
    """Start everything, the bots last; end it in reverse.

    Args:
        folder: For logs, settings and the store.
        arguments: Of each bot's `pointsman run`.
        host: Of the model host.
        settings: More of the configuration, by section.
        store: One of `STORES`.
    """
    async with (
        RemoteDiscord() as discord,
        _child("tests.bench.echoing_host", *host) as host_url,
        STORES[store](folder / "store") as store_url,
    ):
        config = folder / "pointsman.yaml"
        config.write_text(yaml.safe_dump(_settings(folder, host_url, settings or {})), "utf-8")
        environ = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "DISCORD_TOKEN": discord.token,
            "DISCORD_API_URL": discord.api_url,
            "DISCORD_GATEWAY_URL": discord.gateway_url,
            "DISCORD_CDN_URL": discord.cdn_url,
            "REDIS_URL": store_url,
            "BENCH_KEY": "sk-test",
        }
        stage = Stage(discord, host_url, store_url)
        for number, each in enumerate(arguments):
            stage.bots.append(Bot(each, config, environ, folder / f"bot{number}.log"))
        try:
            for bot in stage.bots:
                await bot.start()
            yield stage
        finally:
            await asyncio.gather(*(bot.stop() for bot in stage.bots))


async def a_world(discord: RemoteDiscord, guilds: int, channels: int, users: int) -> World:
    """Found guilds with so many channels each, and let people join all of them."""
    homes = [await discord.do("add_guild", name=f"guild {number}") for number in range(guilds)]
    places = [
        await discord.do("add_channel", guild=home, name=f"c{number}")
        for home in homes
        for number in range(channels)
    ]
    people = [
        await discord.do("add_user", name=f"person {number}", guild=homes[0])
        for number in range(users)
    ]
    for home in homes[1:]:
        for person in people:
            await discord.do("join", user=person, guild=home)
    return World(places, people)


@dataclass(frozen=True)
class Seen:
    """A bot's message that answers a question.

    Attributes:
        number: Of the question, as the model told it; empty where none is told.
        is_whole: Whether the model's last words are there, and the line that ends an answer.
        at: When it came to read as it does, in seconds since 1970.
        reply_to: The message it answers; 0 for none.
    """

    number: str
    is_whole: bool
    at: float
    text: str
    reply_to: int


async def seen(discord: RemoteDiscord, world: World) -> list[Seen]:
    """Return what the bot shows in all channels."""
    people, found = set(world.users), []
    for channel in world.channels:
        for message in await discord.do("messages", channel=channel):
            if message["author"] in people:
                continue
            text = message["content"]
            told = _ANSWER.search(text)
            number = told[1] if told else ""
            is_whole = bool(number) and f"end of {number}" in text and bool(_RECEIPT.search(text))
            at = message["edited_at"] or message["created_at"]
            found.append(Seen(number, is_whole, at, text, message["reply_to"] or 0))
    return found


async def ask(discord: RemoteDiscord, world: World, number: int, dice: random.Random) -> int:
    """Let somebody ask question `number` somewhere; return the message's id."""
    channel = dice.choice(world.channels)
    person = world.users[number % len(world.users)]
    text = f"Please tell me all about #{number}, at some length"
    said = await discord.do("say", user=person, channel=channel, text=text, mention_bot=True)
    return int(said)


def _settings(folder: Path, host_url: str, more: dict[str, Any]) -> dict[str, Any]:
    card = {
        "name": "bench",
        "litellm_id": "openai/bench",
        "api_key": "env:BENCH_KEY",
        "api_base": f"{host_url}/v1",
        "input_price": 1,
        "output_price": 2,
        "context_tokens": 100_000,
        "max_output_tokens": 4096,
        "weights": "open",
        "hosting": "vendor",
        "jurisdiction": "US",
        "quality": {"general": 0.8},
    }
    ours = {
        "state_dir": str(folder / "state"),
        "shipped_models": False,
        "models": [card],
        "local_model": {"use": "never"},
        "quotas": {"limits": [{"of": "asker", "usd": 100, "per": "day"}]},
    }
    return ours | more


@asynccontextmanager
async def _child(module: str, *arguments: str) -> AsyncIterator[str]:
    """Run a module that prints one line, and yield the line."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout
    try:
        yield (await child.stdout.readline()).decode().strip()
    finally:
        child.terminate()
        await child.wait()


@asynccontextmanager
async def _redis(home: Path) -> AsyncIterator[str]:
    """Run a redis-server that writes down what it is told, as an operator's would."""
    port = free_port()
    await asyncio.to_thread(home.mkdir)
    child = await asyncio.create_subprocess_exec(
        *("redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", str(home)),
        *("--appendonly", "yes", "--save", "", "--logfile", "redis.log"),
    )
    try:
        yield f"redis://127.0.0.1:{port}"
    finally:
        child.terminate()
        await child.wait()


@asynccontextmanager
async def _cluster(home: Path) -> AsyncIterator[str]:
    """Run a Cluster of three."""
    with cluster(home) as url:
        yield url


def _embedded(home: Path) -> AbstractAsyncContextManager[str]:
    return embedded_store(valkey(), home)


STORES: Final[dict[str, Callable[[Path], AbstractAsyncContextManager[str]]]] = {
    "redis": _redis,
    "cluster": _cluster,
    "embedded": _embedded,
}
