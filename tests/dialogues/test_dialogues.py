"""Every dialogue, held on every platform."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.dialogues.on_discord import discord_settings, discord_stage
from tests.dialogues.on_slack import slack_settings, slack_stage
from tests.dialogues.on_terminal import terminal_stage
from tests.dialogues.script import Dialogue, Misspelt, Step, read
from tests.dialogues.stage import hold, plain, settings_for
from tests.fakes.discord import FakeDiscord
from tests.fakes.provider import FakeProvider
from tests.fakes.slack import FakeSlack

FILES = sorted(Path(__file__).parent.glob("*.txt"))
DIALOGUES = [read(file.stem, file.read_text(encoding="utf-8")) for file in FILES]
EACH = pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda dialogue: str(dialogue.name))


@pytest.fixture
async def provider() -> AsyncIterator[FakeProvider]:
    async with FakeProvider() as host:
        yield host


@EACH
async def test_on_the_terminal(dialogue: Dialogue, provider: FakeProvider, tmp_path: Path) -> None:
    async with terminal_stage(settings_for(tmp_path, provider)) as stage:
        assert await hold(dialogue, stage, provider) > 3


@EACH
async def test_on_discord(dialogue: Dialogue, provider: FakeProvider, tmp_path: Path) -> None:
    async with FakeDiscord() as fake:
        async with discord_stage(fake, discord_settings(fake, tmp_path, provider)) as stage:
            assert await hold(dialogue, stage, provider) > 3
        assert fake.violations == []


def test_the_dialogues_say_enough() -> None:
    assert sum(dialogue.everywhere for dialogue in DIALOGUES) > 60
    assert sum(dialogue.exchanges for dialogue in DIALOGUES) > 150


def test_a_line_is_read_with_what_is_to_be_seen() -> None:
    text = (
        "# tea\nada in #tea slash: /quota set scope:user user:@bob limit:'a b'\n  = Set\n  on slack"
    )

    (step,) = read("tea", text).steps

    assert isinstance(step, Step)
    assert (step.who, step.where, step.how) == ("ada", "#tea", "slash")
    assert step.options() == ("quota set", {"scope": "user", "user": "@bob", "limit": "a b"})
    assert step.expected == (("=", "Set"),)
    assert step.on == {"slack"}


@pytest.mark.parametrize("text", ["ada: tea?", "ada in #tea: tea?", "  = Set"])
def test_a_line_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(Misspelt):
        read("tea", text)


def test_marks_of_a_platform_do_not_count() -> None:
    assert plain("-# **a** `b`\n| c | d |\n|---|---|\n") == "a b c d"


@EACH
async def test_on_slack(dialogue: Dialogue, provider: FakeProvider, tmp_path: Path) -> None:
    async with FakeSlack() as fake:
        settings = slack_settings(fake, tmp_path, provider)
        async with slack_stage(fake, settings) as stage:
            assert await hold(dialogue, stage, provider) > 3
        assert fake.violations == []
