"""The Valkey of our own: it comes back, it keeps what it said it has, it leaves nobody behind."""

import asyncio
import fcntl
import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Generator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import pytest

from routing.backends.embedded_store import embedded_store
from routing.errors import StoreUnavailable
from tests.routing.backends.conftest import connection_to, is_running, valkey, wait_until

OWNER = """
import asyncio, sys
from pathlib import Path
from routing.backends.embedded_store import embedded_store
from tests.routing.backends.conftest import connection_to, valkey

async def main():
    async with embedded_store(valkey(), Path(sys.argv[1])) as url, connection_to(url) as store:
        for number in range(1000):
            await store.command("SET", f"key{number}", number)
        print("ready", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


def pids(state_dir: Path) -> tuple[int, int]:
    """Return the pids of a folder's owner and of its Valkey."""
    owner, running = (state_dir / "store" / "lock").read_text().split()
    return int(owner), int(running)


async def until_it_answers(command: Callable[[], Awaitable[object]]) -> object:
    """Return the first answer a store gives within ten seconds."""
    async with asyncio.timeout(10):
        while True:
            try:
                return await command()
            except StoreUnavailable:
                await asyncio.sleep(0.02)


async def test_what_is_written_is_there_after_a_restart(tmp_path: Path) -> None:
    async with embedded_store(valkey(), tmp_path) as url, connection_to(url) as store:
        await store.command("SET", "key", "value")

    async with embedded_store(valkey(), tmp_path) as url, connection_to(url) as store:
        assert await store.command("GET", "key") == b"value"

    assert not is_running(pids(tmp_path)[1])


async def test_only_this_user_can_reach_it(tmp_path: Path) -> None:
    async with embedded_store(valkey(), tmp_path):
        folder = tmp_path / "store"

        assert folder.stat().st_mode & 0o077 == 0
        assert (folder / "valkey.sock").stat().st_mode & 0o077 == 0


async def test_a_valkey_that_is_killed_comes_back_with_everything(tmp_path: Path) -> None:
    async with embedded_store(valkey(), tmp_path) as url, connection_to(url) as store:
        await store.command("SET", "key", "value")

        for _ in range(2):
            os.kill(pids(tmp_path)[1], signal.SIGKILL)

            answer = await until_it_answers(lambda: store.command("GET", "key"))
            assert answer == b"value"


async def test_a_valkey_that_keeps_dying_is_given_up_with_a_reason(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR, "routing.backends.embedded_store")
    # The first start goes well; every later one finds a program that ends at once.
    program = tmp_path / "valkey-server"
    program.symlink_to(valkey())
    async with embedded_store(program, tmp_path):
        program.unlink()
        program.symlink_to("/bin/false")
        os.kill(pids(tmp_path)[1], signal.SIGKILL)

        async with asyncio.timeout(10):
            while not caplog.messages:  # noqa: ASYNC110 - a log tells nobody
                await asyncio.sleep(0.05)

    assert "died 5 times in a row" in caplog.messages[-1]
    assert str(tmp_path / "store" / "valkey.log") in caplog.messages[-1]


def test_an_owner_that_is_killed_leaves_its_data_and_nobody_behind(tmp_path: Path) -> None:
    valkey()
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)], stdout=subprocess.PIPE
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"ready\n"
        orphan = pids(tmp_path)[1]
        assert is_running(orphan)

        owner.send_signal(signal.SIGKILL)
        owner.wait()

    async def reopened() -> object:
        async with embedded_store(valkey(), tmp_path) as url, connection_to(url) as store:
            return [await store.command("DBSIZE"), await store.command("GET", "key999")]

    assert asyncio.run(reopened()) == [1000, b"999"]
    wait_until(lambda: not is_running(orphan))


@contextmanager
def an_orphan(folder: Path) -> Generator[subprocess.Popen[bytes]]:
    """Run a Valkey that holds the lock of its folder for an owner that is dead."""
    with subprocess.Popen([sys.executable, "-c", ""]) as owner:
        owner.wait()
    lock = os.open(folder / "lock", os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)
    place = ("--port", "0", "--dir", folder, "--unixsocket", folder / "valkey.sock")
    command = (valkey(), *place, "--appendonly", "yes", "--save", "")
    with subprocess.Popen(command, pass_fds=(lock,), stdout=subprocess.DEVNULL) as orphan:
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{owner.pid} {orphan.pid}".encode(), 0)
        os.close(lock)
        try:
            yield orphan
        finally:
            orphan.kill()


@pytest.mark.skipif(not shutil.which("ps"), reason="ps tells what a pid stands for")
async def test_a_valkey_that_outlived_its_owner_is_ended_and_replaced(tmp_path: Path) -> None:
    async with embedded_store(valkey(), tmp_path) as url, connection_to(url) as store:
        await store.command("SET", "key", "value")

    with an_orphan(tmp_path / "store") as orphan:
        async with embedded_store(valkey(), tmp_path) as url, connection_to(url) as store:
            assert await store.command("GET", "key") == b"value"
            assert orphan.wait(timeout=5) == 0
            assert pids(tmp_path) != (os.getpid(), orphan.pid)


async def test_two_owners_of_one_folder_share_it_and_the_second_takes_over(tmp_path: Path) -> None:
    async with AsyncExitStack() as second_owner:
        async with embedded_store(valkey(), tmp_path) as url, connection_to(url) as first:
            await first.command("SET", "key", "first")
            first_pid = pids(tmp_path)[1]

            same_url = await second_owner.enter_async_context(embedded_store(valkey(), tmp_path))
            second = await second_owner.enter_async_context(connection_to(same_url))

            assert same_url == url
            assert await second.command("GET", "key") == b"first"
            assert pids(tmp_path)[1] == first_pid

        answer = await until_it_answers(lambda: second.command("GET", "key"))
        assert answer == b"first"
        assert not is_running(first_pid)
        assert is_running(pids(tmp_path)[1])


async def test_a_cut_end_of_the_file_does_not_keep_it_from_starting(tmp_path: Path) -> None:
    async with embedded_store(valkey(), tmp_path) as url, connection_to(url) as store:
        await store.command("SET", "key", "value")
    (file,) = (tmp_path / "store" / "appendonlydir").glob("*.incr.aof")
    file.write_bytes(file.read_bytes() + b"*3\r\n$3\r\nSE")

    async with embedded_store(valkey(), tmp_path) as url, connection_to(url) as store:
        assert await store.command("GET", "key") == b"value"


async def test_a_broken_file_is_named_and_left_alone(tmp_path: Path) -> None:
    async with embedded_store(valkey(), tmp_path) as url, connection_to(url) as store:
        await store.command("SET", "key", "value")
    (file,) = (tmp_path / "store" / "appendonlydir").glob("*.incr.aof")
    broken = b"no such format\r\n" + file.read_bytes()
    file.write_bytes(broken)

    with pytest.raises(StoreUnavailable) as unavailable:
        async with embedded_store(valkey(), tmp_path):
            pass

    assert str(tmp_path / "store" / "valkey.log") in str(unavailable.value)
    assert "move that folder away" in str(unavailable.value)
    assert file.read_bytes() == broken


async def test_a_folder_that_cannot_be_made_is_named_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StoreUnavailable, match="set state_dir"):
        async with embedded_store(valkey(), tmp_path / "file"):
            pass


async def test_a_path_too_long_for_a_socket_is_no_obstacle(tmp_path: Path) -> None:
    deep = tmp_path / "long-name" / ("x" * 100)

    async with embedded_store(valkey(), deep) as url, connection_to(url) as store:
        await store.ping()
        socket = Path(url.removeprefix("unix://"))

    assert str(tmp_path) not in url
    assert socket.parent.stat().st_mode & 0o077 == 0
    socket.parent.rmdir()


async def test_a_path_with_marks_of_a_url_is_no_obstacle(tmp_path: Path) -> None:
    async with (
        embedded_store(valkey(), tmp_path / "a b?c#d%e@f") as url,
        connection_to(url) as store,
    ):
        await store.ping()


async def test_starting_is_quick(tmp_path: Path) -> None:
    began_at = asyncio.get_running_loop().time()

    async with embedded_store(valkey(), tmp_path):
        took_s = asyncio.get_running_loop().time() - began_at

    assert took_s < 0.6  # 0.06 on an idle machine
