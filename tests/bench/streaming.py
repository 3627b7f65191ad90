"""How quick answers are shown on Discord: `python -m tests.bench.streaming`.

Two numbers. First, how long after a model's first token the edit that shows it is asked for, in a
channel where nothing else happens. Second, how late the event loop is while many answers stream at
once over real HTTP to a fake Discord in a process of its own: a timer is set again and again, and
what it comes too late by is counted.
"""

import argparse
import asyncio
import time
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from bot.draft import Draft, View
from bot.pacing import Pacing
from bot.platforms.discord.outgoing import Outgoing
from bot.platforms.discord.reply import DiscordReply
from bot.platforms.discord.rest import open_rest
from bot.platforms.discord.surface import DiscordSurface
from bot.platforms.surface import Reply
from config.chats import DiscordSettings
from config.references import Resolved
from routing.clock import Clock
from routing.reply import TextDelta
from tests.bot.platforms.discord.posted import ListPosts, a_message
from tests.fakes.discord_remote import RemoteDiscord
from tests.fakes.surface import as_it_is

_TOKEN: Final = "word **bold** `code` and "  # a model's
_TICK_S: Final = 0.005
_PARAGRAPH: Final = 40


@dataclass(frozen=True, slots=True)
class Spread:
    """How numbers lie, in milliseconds."""

    p50: float
    p99: float
    most: float

    def __str__(self) -> str:
        return f"p50 {self.p50:.2f} ms   p99 {self.p99:.2f} ms   max {self.most:.2f} ms"


def spread(seconds: Sequence[float]) -> Spread:
    """Return how measured times lie."""
    p50, p99, most = np.quantile(np.asarray(seconds) * 1000, [0.5, 0.99, 1.0])
    return Spread(float(p50), float(p99), float(most))


class _Stopwatch:
    """Takes posts in and remembers when the first edit was asked for."""

    edited_at_s = 0.0

    async def send(self, *_: object, **__: object) -> str:
        return "1"

    async def edit(self, *_: object, **__: object) -> None:
        self.edited_at_s = self.edited_at_s or time.perf_counter()

    async def delete(self, channel_id: str, post_id: str) -> None:
        raise NotImplementedError

    async def edit_original(
        self, token: str, outgoing: Outgoing, *, is_preview: bool = False
    ) -> str:
        raise NotImplementedError

    async def delete_original(self, token: str) -> None:
        raise NotImplementedError


async def first_edit_s() -> float:
    """Return how long after the first token its edit is asked for."""
    watch, draft = _Stopwatch(), Draft()
    pace = Pacing(1.2, Clock()).of("77")
    reply = DiscordReply(watch, pace, a_message(), ListPosts(), most_posts=5, clock=Clock())
    await reply.begin("asking llama …")
    running = asyncio.create_task(reply.run(draft))
    await asyncio.sleep(0)
    before_s = time.perf_counter()
    draft.take(TextDelta("It"))
    while not watch.edited_at_s:  # noqa: ASYNC110 # how many turns of the loop is the question
        await asyncio.sleep(0)
    draft.end(View("It", is_final=True))
    await running
    return watch.edited_at_s - before_s


async def loop_lag_s(streams: int, seconds: float, tokens_per_s: float) -> list[float]:
    """Return by how much a timer came too late while answers streamed."""
    async with RemoteDiscord() as fake:
        guild = await fake.do("add_guild")
        channels = [await fake.do("add_channel", guild=guild) for _ in range(streams)]
        given = {"token": Resolved(fake.token, "env:T"), "api_url": fake.api_url}
        settings = DiscordSettings.model_validate(given)
        async with open_rest(settings) as rest:
            surface = DiscordSurface(rest, settings, as_it_is)
            replies = [_reply(surface, each) for each in channels]
            return await lags_while(stream(each, seconds, tokens_per_s) for each in replies)


async def stream(reply: Reply, seconds: float, tokens_per_s: float) -> None:
    """Show an answer that a model says token by token."""
    draft, text = Draft(), ""
    await reply.begin("asking llama …")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(reply.run(draft))
        for count in range(int(seconds * tokens_per_s)):
            token = "\n\n" if count % _PARAGRAPH == _PARAGRAPH - 1 else _TOKEN
            text += token
            draft.take(TextDelta(token))
            await asyncio.sleep(1 / tokens_per_s)
        draft.end(View(text, receipt="llama · free", reply_id="r", is_final=True))


async def lags_while(streaming: Iterable[Coroutine[None, None, None]]) -> list[float]:
    """Return by how much a timer came too late, again and again, while answers streamed."""
    lags: list[float] = []
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(_watch(lags))
        await asyncio.wait([tasks.create_task(each) for each in streaming])
        watching.cancel()
    return lags


def read_size() -> tuple[int, int, float, float]:
    """Return what was typed: runs, streams, seconds, tokens a second."""
    parser = argparse.ArgumentParser()
    add = parser.add_argument
    add("--runs", type=int, default=500)
    add("--streams", type=int, default=20)
    add("--seconds", type=float, default=20)
    add("--tokens-per-s", type=float, default=50)
    asked = parser.parse_args()
    return asked.runs, asked.streams, asked.seconds, asked.tokens_per_s


async def _watch(lags: list[float]) -> None:
    while True:
        due_s = time.perf_counter() + _TICK_S
        await asyncio.sleep(_TICK_S)
        lags.append(time.perf_counter() - due_s)


def _reply(surface: DiscordSurface, channel: int) -> Reply:
    message = replace(a_message(channel=str(channel), reply_to=""), message_id=str(channel))
    posts = ListPosts()
    posts.nonce = str(channel)
    return surface.reply(message, posts)


async def _measure(runs: int, streams: int, seconds: float, tokens_per_s: float) -> None:
    first = spread([await first_edit_s() for _ in range(runs)])
    print(f"first token to first edit, {runs} runs: {first}")
    lags = spread(await loop_lag_s(streams, seconds, tokens_per_s))
    print(f"event loop's lag, {streams} streams of {tokens_per_s:.0f} tokens/s: {lags}")


if __name__ == "__main__":
    asyncio.run(_measure(*read_size()))
