"""`pointsman run` as a process at the fake Discord whose configuration changes under it."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from tests.bot.platforms.discord.program import Program
from tests.bot.platforms.running import HALF, MODEL, WHOLE
from tests.fakes.discord import Channel, FakeDiscord, User
from tests.fakes.provider import KEY, Answer, FakeProvider

_RELOADS: Final = re.compile(r'config_reloads_total\{outcome="(\w+)"\} (\S+)')

RULE = "nothing for closed models"


class Changing(Program):
    """A bot whose model's key stands in a file, and whose rules may change."""

    rules: tuple[dict[str, object], ...] = ()

    def config(self, intake: dict[str, float]) -> Path:
        path = super().config(intake)
        path.write_text(path.read_text().replace("env:MODEL_KEY", "file:key"), encoding="utf-8")
        return path

    def further(self) -> dict[str, object]:
        return {"rules": list(self.rules)}

    async def reloaded(self, **outcomes: float) -> None:
        """Wait until the configuration was read anew so often, with what came of it."""
        expected = {(outcome, str(float(count))) for outcome, count in outcomes.items()}
        async with asyncio.timeout(60):
            while set(_RELOADS.findall(await self.tells("/metrics"))) != expected:  # noqa: ASYNC110
                await asyncio.sleep(0.02)


@pytest.fixture
async def program(fake: FakeDiscord, channel: Channel, tmp_path: Path) -> AsyncIterator[Changing]:
    async with FakeProvider() as provider:
        made = Changing(provider, tmp_path, fake=fake, channel=channel)
        yield made
        await made.kill()


async def test_what_changes_holds_from_the_next_question_on(
    program: Changing,
    fake: FakeDiscord,
    ada: User,
    channel: Channel,
    capfd: pytest.CaptureFixture[str],
) -> None:
    goes_on = asyncio.Event()
    program.provider.script(MODEL, Answer(WHOLE, chunks=2, hold=goes_on, hold_after=1))
    (program.folder / "key").write_text("sk-before-rotation", encoding="utf-8")
    process = await program.start()
    await program.connected()

    async def ask_and_see(text: str, seen: str) -> None:
        question = await fake.say(ada, channel, text, mention_bot=True)
        await fake.until(
            lambda: any(
                each.reference and each.reference.message_id == question.id and seen in each.content
                for each in fake.messages(channel)
            ),
            within_s=60,
        )

    await ask_and_see("Is the key good?", "No model answered")  # it rests, refused
    (program.folder / "key").write_text(KEY, encoding="utf-8")
    process.send_signal(signal.SIGHUP)
    await program.reloaded(applied=1)
    await ask_and_see("6 x 7?", HALF)

    program.rules = ({"name": RULE, "deny": {"weights": "closed"}},)
    program.config({})
    process.send_signal(signal.SIGHUP)
    await program.reloaded(applied=2)
    await ask_and_see("And now?", RULE)
    goes_on.set()
    await program.answered()

    program.config({}).write_text("rules: []\nmodels: [{name: gpt}]\n", encoding="utf-8")
    process.send_signal(signal.SIGHUP)
    await program.reloaded(applied=2, refused=1)
    asked = len(program.provider.requests)
    await ask_and_see("Still?", RULE)
    process.send_signal(signal.SIGTERM)
    code = await asyncio.wait_for(process.wait(), 20)
    log = capfd.readouterr().err

    assert code == 0
    assert len(program.provider.requests) == asked
    assert f'"changed": ["models.{MODEL}.api_key: changed"]' in log
    assert f'rules.\\"{RULE}\\": added' in log
    assert "it stays as it was" in log
    assert "pointsman.yaml:2: models[gpt]" in log
    assert KEY not in log
    assert "sk-before" not in log
