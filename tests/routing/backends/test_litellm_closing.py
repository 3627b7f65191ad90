"""An answer nobody waits for any more ends at the host, and leaves nothing behind."""

import asyncio
import subprocess
import sys
from contextlib import aclosing, suppress

import pytest

from config.settings import TimeoutSettings
from routing.backends.litellm import LiteLLMCompleter
from routing.ports import Completed, TextPart
from tests.fakes.provider import Answer, Ending, Silence
from tests.routing.backends.litellm_host import HOSTS, Host, a_host

ENDLESS = Answer("Hello", chunks=1, ending=Ending.STALLED)


async def _reaches_the_host(host: Host) -> None:
    async with asyncio.timeout(5):
        await host.provider.asked.wait()


@pytest.mark.parametrize("litellm_id", HOSTS)
async def test_closing_the_answer_ends_it_at_the_host_at_once(litellm_id: str) -> None:
    async with a_host(ENDLESS, litellm_id=litellm_id) as host:
        answer = host.stream()
        first = await anext(answer)

        await answer.aclose()

        async with asyncio.timeout(5):
            await host.request.gone.wait()
    assert first == TextPart("Hello")


@pytest.mark.parametrize("litellm_id", HOSTS)
@pytest.mark.parametrize("step", [Silence(), ENDLESS], ids=["before a token", "after a token"])
async def test_cancelling_who_waits_ends_the_answer_at_the_host(
    litellm_id: str, step: Silence | Answer
) -> None:
    async with a_host(step, litellm_id=litellm_id) as host:
        waiting = asyncio.create_task(host.ask())
        await _reaches_the_host(host)

        waiting.cancel()

        with pytest.raises(asyncio.CancelledError):
            await waiting
        async with asyncio.timeout(5):
            await host.request.gone.wait()


@pytest.mark.parametrize("litellm_id", ["openai/gpt", "deepseek/deepseek-v4-flash", "gemini/g"])
async def test_a_call_can_be_cancelled_at_any_moment(litellm_id: str) -> None:
    async with a_host(ENDLESS, litellm_id=litellm_id) as host:
        for doubled in range(13):
            waiting = asyncio.create_task(host.ask())
            for _ in range(2**doubled):
                await asyncio.sleep(0)
            waiting.cancel()
            with suppress(asyncio.CancelledError):
                await waiting


async def test_a_completer_can_be_used_again_after_a_broken_answer() -> None:
    async with a_host(Answer(ending=Ending.ERROR), Answer("Better")) as host:
        await host.failure()

        assert isinstance((await host.ask())[-1], Completed)


async def test_closing_an_unused_completer_does_nothing() -> None:
    async with aclosing(LiteLLMCompleter(TimeoutSettings())):
        pass


@pytest.mark.parametrize("seconds", [0, 0.5], ids=["at once", "while it imports"])
def test_a_program_may_end_while_litellm_is_being_imported(seconds: float) -> None:
    program = (
        "import time; from routing.backends.litellm_import import preload;"
        f"preload(); time.sleep({seconds})"
    )

    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False
    )

    assert (run.returncode, run.stderr) == (0, "")
