"""Three masters and three replicas on loopback."""

import subprocess
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from tests.fakes.sockets import free_port
from tests.routing.backends.conftest import server, wait_until

NODE_TIMEOUT_MS: Final = 1000


class ClusterNodes:
    """The processes of a Cluster, by port."""

    def __init__(self, processes: dict[int, subprocess.Popen[bytes]]) -> None:
        self._processes = processes

    @property
    def url(self) -> str:
        """Return the address of the Cluster."""
        return f"redis+cluster://{','.join(f'127.0.0.1:{port}' for port in self._processes)}"

    def master_of(self, key: str) -> int:
        """Return the port of the master that has a key."""
        slot = int(self._ask("cluster", "keyslot", key))
        for line in self._ask("cluster", "nodes").splitlines():
            fields = line.split()
            is_master = "master" in fields[2] and "fail" not in fields[2]
            if is_master and any(_covers(span, slot) for span in fields[8:]):
                return int(fields[1].partition("@")[0].rpartition(":")[2])
        raise LookupError(key)

    def kill(self, port: int) -> None:
        """Kill a node: it gets no chance to say anything."""
        self._processes[port].kill()
        self._processes[port].wait()

    def is_whole(self) -> bool:
        """Tell whether every node knows of a master for every slot, and of its replica."""
        return all(
            b"cluster_state:ok" in _cli(port, "cluster", "info")
            and _cli(port, "cluster", "nodes").count(b"slave") == len(self._processes) // 2
            and (
                b"role:master" in (told := _cli(port, "info", "replication"))
                or b"link_status:up" in told
            )
            for port in self._processes
        )

    def _ask(self, *words: str) -> str:
        living = next(port for port, each in self._processes.items() if each.poll() is None)
        return _cli(living, *words).decode()


@contextmanager
def replicated_cluster(folder: Path) -> Generator[ClusterNodes]:
    """Run 3 + 3 nodes until left."""
    with ExitStack() as stack:
        processes = {}
        for port in [free_port(also=10_000) for _ in range(6)]:
            options = ("--cluster-enabled", "yes", "--cluster-node-timeout", str(NODE_TIMEOUT_MS))
            run = server(folder / str(port), port, *options, "--repl-diskless-sync-delay", "0")
            processes[port] = stack.enter_context(run)
        nodes = [f"127.0.0.1:{port}" for port in processes]
        create = ["redis-cli", "--cluster", "create", *nodes, "--cluster-replicas", "1"]
        subprocess.run([*create, "--cluster-yes"], check=True, capture_output=True)
        made = ClusterNodes(processes)
        wait_until(made.is_whole, timeout_s=30)
        yield made


def _covers(span: str, slot: int) -> bool:
    first, _, last = span.partition("-")
    return first.isdigit() and int(first) <= slot <= int(last or first)


def _cli(port: int, *words: str) -> bytes:
    command = ["redis-cli", "-p", str(port), *words]
    return subprocess.run(command, check=True, capture_output=True).stdout
