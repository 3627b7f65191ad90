"""Told to go by other settings, everything is as if it had been opened by them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from bot.app import App, open_app
from bot.memory import PostMemory
from bot.platforms.discord.client import PointsmanBot
from bot.platforms.discord.platform import Discord
from bot.platforms.discord.surface import DiscordSurface
from bot.platforms.slack.hearing import SlackHearing
from bot.platforms.slack.people import People
from bot.platforms.slack.platform import Parts, Slack
from bot.platforms.slack.ports import Inward
from bot.platforms.slack.surface import SlackSurface
from bot.platforms.slack.tokens import SingleWorkspace
from bot.reading.fetching import Source
from bot.station import Station, open_station
from config.applying import AT_ONCE, applicable
from config.changes import changes_between
from config.settings import Settings
from tests.bot.platforms.discord.posted import RecordingRest
from tests.bot.platforms.discord.saying import ListedPosts, ListedRest
from tests.bot.platforms.recording import Echo, RecordingIntake
from tests.bot.platforms.slack.indoors import Stage
from tests.bot.platforms.slack.saying import KeptPosts
from tests.builders import a_card
from tests.fakes.service import ListService
from tests.fakes.state import state_of
from tests.fakes.surface import Wall, as_it_is
from tests.fakes.virtual_time import in_virtual_time

BEFORE: Final[dict[str, Any]] = {"models": [a_card()]}

AFTER: Final[dict[str, Any]] = {
    "models": [a_card(input_price=7)],
    "rules": [{"name": "dear", "ceiling": 1}],
    "shipped_models": False,
    "system_prompt": "Be brief.",
    "routing": {
        "preset": "best",
        "value_usd": {"thrifty": 0.1, "balanced": 0.2, "best": 0.3},
        "max_output_tokens": 77,
        "max_usd_per_answer": 0.4,
        "waiting_usd_per_hour": 0.5,
        "continue_cut_answers": False,
        "agreement": {"places": ["c1"]},
    },
    "timeouts": {"connect_s": 1, "first_token_s": 2, "stall_s": 3},
    "cooldown": {"failures": 4, "rest_s": 5, "longest_rest_s": 6},
    "history": {"exchanges": 7, "max_tokens": 8, "keep_days": 9},
    "cache": {"enabled": False, "shared_in_tenant": True},
    "usage": {"keep_days": 10},
    "quotas": {
        "limits": [{"of": "asker", "usd": 1, "per": "day"}],
        "zone": "Europe/Berlin",
        "warn_at": 0.5,
        "floor_output_tokens": 33,
        "emergency_usd": 35,
        "records": 3600,
    },
    "house": {
        "enabled": True,
        "probe_share": 0.01,
        "half_life_days": 11,
        "votes_per_person": 12,
        "votes": 13,
        "keep_days": 14,
    },
    "terminal": {"reasoning": "shown"},
    "intake": {
        "at_once": 15,
        "at_once_per_asker": 16,
        "at_once_per_place": 17,
        "waiting": 18,
        "waiting_per_asker": 19,
        "waiting_for_worker": 20,
        "waiting_per_place": 21,
        "notice_every_s": 22,
    },
    "attachments": {
        "max_bytes": 23,
        "max_files": 24,
        "max_chars": 250,
        "max_pages": 26,
        "max_pixels": 27,
        "timeout_s": 28,
    },
    "discord": {
        "always_answer": ["10001"],
        "open_threads": True,
        "buttons_for": "everyone",
        "admin_roles": ["10002"],
        "most_posts": 29,
        "edit_every_s": 30,
    },
    "slack": {
        "follow_threads": False,
        "always_answer": ["C10001"],
        "guests": False,
        "strangers": True,
        "buttons_for": "everyone",
        "admin_groups": ["S10001"],
        "prompts": ["Hello"],
        "most_posts": 31,
        "append_every_s": 32,
        "edit_every_s": 33,
        "stream_life_s": 34,
    },
    "log": {"level": "debug"},
}


OF_THE_MOMENT: Final = frozenset(
    {"0.stores.versions._name", "0.measuring._looked_at_s", "1.worker._name"}
)
"""What never is the same twice."""


def settings(given: dict[str, Any], folder: Path) -> Settings:
    return Settings.model_validate({"state_dir": folder, **given})


def test_all_that_counts_at_once_differs_between_the_two(tmp_path: Path) -> None:
    before, after = settings(BEFORE, tmp_path), settings(AFTER, tmp_path)
    changed = [f"{each.path}." for each in changes_between(before, after)]

    assert applicable(before, after) == after
    assert [each for each in AT_ONCE if not any(c.startswith(f"{each}.") for c in changed)] == []


def differing(one: dict[str, object], other: dict[str, object]) -> set[str]:
    return {each for each in {**one, **other} if one.get(each) != other.get(each)}


@asynccontextmanager
async def a_program(chosen: Settings) -> AsyncIterator[tuple[App, Station]]:
    async with open_app(chosen) as app:
        memory = PostMemory(app.stores.history, app.stores.posts)
        services = [ListService(Wall())]
        station = open_station(chosen.intake, app.stores.inbox, services, app.handler, memory)
        async with station as opened:
            yield app, opened


async def test_a_program(tmp_path: Path) -> None:
    before, after = settings(BEFORE, tmp_path), settings(AFTER, tmp_path)
    async with a_program(before) as parts:
        at_first = state_of(parts)
        for each in parts:
            each.adopt(after)
        adopted = state_of(parts)
    async with a_program(after) as parts:
        opened = state_of(parts)

    assert differing(adopted, opened) <= OF_THE_MOMENT
    assert len(differing(at_first, opened)) > 20


async def test_discord(tmp_path: Path) -> None:
    def a_discord(chosen: Settings) -> Discord:
        rest = RecordingRest()
        made = Discord(
            chosen,
            surface=DiscordSurface(rest, chosen.discord, as_it_is, has_votes=chosen.house.enabled),
            rest=ListedRest(),
            answers=Echo(),
            posts=ListedPosts(),
        )
        made.listen_with(PointsmanBot(chosen.discord), RecordingIntake())
        return made

    before, after = settings(BEFORE, tmp_path), settings(AFTER, tmp_path)
    adopted = a_discord(before)
    adopted.adopt(after)

    assert state_of(adopted) == state_of(a_discord(after))
    assert state_of(adopted) != state_of(a_discord(before))


@in_virtual_time
async def test_slack(tmp_path: Path) -> None:
    stage = Stage()

    def a_slack(chosen: Settings) -> tuple[Slack, SlackHearing]:
        surface = SlackSurface(
            stage.web, chosen.slack, as_it_is, stage.clock, has_votes=chosen.house.enabled
        )
        people = People(stage.web, stage.clock, admin_groups=chosen.slack.admin_groups)
        tokens, posts = SingleWorkspace("xoxb"), KeptPosts()
        parts = Parts(stage.web, tokens, Echo(), Echo(), posts, None, people)
        source, clock = Source(frozenset()), stage.clock
        hearing = SlackHearing(
            chosen,
            Inward(RecordingIntake(), posts, stage.web, tokens.uninstalled),
            answers=Echo(),
            surface=surface,
            people=people,
            clock=clock,
        )
        return Slack(chosen, parts, surface=surface, source=source, clock=clock), hearing

    before, after = settings(BEFORE, tmp_path), settings(AFTER, tmp_path)
    adopted = a_slack(before)
    for each in adopted:
        each.adopt(after)

    assert state_of(adopted) == state_of(a_slack(after))
    assert state_of(adopted) != state_of(a_slack(before))
