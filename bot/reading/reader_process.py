"""Has a file parsed by a child process, which is given the file and nothing else."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from bot.reading.limits import Limits
from bot.reading.outcomes import Outcome, Unread
from bot.reading.wire import Garbled, most_answer_bytes, question, read_answer

# No folder or setting of ours is looked at, nothing is written beside the sources.
COMMAND: Final = (sys.executable, "-I", "-B", "-X", "utf8", "-m", "bot.reading.child")

_PIECE_BYTES: Final = 64 * 1024

STARTING_S: Final = 5.0
"""A child starts in a tenth of a second; a busy machine is given more."""


async def parse(
    name: str,
    content: bytes,
    limits: Limits,
    *,
    command: Sequence[str] = COMMAND,
    starting_s: float = STARTING_S,
) -> Outcome:
    """Return what is in a file; whatever it does to the child, this only says so.

    Cancelled, it ends the child.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env=_environment(),
            start_new_session=True,  # a Ctrl-C in the terminal is for us alone
        )
    except OSError:
        return Unread(name, "nothing can be read now: the machine is too busy")
    try:
        async with asyncio.timeout(starting_s + limits.timeout_s):
            raw = await _ask(process, question(name, content, limits), most_answer_bytes(limits))
            await process.wait()
        return read_answer(raw, name, limits)
    except TimeoutError:
        return Unread(name, "reading it takes too long")
    except Garbled:
        return Unread(name, "it is broken, or too large once unpacked")
    finally:
        # Also when we are cancelled meanwhile: it is killed before anything is waited for.
        await asyncio.shield(asyncio.create_task(_end(process)))


async def _ask(process: asyncio.subprocess.Process, asked: bytes, most: int) -> bytes:
    """Send a question and return the answer.

    Raises:
        Garbled: It is longer than any answer.
    """
    # At the same time: a child that answers before it has listened would wait for us for ever.
    telling = asyncio.create_task(_tell(process, asked))
    try:
        raw = bytearray()
        while piece := await _piece(process):
            raw += piece
            if len(raw) > most:
                raise Garbled
        return bytes(raw)
    finally:
        telling.cancel()
        await asyncio.wait({telling})


async def _tell(process: asyncio.subprocess.Process, asked: bytes) -> None:
    assert process.stdin is not None  # noqa: S101 # a promise of PIPE to mypy
    with suppress(ConnectionError):  # it ended: there will be no answer
        process.stdin.write(asked)
        await process.stdin.drain()
        process.stdin.close()


async def _piece(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout is not None  # noqa: S101 # a promise of PIPE to mypy
    return await process.stdout.read(_PIECE_BYTES)


async def _end(process: asyncio.subprocess.Process) -> None:
    """End a child that has not, and wait until it is gone."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
        while await _piece(process):  # with something left unread asyncio waits for ever
            pass
        await process.wait()


def _environment() -> dict[str, str]:
    """Return what Windows needs to start a program at all; elsewhere that is nothing."""
    return {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
