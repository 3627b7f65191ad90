"""The stores that bots share on a stage, each run as an operator's would be."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from routing.backends.embedded_store import embedded_store
from tests.bench.replicated_cluster import ClusterNodes, replicated_cluster
from tests.fakes.sockets import free_port
from tests.routing.backends.conftest import cluster, valkey


@dataclass(frozen=True)
class Standing:
    """A store that runs.

    Attributes:
        nodes: Of a Cluster that can lose one; None: of this one nothing can be lost.
    """

    url: str
    nodes: ClusterNodes | None = None


@asynccontextmanager
async def a_redis(home: Path, environ: Mapping[str, str] | None = None) -> AsyncIterator[Standing]:
    """Run a redis-server that writes down what it is told, as an operator's would.

    Args:
        home: What it wrote there before it knows.
        environ: Its environment; None: this process'.
    """
    port = free_port()
    await asyncio.to_thread(home.mkdir, exist_ok=True)
    child = await asyncio.create_subprocess_exec(
        *("redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", str(home)),
        *("--appendonly", "yes", "--save", "", "--logfile", "redis.log"),
        env=environ,
    )
    try:
        yield Standing(f"redis://127.0.0.1:{port}")
    finally:
        child.terminate()
        await child.wait()


@asynccontextmanager
async def _cluster(home: Path) -> AsyncIterator[Standing]:
    """Run a Cluster of three."""
    with cluster(home) as url:
        yield Standing(url)


@asynccontextmanager
async def _replicated(home: Path) -> AsyncIterator[Standing]:
    """Run a Cluster of three, each with a replica."""
    with replicated_cluster(home) as nodes:
        yield Standing(nodes.url, nodes)


@asynccontextmanager
async def _embedded(home: Path) -> AsyncIterator[Standing]:
    """Run the store that comes along."""
    async with embedded_store(valkey(), home) as url:
        yield Standing(url)


STORES: Final[dict[str, Callable[[Path], AbstractAsyncContextManager[Standing]]]] = {
    "redis": a_redis,
    "cluster": _cluster,
    "replicated": _replicated,
    "embedded": _embedded,
}
