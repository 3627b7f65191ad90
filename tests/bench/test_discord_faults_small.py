import asyncio
import random
import shutil

from tests.bench.discord_faults import run
from tests.bench.discord_stage import Stage, World, ask, seen


async def talk(stage: Stage, world: World, messages: int, per_s: float) -> None:
    """Ask half of it, kill one process while it answers, and ask the rest once it is back."""
    await stage.discord.do("gateway_at_random", duplicates=0.3, swaps=0.1, seed=1)
    await stage.discord.do("fail_at_random", rates={"lost answer": 0.05}, seed=1)
    dice, half, bot = random.Random(1), messages // 2, stage.bots[0]  # noqa: S311 # a test's dice
    await say(stage, world, range(half), per_s, dice)
    await until_begun(stage, world, half)  # what is said while nobody listens is another test's
    await bot.kill()
    await bot.start()
    await stage.connected(6)
    await say(stage, world, range(half, messages), per_s, dice)


async def say(
    stage: Stage, world: World, numbers: range, per_s: float, dice: random.Random
) -> None:
    for number in numbers:
        await ask(stage.discord, world, number, dice)
        await asyncio.sleep(1 / per_s)


async def until_begun(stage: Stage, world: World, questions: int) -> None:
    while True:
        if len(await seen(stage.discord, world)) >= questions:
            return
        await asyncio.sleep(0.05)


async def test_nothing_is_lost_or_doubled_when_one_of_two_processes_is_killed() -> None:
    store = "redis" if shutil.which("redis-server") else "embedded"

    outcome = await run(40, 20, store, talk=talk, size=(4, 3, 10), claim_s=3)

    assert outcome.faults > 0
    assert outcome.violations.total() == 0
    assert outcome.unresolved == ()
    assert (outcome.lost, outcome.twice) == ((), 0)
    assert (outcome.charged, outcome.charged_twice) == (40, 0)
