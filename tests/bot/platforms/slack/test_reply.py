"""An answer on Slack where it is not streamed: posts, response_urls, files, and what is refused."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest

from bot.draft import Draft, View
from bot.platforms.port import NamedFile
from bot.platforms.surface import NotShown
from config.chats import SlackSettings
from routing.reply import TextDelta
from tests.bot.platforms.slack.indoors import Stage, remembered
from tests.fakes.faults import DROPPED, LOST_ANSWER, Fault, Status
from tests.fakes.slack.limits import RATIONED
from tests.fakes.slack.posts import post
from tests.fakes.slack.world import Message as Said
from tests.fakes.virtual_time import START, in_virtual_time

NOTICE = View("You have **2 dollars** left.", is_final=True, is_notice=True)
DONE = View("It depends.", receipt="llama · free", reply_id="r", is_final=True)


def ended(view: View) -> Draft:
    """Return a draft that has come to its end."""
    draft = Draft()
    draft.end(view)
    return draft


def by_command(**handle: str) -> dict[str, str]:
    """Return the handle of a slash command."""
    return {
        "thread": "",
        "ts": "",
        "response_url": "https://hooks.slack.com/commands/1",
        "expires_at": (START + timedelta(minutes=30)).isoformat(),
        "is_ephemeral": "1",
    } | handle


async def shown_at_last(stage: Stage, view: View, **handle: str) -> None:
    """Show an answer that is done, again and again as a worker would."""
    reply, draft = stage.surface.reply(stage.message(**handle), remembered()), ended(view)
    while True:
        try:
            await reply.run(draft)
        except NotShown as error:
            if error.is_final:
                raise
            await asyncio.sleep(1)
        else:
            return


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
async def test_a_command_is_answered_once_and_whole_by_its_address() -> None:
    stage, draft = Stage(), Draft()
    reply = stage.surface.reply(stage.message(**by_command()), remembered())
    await reply.begin("asking llama …")
    running = asyncio.create_task(reply.run(draft))
    draft.take(TextDelta("It depends."))
    await asyncio.sleep(5)
    early = list(stage.session.answers)
    draft.end(DONE)
    await running
    await reply.run(draft)

    assert early == []
    (answer,) = stage.session.answers
    assert answer["response_type"] == "ephemeral"
    assert answer["unfurl_links"] is False
    assert stage.calls("chat.postMessage") == 0


@pytest.mark.parametrize(
    ("failure", "answers", "ephemerals"),
    [
        pytest.param(404, 0, 1, id="spent"),
        pytest.param(503, 1, 0, id="failed"),
        pytest.param(aiohttp.ServerDisconnectedError(), 0, 0, id="not heard of"),
    ],
)
def test_an_address_that_fails(failure: int | Exception, answers: int, ephemerals: int) -> None:
    @in_virtual_time
    async def run() -> None:
        stage = Stage()
        stage.session.answer_failures = [failure]

        await shown_at_last(stage, DONE, **by_command())

        assert len(stage.session.answers) == answers
        assert len(stage.channel.ephemeral) == ephemerals

    run()


@in_virtual_time
async def test_after_half_an_hour_a_command_is_answered_by_a_post() -> None:
    stage = Stage()
    await asyncio.sleep(1790)

    await shown_at_last(stage, DONE, **by_command(is_ephemeral=""))

    assert stage.session.answers == []
    assert stage.calls("chat.postMessage") == 1


@in_virtual_time
async def test_what_others_answer_by_an_address_is_nowhere_else() -> None:
    stage = Stage()

    with pytest.raises(NotShown) as caught:
        await stage.surface.reply(
            stage.message(**by_command(response_url="https://evil.example/1")), remembered()
        ).run(ended(DONE))

    assert caught.value.is_final
    assert stage.session.answers == []


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


@in_virtual_time
async def test_who_is_refused_is_told_alone() -> None:
    stage = Stage()

    await stage.surface.refuse(stage.message(), NOTICE, is_optional=True)

    (told,) = stage.channel.ephemeral
    assert told.for_user is stage.asker
    assert stage.posts() == []
    assert stage.world.violations == []


@in_virtual_time
async def test_who_is_refused_in_a_thread_is_told_there() -> None:
    stage = Stage()
    said = Said(
        stage.world.new_ts(), stage.channel, stage.asker, "why?", thread_ts=stage.question.ts
    )
    post(stage.world, said)

    await stage.surface.refuse(stage.message(ts=said.ts), NOTICE)

    (told,) = stage.channel.ephemeral
    assert told.thread_ts == stage.question.ts
    assert stage.world.violations == []


@in_virtual_time
async def test_who_is_refused_in_a_direct_message_is_told_in_its_thread() -> None:
    stage = Stage()

    await stage.surface.refuse(stage.message(is_dm="1"), NOTICE)

    (told,) = stage.posts()
    assert "2 dollars" in told.shown
    assert stage.channel.ephemeral == []


@in_virtual_time
async def test_a_refusal_that_would_come_late_does_not_come() -> None:
    stage = Stage()
    for _ in range(9):
        await stage.surface.refuse(stage.message(), NOTICE, is_optional=True)

    assert 3 <= len(stage.channel.ephemeral) < 9


@in_virtual_time
async def test_a_command_that_is_refused_is_told_by_its_address() -> None:
    stage = Stage()

    await stage.surface.refuse(stage.message(**by_command()), NOTICE)

    assert len(stage.session.answers) == 1
