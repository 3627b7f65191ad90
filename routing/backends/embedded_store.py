"""The store of a deployment that has no server: a Valkey of our own, with its data in a folder.

Whoever holds the folder's lock runs Valkey; everyone else on the machine uses the running one
and takes over when it ends. Valkey inherits the lock, so no second one starts while the first
is still writing.
"""

import asyncio
import fcntl
import hashlib
import logging
import os
import signal
import stat
import tempfile
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

from routing.backends.child import Child, start_child
from routing.errors import StoreUnavailable

_log = logging.getLogger(__name__)

_LONGEST_SOCKET_BYTES: Final = 103  # what macOS takes; Linux takes 107
_POLL_S: Final = 0.1
_START_S: Final = 30.0  # a large folder is read before the first answer
_PING_S: Final = 1.0
_ORPHAN_S: Final = 3.0
_QUICK_DEATH_S: Final = 10.0
_RESTART_PAUSES_S: Final = (0.0, 0.1, 0.3, 0.6, 1.0)

_CONFIG: Final = (
    *("--port", "0", "--unixsocketperm", "700", "--daemonize", "no", "--loglevel", "notice"),
    *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
    *("--maxmemory", "0", "--stop-writes-on-bgsave-error", "no"),
    *("--shutdown-on-sigterm", "nosave now force"),  # the append-only file is written all the same
)


@asynccontextmanager
async def embedded_store(binary: Path, state_dir: Path) -> AsyncGenerator[str]:
    """Run Valkey on `state_dir`/store, or share the one that runs there, and yield its URL.

    A Valkey that dies is started again. The one at the URL may change owners meanwhile.

    Raises:
        StoreUnavailable: The folder cannot be used; nothing in it is lost. Says the way out.
    """
    keeper = _Keeper(binary, _prepared(state_dir / "store"))
    try:
        await keeper.begin()
        # Not a TaskGroup: it would wrap what the body raises.
        keeping = asyncio.create_task(keeper.keep())
        try:
            yield f"unix://{quote(str(keeper.socket))}"
        finally:
            keeping.cancel()
            await asyncio.wait({keeping})
    finally:
        await keeper.close()


class _Lock:
    """An flock on a file that names its holder and the Valkey it runs."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def take(self) -> bool:
        try:
            fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            raise StoreUnavailable(
                f"cannot lock {self.path}: {error.strerror}; set state_dir to a local folder"
            ) from error
        return True

    def write(self, valkey_pid: int) -> None:
        os.ftruncate(self.fd, 0)
        os.pwrite(self.fd, f"{os.getpid()} {valkey_pid}".encode(), 0)

    def orphan(self) -> int | None:
        """Return the pid of the Valkey whose owner is dead; None while the owner lives."""
        try:
            owner, valkey = map(int, os.pread(self.fd, 64, 0).split())
            os.kill(owner, 0)
        except ProcessLookupError:
            return valkey
        except (ValueError, PermissionError):
            pass
        return None

    def close(self) -> None:
        os.close(self.fd)


class _Keeper:
    """Runs Valkey while it holds the lock; until then it follows whoever does."""

    def __init__(self, binary: Path, folder: Path) -> None:
        self._binary = binary
        self._folder = folder
        self._log_file = folder / "valkey.log"
        self.socket = _socket_path(folder)
        self._lock = _Lock(folder / "lock")
        self._valkey: Child | None = None

    async def begin(self) -> None:
        """Start Valkey, or find that another one answers."""
        loop = asyncio.get_running_loop()
        began_at = loop.time()
        orphan_ended = False
        while not self._lock.take():
            waited_s = loop.time() - began_at
            orphan = self._lock.orphan()
            # An owner in another container looks dead from here: its Valkey just stays.
            if (orphan is None or waited_s > _ORPHAN_S) and await self._answers():
                return
            if orphan is not None and not orphan_ended:
                await _end_orphan(orphan, self.socket)
                orphan_ended = True
            if waited_s > _START_S:
                raise StoreUnavailable(
                    f"another Pointsman holds {self._lock.path}, but its Valkey does not answer: "
                    "end it, or set state_dir to another folder"
                )
            await asyncio.sleep(_POLL_S)
        await self._start()

    async def keep(self) -> None:
        """Start Valkey whenever it ends, ours or the one followed; give up if it keeps dying."""
        loop = asyncio.get_running_loop()
        born_at = loop.time()
        deaths = 0
        while deaths < len(_RESTART_PAUSES_S):
            if self._valkey is None:
                await self._take_over()
            else:
                await self._valkey.wait()
                _log.warning("the embedded Valkey ended; it is started again")
                deaths = 0 if loop.time() - born_at > _QUICK_DEATH_S else deaths
            await asyncio.sleep(_RESTART_PAUSES_S[deaths])
            deaths += 1
            born_at = loop.time()
            try:
                await self._start()
            except StoreUnavailable as failure:
                _log.warning("%s", failure)
        _log.error(
            "the embedded Valkey died %d times in a row and stays down: see %s, then start again",
            deaths,
            self._log_file,
        )

    async def close(self) -> None:
        """End our Valkey, then let go of the lock."""
        if self._valkey is not None:
            await self._valkey.stop()
        self._lock.close()

    async def _take_over(self) -> None:
        while not self._lock.take():  # noqa: ASYNC110 - the other owner is another process
            await asyncio.sleep(_POLL_S)

    async def _start(self) -> None:
        place = ("--dir", self._folder, "--unixsocket", self.socket)
        try:
            self._valkey = await start_child(
                (self._binary, *_CONFIG, *place), log=self._log_file, inherited=(self._lock.fd,)
            )
        except OSError as error:
            raise StoreUnavailable(f"cannot start {self._binary}: {error.strerror}") from error
        self._lock.write(self._valkey.pid)
        try:
            async with asyncio.timeout(_START_S):
                while not self._valkey.has_ended and not await self._answers():  # noqa: ASYNC110 - it does not tell
                    await asyncio.sleep(0.005)
        except TimeoutError:
            await self._valkey.stop()
        if self._valkey.has_ended:
            raise StoreUnavailable(
                f"the embedded Valkey does not start: see {self._log_file}. Its data is untouched "
                f"in {self._folder}: move that folder away to begin with an empty store"
            )

    async def _answers(self) -> bool:
        """Tell whether the Valkey at the socket takes commands; not while it is still loading."""
        try:
            async with asyncio.timeout(_PING_S):
                reader, writer = await asyncio.open_unix_connection(self.socket)
                try:
                    writer.write(b"PING\r\n")
                    return await reader.readline() == b"+PONG\r\n"
                finally:
                    writer.close()
        except OSError:
            return False


async def _end_orphan(pid: int, socket: Path) -> None:
    """End a Valkey that outlived its owner, if that is what the pid stands for."""
    try:
        ps = await asyncio.create_subprocess_exec(
            *("ps", "-ww", "-o", "command=", "-p", str(pid)), stdout=PIPE, stderr=DEVNULL
        )
        command, _ = await ps.communicate()
        if b"valkey-server" in command and os.fsencode(socket) in command:
            os.kill(pid, signal.SIGTERM)
    except OSError:  # no ps, or the orphan was quicker
        return


def _prepared(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        (folder / "lock").touch(mode=0o600)
    except OSError as error:
        raise StoreUnavailable(
            f"cannot keep anything in {folder}: {error.strerror}; "
            "set state_dir (POINTSMAN_STATE_DIR) to a folder that can be written"
        ) from error
    return folder


def _socket_path(folder: Path) -> Path:
    """Put the socket beside the data, or where its path is short enough for the system."""
    socket = folder / "valkey.sock"
    if len(os.fsencode(socket)) <= _LONGEST_SOCKET_BYTES:
        return socket
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"pointsman-{os.getuid()}-{digest}"
    short.mkdir(mode=0o700, exist_ok=True)
    found = short.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise StoreUnavailable(
            f"{short} is not a private folder of this user: remove it, or use a shorter state_dir"
        )
    return short / "valkey.sock"
