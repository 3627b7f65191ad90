"""What benchmarks on chat services share: a fake service, a model host, a store, and bots.

Each is a process, run as an operator would start it; nothing of a bot is reached but by what people
see.
"""

import asyncio
import os
import random
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Generic, Protocol, TypeVar

import aiohttp
import yaml

from tests.bench.quick_time import VARIABLES
from tests.bench.stage_stores import STORES, Standing
from tests.fakes.remote import RemoteFake
from tests.fakes.sockets import free_port

ROOT: Final = Path(__file__).parents[2]
_PASSED_ON: Final = ("PATH", "HOME", *VARIABLES)
"""Of the environment."""

BEGINNING: Final = re.compile(r"answer (\d+):")
"""Of an answer of the model host."""


@dataclass(frozen=True)
class Seen:
    """What a bot shows as the answer to a question.

    Attributes:
        number: Of the question, as the model told it; empty where none is told.
        is_whole: Whether the model's last words are there, and the line that ends an answer.
        at: When it came to read as it does, in seconds since 1970.
        reply_to: The message it answers; empty for none.
    """

    number: str
    is_whole: bool
    at: float
    text: str
    reply_to: str

    @classmethod
    def of(cls, text: str, at: float, reply_to: str, receipt: re.Pattern[str]) -> "Seen":
        """Read a message; `receipt` is how the line that ends an answer looks."""
        told = BEGINNING.search(text)
        number = told[1] if told else ""
        is_whole = bool(number) and f"end of {number}" in text and bool(receipt.search(text))
        return cls(number, is_whole, at, text, reply_to)


class Scene(Protocol):
    """A fake service in a process of its own, and people who talk there.

    Attributes:
        fake: The service.
        environ: What leads a bot there.
        untold: Series that a bot has no cause to tell there.
    """

    @property
    def fake(self) -> RemoteFake: ...

    @property
    def environ(self) -> Mapping[str, str]: ...

    @property
    def untold(self) -> AbstractSet[str]: ...

    async def ask(self, number: int, dice: random.Random) -> str:
        """Let somebody ask question `number` somewhere; return the message's id."""
        ...

    async def say(self, text: str) -> None:
        """Let the first person say something to the bot, in the first channel."""
        ...

    async def acknowledged_s(self) -> list[float | None]:
        """Return how soon each thing told was acknowledged; None: not yet. Empty: nobody asks."""
        ...

    async def seen(self) -> list[Seen]:
        """Return what the bot shows everywhere."""
        ...


SceneT = TypeVar("SceneT", bound=Scene)


@dataclass(frozen=True)
class Plan:
    """How one process of the bot is run.

    Attributes:
        settings: Of its configuration, by section; its models come beside the stage's own.
        arguments: Of `pointsman run`.
    """

    settings: Mapping[str, Any]
    arguments: tuple[str, ...] = ()


@dataclass
class Bot:
    """One process of the bot.

    Attributes:
        arguments: Of `pointsman run`.
        observe_url: Where it tells of its health and its numbers.
        process: Now; another one after each start.
        root: Where the program is, as it is when it starts next.
    """

    arguments: Sequence[str]
    observe_url: str
    config: Path
    environ: dict[str, str]
    log: Path
    process: asyncio.subprocess.Process | None = None
    root: Path = ROOT

    async def start(self) -> None:
        """Start it; what it says is added to its log."""
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "--config", str(self.config), "run"),
                *self.arguments,
                cwd=self.root,
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

    def change(self, **sections: object) -> None:
        """Change its configuration, if there is anything to change, and tell it to read it anew."""
        settings = yaml.safe_load(self.config.read_text("utf-8")) | sections
        self.config.write_text(yaml.safe_dump(settings), "utf-8")
        if self.process:
            self.process.send_signal(signal.SIGHUP)

    def memory_mb(self) -> float:
        """Return how much memory it holds now; 0 where that is not told."""
        try:
            lines = Path(f"/proc/{self.pid}/status").read_text("utf-8").splitlines()
        except OSError:
            return 0.0
        held = next((line for line in lines if line.startswith("VmRSS")), "VmRSS: 0 kB")
        return int(held.split()[1]) / 1024

    def cpu_s(self) -> float:
        """Return how much of a processor's time it has used; 0 where that is not told."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def pid(self) -> int:
        """Return its process; 0 before it is started."""
        return self.process.pid if self.process else 0

    async def _end(self, sign: signal.Signals) -> None:
        if self.process and self.process.returncode is None:
            self.process.send_signal(sign)
            await self.process.wait()


@dataclass
class Stage(Generic[SceneT]):
    """All that runs, and the way to ask it.

    Attributes:
        scene: Where people talk.
        store: What the bots share.
    """

    scene: SceneT
    host_url: str
    store: Standing
    bots: list[Bot] = field(default_factory=list)

    async def host_stats(self) -> dict[str, Any]:
        """Return what the model host saw."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.host_url}/stats") as got:
            told: dict[str, Any] = await got.json()
            return told

    async def state(self) -> dict[str, Any]:
        """Return what the fake service saw."""
        told: dict[str, Any] = await self.scene.fake.do("state")
        return told


@asynccontextmanager
async def a_stage(
    folder: Path,
    scene: SceneT,
    plans: Sequence[Plan],
    *,
    host: Sequence[str] = (),
    store: str = "redis",
) -> AsyncIterator[Stage[SceneT]]:
    """Start everything else, the bots last; end it in reverse.

    Args:
        folder: For logs, settings and the store.
        scene: Where the bots are to talk; it runs already.
        plans: Of each bot.
        host: Arguments of the model host.
        store: One of `STORES`.
    """
    async with (
        _child("tests.bench.echoing_host", *host) as host_url,
        STORES[store](folder / "store") as standing,
    ):
        stage = Stage(scene, host_url, standing)
        stage.bots = [_bot(folder, number, plan, stage) for number, plan in enumerate(plans)]
        try:
            for bot in stage.bots:
                await bot.start()
            yield stage
        finally:
            await asyncio.gather(*(bot.stop() for bot in stage.bots))


def _bot(folder: Path, number: int, plan: Plan, stage: Stage[SceneT]) -> Bot:
    port = free_port()
    settings = _settings(folder, stage.host_url)
    models = [*settings["models"], *plan.settings.get("models", ())]
    settings |= {"observe": {"port": port}, **plan.settings, "models": models}
    config = folder / f"pointsman{number}.yaml"
    config.write_text(yaml.safe_dump(settings), "utf-8")
    environ = {
        **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        **stage.scene.environ,
        "REDIS_URL": stage.store.url,
        "BENCH_KEY": "sk-test",
    }
    log = folder / f"bot{number}.log"
    return Bot(plan.arguments, f"http://127.0.0.1:{port}", config, environ, log)


def question(number: int) -> str:
    """Return what is asked."""
    return f"Please tell me all about #{number}, at some length"


def model(name: str, host_url: str, quality: float) -> dict[str, Any]:
    """Return a model that a host serves, as settings name it."""
    return {
        "name": name,
        "litellm_id": f"openai/{name}",
        "api_key": "env:BENCH_KEY",
        "api_base": f"{host_url}/v1",
        "input_price": 1,
        "output_price": 2,
        "context_tokens": 100_000,
        "max_output_tokens": 4096,
        "weights": "open",
        "hosting": "vendor",
        "jurisdiction": "US",
        "quality": {"general": quality},
    }


def _settings(folder: Path, host_url: str) -> dict[str, Any]:
    return {
        "state_dir": str(folder / "state"),
        "shipped_models": False,
        "models": [model("bench", host_url, 0.8)],
        "local_model": {"use": "never"},
        "quotas": {"limits": [{"of": "asker", "usd": 100, "per": "day"}]},
    }


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
