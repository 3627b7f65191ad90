"""Slack as a whole: when it is let in, and what is said when not."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from bot.commands.options import Suggestion
from bot.platforms.port import Message, OutgoingEvent
from bot.platforms.slack.platform import open_slack
from bot.platforms.slack.ways_out import SlackRefuses
from config.chats import SlackSettings
from config.references import Address, Secret
from config.settings import Settings
from routing.posts import Posted
from routing.stop import Stop
from tests.fakes.slack import FakeSlack, Status


class Nobody:
    """Is asked nothing."""

    def answer(self, message: Message, stop: Stop) -> AsyncGenerator[OutgoingEvent]:
        raise NotImplementedError

    async def suggest(self, message: Message, option: str, typed: str) -> tuple[Suggestion, ...]:
        raise NotImplementedError

    async def find(self, platform: str, place: str, post_id: str) -> Posted | None:
        raise NotImplementedError

    async def note_first(self, platform: str, place: str, post_id: str, posted: Posted) -> bool:
        raise NotImplementedError

    async def note(self, platform: str, place: str, post_id: str, posted: Posted) -> None:
        raise NotImplementedError


def given(slack: FakeSlack, folder: Path, **settings: Any) -> Settings:
    usual: dict[str, Any] = {
        "bot_token": Secret("env:SLACK_BOT_TOKEN", slack.bot_token),
        "api_url": Address("literal address", slack.api_url),
    }
    return Settings(state_dir=folder, slack=SlackSettings(**(usual | settings)))


async def opened(settings: Settings, pauses: list[float] | None = None) -> str:
    """Open and close Slack; return its name."""

    async def sleep(pause_s: float) -> None:
        assert pauses is not None
        pauses.append(pause_s)

    nobody = Nobody()
    opening = open_slack(settings, answers=nobody, posts=nobody, installations=None, sleep=sleep)
    async with opening as slack:
        return slack.name


async def test_a_token_that_slack_knows_lets_it_in(tmp_path: Path) -> None:
    async with FakeSlack() as slack:
        assert await opened(given(slack, tmp_path)) == "slack"

        assert slack.violations == []


async def test_one_that_slack_does_not_know_is_told_with_the_way_out(tmp_path: Path) -> None:
    async with FakeSlack() as slack:
        wrong = Secret("env:SLACK_BOT_TOKEN", "xoxb-wrong")

        with pytest.raises(SlackRefuses, match="set SLACK_BOT_TOKEN"):
            await opened(given(slack, tmp_path, bot_token=wrong))


async def test_nor_are_a_token_of_another_kind_and_none(tmp_path: Path) -> None:
    async with FakeSlack() as slack:
        of_app = Secret("env:SLACK_BOT_TOKEN", slack.app_token)

        with pytest.raises(SlackRefuses, match="set SLACK_BOT_TOKEN"):
            await opened(given(slack, tmp_path, bot_token=of_app))
        with pytest.raises(SlackRefuses, match="set SLACK_BOT_TOKEN"):
            await opened(given(slack, tmp_path, bot_token=None))


async def test_while_slack_is_away_it_is_tried_again(tmp_path: Path) -> None:
    pauses: list[float] = []
    async with FakeSlack() as slack:
        slack.faults.next("GET", "auth.test", Status(503), times=8)

        assert await opened(given(slack, tmp_path), pauses) == "slack"

    assert len(pauses) == 8
