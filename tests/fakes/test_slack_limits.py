"""How the fake Slack counts requests, and what goes wrong with them by script and by chance."""

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.faults import Fault, Faults
from tests.fakes.slack import DROPPED, LOST_ANSWER, Channel, FakeSlack, Held, Rate, Status
from tests.fakes.slack.api import SPARED
from tests.fakes.slack_saying import QUIET, error_of, refusal_of, whats
from tests.fakes.told_time import ToldTime


@pytest.fixture
def place(slack: FakeSlack) -> Channel:
    return slack.add_channel()


async def test_a_channel_takes_a_burst_of_posts_and_says_when_there_is_room(
    slack: FakeSlack, web: AsyncWebClient, place: Channel, time: ToldTime
) -> None:
    for _ in range(5):
        await web.chat_postMessage(channel=place.id, text="x", **QUIET)
    with pytest.raises(SlackApiError) as refused:
        await web.chat_postMessage(channel=place.id, text="x", **QUIET)
    await web.chat_postMessage(channel=slack.add_channel("other").id, text="x", **QUIET)

    assert refused.value.response.status_code == 429
    assert refused.value.response["error"] == "ratelimited"
    assert refused.value.response.headers["Retry-After"] == "5"
    assert slack.violations == []
    await time.pass_by(5)
    await web.chat_postMessage(channel=place.id, text="x", **QUIET)
    assert slack.violations == []


@pytest.mark.parametrize(("method", "tier"), [("usergroups.list", 20), ("team.info", 50)])
async def test_a_tier_counts_by_method_and_workspace(
    slack: FakeSlack, web: AsyncWebClient, method: str, tier: int
) -> None:
    for _ in range(tier):
        await web.api_call(method)

    assert await error_of(web.api_call(method)) == "ratelimited"
    await web.bots_info()
    web.token = slack.add_team().bot_token
    await web.api_call(method)
    assert slack.limits.refusals == {method: 1}


async def test_who_does_not_wait_is_accused(
    slack: FakeSlack, web: AsyncWebClient, place: Channel, time: ToldTime
) -> None:
    slack.limits.rates["chat.postMessage"] = Rate(1, 60)
    await web.chat_postMessage(channel=place.id, text="x", **QUIET)
    await error_of(web.chat_postMessage(channel=place.id, text="x", **QUIET))
    await time.pass_by(59)
    await error_of(web.chat_postMessage(channel=place.id, text="x", **QUIET))

    assert whats(slack) == ["ignored a rate limit"]


@pytest.mark.parametrize(
    ("fault", "shown"),
    [(DROPPED, []), (LOST_ANSWER, ["x"]), (Status(503), []), (Status(429, 7), [])],
)
async def test_a_fault_strikes_once_before_or_after_the_request_is_carried_out(
    slack: FakeSlack, web: AsyncWebClient, place: Channel, fault: Fault, shown: list[str]
) -> None:
    slack.faults.next("POST", r"^chat\.postMessage$", fault)

    with pytest.raises((SlackApiError, aiohttp.ClientError)):
        await web.chat_postMessage(channel=place.id, text="x", **QUIET)

    assert slack.shown(place) == shown
    await web.team_info()
    assert [each.status for each in slack.asked("chat.postMessage")] == [
        fault.status if isinstance(fault, Status) else 0
    ]


async def test_a_scripted_429_says_how_long_to_wait(
    slack: FakeSlack, web: AsyncWebClient, place: Channel
) -> None:
    slack.faults.next("POST", "chat.update", Status(429, 30))

    refused = await refusal_of(web.chat_update(channel=place.id, ts="1.2", text="x"))
    await error_of(web.chat_update(channel=place.id, ts="1.2", text="x"))

    assert refused["error"] == "ratelimited"
    assert whats(slack) == ["ignored a rate limit"]


async def test_a_held_request_waits(slack: FakeSlack, web: AsyncWebClient, place: Channel) -> None:
    until = asyncio.Event()
    slack.faults.next("POST", "chat.postMessage", Held(until))

    late = asyncio.create_task(web.chat_postMessage(channel=place.id, text="late", **QUIET))
    await slack.until(lambda: slack.faults.happened)
    await web.chat_postMessage(channel=place.id, text="early", **QUIET)
    until.set()
    await late

    assert slack.shown(place) == ["early", "late"]


def test_chance_spares_what_logs_in() -> None:
    faults = Faults(SPARED)
    faults.at_random({Status(503): 1.0})

    assert not faults.strike("POST", "auth.test")
    assert not faults.strike("POST", "apps.connections.open")
    assert faults.strike("POST", "chat.postMessage")
