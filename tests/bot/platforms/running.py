"""`pointsman run` as processes that share a folder, with a model host on loopback behind them."""

import asyncio
import os
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp
import yaml

from config.loading import load
from config.settings import Settings
from routing.backends.published import published_model
from tests.fakes.provider import KEY, Answer, FakeProvider
from tests.fakes.sockets import free_port

MODEL: Final = "gpt"

HALF: Final = "forty"
WHOLE: Final = "forty-two!"


@dataclass
class Running:
    """Bots of one deployment; processes that are left are killed at the end.

    Attributes:
        told_at: The port at which the first process tells of its health and its numbers.
    """

    provider: FakeProvider
    folder: Path
    processes: list[asyncio.subprocess.Process] = field(default_factory=list)
    told_at: int = field(default_factory=free_port)

    def service_environ(self) -> dict[str, str]:
        """Return what of the environment leads to the chat service."""
        raise NotImplementedError

    async def start(self, *arguments: str, **intake: float) -> asyncio.subprocess.Process:
        """Run a process; it may not be connected yet."""
        config = str(self.config(intake))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "--config", config, "run", *arguments),
            env=self.environ() | {"PATH": os.environ["PATH"], "HOME": str(self.folder)},
        )
        self.processes.append(process)
        return process

    async def tells(self, page: str) -> str:
        """Return what the only process tells of itself."""
        address = f"http://127.0.0.1:{self.told_at}{page}"
        async with aiohttp.ClientSession() as session, session.get(address) as response:
            return await response.text()

    async def kill(self) -> None:
        """Kill what is left."""
        for each in self.processes:
            with suppress(ProcessLookupError):
                each.kill()
            await each.wait()

    def stall_once(self) -> None:
        """Let the model fall silent in the middle of its next answer; later ones are whole."""
        half = Answer(WHOLE, chunks=2, hold=asyncio.Event(), hold_after=1)
        self.provider.script(MODEL, half, Answer(WHOLE))

    def loaded(self, environ: dict[str, str] | None = None, **intake: float) -> Settings:
        """Return what a bot in this process is built of."""
        return load(self.config(intake), environ or self.environ(), published_model)

    def config(self, intake: dict[str, float]) -> Path:
        """Write the configuration and return where it is."""
        card = {
            "name": MODEL,
            "litellm_id": f"openai/{MODEL}",
            "api_base": f"{self.provider.url}/v1",
            "api_key": "env:MODEL_KEY",
            "input_price": 1,
            "output_price": 2,
            "context_tokens": 32_000,
            "max_output_tokens": 2000,
            "weights": "closed",
            "hosting": "vendor",
            "jurisdiction": "US",
            "quality": {"general": 0.8},
        }
        written = {"shipped_models": False, "models": [card], "intake": {"claim_s": 3} | intake}
        path = self.folder / "pointsman.yaml"
        path.write_text(yaml.safe_dump(written | self.further()), encoding="utf-8")
        return path

    def further(self) -> dict[str, object]:
        """Return what else stands in the configuration."""
        return {}

    def environ(self) -> dict[str, str]:
        """Return the environment of a process."""
        mine = {"POINTSMAN_STATE_DIR": str(self.folder / "state"), "MODEL_KEY": KEY}
        mine["POINTSMAN_OBSERVE_PORT"] = str(self.told_at if len(self.processes) == 0 else 0)
        return mine | self.service_environ()
