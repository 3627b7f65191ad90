"""What people write, and the keys, stay out of the log: over a whole answer, at its most talkative.

By LiteLLM, aiohttp, httpx and redis-py as they are, against a provider that repeats in its errors
what it was told.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from bot.app import open_app
from bot.log import log_to
from config.observing import LogSettings
from config.settings import Settings
from routing.reply import Finished
from routing.stop import Stop
from tests.bot.office import a_message
from tests.dialogues.stage import settings_for
from tests.fakes.provider import KEY, Answer, Failure, FakeProvider

QUESTION = "Where did the heron hide the emerald?"
ANSWER = "Under the quince tree."
ECHO = f"You asked `{QUESTION}` with the key {KEY}."


@pytest.fixture
def levels_are_put_back() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in ("bot", "routing"):
        logging.getLogger(name).setLevel(logging.NOTSET)


async def asked(settings: Settings) -> Finished:
    async with (
        open_app(settings) as app,
        aclosing(app.handler.answer(a_message(text=QUESTION), Stop())) as events,
    ):
        said = [event async for event in events]
    assert isinstance(said[-1], Finished)
    return said[-1]


@pytest.mark.usefixtures("levels_are_put_back")
async def test_no_line_holds_the_question_the_answer_or_a_key(tmp_path: Path) -> None:
    async with FakeProvider() as provider:
        provider.script("llama", Failure(500, ECHO))
        provider.script("gpt", Answer(ANSWER))
        settings = settings_for(tmp_path, provider)
        log_to(tmp_path, LogSettings(level="debug"))

        finished = await asked(settings)

    log = (tmp_path / "pointsman.log").read_text()
    told: list[dict[str, Any]] = [json.loads(line) for line in log.splitlines()]
    (settled,) = (each for each in told if each["what"] == "settled")
    assert [each.model for each in finished.receipt.attempts] == ["llama", "gpt"]
    assert settled["outcome"] == "complete"
    assert settled["model"] == "gpt"
    assert settled["cost_microusd"] == finished.receipt.cost_microusd
    assert settled["reply_id"] == finished.receipt.reply_id
    assert {"reason", "cache", "took_s", "first_text_s", "input_tokens"} <= settled.keys()
    assert [each for each in ("heron", "quince", KEY) if each in log] == []
