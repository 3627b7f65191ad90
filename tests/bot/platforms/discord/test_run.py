"""`pointsman run` as a process at the fake Discord, with a provider on loopback behind it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.discord import Channel, FakeDiscord, Message, User
from tests.fakes.provider import KEY, Answer, FakeProvider

CONFIG = """
shipped_models: false
models:
  - name: gpt
    litellm_id: openai/gpt
    api_base: {url}
    api_key: env:MODEL_KEY
    input_price: 1
    output_price: 2
    context_tokens: 32000
    max_output_tokens: 2000
    weights: closed
    hosting: vendor
    jurisdiction: US
    quality: {{general: 0.8}}
"""


@pytest.fixture
async def provider() -> AsyncIterator[FakeProvider]:
    async with FakeProvider() as running:
        running.script("gpt", Answer("Tea is a drink."))
        yield running


@pytest.fixture
async def process(
    fake: FakeDiscord, channel: Channel, provider: FakeProvider, tmp_path: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    assert channel.guild
    config = tmp_path / "pointsman.yaml"
    config.write_text(CONFIG.format(url=provider.url), encoding="utf-8")
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "MODEL_KEY": KEY,
        "DISCORD_TOKEN": fake.token,
        "DISCORD_API_URL": fake.api_url,
        "DISCORD_GATEWAY_URL": fake.gateway_url,
        "DISCORD_CDN_URL": fake.cdn_url,
    }
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "--config", str(config), "run", env=environ
    )
    try:
        async with asyncio.timeout(60):
            while not fake.gateway.is_connected:  # noqa: ASYNC110 # it says so nowhere else
                await asyncio.sleep(0.05)
        yield started
    finally:
        if started.returncode is None:
            started.kill()
            await started.wait()


async def test_a_question_its_follow_up_and_the_end(
    fake: FakeDiscord,
    provider: FakeProvider,
    process: asyncio.subprocess.Process,
    ada: User,
    channel: Channel,
) -> None:
    question = await fake.say(ada, channel, "What is tea?", mention_bot=True)
    answer = await answer_to(question, fake)
    follow_up = await fake.say(ada, channel, "And milk?", reply_to=answer, mention_bot=True)
    await answer_to(follow_up, fake)
    usage = await fake.slash(ada, channel, "usage")
    await fake.until(lambda: usage.original and "gpt" in usage.original.content)

    process.send_signal(signal.SIGTERM)
    code = await asyncio.wait_for(process.wait(), 20)

    asked = [turn["content"] for turn in provider.requests[-1].body["messages"]][1:]
    assert asked[:2] == ["What is tea?", "Tea is a drink."]
    assert asked[-1].endswith("And milk?")
    assert usage.original
    assert usage.original.is_ephemeral
    assert code == 0


async def answer_to(question: Message, fake: FakeDiscord) -> Message:
    """Return the whole answer to a message, once it is there."""

    def found() -> Message | None:
        for each in fake.messages(question.channel):
            is_reply = each.reference is not None and each.reference.message_id == question.id
            if is_reply and each.author is fake.bot and "gpt ·" in each.content:
                return each
        return None

    await fake.until(found, within_s=60)
    answer = found()
    assert answer is not None
    return answer
