"""The fake Slack as a whole: its addresses, and who and what there is."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, Self

from aiohttp import web

from routing.clock import Clock
from tests.fakes.faults import Faults
from tests.fakes.serving import serve
from tests.fakes.slack import api, response_urls
from tests.fakes.slack.acts import Acts
from tests.fakes.slack.api import Api, Request
from tests.fakes.slack.deliveries import Attempt, Deliveries
from tests.fakes.slack.events import event_delivery, is_subscribed
from tests.fakes.slack.file_methods import FileHost
from tests.fakes.slack.limits import Limits
from tests.fakes.slack.oauth import Door
from tests.fakes.slack.postman import SIGNING_SECRET, Postman
from tests.fakes.slack.response_urls import ResponseUrls
from tests.fakes.slack.sockets import Sockets
from tests.fakes.slack.streams import State, Stream
from tests.fakes.slack.timetable import Sleep, Timetable
from tests.fakes.slack.world import (
    SCOPES,
    Channel,
    Group,
    Json,
    Message,
    Team,
    Token,
    User,
    World,
)
from tests.fakes.violations import Violation
from tests.fakes.waiting import until

APP_TOKEN: Final = "xapp-1-A000000001-not-a-secret"
_MOST_REQUEST_BYTES: Final = 64 * 1024 * 1024


class FakeSlack(Acts):
    """Slack on loopback; an async context manager. What people do there is in `Acts`.

    It begins with one workspace, `team`, in which the app is installed.

    Attributes:
        api_url: Where the Web API answers, with a slash at the end.
        app_token: For Socket Mode.
        signing_secret: For signed HTTP.
        team: The first workspace.
        faults: What goes wrong with requests; their path is the method's name.
        limits: The rates; a test may set others.
        sockets: Socket Mode; it can drop, refresh and disable.
        postman: Signed HTTP.
        files: The host of files.
        door: Where workspaces install the app.

    Args:
        clock: Tells all times.
        sleep: By that clock; else call `catch_up` once it has moved.
        scopes: What the bot may do in the first workspace.
        keeps_texts: Whether each message remembers every text it had.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        sleep: Sleep = asyncio.sleep,
        scopes: Sequence[str] = SCOPES,
        keeps_texts: bool = True,
        port: int = 0,
    ) -> None:
        world = World(clock or Clock(), keeps_texts=keeps_texts)
        timetable = Timetable(world.clock, sleep)
        self.sockets = Sockets(world, timetable)
        self.postman = Postman(world)
        super().__init__(world, Deliveries(world, timetable, self.sockets))
        self.app_token, self.signing_secret = APP_TOKEN, SIGNING_SECRET
        world.tokens[APP_TOKEN] = Token(APP_TOKEN, None, {"connections:write"})
        self.team = world.add_team("acme")
        world.install(self.team, scopes)
        self.limits = Limits(world.clock)
        self.faults = Faults(api.SPARED)
        self.api = Api(world, self.limits, self.faults)
        self.files = FileHost(world)
        self.door = Door(world)
        self.api_url = ""
        self._timetable = timetable
        self._port = port
        world.announce = self._announce
        self.sockets.acknowledge = self.postman.acknowledge = self.deliveries.acknowledge
        self.sockets.lose = self.deliveries.fail
        self.postman.lose = self._lose

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=_MOST_REQUEST_BYTES)
        application.router.add_route("*", api.PREFIX + "{method}", self.api.serve)
        application.router.add_get("/link/", self.sockets.serve)
        answering = ResponseUrls(self.world).serve
        application.router.add_post(response_urls.PREFIX + "{key}", answering)
        self.files.add_routes(application)
        self.door.add_routes(application)
        self.add_routes(application)
        self._runner, self.world.host_url = await serve(application, self._port)
        self.api_url = f"{self.world.host_url}{api.PREFIX}"
        self._timetable.begin()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.sockets.is_shut = True
        self.sockets.drop_all()
        await self._timetable.end()
        await self.postman.close()
        await self._runner.cleanup()

    def add_routes(self, application: web.Application) -> None:
        """Serve more than Slack does; nothing here."""

    def deliver_over_http(self, url: str) -> None:
        """Tell the app everything by signed HTTP from now on."""
        self.postman.url = url
        self.deliveries.carrier = self.postman

    def deliver_over_sockets(self) -> None:
        """Tell the app everything over its sockets from now on."""
        self.deliveries.carrier = self.sockets

    def catch_up(self) -> None:
        """Do what is due by the clock, which was moved."""
        self._timetable.run_due()

    @property
    def bot_token(self) -> str:
        """Return the bot's token in the first workspace."""
        return self.team.bot_token

    @property
    def bot(self) -> User:
        """Return the bot's user in the first workspace."""
        return self.team.bot

    @property
    def violations(self) -> list[Violation]:
        """Return what a well-behaved bot would not have done."""
        return self.world.violations

    @property
    def pings(self) -> list[tuple[str, str]]:
        """Return whom the bot would have called: the mention, and with which request."""
        return self.world.pings

    @property
    def requests(self) -> deque[Request]:
        """Return what was asked of the Web API, in order."""
        return self.api.requests

    def asked(self, method: str) -> list[Request]:
        """Return the requests for one method."""
        return [request for request in self.requests if request.method == method]

    @property
    def open_streams(self) -> list[Stream]:
        """Return the streams that nobody ended yet."""
        now_s = self.world.clock.elapsed_s()
        return [each for each in self.world.streams if each.state_at(now_s) is State.OPEN]

    def add_team(
        self,
        name: str = "globex",
        *,
        enterprise: str = "",
        is_installed: bool = True,
        scopes: Sequence[str] = SCOPES,
    ) -> Team:
        """Found a further workspace."""
        team = self.world.add_team(name, enterprise)
        if is_installed:
            self.world.install(team, scopes)
        return team

    def add_user(self, name: str, team: Team | None = None, **facts: bool) -> User:
        """Let a person join a workspace; `facts` are those of `User`, such as `is_admin`."""
        return self.world.add_user(name, team or self.team, **facts)

    def add_group(self, handle: str, *members: User, team: Team | None = None) -> Group:
        """Form a user group."""
        group = Group(self.world.new_id("S"), handle, list(members))
        (team or self.team).groups[group.id] = group
        return group

    def add_channel(
        self,
        name: str = "general",
        *members: User,
        team: Team | None = None,
        is_private: bool = False,
        has_bot: bool = True,
        shared_with: Sequence[Team] = (),
    ) -> Channel:
        """Open a channel; who says something in it joins it."""
        home = team or self.team
        bots = [each.bot for each in (home, *shared_with) if each.bot_token] if has_bot else []
        kind = "group" if is_private else "channel"
        channel = self.world.add_channel(kind, name, home, [*members, *bots])
        channel.teams = list(shared_with)
        return channel

    def add_dm(self, user: User) -> Channel:
        """Return a person's DM with the bot, opened if need be."""
        return self.world.dm_with(user)

    def add_group_dm(self, *people: User) -> Channel:
        """Open a DM of several people and the bot."""
        team = people[0].team
        return self.world.add_channel("mpim", "mpdm", team, [*people, team.bot])

    def messages(
        self, channel: Channel, thread: Message | str | None = None, viewer: User | None = None
    ) -> list[Message]:
        """Return what is to be seen in a channel or thread, oldest first.

        Args:
            channel: Where.
            thread: A root: the answers under it, without it. None: all that is said there.
            viewer: Who looks, and sees also what is for them alone.
        """
        theirs = [each for each in channel.ephemeral if viewer and each.for_user is viewer]
        if thread is None:
            return sorted([*channel.messages.values(), *theirs], key=_ts)
        root = channel.messages.get(thread.ts if isinstance(thread, Message) else thread)
        if root is None:
            return []
        beside = [each for each in theirs if each.thread_ts == root.ts]
        return sorted([*root.replies, *beside], key=_ts)

    def shown(
        self, channel: Channel, thread: Message | str | None = None, viewer: User | None = None
    ) -> list[str]:
        """Return what a person reads there, message for message."""
        return [each.shown for each in self.messages(channel, thread, viewer)]

    async def until(self, is_so: Callable[[], object], within_s: float = 10) -> None:
        """Wait until something is so.

        Raises:
            TimeoutError: It is not so in time.
        """
        await until(self.world.changed, is_so, within_s)

    def _announce(self, team: Team, event: Json, channel: Channel | None) -> None:
        if team.bot_token and is_subscribed(self.world, event):
            self.deliveries.tell(event_delivery(self.world, team, event, channel))

    def _lose(self, attempt: Attempt, reason: str, is_final: bool) -> None:  # a port's
        self.deliveries.fail(attempt, reason, is_final=is_final)


def _ts(message: Message) -> str:
    return message.ts
