"""An answer over Slack's streams, however they end."""

import asyncio

import pytest

from bot.draft import Draft, View
from bot.platforms.slack.placing import Placing
from bot.platforms.slack.spot import Spot
from bot.platforms.slack.streams import Streaming
from bot.platforms.surface import NotShown
from routing.reply import ReasoningDelta
from tests.bot.platforms.slack.indoors import Stage, remembered, told
from tests.bot.platforms.slack.streamed import answered, prose, words
from tests.fakes.faults import DROPPED, LOST_ANSWER, Fault, Status
from tests.fakes.slack.limits import Rate
from tests.fakes.slack.posts import post, remove
from tests.fakes.slack.streams import State
from tests.fakes.slack.world import File, Upload
from tests.fakes.slack.world import Message as Said
from tests.fakes.virtual_time import in_virtual_time


@in_virtual_time
async def test_a_ten_minute_answer_arrives_whole_over_rolled_streams() -> None:
    stage, text = Stage(), prose(6000)

    await answered(stage, text, per_s=10)

    assert words(stage.shown()) == text.split()
    assert len(stage.posts()) > 2
    assert {each.stream and each.stream.state for each in stage.posts()} == {State.STOPPED}
    assert stage.world.violations == []
    assert not stage.limits.refusals


@in_virtual_time
async def test_the_first_line_is_streamed_at_once_and_the_end_has_receipt_and_buttons() -> None:
    stage = Stage()
    draft = Draft()
    reply = stage.surface.reply(stage.message(), remembered())
    await reply.begin("asking llama …")
    running = asyncio.create_task(reply.run(draft))
    await asyncio.sleep(5)
    begun_s = stage.clock.elapsed_s()
    key = (stage.channel.id, stage.question.ts)
    assert stage.world.statuses[key] == "asking llama …"
    assert stage.world.sessions[key]["status"] == "processing"

    await told(draft, "It depends.\nOn what?\n", per_s=100)
    await asyncio.sleep(0.2)
    started_s = stage.world.streams[0].started_at_s
    draft.end(View("It depends.\nOn what?\n", receipt="llama", reply_id="r", is_final=True))
    await running

    assert started_s - begun_s < 0.1
    assert "It depends." in stage.shown()
    assert "llama" in stage.shown()
    assert stage.posts()[0].blocks
    assert stage.world.sessions[key]["status"] == "active"
    assert stage.world.sessions[key]["title"] == "why?"
    assert stage.world.violations == []


@in_virtual_time
async def test_code_that_goes_on_in_a_new_message_is_closed_and_opened_again() -> None:
    stage = Stage(stream_life_s=20)
    lines = [f"w{number} = 1" for number in range(300)]
    text = "```python\n" + "\n".join(lines) + "\n```\n"

    await answered(stage, text, per_s=15)

    texts = [each.stream.text for each in stage.posts() if each.stream]
    assert len(texts) > 2
    assert all(each.startswith("```python\n") for each in texts)
    assert all(each.rstrip().endswith("```") for each in texts)
    assert words("\n".join(texts)) == [line.split()[0] for line in lines]


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        pytest.param("chat.appendStream", Status(429, 7), id="append limited"),
        pytest.param("chat.appendStream", LOST_ANSWER, id="append done, not heard of"),
        pytest.param("chat.appendStream", DROPPED, id="append not done"),
        pytest.param("chat.appendStream", Status(503), id="append failed"),
        pytest.param("chat.startStream", LOST_ANSWER, id="start done, not heard of"),
        pytest.param("chat.startStream", DROPPED, id="start not done"),
        pytest.param("chat.startStream", Status(429, 9), id="start limited"),
        pytest.param("chat.stopStream", LOST_ANSWER, id="stop done, not heard of"),
        pytest.param("chat.stopStream", Status(429, 4), id="stop limited"),
    ],
)
def test_what_goes_wrong_with_one_request_is_not_seen(path: str, fault: Fault) -> None:
    @in_virtual_time
    async def run() -> None:
        stage, text = Stage(), prose(400)
        stage.faults.next("POST", path, fault)

        await answered(stage, text, per_s=20)

        assert len(stage.faults.happened) == 1
        assert words(stage.shown()) == text.split()
        assert stage.shown().count("llama · free") == 1
        assert stage.world.violations == []

    run()


@in_virtual_time
async def test_a_file_of_an_earlier_answer_is_not_taken_for_a_lost_stream() -> None:
    stage, text = Stage(), prose(100)
    stage.faults.next("POST", "chat.startStream", DROPPED)
    bot, upload = stage.team.bot, Upload("answer.md", b"abc")
    earlier = Said(stage.world.new_ts(), stage.channel, bot, "", thread_ts=stage.question.ts)
    earlier.files = [File("F1", stage.team, bot, upload)]
    post(stage.world, earlier)

    await answered(stage, text, per_s=20)

    assert words("".join(each.shown for each in stage.posts() if each is not earlier))
    assert not words(earlier.shown)


@in_virtual_time
async def test_a_stream_that_slack_ends_early_is_made_whole_and_goes_on_in_another() -> None:
    stage, text = Stage(), prose(900)
    stage.world.stream_life_s = 30

    await answered(stage, text, per_s=10)

    assert words(stage.shown()) == text.split()
    assert State.EXPIRED in {each.stream.state for each in stage.posts() if each.stream}
    assert stage.world.violations == []


@in_virtual_time
async def test_a_person_who_stops_the_stream_stops_the_answer() -> None:
    stage, draft = Stage(), Draft()
    reply = stage.surface.reply(stage.message(), remembered())
    await reply.begin("…")
    running = asyncio.create_task(reply.run(draft))
    await told(draft, prose(100), per_s=20)
    stage.world.streams[0].state = State.STOPPED_BY_USER

    await told(draft, " w100\n\n w101\n", per_s=20)
    await asyncio.sleep(2)
    text = draft.view().text
    draft.end(View(text, receipt="stopped", reply_id="r", is_final=True))
    await running

    assert stage.stopped == [stage.message().identity]
    assert len(stage.posts()) == 1
    assert "stopped" in stage.shown()
    assert words(stage.shown()) == [f"w{number}" for number in range(102)]
    key = (stage.channel.id, stage.question.ts)
    assert stage.world.sessions[key]["status"] == "active"


@in_virtual_time
async def test_where_streams_are_refused_a_post_is_updated_as_it_grows() -> None:
    stage, text = Stage(), prose(300)

    await answered(stage, text, per_s=20, user_team="T0NOWHERE")

    (post,) = stage.posts()
    assert post.stream is None
    assert words(stage.shown()) == text.split()
    assert stage.calls("chat.update") > 3
    assert stage.world.violations == []


@in_virtual_time
async def test_when_no_more_streams_may_be_begun_the_answer_is_updated_from_there() -> None:
    stage, text = Stage(streams_per_min=1, stream_life_s=10), prose(400)
    stage.limits.tiers[2] = Rate(1, 60)

    await answered(stage, text, per_s=20)

    assert words(stage.shown()) == text.split()
    assert [each.stream is None for each in stage.posts()] == [False, True]
    assert stage.world.violations == []
    assert not stage.limits.refusals


@in_virtual_time
async def test_a_post_that_somebody_deletes_ends_the_answer() -> None:
    stage, draft = Stage(), Draft()
    reply = stage.surface.reply(stage.message(), remembered())
    running = asyncio.create_task(reply.run(draft))
    await told(draft, prose(100), per_s=20)
    remove(stage.world, stage.posts()[0])

    with pytest.raises(NotShown) as caught:
        await asyncio.gather(running, told(draft, prose(100), per_s=20))

    assert caught.value.is_final


@in_virtual_time
async def test_twenty_answers_share_what_slack_allows_a_workspace() -> None:
    stage, text = Stage(), prose(600)
    questions = [stage.ask() for _ in range(20)]

    async def answer(number: int) -> None:
        draft = Draft()
        posts = remembered(str(number))
        reply = stage.surface.reply(stage.message_of(questions[number]), posts)
        await reply.begin("…")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(reply.run(draft))
            await told(draft, text, per_s=10)
            draft.end(View(text, receipt="llama", reply_id="r", is_final=True))

    async with asyncio.TaskGroup() as tasks:
        for number in range(20):
            tasks.create_task(answer(number))

    for question in questions:
        shown = "\n".join(each.shown for each in stage.posts(question))
        assert words(shown) == text.split()
    appends = [each.appends for each in stage.world.streams]
    assert max(appends) - min(appends) < 5
    assert not stage.limits.refusals
    assert stage.world.violations == []


@in_virtual_time
async def test_a_streamed_answer_that_is_too_long_is_whole_in_a_file() -> None:
    stage, text = Stage(most_posts=1), prose(4000)
    stage.world.host_url = "https://slack.com"

    await answered(stage, text, per_s=200)

    files = [file for each in stage.posts() for file in each.files]
    assert [file.upload.content.decode() for file in files] == [text]
    assert 1000 < len(words(stage.shown())) < 3000
    assert "answer.md" in stage.shown()


@in_virtual_time
async def test_a_streamed_answer_that_is_too_long_is_posted_where_no_file_can_be() -> None:
    stage, text = Stage(most_posts=1), prose(4000)
    stage.token.scopes -= {"files:write"}

    await answered(stage, text, per_s=200)

    assert words(stage.shown()) == text.split()
    assert stage.world.violations == []


@in_virtual_time
async def test_where_no_status_can_be_shown_a_post_holds_the_line_and_it_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stage = Stage()
    stage.token.scopes -= {"assistant:write"}
    drafts = [Draft(), Draft()]
    for draft in drafts:
        question = stage.ask()
        reply = stage.surface.reply(stage.message_of(question), remembered())
        await reply.begin("asking llama …")
        assert "asking llama …" in stage.posts(question)[0].shown
        draft.end(View("It depends.", receipt="llama", is_final=True))

        await reply.run(draft)

        (post,) = stage.posts(question)
        assert "It depends." in post.shown

    assert len([each for each in caplog.records if "assistant:write" in each.message]) == 1


@in_virtual_time
async def test_while_a_model_thinks_the_status_says_how_far_it_is() -> None:
    stage, draft = Stage(), Draft()
    reply = stage.surface.reply(stage.message(), remembered())
    await reply.begin("…")
    running = asyncio.create_task(reply.run(draft))

    draft.take(ReasoningDelta("I wonder why."))
    await asyncio.sleep(5)
    thinking = stage.world.statuses[stage.channel.id, stage.question.ts]
    draft.end(View("It depends.", is_final=True))
    await running

    assert "3 words" in thinking
    assert len(stage.posts()) == 1


@in_virtual_time
async def test_what_slack_does_not_take_under_an_answer_is_left_out() -> None:
    stage = Stage()
    placing = Placing(stage.web, Spot.of(stage.message()), remembered())
    streaming = Streaming(
        placing,
        most_posts=5,
        life_s=240,
        clock=stage.clock,
        on_stopped=lambda: asyncio.sleep(0),
        stop_row=(),
    )
    await streaming.show("It depends.\n")

    await streaming.finish("It depends.\nOn you.", [{"type": "nonsense"}])

    (post,) = stage.posts()
    assert post.shown.split() == ["It", "depends.", "On", "you."]
    assert post.stream
    assert post.stream.state is State.STOPPED


@in_virtual_time
async def test_in_a_rush_each_answer_is_seen_as_soon_as_it_is_done() -> None:
    stage = Stage()
    people = [stage.asker, stage.team.bot]
    text = f"A line.\n{prose(20)}"
    late_s: list[float] = []

    async def answer(number: int) -> None:
        stage.channel = stage.world.add_channel("channel", f"c{number}", stage.team, people)
        question, draft = stage.ask(), Draft()
        reply = stage.surface.reply(stage.message_of(question), remembered(str(number)))
        await reply.begin("…")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(reply.run(draft))
            await told(draft, text, per_s=10)
            done_s = stage.clock.elapsed_s()
            draft.end(View(text, receipt="llama", reply_id="r", is_final=True))
        late_s.append(stage.clock.elapsed_s() - done_s)
        assert [words(each.shown) for each in stage.posts(question)] == [prose(20).split()]

    async with asyncio.TaskGroup() as tasks:
        for number in range(120):
            tasks.create_task(answer(number))
            await asyncio.sleep(1 / 15)

    assert max(late_s) < 1
    assert not stage.limits.refusals
    assert stage.world.violations == []
