"""An interaction is answered in its place, for as long as Discord lets us."""

import asyncio

import pytest

from bot.draft import Draft
from bot.platforms.discord.errors import Gone
from bot.platforms.surface import NotShown
from tests.bot.platforms.discord.posted import (
    LONG,
    ORIGINAL,
    ListPosts,
    RecordingRest,
    a_reply,
    an_interaction,
    the_end,
)
from tests.fakes.virtual_time import in_virtual_time


@in_virtual_time
async def test_an_interaction_is_answered_in_its_place_and_goes_on_in_the_channel() -> None:
    rest, draft, posts = RecordingRest(), Draft(), ListPosts()
    draft.end(the_end(LONG))

    await a_reply(rest, an_interaction(), posts).run(draft)

    assert posts.ids == (ORIGINAL, "p0", "p1")
    assert [write.verb for write in rest.writes] == ["original", "send", "send"]


@in_virtual_time
async def test_an_interaction_where_nothing_can_be_sent_gets_one_post_and_a_file() -> None:
    rest, draft = RecordingRest(), Draft()
    draft.end(the_end(LONG, reasoning="well " * 100))

    await a_reply(rest, an_interaction(can_send=False)).run(draft)

    (only,) = rest.posts.values()
    assert {file.name for file in only.files} == {"answer.md", "reasoning.md"}
    assert only.content.endswith("-# llama · free")


@in_virtual_time
async def test_an_interaction_that_is_not_acknowledged_yet_is_waited_for() -> None:
    refusals = [Gone("10015"), Gone("10015")]
    rest = RecordingRest(failing=lambda _: refusals.pop() if refusals else None)

    await a_reply(rest, an_interaction()).begin("asking llama …")

    assert list(rest.posts) == [ORIGINAL]


@in_virtual_time
async def test_behind_its_fifteen_minutes_the_answer_is_edited_like_any_other_post() -> None:
    rest, posts = RecordingRest(), ListPosts()
    draft, reply = Draft(), a_reply(rest, an_interaction(), posts)
    await reply.begin("asking llama …")
    await asyncio.sleep(15 * 60)
    draft.end(the_end("Late."))

    await reply.run(draft)

    assert [write.verb for write in rest.writes] == ["original", "edit"]
    assert posts.ids == (ORIGINAL,)


@in_virtual_time
async def test_behind_its_fifteen_minutes_nothing_can_be_said_where_the_bot_is_not() -> None:
    rest, draft = RecordingRest(), Draft()
    reply = a_reply(rest, an_interaction(can_send=False))
    await asyncio.sleep(15 * 60)
    draft.end(the_end("Late."))

    with pytest.raises(NotShown) as caught:
        await reply.run(draft)

    assert caught.value.is_final
