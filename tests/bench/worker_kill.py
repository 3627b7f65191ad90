"""Kills a worker at each of seven points: `python -m tests.bench.worker_kill [store's address]`.

Another worker must then bring the question to one visible outcome and one charge. The table says
what stood there in the end, how often a model was asked anew, and what was charged.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Final

from routing.backends.embedded_store import embedded_store
from routing.pricing import Usage, cost_microusd
from tests.bench.mortal_worker import ANSWER, CARD, ORIGIN, POINTS, Post, a_post
from tests.routing.backends.conftest import valkey

ONE_CALL_MICROUSD: Final = cost_microusd(CARD, Usage(input_tokens=100, output_tokens=20))
_PATIENCE_S: Final = 30


@dataclass(frozen=True)
class Aftermath:
    """What there is once another worker is done.

    Attributes:
        point: Where the first one died.
        posts: What stands on the wall.
        asked_again: How often the second one asked a model.
        answers: How many are counted.
        charged_microusd: In the records of usage.
        held_microusd: What is still set aside.
        took_s: From the death to the end.
    """

    point: str
    posts: tuple[str, ...]
    asked_again: int
    answers: int
    charged_microusd: int
    held_microusd: int
    took_s: float

    @property
    def is_one_outcome(self) -> bool:
        """Tell whether the whole answer stands there, once."""
        return len(self.posts) == 1 and self.posts[0].startswith(f"{ANSWER} [llama")


async def kill_at(point: str, url: str, folder: Path) -> Aftermath:
    """Let a worker die at a point and another go on."""
    tag = token_hex(8)
    program = (sys.executable, "-m", "tests.bench.mortal_worker", url, tag, str(folder), point)
    mortal = await asyncio.create_subprocess_exec(*program)
    assert await mortal.wait() < 0, "it did not die"
    died_at_s = time.monotonic()
    async with a_post(url, tag, folder) as post:
        working = asyncio.create_task(post.station.worker.run())
        try:
            await _until_answered(post)
        finally:
            post.station.worker.end()
            await working
        took_s = time.monotonic() - died_at_s
        return await _aftermath(point, post, took_s)


async def _until_answered(post: Post) -> None:
    """Wait until the answer stands whole; the worker then ends what is left of it in its grace."""
    async with asyncio.timeout(_PATIENCE_S):
        while not (await _aftermath("", post, 0)).is_one_outcome:  # noqa: ASYNC110 # others do it
            await asyncio.sleep(0.02)


async def _aftermath(point: str, post: Post, took_s: float) -> Aftermath:
    since = datetime.now(UTC).date() - timedelta(days=1)
    lines = await post.stores.accounts.of_person(ORIGIN, since)
    levels = (await post.stores.ledger.standing(ORIGIN)).levels
    return Aftermath(
        point=point,
        posts=tuple((await post.wall.posts()).values()),
        asked_again=post.model.calls,
        answers=sum(line.answers for line in lines),
        charged_microusd=sum(line.cost_microusd for line in lines),
        held_microusd=sum(level.held for level in levels),
        took_s=took_s,
    )


async def kill_everywhere(url: str, folder: Path) -> Sequence[Aftermath]:
    """Do it at all points, side by side."""
    return await asyncio.gather(*(kill_at(point, url, folder) for point in POINTS))


async def main(url: str) -> None:
    """Print the table."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if not url:
            url = await stack.enter_async_context(embedded_store(valkey(), folder))
        print(f"one call costs {ONE_CALL_MICROUSD} micro-dollars\n")
        print("| killed | outcome | asked again | answers | charged | after |")
        print("|---|---|---|---|---|---|")
        for each in await kill_everywhere(url, folder):
            outcome = "one" if each.is_one_outcome else " + ".join(each.posts) or "none"
            print(
                f"| {each.point} | {outcome} | {each.asked_again} | {each.answers} "
                f"| {each.charged_microusd} | {each.took_s:.1f} s |"
            )


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else ""))
