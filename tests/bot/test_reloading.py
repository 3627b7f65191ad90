"""A changed configuration is taken over when it is good; of a wrong one only the log tells."""

import asyncio
import logging
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from bot.reloading import Reloading
from config.errors import ConfigError, Problem
from config.files import ConfigFiles
from config.settings import Settings
from tests.config.written import OWN_CARD, nothing_published
from tests.fakes.told_time import START, ToldTime

FORBIDDEN = "cooldown: {failures: 13}"


class Bot:
    """A bot's part in it: notes what it is to go by, and takes no unlucky number."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "pointsman.yaml"
        self.writes("routing: {preset: balanced}")
        self.files = ConfigFiles(self.path, {}, nothing_published)
        self.adopted: list[Settings] = []
        self.outcomes: Counter[str] = Counter()
        self.loaded_at: datetime | None = None
        self.has_reloaded = asyncio.Event()
        self.still_to_write: list[str] = []
        self.reloading = Reloading(
            self.files,
            self.files.load(),
            self.adopt,
            counts=self,
            clock=ToldTime().clock(),
            sleep=self.pause,
        )

    def writes(self, text: str) -> None:
        self.path.write_text(text, encoding="utf-8")

    def adopt(self, settings: Settings) -> None:
        if settings.cooldown.failures == 13:
            raise ConfigError((Problem("cooldown.failures", "is unlucky"),))
        self.adopted.append(settings)

    def loaded(self, at: datetime) -> None:
        self.loaded_at = at

    def reloaded(self, outcome: str) -> None:
        self.outcomes[outcome] += 1
        self.has_reloaded.set()

    async def pause(self, _seconds: float) -> None:
        if self.still_to_write:
            self.writes(self.still_to_write.pop(0))


@pytest.fixture
def bot(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Bot:
    caplog.set_level(logging.INFO, "bot")
    return Bot(tmp_path)


def fields(caplog: pytest.LogCaptureFixture) -> dict[str, list[str]]:
    """Return what the last line of the log carries."""
    found: dict[str, list[str]] = vars(caplog.records[-1])["fields"]
    return found


async def test_while_nothing_changes_nothing_is_loaded(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    await bot.reloading.look()

    assert (bot.adopted, bot.loaded_at, bot.outcomes, caplog.records) == ([], None, {}, [])


async def test_a_good_change_is_taken_over_and_told(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    bot.writes("{routing: {preset: best}, rules: [{name: dear, ceiling: 1}]}")
    await bot.reloading.look()
    await bot.reloading.look()

    (settings,) = bot.adopted
    assert settings.routing.preset == "best"
    assert fields(caplog) == {
        "changed": ["routing.preset: balanced -> best", "rules.dear: added"],
        "waiting": [],
    }
    assert bot.outcomes == {"applied": 1}
    assert bot.loaded_at == START


async def test_a_wrong_file_keeps_the_one_before_and_is_told_once_with_its_lines(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    bot.writes("routing:\n  preset: bset\ncache:\n  enable: true\n")
    await bot.reloading.look()
    await bot.reloading.look()

    (line,) = caplog.messages
    assert "so it stays as it was" in line
    assert f"{bot.path}:2: routing.preset" in line
    assert f"{bot.path}:4: cache.enable" in line
    assert (bot.adopted, bot.outcomes, bot.loaded_at) == ([], {"refused": 1}, None)

    bot.writes("routing: {preset: thrifty}")
    await bot.reloading.look()
    assert [each.routing.preset for each in bot.adopted] == ["thrifty"]


async def test_a_file_that_is_deleted_keeps_the_one_before(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    bot.path.unlink()
    await bot.reloading.look()

    assert "there is no such file" in caplog.text
    assert (bot.adopted, bot.outcomes) == ([], {"refused": 1})


async def test_what_the_bot_cannot_go_by_is_refused_and_what_it_can_is_compared_with_before(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    bot.writes(FORBIDDEN)
    await bot.reloading.look()
    assert "cooldown.failures: is unlucky" in caplog.text
    bot.writes("cooldown: {failures: 4}")
    await bot.reloading.look()

    assert fields(caplog)["changed"] == ["cooldown.failures: 3 -> 4"]
    assert bot.outcomes == {"refused": 1, "applied": 1}


async def test_what_needs_a_restart_waits_and_is_told_each_time(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    bot.writes("store: {timeout_s: 1}")
    await bot.reloading.look()
    assert bot.adopted == []
    bot.writes("{store: {timeout_s: 1}, cache: {enabled: false}}")
    await bot.reloading.look()

    (settings,) = bot.adopted
    assert (settings.store.timeout_s, settings.cache.enabled) == (0.2, False)
    assert fields(caplog) == {
        "changed": ["cache.enabled: true -> false"],
        "waiting": ["store.timeout_s: 0.2 -> 1.0"],
    }
    assert bot.outcomes == {"restart_needed": 2}


async def test_a_file_is_not_loaded_before_it_is_written_to_its_end(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    bot.still_to_write = ["routing: {pre", "routing: {preset: best}"]
    bot.writes("routing: {")
    await bot.reloading.look()

    assert [each.routing.preset for each in bot.adopted] == ["best"]
    assert bot.outcomes == {"applied": 1}
    assert len(caplog.records) == 1


async def test_what_is_surely_not_meant_is_told_when_it_is_new(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    bot.writes(f"{OWN_CARD}    retires_on: 2026-11-01\n")
    await bot.reloading.look()
    assert "own left its host" in caplog.text
    caplog.clear()
    bot.writes(f"{OWN_CARD}    retires_on: 2026-11-01\n    licence: MIT\n")
    await bot.reloading.look()

    assert "own left its host" not in caplog.text
    assert len(bot.adopted) == 2


async def test_asked_it_reads_anew_what_has_not_changed(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    asked = asyncio.Event()
    running = asyncio.create_task(bot.reloading.run(asked))
    asked.set()
    await asyncio.wait_for(bot.has_reloaded.wait(), 5)
    running.cancel()

    assert bot.outcomes == {"applied": 1}
    assert "nothing in it has changed" in caplog.text
    assert bot.adopted == []
