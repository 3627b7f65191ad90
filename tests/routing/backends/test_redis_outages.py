"""A store that is stopped, paused or swallows everything, as the ledger sees it."""

import asyncio
import signal
import socket
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.settings import StoreSettings
from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.errors import StoreUnavailable
from tests.fakes.sockets import free_port
from tests.routing.backends.books import A_DAY, Books
from tests.routing.backends.conftest import connection_to, server

AS_DELIVERED = StoreSettings()
MOST_S = 1.0
"""Half a second, and a margin for a busy machine."""


@contextmanager
def a_black_hole() -> Generator[str]:
    """Yield an address that takes no connection and refuses none: its queue is full."""
    with socket.socket() as hole:
        hole.bind(("127.0.0.1", 0))
        hole.listen(0)
        port = hole.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
        try:
            yield f"redis://127.0.0.1:{port}"
        finally:
            for each in waiting:
                each.close()


async def refused_after_s(connection: Connection, keys: Keys) -> float:
    """Return how long a reservation takes to fail."""
    loop = asyncio.get_running_loop()
    began_at_s = loop.time()
    with pytest.raises(StoreUnavailable):
        await Books(connection, keys, A_DAY).reserve(10)
    return loop.time() - began_at_s


async def granted_after_s(connection: Connection, keys: Keys) -> float:
    """Return how long it takes until a reservation is granted again."""
    loop = asyncio.get_running_loop()
    began_at_s = loop.time()
    while True:
        try:
            await Books(connection, keys, A_DAY).reserve(10)
        except StoreUnavailable:
            await asyncio.sleep(0.02)
        else:
            return loop.time() - began_at_s


async def test_a_paused_store_is_given_up_in_time_and_used_when_it_goes_on(
    tmp_path: Path, keys: Keys
) -> None:
    port = free_port()
    with server(tmp_path, port) as process:
        async with connection_to(f"redis://127.0.0.1:{port}", AS_DELIVERED) as connection:
            assert await granted_after_s(connection, keys) < MOST_S

            process.send_signal(signal.SIGSTOP)
            try:
                assert await refused_after_s(connection, keys) < MOST_S
            finally:
                process.send_signal(signal.SIGCONT)

            assert await granted_after_s(connection, keys) < 5


async def test_a_stopped_store_is_given_up_in_time_and_used_when_it_is_started(
    tmp_path: Path, keys: Keys
) -> None:
    port = free_port()
    async with connection_to(f"redis://127.0.0.1:{port}", AS_DELIVERED) as connection:
        with server(tmp_path, port):
            assert await granted_after_s(connection, keys) < MOST_S
        assert await refused_after_s(connection, keys) < MOST_S

        with server(tmp_path, port):
            assert await granted_after_s(connection, keys) < 5


async def test_a_line_that_swallows_everything_is_given_up_in_time(keys: Keys) -> None:
    with a_black_hole() as url:
        async with connection_to(url, AS_DELIVERED) as connection:
            assert await refused_after_s(connection, keys) < MOST_S
