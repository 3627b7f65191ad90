"""Speaks to a Redis: by itself, as a Cluster or behind Sentinels.

The only file that knows redis-py: its types and errors stop here. Whatever takes more than one
command is one Lua script, and everything sent may be carried out twice, because a time-out does
not say whether it was.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final, Protocol

from redis.asyncio import Redis, RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    NoScriptError,
    RedisClusterException,
    RedisError,
)
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import TimeoutError as TimedOut

from config.settings import StoreSettings
from routing.backends.lateness import Lateness
from routing.backends.store_address import StoreAddress
from routing.clock import Clock
from routing.errors import StoreUnavailable

_REST_S: Final = 0.5
_WHEN_LATE: Final = 4
"""How often a time-out of our own making is forgiven."""

_SENTINEL_OPTIONS: Final = ("socket_timeout", "socket_connect_timeout", "retry", "protocol")


class Client(Protocol):
    """What is used of a redis-py client."""

    async def execute_command(self, *parts: str | bytes | int) -> object:
        """Send one command and return the answer."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


class Script:
    """A Lua script in the folder beside this file; of several names, all of them in that order."""

    def __init__(self, *names: str) -> None:
        folder = Path(__file__).parent / "scripts"
        self.text = "".join((folder / f"{name}.lua").read_text("utf-8") for name in names)
        self.sha = hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()


class Breaker:
    """Lets nothing through for a moment after a failure, then one call, then all if it succeeds."""

    def __init__(self, clock: Clock) -> None:
        self._elapsed_s = clock.elapsed_s
        self._closed_until: float | None = None

    def admits(self) -> bool:
        """Tell whether a call may be made; while resting the one that may is the trial."""
        if self._closed_until is None:
            return True
        if self._elapsed_s() < self._closed_until:
            return False
        self._closed_until = self._elapsed_s() + _REST_S
        return True

    def succeeded(self) -> None:
        """Let everything through."""
        self._closed_until = None

    def failed(self) -> None:
        """Begin to rest."""
        self._closed_until = self._elapsed_s() + _REST_S


class Connection:
    """A client behind a breaker: an answer or StoreUnavailable, soon in either case.

    Args:
        client: Speaks to the store.
        settings: How long an answer may take, and how many are waited for at once.
        clock: Tells the breaker the time.
        name: Of the store, for people.
        way_out: What to do when it does not answer.
        first: Must return once before anything else is sent; what it raises is raised instead.
    """

    def __init__(
        self,
        client: Client,
        settings: StoreSettings,
        clock: Clock,
        *,
        name: str,
        way_out: str,
        first: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        self._client = client
        self._first = first
        self._timeout_s = settings.timeout_s
        # Not redis-py's blocking pool: Cluster and Sentinel have none, and waiting here for
        # a turn is not the store's fault, so it does not count against its time.
        self._turns = asyncio.Semaphore(settings.connections)
        self._breaker = Breaker(clock)
        self._name = name
        self._way_out = way_out

    async def command(self, *parts: str | bytes | int) -> object:
        """Carry out one command, which must bear being carried out twice."""
        return await self._guarded(lambda: self._client.execute_command(*parts))

    async def run(
        self, script: Script, keys: Sequence[str], arguments: Sequence[str | bytes | int] = ()
    ) -> object:
        """Carry out a script, which must bear being carried out twice."""
        parts = (len(keys), *keys, *arguments)

        async def run() -> object:
            try:
                return await self._client.execute_command("EVALSHA", script.sha, *parts)
            except NoScriptError:
                return await self._client.execute_command("EVAL", script.text, *parts)

        return await self._guarded(run)

    async def ping(self) -> None:
        """Return when the store answers."""
        await self.command("PING")

    async def _guarded(self, attempt: Callable[[], Awaitable[object]]) -> object:
        if self._first:
            await self._first()
            self._first = None
        async with self._turns:
            if not self._breaker.admits():
                raise self._unavailable("did not answer a moment ago")
            try:
                answer = await self._in_time(attempt)
            # An AttributeError: when a master of a Cluster dies, redis-py closes all connections,
            # also those it is just writing to.
            except (
                Disconnected,
                TimedOut,
                RedisClusterException,
                OSError,
                AttributeError,
            ) as error:
                self._breaker.failed()
                raise self._unavailable(_failure(error)) from error
            except RedisError as error:  # it answers, so the next command may well succeed
                raise self._unavailable(_failure(error)) from error
            self._breaker.succeeded()
            return answer

    async def _in_time(self, attempt: Callable[[], Awaitable[object]]) -> object:
        """Try again when it was this process that had no time for the answer."""
        for _ in range(_WHEN_LATE):
            with Lateness(self._timeout_s / 2) as lateness:
                try:
                    return await self._twice(attempt)
                except (TimedOut, TimeoutError):
                    if not lateness.was_late:
                        raise
        return await self._twice(attempt)

    async def _twice(self, attempt: Callable[[], Awaitable[object]]) -> object:
        """Try once more: a connection may have been lost while it lay idle."""
        async with asyncio.timeout(2 * self._timeout_s):
            try:
                return await attempt()
            except (Disconnected, TimedOut, AttributeError):
                return await attempt()

    def _unavailable(self, what: str) -> StoreUnavailable:
        return StoreUnavailable(f"{self._name} {what}: {self._way_out}")


def _failure(error: Exception) -> str:
    """Say what went wrong, never with what was sent: that may be a password or a question."""
    if isinstance(error, AuthenticationError):
        return "refuses the name or password"
    if isinstance(error, TimedOut | TimeoutError):
        return "does not answer in time"
    if isinstance(error, Disconnected | RedisClusterException | OSError | AttributeError):
        return "cannot be reached"
    return f"refuses a command ({str(error).partition(', with args')[0]})"


@asynccontextmanager
async def connected(address: StoreAddress, settings: StoreSettings) -> AsyncGenerator[Client]:
    """Yield a client for an address; the first command connects it."""
    options: dict[str, Any] = {
        "socket_timeout": settings.timeout_s,
        "socket_connect_timeout": settings.timeout_s,
        "max_connections": settings.connections,
        "retry": Retry(NoBackoff(), 0),
        "protocol": 2,
    }
    async with AsyncExitStack() as stack:
        client: Redis | RedisCluster
        if address.kind == "single":
            client = Redis.from_url(address.url, **options)
        else:
            options |= {"username": address.username, "password": address.password}
            options |= {"ssl": True} if address.is_encrypted else {}
            client = (
                _cluster(address, options)
                if address.kind == "cluster"
                else _master(address, options, stack)
            )
        stack.push_async_callback(client.aclose)
        yield client


def _cluster(address: StoreAddress, options: Mapping[str, Any]) -> RedisCluster:
    nodes = [ClusterNode(host, port) for host, port in address.hosts]
    # Zero: a moved slot is noted, as all our keys are in one. After some moves redis-py would
    # else close every connection to learn the map anew, under the feet of commands in flight.
    return RedisCluster(startup_nodes=nodes, reinitialize_steps=0, **options)


def _master(address: StoreAddress, options: Mapping[str, Any], stack: AsyncExitStack) -> Redis:
    sentinels = Sentinel(  # type: ignore[no-untyped-call] # redis-py leaves it untyped
        address.hosts,
        sentinel_kwargs={key: options[key] for key in _SENTINEL_OPTIONS},
        db=address.db,
        **options,
    )
    for sentinel in sentinels.sentinels:
        stack.push_async_callback(sentinel.aclose)
    master: Redis = sentinels.master_for(address.service)
    return master
