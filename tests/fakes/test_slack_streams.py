"""How a stream on the fake Slack begins, goes on and ends; and the session it belongs to."""

import asyncio
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import Channel, FakeSlack, Message, NotOffered, State, User
from tests.fakes.slack_saying import Json, a_button, actions, error_of, section, whats
from tests.fakes.told_time import ToldTime


@pytest.fixture
async def question(slack: FakeSlack, ada: User, place: Channel) -> Message:
    return await slack.mention(ada, place, "why?")


def recipient(ada: User) -> Json:
    return {"recipient_user_id": ada.id, "recipient_team_id": ada.team.id}


async def begin(web: AsyncWebClient, question: Message, text: str = "", **more: object) -> Any:
    """Begin a stream under a question; return where it is."""
    channel = question.channel.id
    asked = recipient(question.user) | ({"markdown_text": text} if text else {}) | more
    begun = await web.chat_startStream(channel=channel, thread_ts=question.ts, **asked)
    return {"channel": channel, "ts": begun["ts"]}


async def test_a_stream_grows_and_is_finished(
    slack: FakeSlack, web: AsyncWebClient, place: Channel, question: Message
) -> None:
    at = await begin(web, question, "Be")
    await web.chat_appendStream(**at, markdown_text="cause **of** 1 &lt; 2")
    running = slack.shown(place, question)
    metadata: Json = {"event_type": "answer", "event_payload": {}}
    stopped = await web.chat_stopStream(
        **at, markdown_text=".", blocks=[actions(a_button())], metadata=metadata
    )

    assert running == ["Because **of** 1 < 2"]
    assert slack.shown(place, question) == ["Because **of** 1 < 2.\n[Go]"]
    assert stopped["message"]["metadata"] == metadata
    assert (slack.open_streams, slack.violations) == ([], [])


async def test_a_stream_needs_a_thread_and_in_channels_a_recipient(
    slack: FakeSlack, web: AsyncWebClient, ada: User, question: Message
) -> None:
    at: Any = {"channel": question.channel.id, "thread_ts": question.ts}
    dm = await slack.dm(ada, "and here?")

    lacks_thread = web.api_call(
        "chat.startStream", json={"channel": question.channel.id, **recipient(ada)}
    )
    assert await error_of(lacks_thread) == "invalid_arguments"
    assert await error_of(web.chat_startStream(**at)) == "missing_recipient_user_id"
    lacks_team = web.chat_startStream(**at, recipient_user_id=ada.id)
    assert await error_of(lacks_team) == "missing_recipient_team_id"
    await web.chat_startStream(channel=dm.channel.id, thread_ts=dm.ts)


async def test_slack_ends_a_stream_after_five_minutes_though_it_is_written_to(
    slack: FakeSlack, web: AsyncWebClient, question: Message, time: ToldTime
) -> None:
    at = await begin(web, question, "a")
    await time.pass_by(299)
    await web.chat_appendStream(**at, markdown_text="b")
    await time.pass_by(1)

    assert await error_of(web.chat_appendStream(**at, markdown_text="c")) == (
        "message_not_in_streaming_state"
    )
    assert await error_of(web.chat_stopStream(**at)) == "message_not_in_streaming_state"
    assert [each.state for each in slack.world.streams] == [State.EXPIRED]
    await web.chat_update(**at, text="abc")
    assert slack.shown(question.channel, question) == ["abc"]


async def test_a_running_stream_is_neither_updated_nor_deleted(
    web: AsyncWebClient, question: Message
) -> None:
    at = await begin(web, question, "a")

    assert await error_of(web.chat_update(**at, text="b")) == "streaming_state_conflict"
    assert await error_of(web.chat_delete(**at)) == "cant_delete_message"
    await web.chat_stopStream(**at)
    assert await error_of(web.chat_appendStream(**at, markdown_text="b")) == (
        "message_not_in_streaming_state"
    )
    await web.chat_delete(**at)


async def test_a_person_stops_a_stream(
    slack: FakeSlack, web: AsyncWebClient, ada: User, place: Channel, question: Message
) -> None:
    at = await begin(web, question, "a")
    with pytest.raises(NotOffered):
        await slack.stop_session(ada, place, question)
    told = await web.agents_sessions_setStatus(
        channel_id=place.id, thread_ts=question.ts, status="processing", title="Why"
    )
    await slack.stop_session(ada, place, question)

    assert (told["status"], told["title"]) == ("processing", "Why")
    assert await error_of(web.chat_appendStream(**at, markdown_text="b")) == "stopped_by_user"
    assert slack.world.sessions[place.id, question.ts]["status"] == "processing"
    await web.chat_stopStream(**at)
    assert slack.world.sessions[place.id, question.ts]["status"] == "active"
    event = slack.deliveries.told[-2].payload["event"]
    assert (event["type"], event["streaming_message_ts"]) == ("agent_session_stopped", [at["ts"]])


async def test_too_much_the_wrong_shape_and_nothing_at_all(
    slack: FakeSlack, web: AsyncWebClient, question: Message
) -> None:
    text = await begin(web, question, "a")
    chunk = {"type": "markdown_text", "text": "b"}
    step = {"type": "task_update", "id": "1", "title": "asking", "status": "in_progress"}
    chunks = await begin(web, question, chunks=[chunk, step])

    errors = [
        await error_of(web.chat_appendStream(**text, markdown_text="x" * 12_001)),
        await error_of(web.chat_appendStream(**text, chunks=[chunk])),
        await error_of(web.chat_appendStream(**chunks, markdown_text="b")),
        await error_of(web.chat_appendStream(**chunks, chunks=[{"type": "song"}])),
        await error_of(web.chat_appendStream(**text)),
    ]

    assert errors == [
        "msg_too_long",
        "streaming_mode_mismatch",
        "streaming_mode_mismatch",
        "invalid_chunks",
        "no_text",
    ]
    assert slack.shown(question.channel, question) == ["a", "b"]
    assert whats(slack) == ["form refused"] * 5


async def test_only_the_bots_own_streams_are_its_to_write(
    web: AsyncWebClient, question: Message
) -> None:
    at: Any = {"channel": question.channel.id, "ts": question.ts}

    assert await error_of(web.chat_appendStream(**at, markdown_text="b")) == (
        "message_not_owned_by_app"
    )
    posted = await web.chat_postMessage(channel=at["channel"], text="x")
    at["ts"] = posted["ts"]
    assert await error_of(web.chat_stopStream(**at)) == "message_not_in_streaming_state"


async def test_two_writers_at_once_are_held_against_the_bot(
    slack: FakeSlack, web: AsyncWebClient, question: Message
) -> None:
    at = await begin(web, question, "a")

    await web.chat_appendStream(**at, markdown_text="b")
    assert slack.violations == []
    appends = (web.chat_appendStream(**at, markdown_text=text) for text in "cd")
    await asyncio.gather(*appends)

    assert whats(slack) == ["two writers"]


async def test_a_mention_that_two_appends_make_is_live(
    slack: FakeSlack, web: AsyncWebClient, question: Message
) -> None:
    at = await begin(web, question, "hello <!chan")

    assert slack.violations == []
    await web.chat_appendStream(**at, markdown_text="nel>")
    await web.chat_appendStream(**at, markdown_text=" and so on")

    assert whats(slack) == ["may ping"]
    assert [mention for mention, _ in slack.pings] == ["<!channel>"]


async def test_a_stream_left_open_is_to_be_seen(
    slack: FakeSlack, web: AsyncWebClient, question: Message
) -> None:
    await begin(web, question, "a")

    assert [each.text for each in slack.open_streams] == ["a"]


async def test_the_end_of_a_stream_takes_blocks_of_the_usual_form(
    web: AsyncWebClient, question: Message
) -> None:
    at = await begin(web, question, "a")

    assert await error_of(web.chat_stopStream(**at, blocks=[section("")])) == "invalid_blocks"
    await web.chat_stopStream(**at, blocks=[section("end")])


async def test_a_session_has_a_status_a_title_and_prompts(
    slack: FakeSlack, web: AsyncWebClient, ada: User
) -> None:
    dm = await slack.dm(ada, "hi")
    at: Any = {"channel_id": dm.channel.id, "thread_ts": dm.ts}
    prompts = [{"title": "Help", "message": "What can you do?"}]

    assert await error_of(web.agents_sessions_rename(**at, title="x")) == "session_not_found"
    slack.world.subscribed = {"message.im"}
    warned = await web.agents_sessions_setStatus(**at, status="active")
    await web.agents_sessions_rename(**at, title="Greeting")
    await web.assistant_threads_setStatus(**at, status="is thinking")
    await web.assistant_threads_setSuggestedPrompts(channel_id=dm.channel.id, prompts=prompts)
    too_many = web.assistant_threads_setSuggestedPrompts(**at, prompts=prompts * 5)
    too_long = web.agents_sessions_rename(**at, title="x" * 201)
    unknown = web.agents_sessions_setStatus(**at, status="busy")

    assert warned["warning"] == "missing_agent_session_stopped_event_subscription"
    assert [await error_of(each) for each in (too_many, too_long, unknown)] == (
        ["invalid_arguments"] * 3
    )
    assert slack.world.sessions[dm.channel.id, dm.ts]["title"] == "Greeting"
    assert slack.world.statuses == {(dm.channel.id, dm.ts): "is thinking"}
    assert slack.world.prompts[dm.channel.id, ""] == prompts
    await web.chat_startStream(channel=dm.channel.id, thread_ts=dm.ts, markdown_text="hello")
    assert slack.world.statuses == {}
