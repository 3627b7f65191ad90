"""A completer and the host it asks, for the tests of the completer."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any, Final

from config.settings import TimeoutSettings
from routing.backends.litellm import LiteLLMCompleter
from routing.errors import ModelFailed
from routing.ports import Call, Part
from routing.query import Turn
from tests.builders import a_card
from tests.fakes.provider import FakeProvider, Request, Step

HOSTS: Final = (
    "openai/gpt",
    "deepseek/deepseek-v4-flash",
    "cerebras/llama-3.3-70b",
    "together_ai/meta/llama",
    "hosted_vllm/qwen",
    "ollama_chat/llama",
    "anthropic/claude-haiku-5-5",
    "gemini/gemini-3.8-flash",
)
"""One model at each kind of host LiteLLM reads differently."""

DIALECTS: Final = tuple(
    host for host in HOSTS if not host.startswith(("cerebras", "together", "hosted"))
)
"""Those of them that do not share all code with another; for what takes time."""

PATIENT: Final = TimeoutSettings(connect_s=5, first_token_s=20, stall_s=20)
QUESTION: Final = "Who wrote Faust?"
SYSTEM_PROMPT: Final = "Be brief."


class Host:
    """A model at the fake provider, and a completer to ask it with."""

    def __init__(
        self, completer: LiteLLMCompleter, provider: FakeProvider, litellm_id: str
    ) -> None:
        self.completer = completer
        self.provider = provider
        self.litellm_id = litellm_id

    @property
    def request(self) -> Request:
        """Return what it was asked last."""
        return self.provider.requests[-1]

    def stream(
        self, question: str = QUESTION, max_output_tokens: int = 64, **changes: Any
    ) -> AsyncGenerator[Part]:
        """Ask it; the changes are to its card."""
        given = {"litellm_id": self.litellm_id, "api_base": self.provider.url} | changes
        turns = (Turn("user", question),)
        return self.completer.stream(Call(a_card(**given), SYSTEM_PROMPT, turns, max_output_tokens))

    async def ask(self, question: str = QUESTION, **changes: Any) -> list[Part | ModelFailed]:
        """Ask it and return all parts; a failure is the last of them."""
        parts: list[Part | ModelFailed] = []
        try:
            async with aclosing(self.stream(question, **changes)) as answer:
                async for part in answer:
                    parts.append(part)  # noqa: PERF401 # those before a failure count
        except ModelFailed as failure:
            parts.append(failure)
        return parts

    async def failure(self, question: str = QUESTION, **changes: Any) -> ModelFailed:
        """Ask it and return how it failed."""
        last = (await self.ask(question, **changes))[-1]
        assert isinstance(last, ModelFailed)
        return last


@asynccontextmanager
async def a_host(
    *steps: Step, litellm_id: str = "openai/gpt", timeouts: TimeoutSettings = PATIENT
) -> AsyncIterator[Host]:
    """Serve a model that does what the steps say; nothing may be left running afterwards."""
    before = asyncio.all_tasks()
    async with (
        FakeProvider() as provider,
        aclosing(LiteLLMCompleter(timeouts)) as completer,
    ):
        await completer.ready()
        provider.script(litellm_id.partition("/")[2], *steps)
        yield Host(completer, provider, litellm_id)
    if ending := asyncio.all_tasks() - before:
        _, running = await asyncio.wait(ending, timeout=1)
        assert not running, f"left running: {running}"
