"""What the small fault runs share: a process is killed for good while it answers."""

import asyncio
import random

from tests.bench.stage import SceneT, Stage


async def say(stage: Stage[SceneT], numbers: range, per_s: float) -> None:
    """Let people ask these questions, so many a second."""
    dice = random.Random(numbers.start)  # noqa: S311 # a test's dice
    for number in numbers:
        await stage.scene.ask(number, dice)
        await asyncio.sleep(1 / per_s)


async def kill_while_it_answers(stage: Stage[SceneT], questions: int) -> None:
    """Kill one process as soon as something is seen of all answers; the other has to end its."""
    # What is said while nobody listens is another test's.
    while len(await stage.scene.seen()) < questions:  # noqa: ASYNC110 # in another process
        await asyncio.sleep(0.05)
    await stage.bots[0].kill()
