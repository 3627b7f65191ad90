"""Whole bots at the fake Discord with a model host on loopback: as processes, or in this one."""

import asyncio
import os
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import yaml

from config.loading import load
from config.settings import Settings
from routing.backends.published import published_model
from tests.fakes.discord import Channel, FakeDiscord, Message
from tests.fakes.provider import KEY, Answer, FakeProvider

MODEL: Final = "gpt"

HALF: Final = "forty"
WHOLE: Final = "forty-two!"


@dataclass
class Program:
    """Bots that share one folder; processes that are left are killed at the end."""

    fake: FakeDiscord
    channel: Channel
    provider: FakeProvider
    folder: Path
    processes: list[asyncio.subprocess.Process] = field(default_factory=list)

    def settings(self, *, has_token: bool = True, **intake: float) -> Settings:
        """Return what a bot in this process is built of."""
        environ = self._environ()
        if not has_token:
            del environ["DISCORD_TOKEN"]
        return load(self._config(intake), environ, published_model)

    async def start(self, *arguments: str, **intake: float) -> asyncio.subprocess.Process:
        """Run a process; it may not be connected yet."""
        config = str(self._config(intake))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "--config", config, "run", *arguments),
            env=self._environ() | {"PATH": os.environ["PATH"], "HOME": str(self.folder)},
        )
        self.processes.append(process)
        return process

    async def connected(self) -> None:
        """Wait until a bot listens."""
        await self.fake.until(lambda: self.fake.gateway.is_connected, within_s=60)

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

    async def half_answered(self) -> None:
        """Wait until half an answer is to be seen."""
        await self.fake.until(lambda: any(HALF in each for each in self.shown), within_s=60)

    async def answered(self, *, in_channel: Channel | None = None) -> None:
        """Wait until a whole answer, with its receipt, is to be seen."""
        end = f"{WHOLE}\n-# {MODEL}"
        await self.fake.until(
            lambda: any(end in each for each in self.shown_in(in_channel or self.channel)),
            within_s=60,
        )

    @property
    def shown(self) -> list[str]:
        """Return what the bot's posts in the channel say."""
        return self.shown_in(self.channel)

    def shown_in(self, channel: Channel) -> list[str]:
        """Return what the bot's posts in a channel say."""
        posts = self.fake.messages(channel)
        return [each.content for each in posts if each.author is self.fake.bot]

    async def answer_to(self, question: Message) -> Message:
        """Return the whole answer to a message, once it is there."""

        def found() -> list[Message]:
            return [
                each
                for each in self.fake.messages(question.channel)
                if each.reference is not None
                and each.reference.message_id == question.id
                and each.author is self.fake.bot
                and f"{MODEL} ·" in each.content
            ]

        await self.fake.until(found, within_s=60)
        return found()[0]

    def _config(self, intake: dict[str, float]) -> Path:
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
        path.write_text(yaml.safe_dump(written), encoding="utf-8")
        return path

    def _environ(self) -> dict[str, str]:
        return {
            "POINTSMAN_STATE_DIR": str(self.folder / "state"),
            "MODEL_KEY": KEY,
            "DISCORD_TOKEN": self.fake.token,
            "DISCORD_API_URL": self.fake.api_url,
            "DISCORD_GATEWAY_URL": self.fake.gateway_url,
            "DISCORD_CDN_URL": self.fake.cdn_url,
        }
