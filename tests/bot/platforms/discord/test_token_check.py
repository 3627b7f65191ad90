from pathlib import Path
from typing import Any

import pytest

from bot.platforms.discord.token_check import check_discord
from config.references import Resolved
from tests.bot.platforms.discord.ear import settings_for
from tests.fakes.discord import FakeDiscord, Status


async def checked(fake: FakeDiscord, folder: Path, **settings: Any) -> list[tuple[str, str]]:
    found = await check_discord(settings_for(fake, folder, **settings).discord, timeout_s=5)
    return [(mark, text) for mark, text in found]


async def test_a_good_token_is_told_with_what_the_bot_cannot_see(tmp_path: Path) -> None:
    async with FakeDiscord() as fake:
        (good, blind) = await checked(fake, tmp_path)

    assert good[0] == "ok"
    assert blind[0] == "note"
    assert "message content intent" in blind[1]


@pytest.mark.parametrize(
    ("is_switched_on", "marks"),
    [pytest.param(True, ["ok"], id="on"), pytest.param(False, ["ok", "problem"], id="off")],
)
async def test_an_intent_that_is_asked_for_must_be_switched_on(
    tmp_path: Path, marks: list[str], *, is_switched_on: bool
) -> None:
    async with FakeDiscord(message_content=is_switched_on) as fake:
        found = await checked(fake, tmp_path, message_content=True)

    assert [mark for mark, _ in found] == marks


@pytest.mark.parametrize("written", ["wrong", "two\nlines", "t\u00f6ken"])
async def test_a_wrong_token_is_told_with_the_way_out(tmp_path: Path, written: str) -> None:
    async with FakeDiscord() as fake:
        wrong = Resolved(written, "env:DISCORD_TOKEN")
        ((mark, text),) = await checked(fake, tmp_path, token=wrong)

    assert mark == "problem"
    assert "DISCORD_TOKEN" in text


async def test_discord_may_fail_itself(tmp_path: Path) -> None:
    async with FakeDiscord() as fake:
        fake.faults.next("GET", "/applications/@me", Status(503))
        ((mark, text),) = await checked(fake, tmp_path)

    assert (mark, "503" in text) == ("problem", True)


async def test_or_not_be_there(tmp_path: Path) -> None:
    async with FakeDiscord() as fake:
        settings = settings_for(fake, tmp_path)

    ((mark, text),) = await check_discord(settings.discord, timeout_s=5)

    assert (mark, "cannot be reached" in text) == ("problem", True)
