"""From the doors' loop to the bot's own: what is acknowledged, and when."""

import asyncio
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.platforms.slack.doors.aside import run_aside
from bot.platforms.slack.doors.gate import Gate, kind
from bot.platforms.slack.doors.unheard import Unheard
from bot.platforms.slack.reading import installed_in
from tests.bot.platforms.slack.heard import Heard
from tests.fakes.told_time import START, ToldTime

SOON_S = 1.0


def an_event(**fields: Any) -> dict[str, Any]:
    return {"type": "event_callback", "team_id": "T1", "event": {"type": "message"}} | fields


def an_event_at(at: datetime, number: str = "0") -> dict[str, Any]:
    return an_event(event={"type": "message", "event_ts": f"{at.timestamp():.0f}.00000{number}"})


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_what_was_taken_in_is_acknowledged() -> None:
    heard = Heard()
    gate = Gate(heard)

    answer = await gate.take(an_event())

    assert answer is None
    assert heard.taken == [("event", "T1", "", an_event())]


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        pytest.param({"command": "/ask", "team_id": "T1"}, "command", id="a slash command"),
        pytest.param({"type": "message_action"}, "shortcut", id="an entry of a message's menu"),
        pytest.param({"type": "shortcut"}, "shortcut", id="a global shortcut"),
        pytest.param({"type": "block_actions"}, "action", id="a press"),
        pytest.param({"type": "view_submission"}, "view", id="a form"),
        pytest.param({"type": "block_suggestion"}, "options", id="a field with suggestions"),
    ],
)
async def test_everything_goes_where_it_belongs(payload: dict[str, Any], expected: str) -> None:
    heard = Heard()

    answer = await Gate(heard).take(payload)

    assert heard.kinds == [expected]
    assert bool(answer) == (expected == "options")


@pytest.mark.parametrize(
    "payload", [{"type": "app_rate_limited"}, {"type": "view_closed"}, {}], ids=kind
)
async def test_what_nobody_asked_for_is_acknowledged_and_left(payload: dict[str, Any]) -> None:
    heard = Heard()

    assert await Gate(heard).take(payload) is None

    assert heard.taken == []


async def test_what_could_not_be_taken_in_is_not_acknowledged() -> None:
    heard = Heard(trouble=KeyError("surprise"))
    gate = Gate(heard)

    with pytest.raises(KeyError):
        await gate.take(an_event())
    await gate.take(an_event())

    assert heard.kinds == ["event"]


async def test_slack_is_not_kept_waiting_for_a_store_that_is_away() -> None:
    heard = Heard(until=asyncio.Event())
    gate = Gate(heard, longest_s=0.05)

    await gate.take(an_event())
    before = heard.kinds
    assert heard.until
    heard.until.set()
    await gate.aclose()

    assert before == []
    assert heard.kinds == ["event"]


async def test_who_is_killed_before_it_took_in_what_it_acknowledged_loses_nothing(
    tmp_path: Path,
) -> None:
    unheard, never = Unheard(tmp_path / "kept", ToldTime().clock()), asyncio.Event()
    killed = Gate(Heard(until=never), unheard=unheard, longest_s=0.02)
    later, earlier = an_event_at(START, "2"), an_event_at(START, "1")
    await killed.take(later)
    await killed.take(earlier)

    heard = Heard()
    after = Gate(heard, unheard=unheard)
    after.catch_up()
    await after.aclose()

    assert [payload for *_, payload in heard.taken] == [earlier, later]
    assert files_in(tmp_path / "kept") == []
    never.set()
    await killed.aclose()


async def test_what_was_taken_in_late_is_kept_no_longer(tmp_path: Path) -> None:
    taking = asyncio.Event()
    unheard = Unheard(tmp_path, ToldTime().clock())
    gate = Gate(Heard(until=taking), unheard=unheard, longest_s=0.02)
    await gate.take(an_event_at(START))
    kept = files_in(tmp_path)

    taking.set()
    await gate.aclose()
    await asyncio.sleep(0)

    assert len(kept) == 1
    assert files_in(tmp_path) == []


async def test_of_what_was_left_behind_the_old_and_the_half_written_is_dropped(
    tmp_path: Path,
) -> None:
    heard, unheard = Heard(), Unheard(tmp_path, ToldTime().clock())
    unheard.keep(an_event_at(START - timedelta(days=1)))
    (tmp_path / "half.json").write_text('{"type": "event_ca', encoding="utf-8")

    gate = Gate(heard, unheard=unheard)
    gate.catch_up()
    await gate.aclose()

    assert heard.taken == []
    assert files_in(tmp_path) == []


async def test_of_what_is_kept_it_is_known_who_said_it(tmp_path: Path) -> None:
    unheard = Unheard(tmp_path, ToldTime().clock())
    theirs = [
        unheard.keep(an_event(event={"type": "message", "user": "U1"})),
        unheard.keep(an_event(event={"subtype": "message_changed", "message": {"user": "U1"}})),
        unheard.keep(an_event(event={"previous_message": {"user": "U1"}})),
    ]
    unheard.keep(an_event(event={"user": "U2", "root": {"user": "U1"}, "files": [{"user": "U1"}]}))
    (tmp_path / "half.json").write_text('{"event": {"user": "U1"', encoding="utf-8")

    assert set(unheard.of_person("U1")) == set(theirs)


async def test_every_event_is_acknowledged_within_a_second_though_the_bot_is_busy() -> None:
    """The bot's loop computes for a second and a half, and yields the interpreter to nobody."""
    heard = Heard()
    gate = Gate(heard)
    waits_s: list[float] = []

    async def doors() -> None:
        began_s = time.monotonic()
        for number in range(3):
            sent_s = time.monotonic()
            await gate.take(an_event(event_id=f"Ev{number}"))
            waits_s.append(time.monotonic() - sent_s)
            if time.monotonic() - began_s > 1.5:
                break

    listening = asyncio.create_task(run_aside(doors, "doors"))
    await asyncio.sleep(0.05)
    until_s = time.monotonic() + 1.5
    while time.monotonic() < until_s:
        sum(range(1000))
    await listening
    await gate.aclose()

    assert max(waits_s) < SOON_S
    assert [payload["event_id"] for *_, payload in heard.taken][:2] == ["Ev0", "Ev1"]


async def test_what_runs_aside_ends_when_it_is_cancelled() -> None:
    ended: list[str] = []

    async def doors() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("closed in order")

    listening = asyncio.create_task(run_aside(doors, "doors"))
    await asyncio.sleep(0.05)
    listening.cancel()

    with pytest.raises(asyncio.CancelledError):
        await listening
    assert ended == ["closed in order"]


async def test_what_breaks_aside_breaks_where_it_is_waited_for() -> None:
    async def doors() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await run_aside(doors, "doors")


@pytest.mark.parametrize(
    ("authorization", "expected"),
    [
        pytest.param({}, ("T1", ""), id="a workspace's own"),
        pytest.param(
            {"team_id": "T2", "enterprise_id": "E1", "is_enterprise_install": False},
            ("T2", ""),
            id="a shared channel: whose bot is to hear it",
        ),
        pytest.param(
            {"team_id": "T1", "enterprise_id": "E1", "is_enterprise_install": True},
            ("T1", "E1"),
            id="installed for all of an organisation",
        ),
    ],
)
def test_an_event_is_that_of_the_workspace_whose_bot_is_to_hear_it(
    authorization: dict[str, Any], expected: tuple[str, str]
) -> None:
    given = [authorization] if authorization else []

    assert installed_in(an_event(authorizations=given)) == expected


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(
            {"command": "/ask", "team_id": "T1", "enterprise_id": "E1"}
            | {"is_enterprise_install": "true"},
            id="a command",
        ),
        pytest.param(
            {"type": "block_actions", "team": {"id": "T1"}, "enterprise": {"id": "E1"}}
            | {"is_enterprise_install": True},
            id="a press",
        ),
    ],
)
async def test_whose_organisation_installed_the_app_as_a_whole_is_noted_first(
    payload: dict[str, Any],
) -> None:
    met: list[tuple[str, str]] = []

    async def note(team: str, enterprise: str) -> None:
        met.append((team, enterprise))

    await Gate(Heard(), note).take(payload)

    assert met == [("T1", "E1")]


@pytest.mark.parametrize(
    ("payload", "team"),
    [
        pytest.param({"type": "message_action", "user": {"team_id": "T1"}}, "T1", id="a menu"),
        pytest.param(
            {"type": "block_actions", "user": {"team_id": "T9"}, "message": {"team": "T1"}},
            "T1",
            id="a press by somebody of another workspace",
        ),
        pytest.param(
            {"type": "block_actions", "user": {"team_id": "T1"}, "view": {"team_id": "T1"}},
            "T1",
            id="a press at home",
        ),
        pytest.param({"type": "block_actions", "user": {"team_id": "T9"}}, "", id="unsaid"),
    ],
)
def test_an_organisation_as_a_whole_leaves_the_workspace_unsaid(
    payload: dict[str, Any], team: str
) -> None:
    given = {"team": None, "enterprise": {"id": "E1"}, "is_enterprise_install": True}

    assert installed_in(given | payload) == (team, "E1")
