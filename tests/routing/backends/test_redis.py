"""What a connection does when the store does not."""

import asyncio
import time
import traceback
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import pytest

from config.settings import StoreSettings
from routing.backends.keys import Keys
from routing.backends.redis import Breaker, Connection, Script
from routing.clock import Clock
from routing.errors import StoreUnavailable
from tests.builders import an_origin
from tests.fakes.sockets import free_port
from tests.routing.backends.books import A_DAY, Books
from tests.routing.backends.conftest import connection_to, server

HASTY = StoreSettings(timeout_s=0.2)


async def _swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


@asynccontextmanager
async def a_silent_server() -> AsyncGenerator[str]:
    async with await asyncio.start_server(_swallow, "127.0.0.1", 0) as listening:
        yield f"redis://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


@asynccontextmanager
async def a_line_that_loses_the_first_answer_to(command: bytes, url: str) -> AsyncGenerator[str]:
    """Pass everything on to a server, except that one answer does not come back."""
    is_lost = False

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal is_lost
        address = urlsplit(url)
        there, thither = await asyncio.open_connection(address.hostname, address.port)
        while question := await reader.read(65_536):
            thither.write(question)
            answer = await there.read(65_536)
            if command in question and not is_lost:
                is_lost = True
            else:
                writer.write(answer)
        thither.close()
        writer.close()

    async with await asyncio.start_server(relay, "127.0.0.1", 0) as listening:
        yield f"redis://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


async def test_an_address_nobody_listens_at_is_known_at_once() -> None:
    began_at = asyncio.get_running_loop().time()

    async with connection_to(f"redis://127.0.0.1:{free_port()}", HASTY) as connection:
        with pytest.raises(StoreUnavailable, match="cannot be reached: start it"):
            await connection.ping()

    assert asyncio.get_running_loop().time() - began_at < 0.5


async def test_a_store_that_never_answers_keeps_nobody_waiting_for_another() -> None:
    async with a_silent_server() as url, connection_to(url, HASTY) as connection:
        began_at = asyncio.get_running_loop().time()
        outcomes = await asyncio.gather(
            *(connection.ping() for _ in range(200)), return_exceptions=True
        )
        took_s = asyncio.get_running_loop().time() - began_at

    assert {type(each) for each in outcomes} == {StoreUnavailable}
    assert took_s < 20  # .4 where nothing else runs; one after the other it were 40 or more


async def test_a_cluster_nobody_listens_at_is_known_at_once() -> None:
    began_at = asyncio.get_running_loop().time()

    url = f"redis+cluster://127.0.0.1:{free_port()},127.0.0.1:{free_port()}"
    async with connection_to(url, HASTY) as connection:
        for _ in range(2):
            with pytest.raises(StoreUnavailable):
                await connection.ping()

    assert asyncio.get_running_loop().time() - began_at < 1.0


async def test_a_store_that_comes_back_is_used_again(tmp_path: Path) -> None:
    port = free_port()
    async with connection_to(f"redis://127.0.0.1:{port}", HASTY) as connection:
        with pytest.raises(StoreUnavailable):
            await connection.ping()

        with server(tmp_path, port):
            async with asyncio.timeout(5):
                while not await _answers(connection):  # noqa: ASYNC110 - it does not tell
                    await asyncio.sleep(0.05)


async def _answers(connection: Connection) -> bool:
    try:
        await connection.ping()
    except StoreUnavailable:
        return False
    return True


def test_a_breaker_lets_one_call_try_after_a_rest_and_all_after_a_success() -> None:
    moment_s = 0.0
    breaker = Breaker(Clock(elapsed_s=lambda: moment_s))
    assert breaker.admits()

    breaker.failed()
    assert not breaker.admits()

    moment_s = 0.6
    assert [breaker.admits(), breaker.admits()] == [True, False]

    moment_s = 1.2
    assert breaker.admits(), "a trial that never ended does not close it for good"

    breaker.succeeded()
    assert [breaker.admits(), breaker.admits()] == [True, True]


async def test_a_lost_answer_is_asked_for_again_and_settles_once(
    redis_url: str, keys: Keys
) -> None:
    async with (
        a_line_that_loses_the_first_answer_to(b"EVAL\r\n", redis_url) as url,
        connection_to(redis_url) as straight,
        connection_to(url, HASTY) as lossy,
    ):
        await straight.command("SCRIPT", "FLUSH")
        books = Books(lossy, keys, A_DAY)
        await books.spend(70)

        (level,) = (await Books(straight, keys, A_DAY).ledger.standing(an_origin())).levels

    assert (level.spent, level.held) == (70, 0)


async def test_connections_cut_while_idle_are_replaced_unnoticed(redis_url: str) -> None:
    async with connection_to(redis_url) as connection, connection_to(redis_url) as other:
        await asyncio.gather(*(connection.ping() for _ in range(10)))
        await other.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")

        await asyncio.gather(*(connection.ping() for _ in range(20)))


async def test_a_server_that_forgot_its_scripts_learns_them_again(
    redis_url: str, keys: Keys
) -> None:
    usage = Script("usage")
    key = keys.usage(an_origin(), date(2026, 11, 24))
    async with connection_to(redis_url) as connection:
        await connection.run(usage, [key])
        await connection.command("SCRIPT", "FLUSH")

        assert await connection.run(usage, [key]) == [[]]


async def test_more_callers_than_connections_wait_their_turn(redis_url: str) -> None:
    settings = StoreSettings(connections=2)
    async with connection_to(redis_url, settings) as connection:
        await asyncio.gather(*(connection.ping() for _ in range(300)))

        clients = await connection.command("CLIENT", "LIST", "TYPE", "normal")

    assert str(clients).count("cmd=ping") <= 2


async def test_a_refused_command_says_why_without_its_words_and_the_next_one_works(
    redis_url: str,
) -> None:
    async with connection_to(redis_url) as connection:
        with pytest.raises(StoreUnavailable, match="unknown command") as refused:
            await connection.command("NONSENSE", "a secret question")

        await connection.ping()

    assert "secret" not in str(refused.value)


async def test_a_wrong_password_is_named_but_not_shown(tmp_path: Path) -> None:
    port = free_port()
    with server(tmp_path, port, "--requirepass", "right"):
        async with connection_to(f"redis://:hunter2@127.0.0.1:{port}") as connection:
            with pytest.raises(StoreUnavailable, match="refuses the name or password") as refused:
                await connection.ping()
        async with connection_to(f"redis://:right@127.0.0.1:{port}") as connection:
            await connection.ping()

    assert "hunter2" not in "".join(traceback.format_exception(refused.value))


async def test_a_slot_that_moves_within_a_cluster_is_followed_by_all_at_once(
    cluster_url: str, keys: Keys
) -> None:
    key = keys.hold("r1")
    nodes = [f"redis://{node}" for node in cluster_url.removeprefix("redis+cluster://").split(",")]
    async with AsyncExitStack() as stack:
        cluster = await stack.enter_async_context(connection_to(cluster_url))
        each = [await stack.enter_async_context(connection_to(node)) for node in nodes]
        await cluster.command("HGETALL", key)  # it knows now where the slot was
        slot = await each[0].command("CLUSTER", "KEYSLOT", key)
        owners = await asyncio.gather(*(node.command("CLUSTER", "MYID") for node in each))

        for owner in cast("list[bytes]", owners):
            for node in each:
                await node.command("CLUSTER", "SETSLOT", cast("int", slot), "NODE", owner)
            await asyncio.gather(*(cluster.command("HSET", key, n, n) for n in range(100)))
            await cluster.command("DEL", key)


async def test_sentinels_lead_to_the_master(tmp_path: Path) -> None:
    port, sentinel_port = free_port(), free_port()
    config = tmp_path / "sentinel.conf"
    config.write_text(f"sentinel monitor us 127.0.0.1 {port} 1\nsentinel auth-pass us hunter2\n")
    with (
        server(tmp_path / "master", port, "--requirepass", "hunter2"),
        server(tmp_path / "sentinel", sentinel_port, str(config), "--sentinel"),
    ):
        url = f"redis+sentinel://:hunter2@127.0.0.1:{sentinel_port}/us/1"
        async with connection_to(url) as connection:
            await connection.command("SET", "here", "1")
        async with connection_to(f"redis://:hunter2@127.0.0.1:{port}/1") as connection:
            assert await connection.command("GET", "here") == b"1"

        unknown = f"redis+sentinel://:hunter2@127.0.0.1:{sentinel_port}/them"
        async with connection_to(unknown) as connection:
            with pytest.raises(StoreUnavailable):
                await connection.ping()


async def test_a_time_out_is_not_the_stores_fault_when_we_had_no_time_ourselves() -> None:
    calls = 0

    class Client:
        async def execute_command(self, *_parts: object) -> object:
            nonlocal calls
            calls += 1
            if calls > 2:  # the first attempt makes two
                return b"PONG"
            time.sleep(0.05)  # noqa: ASYNC251 # another thread holds the interpreter
            await asyncio.Event().wait()
            return None

        async def aclose(self) -> None:
            return None

    settings = HASTY.model_copy(update={"timeout_s": 0.02})
    connection = Connection(Client(), settings, Clock(), name="the store", way_out="start it")

    await connection.ping()

    assert calls == 3


class ClosedUnderItsFeet:
    """A client whose connection is closed by itself while it writes, as redis-py's Cluster's is."""

    async def execute_command(self, *parts: str | bytes | int) -> object:
        raise AttributeError(parts)

    async def aclose(self) -> None:
        """Close nothing."""


async def test_a_connection_closed_while_it_is_written_to_is_an_outage() -> None:
    client = ClosedUnderItsFeet()
    connection = Connection(client, HASTY, Clock(), name="the store", way_out="start it")

    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        await connection.ping()
