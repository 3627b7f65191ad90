"""What our way to a model costs beside a bare call of LiteLLM: `python -m tests.bench.overhead`.

The subjects ask the same host in turns, so that whatever else the machine does hits all alike,
and the medians are compared. The host is a process of its own.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from statistics import median
from typing import Final

from config.settings import Settings, TimeoutSettings
from routing.backends.litellm import LiteLLMCompleter
from routing.backends.litellm_import import litellm_module
from routing.ports import Call, TextPart
from routing.query import Turn
from routing.reply import TextDelta
from routing.router import Router
from tests.builders import a_card, a_query
from tests.fakes.ports import DictCache, ListLedger, spending

QUESTION: Final = "What does a pointsman do all day, and would you want to be one?"
SYSTEM_PROMPT: Final = "You are a helpful assistant."
SHORT: Final = 256
LONG: Final = 768

Ask = Callable[[int], AsyncGenerator[str]]
"""Asks the host for so many chunks and yields the visible texts."""

Subject = Callable[[str], AbstractAsyncContextManager[Ask]]
"""Opens a way to ask the host at an address."""


@dataclass(frozen=True)
class Sample:
    """What one question took.

    Attributes:
        to_wire_ms: Until the host got it.
        to_text_ms: From the host's first token to the first visible text.
        cpu_ms: Of this process, for all of it.
    """

    to_wire_ms: float
    to_text_ms: float
    cpu_ms: float


@asynccontextmanager
async def bare_litellm(url: str) -> AsyncIterator[Ask]:
    """Ask as LiteLLM's own documentation does."""
    litellm = await litellm_module()

    async def ask(chunks: int) -> AsyncGenerator[str]:
        answer = await litellm.acompletion(
            model="openai/bench",
            messages=[
                {"role": "system", "content": SYSTEM_PROMPT},
                {"role": "user", "content": QUESTION},
            ],
            stream=True,
            stream_options={"include_usage": True},
            max_tokens=chunks,
            api_base=url,
            api_key="sk-test",
            max_retries=0,
        )
        async for chunk in answer:
            if chunk.choices and (text := chunk.choices[0].delta.content):
                yield text

    yield ask


@asynccontextmanager
async def completer(url: str) -> AsyncIterator[Ask]:
    """Ask through our Completer."""
    card = a_card(litellm_id="openai/bench", api_base=url)
    async with aclosing(LiteLLMCompleter(TimeoutSettings())) as ours:

        async def ask(chunks: int) -> AsyncGenerator[str]:
            call = Call(card, SYSTEM_PROMPT, (Turn("user", QUESTION),), chunks)
            async with aclosing(ours.stream(call)) as parts:
                async for part in parts:
                    if isinstance(part, TextPart):
                        yield part.text

        yield ask


@asynccontextmanager
async def router(url: str) -> AsyncIterator[Ask]:
    """Ask through the Router and our Completer."""
    async with aclosing(LiteLLMCompleter(TimeoutSettings())) as ours:

        async def ask(chunks: int) -> AsyncGenerator[str]:
            card = a_card(litellm_id="openai/bench", api_base=url, max_output_tokens=chunks)
            routed = Router(
                Settings(models=(card,)),
                completer=ours,
                spending=spending(ListLedger()),
                cache=DictCache(),
            )
            query = a_query(QUESTION, system_prompt=SYSTEM_PROMPT)
            async with aclosing(routed.answer(query)) as events:
                async for event in events:
                    if isinstance(event, TextDelta):
                        yield event.text

        yield ask


SUBJECTS: Final[Mapping[str, Subject]] = {
    "bare litellm": bare_litellm,
    "completer": completer,
    "router": router,
}
"""The first is what the others are measured against."""


async def sample(ask: Ask, chunks: int) -> Sample:
    """Ask once.

    Raises:
        AssertionError: Not every chunk became visible.
    """
    cpu_ns, asked_ns = time.process_time_ns(), time.monotonic_ns()
    seen_ns = 0
    texts = []
    async with aclosing(ask(chunks)) as answer:
        async for text in answer:
            seen_ns = seen_ns or time.monotonic_ns()
            texts.append(text)
    cpu_ns = time.process_time_ns() - cpu_ns
    stamps = [int(stamp) for stamp in "".join(texts).split()]
    assert len(stamps) == chunks + 1
    arrived_ns, written_ns = stamps[:2]
    return Sample((arrived_ns - asked_ns) / 1e6, (seen_ns - written_ns) / 1e6, cpu_ns / 1e6)


async def measure(
    url: str, rounds: int, *, short: int = SHORT, long: int = LONG
) -> dict[str, Sample]:
    """Ask by every subject in turns; return medians, `cpu_ms` being that of one chunk."""
    async with AsyncExitStack() as stack:
        asks = {
            name: await stack.enter_async_context(open_subject(url))
            for name, open_subject in SUBJECTS.items()
        }
        shorts: dict[str, list[Sample]] = {name: [] for name in asks}
        longs: dict[str, list[Sample]] = {name: [] for name in asks}
        for _ in range(rounds):
            for name, ask in asks.items():
                for samples, chunks in ((shorts, short), (longs, long)):
                    samples[name].append(await sample(ask, chunks))
                    await _idle()
    return {
        name: Sample(
            median(one.to_wire_ms for one in shorts[name] + longs[name]),
            median(one.to_text_ms for one in shorts[name] + longs[name]),
            (median(one.cpu_ms for one in longs[name]) - median(one.cpu_ms for one in shorts[name]))
            / (long - short),
        )
        for name in asks
    }


async def _idle() -> None:
    """Let what LiteLLM does after an answer end, so that it is not counted for the next."""
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait([task], timeout=0.05)


@asynccontextmanager
async def host() -> AsyncIterator[str]:
    """Start the host; yield its address."""
    command = [sys.executable, "-m", "tests.bench.stamping_host"]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert process.stdout
    try:
        yield f"http://127.0.0.1:{int(await process.stdout.readline())}"
    finally:
        process.terminate()
        await process.wait()


_BARE: Final = "import os; os.environ['LITELLM_LOCAL_MODEL_COST_MAP'] = 'True'; import litellm"
_MEMORY: Final = {
    "import litellm": _BARE,
    "import litellm, one answer": f"""{_BARE}
import asyncio, sys
async def main():
    messages = [{{"role": "user", "content": "hello"}}]
    async for _ in await litellm.acompletion("openai/gpt-4o", messages, stream=True,
        max_tokens=1, api_base=sys.argv[1], api_key="sk-test"): pass
asyncio.run(main())
""",
    "our completer, one answer": """
import asyncio, sys
from tests.bench.overhead import completer, sample
async def main():
    async with completer(sys.argv[1]) as ask:
        await sample(ask, 1)
asyncio.run(main())
""",
    "pointsman chat, one answer": """
import json, os, sys, tempfile
from bot.cli import main
with tempfile.TemporaryDirectory() as home:
    os.environ |= {"POINTSMAN_STATE_DIR": home, "KEY": "sk-test"}
    host = {"api_base": sys.argv[1], "api_key": "env:KEY", "litellm_id": "openai/bench"}
    with open(f"{home}/pointsman.yaml", "w") as config:
        json.dump({"models": [{"name": "gpt-luna", "max_output_tokens": 64, **host}]}, config)
    assert main(["--config", f"{home}/pointsman.yaml", "chat", "hello"]) == 0
""",
}
"""Programs whose memory is compared."""

# Of this program image alone; `getrusage` would count the parent's memory before the exec.
_HELD: Final = r"print(re.search(r'VmHWM:\s+(\d+)', open('/proc/self/status').read())[1])"


def memory_mb(program: str, url: str) -> int:
    """Return the most memory a Python program ever held; Linux only."""
    command = [sys.executable, "-c", f"{program}\nimport re; {_HELD}", url]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(run.stdout.split()[-1]) // 1024


def table(medians: Mapping[str, Sample]) -> Iterator[str]:
    """Yield the lines of a table with each subject's ratio to the first."""
    base = next(iter(medians.values()))
    yield f"{'':14} {'to the wire':>16} {'to the text':>16} {'CPU a chunk':>17} {'our share':>10}"
    for name, one in medians.items():
        ours_ms = one.to_wire_ms + one.to_text_ms - base.to_wire_ms - base.to_text_ms
        yield (
            f"{name:14} {one.to_wire_ms:6.2f} ms {one.to_wire_ms / base.to_wire_ms:5.2f}x"
            f" {one.to_text_ms:7.2f} ms {one.to_text_ms / base.to_text_ms:5.2f}x"
            f" {one.cpu_ms * 1000:7.0f} us {one.cpu_ms / base.cpu_ms:5.2f}x {ours_ms:+7.2f} ms"
        )


async def main(rounds: int) -> None:
    """Measure and print."""
    async with host() as url:
        await measure(url, rounds=3)  # the first calls load and compile
        for line in table(await measure(url, rounds)):
            print(line)
        first_mb = 0
        for name, program in _MEMORY.items():
            held_mb = await asyncio.to_thread(memory_mb, program, url)
            first_mb = first_mb or held_mb
            print(f"{name:27} {held_mb:4} MB {held_mb / first_mb:5.2f}x")


if __name__ == "__main__":
    asyncio.run(main(rounds=int(sys.argv[1]) if len(sys.argv) > 1 else 40))
