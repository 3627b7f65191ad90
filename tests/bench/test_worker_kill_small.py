from pathlib import Path

from routing.backends.embedded_store import embedded_store
from tests.bench.mortal_worker import POINTS
from tests.bench.worker_kill import ONE_CALL_MICROUSD, kill_everywhere
from tests.routing.backends.conftest import valkey

SEALED = {"before the last edit", "before the settlement", "after the settlement"}


async def test_a_worker_killed_anywhere_leaves_one_outcome_and_one_charge(tmp_path: Path) -> None:
    async with embedded_store(valkey(), tmp_path) as url:
        found = await kill_everywhere(url, tmp_path)

    assert [each.point for each in found if each.is_one_outcome] == list(POINTS)
    assert {each.answers for each in found} == {1}
    assert {each.held_microusd for each in found} == {0}
    for each in found:
        # What a dead call is known to have cost is paid; a sealed answer is never asked for again.
        assert each.asked_again == (0 if each.point in SEALED else 1)
        assert ONE_CALL_MICROUSD <= each.charged_microusd < 2 * ONE_CALL_MICROUSD
    assert found[0].charged_microusd == ONE_CALL_MICROUSD
    assert {each.charged_microusd for each in found if each.point in SEALED} == {ONE_CALL_MICROUSD}
