from pathlib import Path

from tests.bench.ledger import measure
from tests.fakes.sockets import free_port
from tests.routing.backends.conftest import connection_to, server


async def test_the_ledger_can_be_measured_beside_limits(tmp_path: Path) -> None:
    url = f"redis://127.0.0.1:{(port := free_port())}"
    with server(tmp_path, port):
        async with connection_to(url) as connection:
            found = await measure(url, connection, rounds=2)

    assert set(found) == {"PING", "reserve", "settle", "limits, 15 hits"}
