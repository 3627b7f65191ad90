from pathlib import Path

from routing.backends.embedded_store import embedded_store
from tests.bench.cache_stampede import TEXT, Stampede, stampedes
from tests.routing.backends.conftest import valkey


async def test_many_who_ask_two_bots_at_once_are_answered_by_one_call_or_two_if_one_bot_is_killed(
    tmp_path: Path,
) -> None:
    async with embedded_store(valkey(), tmp_path) as url:
        well, killed = await stampedes(url, replicas=2, askers=10, turn_s=2.0)

    assert (well.calls, killed.calls) == (1, 2)
    assert list(well.answers.values()) == [TEXT] * 20
    assert list(killed.answers.values()) == [TEXT] * 10
    assert_all_are_counted_and_one_pays(well)
    assert_all_are_counted_and_one_pays(killed)


def assert_all_are_counted_and_one_pays(came: Stampede) -> None:
    (paid,) = {used.cost_microusd for used in came.used.values()} - {0}
    waited = [used for used in came.used.values() if not used.cost_microusd]
    assert len(waited) == len(came.answers) - 1
    assert {(used.answers, used.saved_microusd) for used in waited} == {(1, paid)}
