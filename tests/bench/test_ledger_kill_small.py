from pathlib import Path

from routing.backends.embedded_store import embedded_store
from tests.bench.doomed_caller import HOLDS, KNOWN_MICROUSD, MOST_MICROUSD
from tests.bench.ledger_kill import kill_a_holder
from tests.routing.backends.conftest import valkey


async def test_what_a_killed_process_held_is_charged_as_far_as_it_is_known(tmp_path: Path) -> None:
    async with embedded_store(valkey(), tmp_path) as url:
        after = await kill_a_holder(url, tmp_path, lease_s=1)

    assert after.held_microusd == HOLDS * MOST_MICROUSD
    assert after.spent_microusd == HOLDS * KNOWN_MICROUSD
    assert after.took_s < 6  # the lease and five seconds
