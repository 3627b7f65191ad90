"""How quick answers are shown on Slack: `python -m tests.bench.slack_streaming`.

As `tests.bench.streaming` does on Discord. First, how long after a model's first line the call that
streams it is made, in a workspace where nothing else happens. Second, how late the event loop is
while many answers stream at once over real HTTP to a fake Slack in a process of its own, and what
Slack refused meanwhile.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Any, Final

from bot.draft import Draft, View
from bot.platforms.port import Message
from bot.platforms.slack.surface import SlackSurface
from bot.platforms.slack.web import open_web
from config.chats import SlackSettings
from routing.clock import Clock
from routing.ports import Conversation
from routing.reply import TextDelta
from tests.bench.streaming import lags_while, read_size, spread, stream
from tests.bot.platforms.slack.indoors import OneToken, Stage, remembered
from tests.builders import an_origin
from tests.fakes.slack_remote import RemoteSlack
from tests.fakes.surface import as_it_is

_LINE: Final = "It depends.\n"


def _message(team: str, channel: str, ts: str, user: str) -> Message:
    handle = {"team": team, "channel": channel, "thread": ts, "ts": ts}
    return Message(
        message_id=ts,
        origin=an_origin(platform="slack", tenant=team, place=channel, person=user),
        conversation=Conversation("slack", team, channel),
        text="why?",
        at=Clock().now(),
        handle=handle | {"user": user, "user_team": team},
    )


async def first_start_s() -> float:
    """Return how long after the first line its stream is asked for."""
    stage, draft = Stage(), Draft()
    reply = stage.surface.reply(stage.message(), remembered())
    await reply.begin("asking llama …")
    running = asyncio.create_task(reply.run(draft))
    await asyncio.sleep(0)
    before_s = time.perf_counter()
    draft.take(TextDelta(_LINE))
    asked_at_s = stage.session.asked_at_s
    while "chat.startStream" not in asked_at_s:  # noqa: ASYNC110 # how many turns is the question
        await asyncio.sleep(0)
    draft.end(View(_LINE, is_final=True))
    await running
    return asked_at_s["chat.startStream"] - before_s


async def loop_lag_s(
    streams: int, seconds: float, tokens_per_s: float
) -> tuple[list[float], Mapping[str, Any]]:
    """Return by how much a timer came too late while answers streamed, and what Slack saw."""
    async with RemoteSlack() as fake:
        settings = SlackSettings.model_validate({"api_url": fake.api_url})
        user = await fake.do("add_user", name="ann")
        channels = [await fake.do("add_channel", name=f"c{count}") for count in range(streams)]
        asked = [await fake.do("say", user=user, channel=each, text="why?") for each in channels]
        async with open_web(settings, OneToken(fake.bot_token)) as web:
            surface = SlackSurface(web, settings, as_it_is)
            team = str((await web.auth_test("any"))["team_id"])
            replies = [
                surface.reply(_message(team, channel, ts, user), remembered(ts))
                for channel, ts in zip(channels, asked, strict=True)
            ]
            lags = await lags_while(stream(each, seconds, tokens_per_s) for each in replies)
        return lags, await fake.do("state")


async def _measure(runs: int, streams: int, seconds: float, tokens_per_s: float) -> None:
    first = spread([await first_start_s() for _ in range(runs)])
    print(f"first line to first call, {runs} runs: {first}")
    lags, state = await loop_lag_s(streams, seconds, tokens_per_s)
    print(f"event loop's lag, {streams} streams of {tokens_per_s:.0f} tokens/s: {spread(lags)}")
    print(f"refused: {state['refusals']}, violations: {state['violations']}")


if __name__ == "__main__":
    asyncio.run(_measure(*read_size()))
