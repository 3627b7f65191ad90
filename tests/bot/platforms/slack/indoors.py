"""The fake Slack asked without sockets, so that its time may be virtual; and a question on it."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast

import aiohttp
from aiohttp import web

from bot.draft import Draft
from bot.platforms.port import Message
from bot.platforms.slack.people import People
from bot.platforms.slack.surface import SlackSurface
from bot.platforms.slack.tiers import Tiers
from bot.platforms.slack.web import SlackWeb
from bot.platforms.slack.wire import Wire
from bot.platforms.vitals import Vitals
from config.chats import SlackSettings
from routing.ports import Conversation
from routing.reply import TextDelta
from tests.bot.platforms.discord.posted import ListPosts
from tests.builders import an_origin
from tests.fakes.faults import Faults
from tests.fakes.slack.api import SPARED, Api
from tests.fakes.slack.limits import Limits
from tests.fakes.slack.posts import post
from tests.fakes.slack.world import Channel, Team, User, World
from tests.fakes.slack.world import Message as Said
from tests.fakes.surface import as_it_is
from tests.fakes.virtual_time import virtual_clock

API = "https://slack.com/api/"


class _Transport:
    """A connection that may break."""

    is_broken = False

    def abort(self) -> None:
        self.is_broken = True

    def get_extra_info(self, _name: str) -> str:
        return "indoors"


@dataclass
class _Asked:
    """A request as aiohttp's server would show it."""

    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    transport: _Transport = field(default_factory=_Transport)
    content_type: str = "application/json"
    can_read_body: bool = False

    async def read(self) -> bytes:
        return self.body


class _Answered:
    """An answer as aiohttp's client would show it."""

    def __init__(self, response: web.Response) -> None:
        self.status = response.status
        self.headers = response.headers
        self.content_type = response.content_type
        self._text = response.text or ""

    async def json(self) -> Any:
        return json.loads(self._text)

    async def text(self, errors: str = "strict") -> str:
        del errors
        return self._text


class IndoorSession:
    """Connections to the fake Slack within one process.

    Attributes:
        answers: What was sent to response_urls.
        asked_at_s: When each method was last asked for.
        answer_failures: How the next ones fail: with a status, or raising.
    """

    closed = False

    def __init__(self, world: World, api: Api) -> None:
        self._world = world
        self._api = api
        self.answers: list[Mapping[str, Any]] = []
        self.asked_at_s: dict[str, float] = {}
        self.answer_failures: list[int | Exception] = []

    @asynccontextmanager
    async def request(self, verb: str, address: str, **given: Any) -> AsyncIterator[_Answered]:
        query = {name: str(value) for name, value in (given.get("params") or {}).items()}
        body = json.dumps(given.get("json") or {}).encode()
        path = "/api/" + address.removeprefix(API)
        self.asked_at_s[address.removeprefix(API)] = time.perf_counter()
        asked = _Asked(verb, path, given["headers"], query, body)
        await asyncio.sleep(0.01)
        response = await self._api.serve(cast("web.Request", asked))
        if asked.transport.is_broken:
            raise aiohttp.ServerDisconnectedError
        yield _Answered(cast("web.Response", response))

    @asynccontextmanager
    async def post(self, address: str, **given: Any) -> AsyncIterator[_Answered]:
        if "json" not in given:
            upload = next(each for id_, each in self._world.files.items() if id_ in address)
            upload.upload = replace(upload.upload, content=given["data"])
            upload.is_ready = True
            yield _Answered(web.Response(text="OK"))
            return
        if failure := self.answer_failures and self.answer_failures.pop(0):
            if isinstance(failure, Exception):
                raise failure
            yield _Answered(web.Response(status=failure, text="expired_url"))
            return
        self.answers.append(given["json"])
        yield _Answered(web.Response(text="ok"))


class OneToken:
    """One workspace's token."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def token(self, team: str, enterprise: str = "") -> str:
        assert team
        assert not enterprise
        return self._token


class Stage:
    """A question in a thread, and what answers it.

    Attributes:
        stopped: The identities whose answers a person has stopped.
    """

    def __init__(self, **settings: Any) -> None:
        self.clock = virtual_clock()
        self.world = World(self.clock)
        self.faults = Faults(SPARED)
        self.limits = Limits(self.clock)
        self.api = Api(self.world, self.limits, self.faults)
        self.session = IndoorSession(self.world, self.api)
        self.team: Team = self.world.add_team("acme")
        self.token = self.world.install(self.team)
        self.asker: User = self.world.add_user("ann", self.team)
        members = [self.asker, self.team.bot]
        self.channel: Channel = self.world.add_channel("channel", "general", self.team, members)
        self.question = self.ask()
        self.settings = SlackSettings.model_validate(settings)
        tiers = Tiers(self.settings, self.clock)
        session = cast("aiohttp.ClientSession", self.session)
        self.vitals = Vitals()
        tokens = OneToken(self.team.bot_token)
        self.web = SlackWeb(Wire(tokens, session, tiers, api=API, vitals=self.vitals))
        people = People(self.web, self.clock)
        self.surface = SlackSurface(self.web, self.settings, as_it_is, self.clock, people.names_in)
        self.stopped: list[str] = []
        self.surface.on_stopped = self._note_stopped

    def ask(self) -> Said:
        """Let somebody ask, in the channel."""
        said = Said(self.world.new_ts(), self.channel, self.asker, "why?")
        return post(self.world, said)

    def message(self, **handle: str) -> Message:
        """Return the question as it is answered."""
        return self.message_of(self.question, **handle)

    def message_of(self, said: Said, **handle: str) -> Message:
        """Return something asked as it is answered."""
        told = {
            "team": self.team.id,
            "enterprise": "",
            "channel": self.channel.id,
            "thread": said.ts,
            "ts": said.ts,
            "user": self.asker.id,
            "user_team": self.team.id,
        }
        return Message(
            message_id=f"{self.team.id}:{self.channel.id}:{said.ts}",
            origin=an_origin(
                platform="slack",
                tenant=self.team.id,
                place=self.channel.id,
                person=self.asker.id,
            ),
            conversation=Conversation("slack", self.team.id, self.channel.id),
            text="why?",
            at=self.clock.now(),
            handle=told | handle,
        )

    def posts(self, question: Said | None = None) -> list[Said]:
        """Return what the bot posted in the thread."""
        return [each for each in (question or self.question).replies if each.user is self.team.bot]

    def calls(self, method: str) -> int:
        """Count the calls of a method that were carried out."""
        return sum(not each.error and each.method == method for each in self.api.requests)

    def shown(self) -> str:
        """Return what the bot's posts in the thread show, one after the other."""
        return "\n".join(each.shown for each in self.posts())

    async def _note_stopped(self, identity: str) -> None:
        self.stopped.append(identity)


async def told(draft: Draft, text: str, *, per_s: float) -> None:
    """Let a text come word by word."""
    words = text.split(" ")
    for place, word in enumerate(words):
        draft.take(TextDelta(word if place == len(words) - 1 else f"{word} "))
        await asyncio.sleep(1 / per_s)


def remembered(nonce: str = "abc") -> ListPosts:
    """Return what is remembered of the posts of an answer that nobody has begun."""
    posts = ListPosts()
    posts.nonce = nonce
    return posts


def inherited(dead: ListPosts) -> ListPosts:
    """Return what the next worker finds when one dies."""
    posts = ListPosts(*dead.ids)
    posts.nonce, posts.announced = dead.nonce, dead.announced
    posts.may_have_more = dead.announced > len(dead.ids)
    return posts
