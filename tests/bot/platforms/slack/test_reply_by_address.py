"""A command is answered by the address it came with, for half an hour."""

import asyncio

import aiohttp
import pytest

from bot.draft import Draft
from bot.platforms.surface import NotShown
from routing.reply import TextDelta
from tests.bot.platforms.slack.indoors import Stage, remembered
from tests.bot.platforms.slack.replying import DONE, NOTICE, by_command, ended, shown_at_last
from tests.fakes.virtual_time import in_virtual_time


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
async def test_a_command_that_is_refused_is_told_by_its_address() -> None:
    stage = Stage()

    await stage.surface.refuse(stage.message(**by_command()), NOTICE)

    assert len(stage.session.answers) == 1
