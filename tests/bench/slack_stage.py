"""The fake Slack as a scene of benchmarks, over sockets or behind a balancer by signed HTTP."""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final
from zlib import crc32

import aiohttp
from aiohttp import web

from tests.bench.stage import BEGINNING, Plan, Seen, question
from tests.fakes.serving import serve
from tests.fakes.slack_remote import RemoteSlack
from tests.fakes.sockets import free_port

_SOCKETS: Final = 2
"""Of each process."""

_RECEIPT: Final = re.compile(r"bench ·")
_TIERS: Final = {"appends_per_min": 100, "edits_per_min": 50, "streams_per_min": 20}
"""Of a workspace."""


@dataclass(frozen=True)
class SlackScene:
    """One workspace.

    Attributes:
        factor: How many times Slack's tiers it allows.
        processes: How many answer there.
        ports: Where they are called by HTTP; none: they listen over sockets.
    """

    untold: ClassVar = frozenset[str]()

    fake: RemoteSlack
    factor: float = 1
    processes: int = 2
    ports: Sequence[int] = ()
    channels: list[str] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    _asked: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    @property
    def environ(self) -> Mapping[str, str]:
        """Return what leads a bot there."""
        way_in = {"SLACK_APP_TOKEN": self.fake.app_token}
        if self.ports:
            way_in = {"SLACK_SIGNING_SECRET": self.fake.signing_secret}
        place = {"SLACK_BOT_TOKEN": self.fake.bot_token, "SLACK_API_URL": self.fake.api_url}
        return way_in | place

    def plans(self, settings: Mapping[str, Any]) -> list[Plan]:
        """Return how each process is run, sharing what the tiers allow."""
        share = {name: round(rate * self.factor / self.processes) for name, rate in _TIERS.items()}
        slack = {**share, "sockets": _SOCKETS}
        ports: Sequence[int] = self.ports or [0] * self.processes
        return [Plan({**settings, "slack": slack | ({"port": p} if p else {})}) for p in ports]

    async def populate(self, channels: int, users: int) -> None:
        """Open channels, and let people join."""
        for number in range(channels):
            self.channels.append(await self.fake.do("add_channel", name=f"c{number}"))
        for number in range(users):
            self.users.append(await self.fake.do("add_user", name=f"person {number}"))

    async def ask(self, number: int, dice: random.Random) -> str:
        """Let somebody ask question `number` somewhere; return the message's ts."""
        user, channel = self.users[number % len(self.users)], dice.choice(self.channels)
        said = await self.fake.do(
            "say", user=user, channel=channel, text=question(number), mention_bot=True
        )
        self._asked.setdefault((user, channel), []).append(str(said))
        return str(said)

    async def say(self, text: str) -> None:
        """Let the first person say something to the bot, in the first channel."""
        who, where = self.users[0], self.channels[0]
        await self.fake.do("say", user=who, channel=where, text=text, mention_bot=True)

    async def acknowledged_s(self) -> list[float | None]:
        """Return how soon each thing told was acknowledged; None: not yet."""
        times: list[float | None] = await self.fake.do("acknowledgements")
        return times

    async def seen(self) -> list[Seen]:
        """Return what the bot shows in all channels, also what one person alone sees.

        What goes on in further messages of its thread is one answer. What one person alone sees
        answers the last that they asked there.
        """
        people, found = set(self.users), []
        for channel in self.channels:
            threads: dict[str, list[dict[str, Any]]] = {}
            for message in await self.fake.do("messages", channel=channel, with_whispers=True):
                if message["for"]:
                    asked = self._asked.get((message["for"], channel), [])
                    before = [each for each in asked if each < message["ts"]]
                    found.append(_read([message], before[-1] if before else ""))
                elif message["user"] not in people:
                    threads.setdefault(message["thread"], []).append(message)
            for root, messages in threads.items():
                found += [_read(answer, root) for answer in _answers(messages)]
        return found

    async def connected(self, within_s: float = 60) -> None:
        """Wait until every process listens."""
        async with asyncio.timeout(within_s):
            while not await self._all_listen():  # noqa: ASYNC110 # it happens in another process
                await asyncio.sleep(0.1)

    async def _all_listen(self) -> bool:
        if self.ports:
            return all([await _is_open(port) for port in self.ports])
        state = await self.fake.do("state")
        return bool(state["sockets"] == self.processes * _SOCKETS)


@asynccontextmanager
async def a_slack(
    channels: int,
    users: int,
    *,
    factor: float = 1,
    processes: int = 2,
    is_http: bool = False,
) -> AsyncIterator[SlackScene]:
    """Found a workspace with so many channels, and so many people in all of them.

    Args:
        channels: How many.
        users: How many.
        factor: How many times Slack's tiers it allows, as many workspaces together would.
        processes: How many bots are to share them.
        is_http: Whether the bots are called by HTTP, through a balancer.
    """
    async with AsyncExitStack() as open_things:
        fake = await open_things.enter_async_context(RemoteSlack("--forget-texts"))
        ports = [free_port() for _ in range(processes)] if is_http else ()
        if ports:
            url = await open_things.enter_async_context(_balancer(ports))
            await fake.do("over_http", url=url)
        await fake.do("tiers", factor=factor)
        scene = SlackScene(fake, factor, processes, ports)
        await scene.populate(channels, users)
        yield scene


def _answers(messages: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return which messages of a thread make up an answer each."""
    answers: list[list[dict[str, Any]]] = []
    for message in messages:
        if answers and not BEGINNING.search(message["shown"]) and not _is_over(answers[-1]):
            answers[-1].append(message)
        else:
            answers.append([message])
    return answers


def _is_over(answer: list[dict[str, Any]]) -> bool:
    return bool(_RECEIPT.search(answer[-1]["shown"]))


def _read(answer: list[dict[str, Any]], root: str) -> Seen:
    text = " ".join(" ".join(each["shown"].split()) for each in answer)
    return Seen.of(text, max(each["written_at"] for each in answer), root, _RECEIPT)


@asynccontextmanager
async def _balancer(ports: Sequence[int]) -> AsyncIterator[str]:
    """Hand each call on to one of some ports, and its repetition to the next; yield where it is.

    It looks at nobody's health: what a dead process should have got is answered with 502.
    """
    async with aiohttp.ClientSession() as session:

        async def hand_on(http: web.Request) -> web.Response:
            body = await http.read()
            turn = crc32(body) + int(http.headers.get("X-Slack-Retry-Num", "0"))
            url = f"http://127.0.0.1:{ports[turn % len(ports)]}{http.path}"
            try:
                async with session.post(url, data=body, headers=http.headers) as answer:
                    kind = {"Content-Type": answer.headers.get("Content-Type", "text/plain")}
                    return web.Response(
                        status=answer.status, body=await answer.read(), headers=kind
                    )
            except aiohttp.ClientError:
                return web.Response(status=502)

        application = web.Application()
        application.router.add_post("/slack/events", hand_on)
        runner, place = await serve(application)
        try:
            yield f"{place}/slack/events"
        finally:
            await runner.cleanup()


async def _is_open(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
