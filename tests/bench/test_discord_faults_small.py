import shutil

from tests.bench.discord_faults import run
from tests.bench.discord_stage import DiscordScene
from tests.bench.faults import Trial
from tests.bench.saying import kill_while_it_answers, say
from tests.bench.stage import Stage


async def talk(stage: Stage[DiscordScene], trial: Trial) -> None:
    """Ask all of it, and kill one process while it answers."""
    await stage.scene.fake.do("gateway_at_random", duplicates=0.3, swaps=0.1, seed=1)
    await stage.scene.fake.do("fail_at_random", rates={"lost answer": 0.05}, seed=1)
    await say(stage, range(trial.messages), trial.per_s)
    await kill_while_it_answers(stage, trial.messages)


async def test_nothing_is_lost_or_doubled_when_one_of_two_processes_is_killed() -> None:
    store = "redis" if shutil.which("redis-server") else "embedded"

    outcome = await run(
        Trial(24, 40, store, claim_s=3, store_timeout_s=2), talk=talk, size=(4, 3, 10)
    )

    assert outcome.faults > 0
    assert outcome.violations.total() == 0
    assert outcome.unresolved == ()
    assert (outcome.lost, outcome.twice) == ((), 0)
    assert (outcome.charged, outcome.charged_twice) == (24, 0)
