"""Whoever takes over an answer finds what was streamed, and who lost it writes nothing more."""

import asyncio

import pytest

from bot.draft import Draft, View
from bot.platforms.surface import ClaimLost
from tests.bot.platforms.discord.posted import ListPosts
from tests.bot.platforms.slack.indoors import Stage, inherited, remembered, told
from tests.bot.platforms.slack.streamed import answered, prose, words
from tests.fakes.faults import Status
from tests.fakes.slack.streams import State
from tests.fakes.virtual_time import in_virtual_time


class Unnoted(ListPosts):
    """What is remembered of posts by a worker that dies before it can note one."""

    async def note(self, ids: tuple[str, ...]) -> None:
        """Forget them."""


class InDoubt(ListPosts):
    """What is remembered of posts where the claim is in doubt when the first one is made."""

    async def note(self, ids: tuple[str, ...]) -> None:
        """Note them; of the first one, say that the question may be another's."""
        is_first = not self.ids
        await super().note(ids)
        if is_first:
            raise ClaimLost


async def died_streaming(stage: Stage, posts: ListPosts) -> None:
    """Begin the answer as a worker that is killed in the middle of it."""
    draft = Draft()
    running = asyncio.create_task(stage.surface.reply(stage.message(), posts).run(draft))
    await told(draft, prose(120), per_s=20)
    running.cancel()
    await asyncio.sleep(0)


@in_virtual_time
async def test_a_dead_workers_stream_is_taken_over_by_updates() -> None:
    stage, text = Stage(), prose(300)
    posts = remembered()
    await died_streaming(stage, posts)

    await answered(stage, text, per_s=20, posts=inherited(posts))

    (post,) = stage.posts()
    assert words(post.shown) == text.split()
    assert post.stream
    assert post.stream.state is State.STOPPED
    assert stage.world.violations == []


@in_virtual_time
async def test_a_dead_workers_stream_that_nobody_noted_is_found() -> None:
    stage, text = Stage(), prose(300)
    posts = Unnoted()
    await died_streaming(stage, posts)

    await answered(stage, text, per_s=20, posts=inherited(posts))

    (post,) = stage.posts()
    assert words(post.shown) == text.split()


@in_virtual_time
async def test_a_stream_begun_after_a_noted_one_goes_when_it_is_not_needed() -> None:
    stage, posts = Stage(), remembered()
    lost = Unnoted()
    for each in (posts, lost):
        await died_streaming(stage, each)
    posts.announced = 2

    await answered(stage, prose(60), per_s=20, posts=inherited(posts))

    (post,) = stage.posts()
    assert words(post.shown) == prose(60).split()
    assert stage.calls("conversations.replies") == 1


@in_virtual_time
async def test_who_lost_the_question_writes_nothing_more() -> None:
    stage, draft = Stage(), Draft()
    posts = ListPosts(confirmations=3)
    reply = stage.surface.reply(stage.message(), posts)
    running = asyncio.create_task(reply.run(draft))

    with pytest.raises(ClaimLost):
        await asyncio.gather(running, told(draft, prose(200), per_s=20))

    assert stage.world.streams[0].appends == 2


@pytest.mark.parametrize("is_native", [True, False], ids=["streamed", "updated"])
@in_virtual_time
async def test_a_message_made_while_the_claim_is_in_doubt_is_not_made_again(
    *, is_native: bool
) -> None:
    stage, draft, text = Stage(), Draft(), prose(400)
    if not is_native:
        stage.faults.next("POST", "chat.startStream", Status(429, 90))
    reply = stage.surface.reply(stage.message(), InDoubt())
    telling = asyncio.create_task(told(draft, text, per_s=40))
    telling.add_done_callback(lambda _: draft.end(View(text, reply_id="r", is_final=True)))

    with pytest.raises(ClaimLost):
        await reply.run(draft)
    await reply.run(draft)

    assert words(stage.shown()) == text.split()
    assert stage.world.violations == []
