import asyncio
import re
from itertools import pairwise
from typing import Any

import pytest

from bot.draft import Draft
from bot.platforms.buttons import parse_custom_id
from bot.platforms.discord.errors import Crowded, DiscordFailed, Forbidden, Gone, Unreachable
from bot.platforms.discord.outgoing import Outgoing
from bot.platforms.port import Message
from bot.platforms.surface import ClaimLost, NotShown
from config.chats import DiscordSettings
from tests.bot.platforms.discord.posted import (
    LONG,
    ListPosts,
    RecordingRest,
    a_message,
    a_reply,
    an_interaction,
    stream,
    the_end,
)
from tests.bot.platforms.discord.test_refusing import a_surface
from tests.fakes.virtual_time import in_virtual_time


def _verbs(outgoing: Outgoing) -> list[str]:
    return [
        parsed[0]
        for button in outgoing.buttons
        if (parsed := parse_custom_id(button.custom_id)) is not None
    ]


async def _shown(text: str, rest: RecordingRest, *, most_posts: int = 5) -> None:
    """Stream an answer word by word and show it whole."""
    draft, reply = Draft(), a_reply(rest, most_posts=most_posts)
    await reply.begin("asking llama …")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(reply.run(draft))
        await stream(draft, re.split(r"(?<= )", text), 0.01)
        draft.end(the_end(text))


@in_virtual_time
async def test_a_question_is_answered_by_one_post_that_is_edited() -> None:
    rest = RecordingRest()

    await _shown("It is so.", rest)

    (only,) = rest.posts.values()
    assert only.content == "It is so.\n-# llama · free"
    assert rest.writes[0].outgoing.content == "-# asking llama …"
    assert _verbs(rest.writes[0].outgoing) == ["stop"]
    assert _verbs(only) == ["regenerate", "better", "why", "good", "bad"]
    assert rest.replies_to == ["9"]


@in_virtual_time
async def test_the_first_words_and_the_end_do_not_wait() -> None:
    rest, draft = RecordingRest(), Draft()
    reply = a_reply(rest)
    await reply.begin("asking llama …")

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(reply.run(draft))
        await asyncio.sleep(0.3)
        await stream(draft, ["one ", "two ", "three "], 0.1)
        draft.end(the_end("one two three"))

    assert [write.at_s for write in rest.writes] == pytest.approx([0, 0.3, 0.6])


@in_virtual_time
async def test_between_two_previews_lies_the_time_that_was_set() -> None:
    rest, draft = RecordingRest(), Draft()
    reply = a_reply(rest)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(reply.run(draft))
        await stream(draft, ["word "] * 200, 0.05)
        draft.end(the_end("word " * 200))

    times = [write.at_s for write in rest.writes[:-1]]
    gaps = [after - before for before, after in pairwise(times)]
    assert gaps == pytest.approx([1.2] * len(gaps))
    assert len(gaps) == 8


@in_virtual_time
async def test_a_long_answer_goes_on_in_new_posts_while_it_is_made() -> None:
    rest, draft, posts = RecordingRest(), Draft(), ListPosts()
    reply = a_reply(rest, posts=posts)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(reply.run(draft))
        await stream(draft, re.split(r"(?<= )", LONG), 0.02)
        posts_before_the_end = len(rest.posts)
        draft.end(the_end(LONG))

    shown = list(rest.posts.values())
    assert posts_before_the_end == len(shown) == 3
    assert "".join(post.content for post in shown).count("Paragraph") == 12
    assert [_verbs(post) for post in shown[:-1]] == [[], []]
    assert shown[-1].content.endswith("-# llama · free")
    assert posts.ids == ("p0", "p1", "p2")
    assert list(rest.nonces) == ["abc0", "abc1", "abc2"]
    assert rest.replies_to == ["9", "", ""]


@in_virtual_time
async def test_a_post_that_is_full_is_edited_no_more() -> None:
    rest = RecordingRest()

    await _shown(LONG, rest)

    last_of_first = max(i for i, write in enumerate(rest.writes) if write.post_id == "p0")
    first_of_second = min(i for i, write in enumerate(rest.writes) if write.post_id == "p1")
    assert last_of_first < first_of_second


@in_virtual_time
async def test_too_many_posts_become_a_file_with_the_beginning_shown() -> None:
    rest = RecordingRest()

    await _shown(LONG, rest, most_posts=2)

    first, last = rest.posts.values()
    assert first.content.startswith("Paragraph 0.")
    assert "answer.md" in last.content
    assert [(file.name, file.text) for file in last.files] == [("answer.md", LONG)]


@in_virtual_time
async def test_how_many_posts_that_are_may_change() -> None:
    rest, draft = RecordingRest(), Draft()
    surface = a_surface(rest)
    surface.adopt(DiscordSettings(most_posts=2), has_votes=False)
    draft.end(the_end(LONG))

    await surface.reply(a_message(), ListPosts()).run(draft)

    assert len(rest.posts) == 2
    assert "👍" not in [each.emoji for post in rest.posts.values() for each in post.buttons]


@in_virtual_time
async def test_without_leave_to_attach_files_all_of_it_is_posted() -> None:
    rest = RecordingRest()
    draft, reply = Draft(), a_reply(rest, most_posts=1)
    draft.end(the_end(LONG))

    async def send(channel_id: str, outgoing: Outgoing, **how: Any) -> str:
        if outgoing.files:
            raise Forbidden("50013", "Attach Files")
        return await plain(channel_id, outgoing, **how)

    plain, rest.send = rest.send, send  # type: ignore[method-assign]
    await reply.run(draft)

    text = "".join(post.content for post in rest.posts.values())
    assert text.count("Paragraph") == 12
    assert "Attach Files" in text


@in_virtual_time
async def test_thoughts_are_folded_and_apart_from_the_answer() -> None:
    rest, draft = RecordingRest(), Draft()
    reply = a_reply(rest)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(reply.run(draft))
        await stream(draft, ["hm, ", "well "], is_thinking=True)
        await asyncio.sleep(2)
        thinking = rest.posts["p0"].content
        draft.end(the_end("42", reasoning="hm, ||well"))

    assert thinking == "-# thought 2 words so far"
    assert rest.posts["p0"].content == "42\n-# Thoughts: ||hm, \\|\\|well||\n-# llama · free"


@in_virtual_time
async def test_long_thoughts_are_a_file() -> None:
    rest, draft = RecordingRest(), Draft()
    draft.end(the_end("42", reasoning="well " * 100))

    await a_reply(rest).run(draft)

    assert [file.name for file in rest.posts["p0"].files] == ["reasoning.md"]
    assert "Thoughts" not in rest.posts["p0"].content


@in_virtual_time
async def test_an_answer_of_thoughts_alone_says_that_it_has_no_text() -> None:
    rest, draft = RecordingRest(), Draft()
    draft.end(the_end("", reasoning="hm"))

    await a_reply(rest).run(draft)

    assert rest.posts["p0"].content.startswith("-# (The answer has no text.)\n-# Thoughts:")


@in_virtual_time
async def test_a_failure_has_no_buttons_and_keeps_what_was_said() -> None:
    rest, draft = RecordingRest(), Draft()
    draft.end(the_end("Half", receipt="The model broke off.", reply_id="", is_failure=True))

    await a_reply(rest).run(draft)

    assert rest.posts["p0"] == Outgoing("Half\n-# The model broke off.")


@in_virtual_time
async def test_half_a_fence_and_half_a_table_are_shown_whole() -> None:
    rest, draft = RecordingRest(), Draft()
    reply = a_reply(rest)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(reply.run(draft))
        await stream(draft, ["See:\n```py\nx = 1\n", "y"], 2)
        half_code = rest.posts["p0"].content
        await stream(draft, ["\n```\n| a | b |\n|--|--|\n| 1"], 2)
        half_table = rest.posts["p0"].content
        draft.fail("It broke off.")

    assert half_code == "See:\n```py\nx = 1\ny\n```"
    assert half_table.endswith("```\n```\na  b\n─  ─\n1\n```")


@in_virtual_time
async def test_what_an_earlier_worker_posted_is_edited_and_the_rest_of_it_deleted() -> None:
    old = Outgoing("old")
    rest, posts = RecordingRest(posts={"a": old, "b": old}), ListPosts("a", "b")
    draft, reply = Draft(), a_reply(rest, posts=posts)

    await reply.begin("asking llama again …")
    draft.end(the_end("Short."))
    await reply.run(draft)

    assert list(rest.posts) == ["a"]
    assert rest.posts["a"].content == "Short.\n-# llama · free"
    assert posts.ids == ("a",)


@in_virtual_time
async def test_who_lost_the_claim_writes_nothing_more() -> None:
    rest, draft = RecordingRest(), Draft()
    reply = a_reply(rest, posts=ListPosts(confirmations=1))
    await reply.begin("asking llama …")
    draft.end(the_end("Too late."))

    with pytest.raises(ClaimLost):
        await reply.run(draft)

    assert len(rest.writes) == 1


@pytest.mark.parametrize("message", [a_message(), an_interaction()], ids=["channel", "command"])
async def test_an_optional_line_is_left_out_where_there_is_no_room(message: Message) -> None:
    rest = RecordingRest(failing=lambda verb: Crowded(0.4) if "preview" in verb else None)

    with pytest.raises(NotShown) as caught:
        await a_reply(rest, message).begin("waits …", is_optional=True)
    assert not caught.value.is_final
    assert rest.posts == {}

    await a_reply(rest, message).begin("asking llama …")
    assert len(rest.posts) == 1


@pytest.mark.parametrize("missing", [Unreachable("503"), Crowded(0.4)], ids=["503", "crowded"])
@in_virtual_time
async def test_a_preview_that_fails_ends_nothing_and_comes_later(missing: DiscordFailed) -> None:
    failures = [missing]
    rest, draft = RecordingRest(), Draft()
    reply = a_reply(rest)
    await reply.begin("asking llama …")
    rest.failing = lambda verb: failures.pop() if verb == "preview" and failures else None

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(reply.run(draft))
        await stream(draft, ["Some words"])
        await asyncio.sleep(5)
        before_the_end = rest.posts["p0"].content
        draft.end(the_end("Some words more"))

    assert before_the_end == "Some words"
    assert rest.posts["p0"].content.startswith("Some words more")


@pytest.mark.parametrize(
    ("error", "is_final"),
    [
        pytest.param(Unreachable("503"), False, id="away"),
        pytest.param(Forbidden("50013"), True, id="forbidden"),
        pytest.param(Gone("10003"), True, id="gone"),
    ],
)
@in_virtual_time
async def test_an_end_that_cannot_be_shown_says_whether_it_ever_will(
    error: DiscordFailed, is_final: bool
) -> None:
    rest, draft = RecordingRest(failing=lambda _: error), Draft()
    draft.end(the_end("It is so."))

    with pytest.raises(NotShown) as caught:
        await a_reply(rest).run(draft)

    assert caught.value.is_final is is_final


@in_virtual_time
async def test_whoever_deletes_the_answer_while_it_is_made_ends_it() -> None:
    rest, draft = RecordingRest(), Draft()
    reply = a_reply(rest)
    await reply.begin("asking llama …")
    rest.posts.clear()
    await stream(draft, ["It "])

    with pytest.raises(NotShown) as caught:
        await reply.run(draft)

    assert caught.value.is_final
    assert not rest.posts


@pytest.mark.parametrize("message", [a_message(), an_interaction()], ids=["message", "command"])
@in_virtual_time
async def test_a_question_that_is_gone_takes_its_answer_along(message: Message) -> None:
    rest, draft, posts = RecordingRest(), Draft(), ListPosts()
    reply = a_reply(rest, message, posts)
    draft.end(the_end(LONG))
    await reply.run(draft)

    await reply.withdraw()

    assert not rest.posts
    assert not posts.ids
