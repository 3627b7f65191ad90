"""Who is refused is told so, where only they see it."""

from tests.bot.platforms.slack.indoors import Stage
from tests.bot.platforms.slack.replying import NOTICE
from tests.fakes.slack.posts import post
from tests.fakes.slack.world import Message as Said
from tests.fakes.virtual_time import in_virtual_time


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
