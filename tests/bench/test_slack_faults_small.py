import shutil

from tests.bench.faults import Trial
from tests.bench.saying import kill_while_it_answers, say
from tests.bench.slack_faults import run
from tests.bench.slack_stage import SlackScene
from tests.bench.stage import Stage


async def talk(stage: Stage[SlackScene], trial: Trial) -> None:
    """Ask half of it, cut all sockets, ask the rest, and kill one process while it answers."""
    fake, half = stage.scene.fake, trial.messages // 2
    await fake.do("events_at_random", duplicates=0.3, swaps=0.1, seed=1)
    await fake.do("pauses", seconds=[0, 0.5, 2])
    await fake.do("fail_at_random", rates={"lost answer": 0.05, "429": 0.02}, seed=1)
    await say(stage, range(half), trial.per_s)
    await fake.do("sockets", do="drop")
    await say(stage, range(half, trial.messages), trial.per_s)
    await kill_while_it_answers(stage, trial.messages)


async def test_nothing_is_lost_or_doubled_when_one_of_three_processes_is_killed() -> None:
    store = "cluster" if shutil.which("redis-server") else "embedded"

    outcome = await run(
        Trial(24, 40, store, processes=3, claim_s=3, store_timeout_s=2), talk=talk, size=(12, 10)
    )

    assert outcome.faults > 0
    assert outcome.state["repeated"] > 0
    assert outcome.violations.total() == 0
    assert outcome.unresolved == ()
    assert (outcome.lost, outcome.twice) == ((), 0)
    assert (outcome.charged, outcome.charged_twice) == (24, 0)
