"""Called by HTTP, with real signatures: who is let in, and how often."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from slack_sdk.signature import SignatureVerifier

from bot.platforms.slack.doors.app import create_app
from bot.platforms.slack.doors.calling import web_client
from bot.platforms.slack.doors.gate import Gate
from bot.platforms.slack.doors.opening import verifier
from bot.platforms.slack.doors.server import PATHS, serve, serving, web_app
from bot.platforms.slack.ways_out import SlackRefuses
from bot.platforms.vitals import Vitals
from config.chats import SlackSettings
from routing.clock import Clock
from tests.bot.platforms.slack.heard import Heard

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
EVENT = json.dumps({"type": "event_callback", "team_id": "T1", "event": {"type": "message"}})


@dataclass
class Caller:
    """Calls as Slack does."""

    address: str
    heard: Heard
    now: datetime = NOON
    text: str = ""

    async def post(
        self,
        body: str,
        *,
        at: datetime = NOON,
        secret: str = SECRET,
        path: str = PATHS[0],
        headers: Mapping[str, str] | None = None,
    ) -> int:
        timestamp = str(int(at.timestamp()))
        signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
        kind = "json" if body.startswith("{") else "x-www-form-urlencoded"
        sent = {
            "X-Slack-Signature": signature or "",
            "X-Slack-Request-Timestamp": timestamp,
            "Content-Type": f"application/{kind}",
            **(headers or {}),
        }
        async with (
            aiohttp.ClientSession(self.address) as session,
            session.post(
                path, data=BytesIO(body.encode()), headers=sent | dict(headers or {})
            ) as response,
        ):
            self.text = await response.text()
            return response.status


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    heard = Heard()
    made = Caller("", heard)

    def elapsed_s() -> float:
        return (made.now - NOON).total_seconds()

    clock = Clock(now=lambda: made.now, elapsed_s=elapsed_s)
    client = web_client(SlackSettings(), timeout_s=5)
    app = create_app(client, Gate(heard).take, verifier(SECRET, clock))
    async with serving(web_app(app, None, clock), "127.0.0.1", 0) as address:
        made.address = address
        yield made


@pytest.mark.parametrize("path", PATHS)
async def test_a_signed_call_is_taken_in(caller: Caller, path: str) -> None:
    assert await caller.post(EVENT, path=path) == 200

    assert caller.heard.kinds == ["event"]


@pytest.mark.parametrize(
    "call",
    [
        pytest.param({"secret": "somebody else's"}, id="another's signature"),
        pytest.param({"at": NOON - timedelta(minutes=5, seconds=1)}, id="too old"),
        pytest.param({"at": NOON + timedelta(minutes=5, seconds=1)}, id="from the future"),
        pytest.param({"headers": {"X-Slack-Signature": ""}}, id="none"),
        pytest.param({"headers": {"X-Slack-Signature": "v0=ü"}}, id="no signature at all"),
        pytest.param({"headers": {"X-Slack-Request-Timestamp": "yesterday"}}, id="no time"),
        pytest.param({"headers": {"X-Slack-Request-Timestamp": "-1"}}, id="before 1970"),
    ],
)
async def test_any_other_call_is_refused(caller: Caller, call: dict[str, Any]) -> None:
    assert await caller.post(EVENT, **call) == 401

    assert caller.heard.taken == []


async def test_a_captured_call_is_good_for_nothing(caller: Caller) -> None:
    await caller.post(EVENT)

    caller.now += timedelta(minutes=4)

    assert await caller.post(EVENT) == 401
    assert caller.heard.kinds == ["event"]


async def test_a_captured_call_is_not_let_in_behind_another_signature(caller: Caller) -> None:
    await caller.post(EVENT)
    timestamp = str(int(NOON.timestamp()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=timestamp, body=EVENT)
    sent = [
        ("X-Slack-Request-Timestamp", timestamp),
        ("Content-Type", "application/json"),
        ("X-Slack-Signature", "v0=0"),
        ("X-Slack-Signature", signature or ""),
    ]

    async with (
        aiohttp.ClientSession(caller.address) as session,
        session.post(PATHS[0], data=EVENT, headers=sent) as response,
    ):
        status = response.status

    assert status == 401
    assert caller.heard.kinds == ["event"]


async def test_a_call_that_was_not_acknowledged_may_come_again_in_the_same_second(
    caller: Caller,
) -> None:
    caller.heard.trouble = KeyError("surprise")

    first = await caller.post(EVENT)
    second = await caller.post(EVENT, headers={"X-Slack-Retry-Num": "1"})

    assert (first, second) == (500, 200)
    assert caller.heard.kinds == ["event"]


async def test_what_slack_sends_again_is_never_dropped_for_its_header(caller: Caller) -> None:
    for number, minutes in enumerate((0, 1, 5), start=1):
        at = NOON + timedelta(minutes=minutes, seconds=1)
        caller.now = at
        retry = {"X-Slack-Retry-Num": str(number)}
        assert await caller.post(EVENT, at=at, headers=retry) == 200

    assert caller.heard.kinds == ["event"] * 3


@pytest.mark.parametrize("body", ["{", "[]", "no form", "{}", "\x00"])
async def test_what_slack_would_never_send_breaks_nothing(caller: Caller, body: str) -> None:
    status = await caller.post(body)

    assert status in {200, 401}
    assert caller.heard.taken == []


async def test_slack_may_ask_whether_the_address_is_ours(caller: Caller) -> None:
    asked = json.dumps({"type": "url_verification", "challenge": "3eZbrw1aB"})

    assert await caller.post(asked) == 200
    assert "3eZbrw1aB" in caller.text
    assert await caller.post(asked, secret="somebody else's") == 401


async def test_commands_and_presses_come_as_forms(caller: Caller) -> None:
    await caller.post(urlencode({"command": "/ask", "text": "6 x 7?", "team_id": "T1"}))
    await caller.post(urlencode({"payload": json.dumps({"type": "block_actions"})}))
    suggestions = await caller.post(
        urlencode({"payload": json.dumps({"type": "block_suggestion"})})
    )

    assert caller.heard.kinds == ["command", "action", "options"]
    assert caller.heard.taken[0][3]["text"] == "6 x 7?"
    assert suggestions == 200
    assert json.loads(caller.text)["options"][0]["value"] == "gpt"


async def test_a_body_without_end_is_refused(caller: Caller) -> None:
    assert await caller.post("{" + " " * 2_000_000) == 413


async def test_a_port_that_is_taken_is_said_with_the_way_out(caller: Caller) -> None:
    port = int(caller.address.rpartition(":")[2])

    with pytest.raises(SlackRefuses, match=r"slack\.port"):
        async with serving(web_app(None, None, Clock()), "127.0.0.1", port):
            pass


async def test_slack_is_heard_while_its_calls_are_answered() -> None:
    vitals = Vitals()
    serving_it = asyncio.create_task(serve(web_app(None, None, Clock()), "127.0.0.1", 0, vitals))
    async with asyncio.timeout(5):
        while not vitals.is_heard:  # noqa: ASYNC110 # it has no event
            await asyncio.sleep(0)
    serving_it.cancel()
    await asyncio.wait([serving_it])

    assert not vitals.is_heard
