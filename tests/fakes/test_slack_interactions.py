"""What a person does with an app on the fake Slack, and how the app may answer."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.fakes.slack import Channel, FakeSlack, Interaction, NotOffered, User
from tests.fakes.slack_app import SocketApp
from tests.fakes.slack_saying import (
    QUIET,
    Json,
    a_button,
    a_modal,
    actions,
    an_input,
    error_of,
    plain,
    section,
    whats,
)
from tests.fakes.told_time import ToldTime

MODAL = a_modal(an_input(), submit=plain("Go"), callback_id="ask")


async def answer(interaction: Interaction, **said: Any) -> tuple[int, str]:
    """Answer at the response_url, by Slack's own client."""
    url = interaction.delivery.payload["response_url"]
    async with aiohttp.ClientSession() as session:
        answered = await AsyncWebhookClient(url, session=session).send_dict(said)
    return answered.status_code, answered.body


async def test_a_command_is_answered_five_times_for_its_asker_or_all(
    slack: FakeSlack, ada: User, place: Channel
) -> None:
    asked = await slack.slash(ada, place, "ask", "why?")

    await answer(asked, text="only you")
    await answer(asked, text="all", response_type="in_channel")
    for _ in range(3):
        await answer(asked, text="x")
    status, body = await answer(asked, text="one too many")

    assert (asked.answers[:2], len(asked.answers)) == (["only you", "all"], 5)
    assert (status, "used_url" in body) == (404, True)
    assert slack.shown(place) == ["all"]
    assert slack.shown(place, viewer=ada)[:2] == ["only you", "all"]


async def test_after_half_an_hour_nobody_listens(
    slack: FakeSlack, ada: User, place: Channel, time: ToldTime
) -> None:
    asked = await slack.slash(ada, place, "ask")
    await time.pass_by(1800)
    await answer(asked, text="just in time")
    await time.pass_by(1)

    status, body = await answer(asked, text="late")

    assert (status, "expired_url" in body, asked.answers) == (404, True, ["just in time"])


async def test_in_a_thread_there_are_no_commands(
    slack: FakeSlack, ada: User, place: Channel
) -> None:
    question = await slack.mention(ada, place, "why?")

    with pytest.raises(NotOffered):
        await slack.slash(ada, place, "quota", thread=question)


async def test_a_button_says_what_was_pressed_where_and_by_whom(
    slack: FakeSlack, web: AsyncWebClient, ada: User, place: Channel
) -> None:
    feedback = {
        "type": "feedback_buttons",
        "action_id": "feedback",
        "positive_button": {"text": plain("Good"), "value": "good"},
        "negative_button": {"text": plain("Bad"), "value": "bad"},
    }
    blocks = [
        actions(a_button("why", value="7")),
        {"type": "context_actions", "elements": [feedback]},
    ]
    question = await slack.mention(ada, place, "why?")
    await web.chat_postMessage(
        channel=place.id, thread_ts=question.ts, text="x", blocks=blocks, **QUIET
    )
    (message,) = slack.messages(place, question)

    pressed = (await slack.press(ada, message, "why")).delivery.payload
    bad = (await slack.press(ada, message, "feedback", side="negative")).delivery.payload

    assert (pressed["actions"][0]["value"], pressed["user"]["id"]) == ("7", ada.id)
    assert pressed["container"]["thread_ts"] == question.ts
    assert pressed["message"]["ts"] == message.ts
    assert bad["actions"][0]["value"] == "bad"
    with pytest.raises(NotOffered):
        await slack.press(ada, message, "stop")


async def test_a_press_may_replace_or_delete_what_was_pressed(
    slack: FakeSlack, web: AsyncWebClient, ada: User, place: Channel
) -> None:
    for _ in range(2):
        await web.chat_postMessage(
            channel=place.id, text="x", blocks=[actions(a_button())], **QUIET
        )
    first, second = slack.messages(place)

    await answer(await slack.press(ada, first, "go"), text="done", replace_original=True)
    await answer(await slack.press(ada, second, "go"), delete_original=True)

    assert slack.shown(place) == ["done"]


async def test_an_answer_of_the_wrong_form_is_refused(
    slack: FakeSlack, ada: User, place: Channel
) -> None:
    asked = await slack.slash(ada, place, "ask")

    status, body = await answer(asked, blocks=[section("")])
    await answer(asked, text="<!here>")

    assert (status, "invalid_blocks" in body) == (400, True)
    assert whats(slack) == ["form refused", "may ping"]


async def test_a_trigger_opens_one_modal_within_three_seconds(
    slack: FakeSlack, web: AsyncWebClient, ada: User, place: Channel, time: ToldTime
) -> None:
    in_time, late = [await slack.slash(ada, place, "ask") for _ in range(2)]

    async def error(trigger_id: str, view: Json = MODAL) -> str:
        return await error_of(web.views_open(trigger_id=trigger_id, view=view))

    await time.pass_by(3)
    assert await error(in_time.trigger_id, a_modal(an_input())) == "invalid_arguments"
    opened = await web.views_open(trigger_id=in_time.trigger_id, view=MODAL)
    assert await error(in_time.trigger_id) == "exchanged_trigger_id"
    await time.pass_by(0.1)
    assert await error(late.trigger_id) == "expired_trigger_id"
    assert await error("X1") == "invalid_trigger_id"
    assert slack.modal(ada) == opened["view"]


async def test_a_modal_is_sent_found_wrong_and_sent_again(
    slack: FakeSlack, web: AsyncWebClient, ada: User, place: Channel
) -> None:
    question = await slack.say(ada, place, "words")
    async with SocketApp(slack) as app:
        asked = await slack.shortcut(ada, "ask_about", question)
        await web.views_open(trigger_id=asked.trigger_id, view=MODAL)
        wrong = await slack.submit(ada, {"question": ""})
        await app.hear(2)
        errors: Json = {"response_action": "errors", "errors": {"question": "Ask something"}}
        await app.acknowledge(app.envelopes[1], errors)
        await slack.until(lambda: wrong.errors)
        right = await slack.submit(ada, {"question": "why?"})
        await app.hear(3)
        await app.acknowledge(app.envelopes[2])
        await slack.until(lambda: right.delivery.is_acknowledged)

    shortcut = app.envelopes[0]["payload"]
    assert (shortcut["type"], shortcut["message"]["text"]) == ("message_action", "words")
    assert wrong.errors == {"question": "Ask something"}
    state = app.envelopes[2]["payload"]["view"]["state"]["values"]
    assert state["question"]["question"]["value"] == "why?"
    assert slack.modal(ada) is None
    with pytest.raises(NotOffered):
        await slack.submit(ada, {})


async def test_a_modal_is_closed_and_the_app_hears_of_it_if_it_wants_to(
    slack: FakeSlack, web: AsyncWebClient, ada: User, place: Channel
) -> None:
    for view in (MODAL, MODAL | {"notify_on_close": True}):
        asked = await slack.slash(ada, place, "ask")
        await web.views_open(trigger_id=asked.trigger_id, view=view)
    closed = await slack.close_modal(ada)
    unheard = await slack.close_modal(ada)

    assert closed
    assert closed.delivery.payload["type"] == "view_closed"
    assert (unheard, slack.modal(ada)) == (None, None)
    with pytest.raises(NotOffered):
        await slack.close_modal(ada)


async def test_a_home_tab_is_published_and_pressed(
    slack: FakeSlack, web: AsyncWebClient, ada: User
) -> None:
    with pytest.raises(NotOffered):
        await slack.press_home(ada, "model", "llama")
    options = [{"text": plain("Llama"), "value": "llama"}]
    select = {"type": "static_select", "action_id": "model", "options": options}
    view: Json = {"type": "home", "blocks": [section("Usage"), actions(select)]}

    async with SocketApp(slack) as app:
        await web.views_publish(user_id=ada.id, view=view)
        await slack.open_home(ada)
        pressed = await slack.press_home(ada, "model", "llama")
        await app.hear(2)

    opened = app.envelopes[0]["payload"]["event"]
    assert (opened["type"], opened["tab"], opened["user"]) == ("app_home_opened", "home", ada.id)
    assert [each["type"] for each in opened["view"]["blocks"]] == ["section", "actions"]
    assert pressed.delivery.payload["actions"][0]["selected_option"]["value"] == "llama"
    with pytest.raises(NotOffered):
        await slack.press_home(ada, "model", "unknown")
    stale = web.views_publish(user_id=ada.id, view=view, hash="stale")
    assert await error_of(stale) == "hash_conflict"


async def test_an_app_suggests_options_while_a_person_types(
    slack: FakeSlack, web: AsyncWebClient, ada: User, place: Channel
) -> None:
    select = {"type": "external_select", "action_id": "channel", "min_query_length": 0}
    await web.chat_postMessage(channel=place.id, text="x", blocks=[actions(select)], **QUIET)
    (message,) = slack.messages(place)

    async with SocketApp(slack) as app:
        asked = await slack.suggest(ada, message, "channel", "gen")
        await app.hear(1)
        suggested: Json = {"options": [{"text": plain("general"), "value": place.id}]}
        await app.acknowledge(app.envelopes[0], suggested)
        await slack.until(lambda: asked.delivery.is_acknowledged)

    assert asked.delivery.response == suggested
    assert asked.delivery.payload["value"] == "gen"
