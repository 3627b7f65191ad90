"""Runs something beside the bot: on an event loop of its own, in a thread of its own.

Slack wants an acknowledgement soon. While the bot's own loop is busy with something else, the
doors still read, answer and keep their connections alive.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")


async def run_aside(main: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
    """Run a coroutine in a thread of its own until it ends; cancelling this cancels it.

    Args:
        main: Makes the coroutine, there.
        name: Of the thread.
    """
    begun: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]] = Future()
    ended: Future[None] = Future()

    async def outermost() -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 # this is a coroutine
        begun.set_result((asyncio.get_running_loop(), task))
        await main()

    def work() -> None:
        try:
            asyncio.run(outermost())
        except asyncio.CancelledError:
            ended.set_result(None)
        except BaseException as error:  # noqa: BLE001 # it is raised where it is waited for
            ended.set_exception(error)
        else:
            ended.set_result(None)

    Thread(target=work, name=name, daemon=True).start()
    ending = asyncio.wrap_future(ended)
    try:
        await asyncio.shield(ending)
    except asyncio.CancelledError:
        loop, task = await asyncio.wrap_future(begun)
        if not ended.done():
            loop.call_soon_threadsafe(task.cancel)
        await ending
        raise


async def at_home(home: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, T]) -> T:
    """Let a coroutine run on another loop, and return what it returns there."""
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, home))
