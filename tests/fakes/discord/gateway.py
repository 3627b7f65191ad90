"""The gateway: who may connect, what is told to whom, and what is told again after a break."""

from collections import deque
from typing import Final

from aiohttp import web

from tests.fakes.discord.connection import Connection
from tests.fakes.discord.payloads import guild_create_json, member_json, user_json
from tests.fakes.discord.refusals import Json
from tests.fakes.discord.world import Event, World
from tests.fakes.disorder import Disorder

GUILDS: Final = 1 << 0
MEMBERS: Final = 1 << 1
PRESENCES: Final = 1 << 8
MESSAGE_CONTENT: Final = 1 << 15

PRIVILEGED: Final = MEMBERS | PRESENCES | MESSAGE_CONTENT
KNOWN_INTENTS: Final = (1 << 17) - 1 | 0b11 << 20 | 0b11 << 24
MOST_GUILDS: Final = 2500
_KEPT_S: Final = 180.0


class Session:
    """What was told to one shard of the bot, and is told again when it resumes."""

    def __init__(self, session_id: str, shard: tuple[int, int], intents: int) -> None:
        self.id = session_id
        self.shard = shard
        self.intents = intents
        self.connection: Connection | None = None
        self.broken_at_s: float | None = None
        self._told: deque[tuple[int, Json]] = deque(maxlen=20_000)
        self.last = 0

    def tell(self, name: str, payload: Json) -> None:
        """Tell of something now, or when the bot is back."""
        self.last += 1
        packet: Json = {"op": 0, "s": self.last, "t": name, "d": payload}
        self._told.append((self.last, packet))
        if self.connection:
            self.connection.send(packet)

    def tell_again(self, after: int) -> None:
        """Tell all that came after a number."""
        if self.connection:
            for number, packet in self._told:
                if number > after:
                    self.connection.send(packet)
            self.connection.send({"op": 0, "s": self.last, "t": "RESUMED", "d": {"_trace": []}})

    def wants(self, event: Event) -> bool:
        """Return whether an event is for this shard and its intents."""
        is_here = self.is_home_of(event.guild_id)
        return is_here and (not event.intent or bool(self.intents & event.intent))

    def is_home_of(self, guild_id: int | None) -> bool:
        """Return whether a server, or what is in none, belongs to this shard."""
        number, count = self.shard
        return number == ((guild_id >> 22) % count if guild_id else 0)


class Gateway:
    """All sessions of the bot.

    Attributes:
        privileged: The privileged intents switched on for the bot.
        heartbeat_s: How often the bot shall say that it lives.
        most_guilds: A shard with more is not let in.
        identified: How many sessions began.
        resumed: How many were taken up again.
        disorder: Tells of new messages twice, or in the wrong order, where that is asked.
    """

    def __init__(self, world: World, token: str) -> None:
        self.token = token
        self.privileged = 0
        self.heartbeat_s = 41.25
        self.most_guilds = MOST_GUILDS
        self.identified = 0
        self.resumed = 0
        self.is_shut = False
        self._world = world
        self._sessions: dict[str, Session] = {}
        self._connections: set[Connection] = set()
        self.disorder = Disorder(self._tell)

    async def serve(self, http: web.Request) -> web.StreamResponse:
        """Keep one connection until it ends."""
        if self.is_shut:
            return web.Response(status=503)
        connection = Connection(self, http, self._world.clock)
        self._connections.add(connection)
        try:
            return await connection.run()
        finally:
            self._connections.discard(connection)
            self._leave(connection)

    @property
    def is_connected(self) -> bool:
        """Return whether any shard of the bot is there."""
        return any(session.connection for session in self._sessions.values())

    def announce(self, event: Event) -> None:
        """Tell an event to those it is for; twice, or after the next one, where that was asked."""
        self.disorder.pass_on(event, keeps_order=event.name != "MESSAGE_CREATE")

    def send_unparsable(self) -> None:
        """Tell of a message in a way discord.py cannot read."""
        for session in self._sessions.values():
            session.tell("MESSAGE_CREATE", {"id": "not a number"})

    def drop_all(self) -> None:
        """Let every connection break without a word."""
        for connection in list(self._connections):
            connection.drop()

    def close_all(self, code: int = 4000) -> None:
        """Close every connection with a code."""
        for connection in list(self._connections):
            connection.close(code)

    def reconnect_all(self) -> None:
        """Ask every shard to connect anew, and close."""
        for connection in list(self._connections):
            connection.send({"op": 7, "d": None})
            connection.close(4000)

    def forget_sessions(self) -> None:
        """Forget what was told, so that nobody can resume."""
        self._sessions = {}

    def invalidate_all(self, *, is_resumable: bool = False) -> None:
        """Declare every session invalid."""
        for connection in list(self._connections):
            if connection.session and not is_resumable:
                self._sessions.pop(connection.session.id, None)
            connection.send({"op": 9, "d": is_resumable})

    def identify(self, connection: Connection, asked: Json) -> int | None:
        """Begin a session.

        Returns:
            The code to close with, if there will be none.
        """
        shard = tuple(asked.get("shard") or (0, 1))
        intents = asked.get("intents")
        refusal = self._objection(str(asked.get("token")), shard, intents)
        if refusal:
            return refusal
        self.identified += 1
        self._world.starts_left -= 1
        session = Session(f"{self._world.new_id():x}", (shard[0], shard[1]), int(intents or 0))
        self._sessions[session.id] = session
        session.connection, connection.session = connection, session
        self._greet(session)
        return None

    def resume(self, connection: Connection, asked: Json) -> int | None:
        """Take a session up again, or say that there is none; return a code to close with."""
        if asked.get("token") != self.token:
            return 4004
        session = self._sessions.get(str(asked.get("session_id")))
        if session is None or self._is_stale(session):
            connection.send({"op": 9, "d": False})
            return None
        after = int(asked.get("seq") or 0)
        if after > session.last:
            return 4007
        self.resumed += 1
        if session.connection:
            session.connection.session = None
            session.connection.close(4000)
        session.connection, connection.session = connection, session
        session.broken_at_s = None
        session.tell_again(after)
        return None

    def end(self, session: Session) -> None:
        """Forget a session its bot has closed itself."""
        self._sessions.pop(session.id, None)

    def send_members(self, connection: Connection, asked: Json) -> None:
        """Answer the request for members of a server."""
        guild = self._world.guilds.get(int(asked["guild_id"]))
        if guild is None or connection.session is None:
            return
        wanted = {str(each) for each in asked.get("user_ids") or []}
        query = str(asked.get("query") or "")
        found = [
            member_json(member)
            for member in guild.members.values()
            if (str(member.user.id) in wanted if wanted else member.user.name.startswith(query))
        ]
        told: Json = {"guild_id": str(guild.id), "members": found, "chunk_index": 0}
        told |= {"chunk_count": 1, "nonce": asked.get("nonce"), "not_found": []}
        connection.session.tell("GUILD_MEMBERS_CHUNK", told)

    def accuse(self, what: str, detail: str) -> None:
        """Note what a well-behaved bot would not have done."""
        self._world.accuse(what, detail)

    def _objection(self, token: str, shard: tuple[int, ...], intents: object) -> int | None:
        if token != self.token:
            return 4004
        if len(shard) != 2 or not 0 <= shard[0] < shard[1]:
            return 4010
        if len(self._world.guilds) / shard[1] > self.most_guilds:
            return 4011
        if not isinstance(intents, int) or intents & ~KNOWN_INTENTS:
            return 4013
        if intents & PRIVILEGED & ~self.privileged:
            return 4014
        return None

    def _greet(self, session: Session) -> None:
        world = self._world
        with_bot = [each for each in world.guilds.values() if world.bot.id in each.members]
        here = [each for each in with_bot if session.is_home_of(each.id)]
        ready: Json = {
            "v": 10,
            "user": user_json(world.bot) | {"verified": True, "mfa_enabled": False},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in here],
            "session_id": session.id,
            "resume_gateway_url": world.gateway_url,
            "shard": list(session.shard),
            "application": {"id": str(world.bot.id), "flags": 0},
        }
        session.tell("READY", ready)
        if session.intents & GUILDS:
            for guild in here:
                with_members = bool(session.intents & MEMBERS)
                payload = guild_create_json(guild, world.bot, with_members=with_members)
                session.tell("GUILD_CREATE", payload)

    def _tell(self, event: Event) -> None:
        for session in list(self._sessions.values()):
            if session.wants(event):
                sees_content = bool(session.intents & MESSAGE_CONTENT)
                session.tell(event.name, event.payload(sees_content))

    def _leave(self, connection: Connection) -> None:
        session = connection.session
        if session and session.connection is connection:
            session.connection = None
            session.broken_at_s = self._world.clock.elapsed_s()

    def _is_stale(self, session: Session) -> bool:
        broken_at_s = session.broken_at_s
        return broken_at_s is not None and self._world.clock.elapsed_s() - broken_at_s > _KEPT_S
