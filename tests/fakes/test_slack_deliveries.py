"""How the fake Slack tells an app of things, over sockets and HTTP, and tells it again."""

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import FakeSlack
from tests.fakes.slack_app import HttpApp, SocketApp
from tests.fakes.slack_saying import QUIET, Json, whats
from tests.fakes.told_time import ToldTime


async def a_question(slack: FakeSlack) -> None:
    await slack.dm(slack.add_user("ada"), "why?")


def texts(app: SocketApp) -> list[str]:
    return [each["payload"]["event"]["text"] for each in app.envelopes]


async def test_slacks_own_framework_hears_over_a_socket_and_answers(
    slack: FakeSlack, web: AsyncWebClient
) -> None:
    app = AsyncApp(client=web)

    @app.event("app_mention")
    async def answer(event: Json, client: AsyncWebClient) -> None:
        await client.chat_postMessage(
            channel=event["channel"], thread_ts=event["ts"], text="because", **QUIET
        )

    @app.event("message")
    async def ignore() -> None:
        pass

    handler = AsyncSocketModeHandler(app, slack.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await slack.until(lambda: slack.sockets.count)
    channel = slack.add_channel()
    question = await slack.mention(slack.add_user("ada"), channel, "why?")
    await slack.until(lambda: slack.shown(channel, question))
    await slack.until(lambda: all(each.is_acknowledged for each in slack.deliveries.told))
    await handler.close_async()  # type: ignore[no-untyped-call]

    assert slack.shown(channel, question) == ["because"]
    names = [each.payload["event"]["type"] for each in slack.deliveries.told]
    assert names == ["message", "app_mention", "message"]
    stamps = [each.payload["event"]["ts"] for each in slack.deliveries.told]
    assert stamps[:2] == [question.ts] * 2
    assert len({each.payload["event_id"] for each in slack.deliveries.told}) == 3
    took = [each.acknowledged_after_s for each in slack.deliveries.told]
    assert all(each is not None and 0 < each < 3 for each in took)
    assert slack.violations == []


async def test_what_nobody_acknowledges_is_told_again_at_once_then_after_1_and_5_minutes(
    slack: FakeSlack, time: ToldTime
) -> None:
    async with SocketApp(slack) as app:
        await a_question(slack)
        await slack.until(lambda: len(app.envelopes) == 1)
        for number, pause_s in enumerate((3, 63, 303), start=1):
            await time.pass_by(pause_s - 0.1)
            assert len(app.envelopes) == number
            await time.pass_by(0.1)
            await app.hear(number + 1)
        await time.pass_by(3600)

        assert [each["retry_attempt"] for each in app.envelopes] == [0, 1, 2, 3]
        assert [each["retry_reason"] for each in app.envelopes] == ["", *["http_timeout"] * 3]
        assert len({each["payload"]["event_id"] for each in app.envelopes}) == 1
        assert len({each["envelope_id"] for each in app.envelopes}) == 4
    (told,) = slack.deliveries.told
    assert (told.is_given_up, told.is_acknowledged) == (True, False)
    assert whats(slack) == ["acknowledged late"] * 4


async def test_what_is_acknowledged_is_told_once(slack: FakeSlack, time: ToldTime) -> None:
    async with SocketApp(slack) as app:
        await a_question(slack)
        await slack.until(lambda: app.envelopes)
        await app.acknowledge(app.envelopes[0])
        await slack.until(lambda: slack.deliveries.told[0].is_acknowledged)
        await time.pass_by(600)

        assert len(app.envelopes) == 1
    assert slack.violations == []


async def test_each_thing_goes_to_one_socket_and_at_once_to_another_if_that_breaks(
    slack: FakeSlack,
) -> None:
    async with SocketApp(slack) as first, SocketApp(slack) as second:
        await slack.dm(slack.add_user("ada"), "1")
        await slack.dm(slack.add_user("bob"), "2")
        await slack.until(lambda: first.envelopes and second.envelopes)
        (lost,) = texts(first)
        await first.break_off()
        await slack.until(lambda: len(second.envelopes) == 2)

        assert texts(second)[1] == lost
        assert second.envelopes[1]["retry_attempt"] == 1
        assert [each["num_connections"] for each in (first.heard[0], second.heard[0])] == [1, 2]
    assert slack.violations == []


async def test_without_a_socket_events_wait_for_the_next_repetition(
    slack: FakeSlack, time: ToldTime
) -> None:
    await a_question(slack)
    await time.pass_by(1)
    async with SocketApp(slack) as app:
        await time.pass_by(58)
        assert app.envelopes == []
        await time.pass_by(1.5)
        await slack.until(lambda: app.envelopes)

        assert app.envelopes[0]["retry_attempt"] == 2


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_a_socket_to_be_replaced_is_told_nothing_more_and_closes(
    slack: FakeSlack, time: ToldTime, reason: str
) -> None:
    async with SocketApp(slack) as old:
        slack.sockets.refresh_all(reason)
        await slack.until(lambda: len(old.heard) == 2)
        async with SocketApp(slack) as new:
            await a_question(slack)
            await slack.until(lambda: new.envelopes)
            await time.pass_by(10)
            await slack.until(lambda: old.is_closed)

        assert (old.heard[1]["type"], old.heard[1]["reason"]) == ("disconnect", reason)
        assert old.envelopes == []


async def test_an_app_may_be_switched_off_and_sockets_are_ten_at_most(slack: FakeSlack) -> None:
    apps = [await SocketApp(slack).__aenter__() for _ in range(11)]

    await slack.until(lambda: apps[-1].is_closed)
    slack.sockets.disable()
    await slack.until(lambda: all(app.is_closed for app in apps))

    reasons = [app.heard[-1]["reason"] for app in apps]
    assert reasons == ["link_disabled"] * 10 + ["too_many_websockets"]
    for app in apps:
        await app.__aexit__()


async def test_a_ticket_for_a_socket_is_good_once(slack: FakeSlack, web: AsyncWebClient) -> None:
    opened = await web.apps_connections_open(app_token=slack.app_token)
    url = str(opened["url"])
    assert web.session

    first = await web.session.ws_connect(url)
    again = await web.session.get(url.replace("ws:", "http:"))
    await first.close()

    assert again.status == 404


async def test_events_come_twice_in_the_wrong_order_and_unreadable(slack: FakeSlack) -> None:
    async with SocketApp(slack) as app:
        ada = slack.add_user("ada")
        slack.deliveries.disorder.duplicate_next()
        await slack.dm(ada, "1")
        slack.deliveries.disorder.swap_next()
        await slack.dm(ada, "2")
        await slack.dm(ada, "3")
        slack.sockets.send_unparsable()
        await slack.until(lambda: len(app.heard) == 7)

        assert texts(app) == ["1", "1", "3", "2"]
        assert len({each["payload"]["event_id"] for each in app.envelopes}) == 3
        assert app.heard[-2:] == [{"text": "{not JSON"}, {"type": "goodbye"}]


async def test_what_is_acknowledged_wrongly_is_held_against_the_bot(slack: FakeSlack) -> None:
    async with SocketApp(slack) as app:
        await app.say("ok")
        await app.say({"envelope_id": "nobody's"})
        await slack.until(lambda: len(slack.violations) == 2)

    assert whats(slack) == ["not JSON", "unknown envelope"]


async def test_http_is_signed_and_repeated_with_the_reason(
    slack: FakeSlack, time: ToldTime
) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.Response(status=503)

    async with HttpApp(slack, refuse) as app:
        await a_question(slack)
        await slack.until(lambda: len(app.heard) == 2)
        await time.pass_by(60)
        await slack.until(lambda: len(app.heard) == 3)

        for headers, body in app.heard:
            sent_at = headers["X-Slack-Request-Timestamp"]
            verifier = SignatureVerifier(slack.signing_secret)
            assert (
                verifier.generate_signature(timestamp=sent_at, body=body)
                == (headers["X-Slack-Signature"])
            )
        assert [headers.get("X-Slack-Retry-Num") for headers, _ in app.heard] == [None, "1", "2"]
        assert app.heard[1][0]["X-Slack-Retry-Reason"] == "http_error"
        first, second, _ = [json.loads(body) for _, body in app.heard]
        assert first == second
        assert int(app.heard[2][0]["X-Slack-Request-Timestamp"]) == time.now_ms // 1000
    assert slack.violations == []


async def test_an_app_may_want_no_repetition(slack: FakeSlack, time: ToldTime) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})

    async with HttpApp(slack, refuse) as app:
        await a_question(slack)
        await slack.until(lambda: slack.deliveries.told[0].is_given_up)
        await time.pass_by(600)

        assert len(app.heard) == 1


async def test_http_that_is_answered_too_late_counts_as_not_answered(
    slack: FakeSlack, time: ToldTime
) -> None:
    until = asyncio.Event()

    async def wait(_: web.Request) -> web.Response:
        await until.wait()
        return web.Response()

    async with HttpApp(slack, wait) as app:
        await a_question(slack)
        await slack.until(lambda: app.heard)
        await time.pass_by(3)
        await slack.until(lambda: len(app.heard) == 2)
        until.set()
        await slack.until(lambda: slack.deliveries.told[0].is_acknowledged)

        assert app.heard[1][0]["X-Slack-Retry-Reason"] == "http_timeout"
    assert whats(slack) == ["acknowledged late"]


async def test_commands_and_presses_come_as_forms_and_are_told_once(
    slack: FakeSlack, time: ToldTime
) -> None:
    async def answer(http: web.Request) -> web.Response:
        form = parse_qs(await http.text())
        if "command" in form:
            return web.json_response({"text": "working", "response_type": "in_channel"})
        return web.Response(status=500)

    slack.world.subscribed = set()
    async with HttpApp(slack, answer) as app:
        ada, channel = slack.add_user("ada"), slack.add_channel()
        command = await slack.slash(ada, channel, "ask", "why?")
        shortcut = await slack.shortcut(ada, "ask_about")
        await slack.until(lambda: command.answers and shortcut.delivery.is_given_up)
        await time.pass_by(600)

        forms: list[Any] = [parse_qs(body) for _, body in app.heard]
        assert (forms[0]["command"], forms[0]["text"]) == (["/ask"], ["why?"])
        assert json.loads(forms[1]["payload"][0])["callback_id"] == "ask_about"
        assert len(forms) == 2
    assert slack.shown(channel) == ["working"]


async def test_the_address_of_an_app_is_verified(slack: FakeSlack) -> None:
    async def answer(http: web.Request) -> web.Response:
        return web.Response(text=(await http.json())["challenge"])

    async with HttpApp(slack, answer):
        challenge = {"type": "url_verification", "challenge": "3eZbrw1aBm"}

        assert await slack.postman.ask(challenge) == (200, "3eZbrw1aBm")


async def test_only_what_the_app_subscribed_to_is_told(slack: FakeSlack) -> None:
    slack.world.subscribed = {"app_mention", "message.im"}
    ada, channel = slack.add_user("ada"), slack.add_channel()

    async with SocketApp(slack) as app:
        await slack.mention(ada, channel, "1")
        await slack.dm(ada, "2")
        await slack.open_home(ada)
        await slack.until(lambda: len(app.envelopes) == 2)

        events = [each["payload"]["event"] for each in app.envelopes]
    assert [each["type"] for each in events] == ["app_mention", "message"]
