"""An answer on Slack where it is not streamed: posts and files."""

import asyncio
from dataclasses import replace

import pytest

from bot.draft import Draft, View
from bot.platforms.port import NamedFile
from bot.platforms.surface import NotShown
from config.chats import SlackSettings
from routing.reply import TextDelta
from tests.bot.platforms.slack.indoors import Stage, remembered
from tests.bot.platforms.slack.replying import DONE, NOTICE, by_command, ended, shown_at_last
from tests.fakes.faults import DROPPED, LOST_ANSWER, Fault, Status
from tests.fakes.slack.limits import RATIONED
from tests.fakes.virtual_time import in_virtual_time


@in_virtual_time
async def test_an_answer_that_is_done_when_it_is_first_shown_is_one_post() -> None:
    stage = Stage()

    await shown_at_last(stage, NOTICE)

    (post,) = stage.posts()
    assert "2 dollars" in post.shown
    assert post.stream is None
    assert stage.world.violations == []


NAMING = View(
    "- <@U1>, <!subteam^S2> in <#C3>: **2** <!channel>\n\n| a |\n|---|\n| <@U4> |",
    is_final=True,
    is_notice=True,
    has_mentions=True,
)


@in_virtual_time
async def test_who_alone_sees_a_notice_sees_names_in_it() -> None:
    stage = Stage()

    await shown_at_last(stage, NAMING, is_ephemeral="1")

    (post,) = stage.channel.ephemeral
    assert post.blocks[0]["type"] == "section"
    said = post.blocks[0]["text"]["text"]
    assert said == "• <@U1>, <!subteam^S2> in <#C3>: *2* &lt;\u200b!channel&gt;"
    assert post.blocks[1]["type"] == "table"
    assert stage.world.violations == []


@in_virtual_time
async def test_where_others_read_along_a_notice_has_names_and_calls_nobody() -> None:
    stage = Stage()
    told = f"- <@{stage.asker.id}>, <@U0>, <!subteam^S2>: 2"

    await shown_at_last(stage, replace(NAMING, text=told))

    (post,) = stage.posts()
    assert f"• `{stage.asker.name}`, `U0`, `S2`: 2" in post.shown
    assert stage.world.pings == []


@in_virtual_time
async def test_whatever_a_notice_quotes_it_calls_nobody_where_others_read_along() -> None:
    stage = Stage()
    who = stage.asker.id
    quoted = f"> be kind to &lt;@{who}&gt; and <\u200b@{who}>, <\u200b!subteam^S2>"

    await shown_at_last(stage, replace(NAMING, text=f"Set: the persona of <#C3>.\n\n{quoted}"))

    (post,) = stage.posts()
    said = "".join(each["text"]["text"] for each in post.blocks if each["type"] == "section")
    assert "<#C3>" in said
    assert (f"<@{who}>" in said, "<!subteam" in said, stage.world.pings) == (False, False, [])


@in_virtual_time
async def test_outside_a_thread_a_line_stands_where_the_answer_comes() -> None:
    stage, draft = Stage(), Draft()
    reply = stage.surface.reply(stage.message(thread="", ts=""), remembered())

    await reply.begin("asking llama …")
    (post,) = [each for each in stage.channel.messages.values() if each.user is stage.team.bot]
    line = post.shown
    running = asyncio.create_task(reply.run(draft))
    draft.take(TextDelta("It depends."))
    await asyncio.sleep(3)
    growing = post.shown
    draft.end(DONE)
    await running

    assert "asking llama …" in line
    assert "It depends." in growing
    assert "llama · free" in post.shown
    assert stage.calls("chat.postMessage") == 1
    assert stage.world.violations == []


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        pytest.param("chat.postMessage", LOST_ANSWER, id="done, not heard of"),
        pytest.param("chat.postMessage", DROPPED, id="not done"),
        pytest.param("chat.postMessage", Status(503), id="failed"),
        pytest.param("chat.postMessage", Status(429, 8), id="limited"),
    ],
)
@pytest.mark.parametrize("thread", ["", None], ids=["channel", "thread"])
def test_a_post_is_seen_once_whatever_goes_wrong(
    path: str, fault: Fault, thread: str | None
) -> None:
    @in_virtual_time
    async def run() -> None:
        stage = Stage()
        stage.faults.next("POST", path, fault)
        handle = {} if thread is None else {"thread": thread, "ts": ""}

        await shown_at_last(stage, DONE, **handle)

        ours = [each for each in stage.channel.messages.values() if each.user is stage.team.bot]
        assert ["llama · free" in each.shown for each in ours] == [True]
        assert stage.world.violations == []

    run()


@in_virtual_time
async def test_a_lost_post_is_looked_for_no_oftener_than_slack_lets_us() -> None:
    stage = Stage()
    stage.world.is_distributed = True
    stage.limits.rates["conversations.replies"] = RATIONED
    await stage.web.replies(stage.team.id, stage.channel.id, stage.question.ts)
    stage.faults.next("POST", "chat.postMessage", LOST_ANSWER)

    await shown_at_last(stage, DONE)

    assert len(stage.posts()) == 1
    assert stage.clock.elapsed_s() > 50
    assert stage.world.violations == []


@in_virtual_time
async def test_where_nothing_may_be_read_a_lost_post_is_made_again() -> None:
    stage = Stage()
    stage.token.scopes -= {"channels:history"}
    stage.faults.next("POST", "chat.postMessage", DROPPED)

    await shown_at_last(stage, DONE)

    assert len(stage.posts()) == 1


@in_virtual_time
async def test_a_longer_answer_comes_as_a_file_once() -> None:
    stage, text = Stage(most_posts=1), "word " * 4_000
    stage.world.host_url = "https://slack.com"
    stage.faults.next("POST", "files.completeUploadExternal", LOST_ANSWER)

    await shown_at_last(stage, View(text, receipt="llama", reply_id="r", is_final=True))

    files = [file for each in stage.posts() for file in each.files]
    assert [file.upload.content.decode() for file in files] == [text]
    assert "answer.md" in stage.shown()


@in_virtual_time
async def test_how_much_of_an_answer_is_posted_may_change() -> None:
    stage = Stage()
    stage.world.host_url = "https://slack.com"
    stage.surface.adopt(SlackSettings(most_posts=1), has_votes=False)

    await shown_at_last(stage, View("word " * 4_000, receipt="llama", reply_id="r", is_final=True))

    assert "answer.md" in stage.shown()
    assert "[Why?]" in stage.shown()
    assert "👍" not in stage.shown()


@in_virtual_time
async def test_without_the_scope_for_files_all_of_the_answer_is_posted() -> None:
    stage, text = Stage(most_posts=1), "word " * 4_000
    stage.token.scopes -= {"files:write"}

    await shown_at_last(stage, View(text, receipt="llama", reply_id="r", is_final=True))

    assert stage.shown().count("word") == 4_000
    assert "files:write" in stage.shown()


PICTURE = NamedFile("usage.png", b"\x89PNG\xff", "image/png", "Dollars a day: 3.")


@in_virtual_time
async def test_a_picture_is_attached_as_it_is() -> None:
    stage = Stage()
    stage.world.host_url = "https://slack.com"

    await shown_at_last(stage, replace(NOTICE, files=(PICTURE,)))

    files = [file for each in stage.posts() for file in each.files]
    assert [file.upload.content for file in files] == [PICTURE.content]
    assert [file.alternative for file in files] == ["Dollars a day: 3."]


@in_virtual_time
async def test_what_one_person_sees_brings_no_file_into_the_channel_but_says_it() -> None:
    stage = Stage()
    short, long = (
        NamedFile(name, b"day,model\n" * times, "text/csv")
        for name, times in (("short.csv", 2), ("long.csv", 900))
    )

    await shown_at_last(stage, replace(NOTICE, files=(PICTURE, short, long)), **by_command())

    assert [each for each in stage.channel.messages.values() if each.files] == []
    (told,) = map(str, stage.session.answers)
    assert "Dollars a day: 3." in told
    assert "As a picture: ask me the same in a direct message." in told
    assert "day,model" in told
    assert "`long.csv` cannot be attached here" in told
    assert "files:write" not in told


@pytest.mark.parametrize("what", ["archived", "left", "revoked"])
def test_where_the_bot_may_say_nothing_it_gives_up(what: str) -> None:
    @in_virtual_time
    async def run() -> None:
        stage = Stage()
        reply = stage.surface.reply(stage.message(), remembered())
        stage.channel.is_archived = what == "archived"
        stage.token.is_revoked = what == "revoked"
        if what == "left":
            del stage.channel.members[stage.team.bot.id]

        with pytest.raises(NotShown) as caught:
            await reply.run(ended(DONE))

        assert caught.value.is_final

    run()


@in_virtual_time
async def test_while_slack_fails_it_is_tried_later() -> None:
    stage = Stage()
    stage.faults.at_random({Status(503): 1.0})

    with pytest.raises(NotShown) as caught:
        await stage.surface.reply(stage.message(), remembered()).run(ended(DONE))

    assert not caught.value.is_final


@in_virtual_time
async def test_a_deleted_question_takes_its_answer_along() -> None:
    stage, draft, posts = Stage(), Draft(), remembered()
    reply = stage.surface.reply(stage.message(), posts)
    running = asyncio.create_task(reply.run(draft))
    draft.take(TextDelta("A line.\nAnother\n"))
    await asyncio.sleep(2)
    assert len(stage.posts()) == 1
    running.cancel()

    await reply.withdraw()

    assert stage.posts() == []
    assert posts.ids == ()
    key = (stage.channel.id, stage.question.ts)
    assert key not in stage.world.sessions or stage.world.sessions[key]["status"] == "active"
