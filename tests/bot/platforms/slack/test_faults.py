"""Many answers while requests fail at random and workers die: each is seen whole, and once."""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable

import pytest

from bot.draft import Draft, View
from bot.platforms.surface import NotShown
from tests.bot.platforms.discord.posted import ListPosts
from tests.bot.platforms.slack.indoors import Stage, inherited, remembered, told
from tests.fakes.faults import DROPPED, LOST_ANSWER, Fault, Status
from tests.fakes.slack.world import Message as Said
from tests.fakes.virtual_time import in_virtual_time

RATES: dict[Fault, float] = {
    LOST_ANSWER: 0.04,
    DROPPED: 0.04,
    Status(503): 0.04,
    Status(429, 2): 0.02,
}


async def one_worker(stage: Stage, question: Said, posts: ListPosts, text: str) -> None:
    """Answer as a worker does, until it is shown."""
    draft = Draft()
    reply = stage.surface.reply(stage.message_of(question), posts)
    await _insist(lambda: reply.begin("asking llama …"))
    showing = asyncio.create_task(_insist(lambda: reply.run(draft)))
    try:
        await told(draft, text, per_s=15)
        draft.end(View(text, receipt="llama · free", reply_id="r", is_final=True))
        await showing
    finally:
        showing.cancel()


async def _insist(write: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await write()
        except NotShown as error:
            if error.is_final:
                raise
            await asyncio.sleep(2)
        else:
            return


async def answered(stage: Stage, number: int, text: str, chance: random.Random) -> Said:
    """Ask, and let workers answer of whom some die on the way."""
    question = stage.ask()
    posts = remembered(f"n{number}")
    while chance.random() < 0.4:
        worker = asyncio.create_task(one_worker(stage, question, posts, text))
        await asyncio.wait([worker], timeout=chance.uniform(0.1, 25))
        worker.cancel()
        await asyncio.wait([worker])
        posts = inherited(posts)
    await one_worker(stage, question, posts, text)
    return question


@pytest.mark.parametrize("seed", range(2))
def test_each_answer_is_seen_whole_and_once(seed: int) -> None:
    @in_virtual_time
    async def run() -> None:
        stage, chance = Stage(stream_life_s=15), random.Random(seed)  # noqa: S311 # a test's
        stage.world.stream_life_s = 18
        stage.faults.at_random(RATES, seed)
        words = [f"w{number}" for number in range(300)]
        text = "\n\n".join(" ".join(words[at : at + 20]) for at in range(0, 300, 20))
        answers = [answered(stage, number, text, chance) for number in range(12)]

        questions = await asyncio.gather(*answers)

        for question in questions:
            shown = "\n".join(each.shown for each in stage.posts(question))
            assert re.findall(r"\bw\d+\b", shown) == words
            assert shown.count("llama · free") == 1
        assert stage.world.violations == []

    run()
