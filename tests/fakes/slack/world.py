"""Who and what there is on the fake Slack: workspaces, people, channels, messages, files."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from routing.clock import Clock
from tests.fakes.slack.shown import shown_blocks, shown_markdown, shown_text
from tests.fakes.violations import Violation

if TYPE_CHECKING:
    from tests.fakes.slack.streams import Stream

Json = dict[str, Any]

APP_ID: Final = "A000000001"
SCOPES: Final = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "users:read",
)
"""What the bot may do where a test says nothing else."""


@dataclass(eq=False)
class User:
    """A person, or a bot.

    Attributes:
        is_guest: Of several channels (`is_restricted`).
        is_single_channel_guest: Of one (`is_ultra_restricted`).
    """

    id: str
    name: str
    team: "Team"
    is_admin: bool = False
    is_owner: bool = False
    is_guest: bool = False
    is_single_channel_guest: bool = False
    is_bot: bool = False
    is_deleted: bool = False


@dataclass(eq=False)
class Group:
    """A user group."""

    id: str
    handle: str
    members: list[User]


@dataclass(eq=False)
class Team:
    """A workspace.

    Attributes:
        bot: The app's user there; also where the app is not installed (yet).
        bot_token: What the app speaks with there; empty where it is not installed.
    """

    world: "World"
    id: str
    name: str
    enterprise_id: str = ""
    users: dict[str, User] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    bot_id: str = ""
    bot_token: str = ""

    @property
    def bot(self) -> User:
        """Return the app's user."""
        return next(user for user in self.users.values() if user.name == "pointsman")


@dataclass(eq=False)
class Token:
    """What the app speaks with.

    Attributes:
        team: The workspace of a bot's token; None: an app's own token.
    """

    text: str
    team: Team | None
    scopes: set[str]
    is_revoked: bool = False


@dataclass(frozen=True)
class Upload:
    """A file on its way to Slack."""

    name: str
    content: bytes
    content_type: str = "text/plain"


@dataclass(eq=False)
class File:
    """A file on Slack's hosts.

    Attributes:
        alternative: What is told of a picture to whoever does not see it.
        redirect: Where its address sends whoever asks; empty: nowhere.
        external_url: Where it really lies, if not at Slack.
    """

    id: str
    team: Team
    user: User
    upload: Upload
    title: str = ""
    alternative: str = ""
    redirect: str = ""
    external_url: str = ""
    is_ready: bool = True


@dataclass(eq=False)
class Message:
    """A message, as it is now.

    Attributes:
        thread_ts: The root it answers; its own ts where it is a root with answers; else empty.
        for_user: Who alone sees it; None: everybody there.
        stream: The stream it is, or was, written by.
        is_streamed: Whether it still shows what the stream wrote, not what an update made of it.
        seen: Each text it had, with the moment.
        written_at: When it came to read as it does.
    """

    ts: str
    channel: "Channel"
    user: User
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str = ""
    subtype: str = ""
    files: list[File] = field(default_factory=list)
    metadata: Json | None = None
    edited_at: datetime | None = None
    for_user: User | None = None
    stream: "Stream | None" = None
    is_streamed: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)
    replies: list["Message"] = field(default_factory=list)
    is_deleted: bool = False
    seen: list[tuple[datetime, str]] = field(default_factory=list)
    written_at: datetime | None = None

    @property
    def is_reply(self) -> bool:
        """Return whether it stands in a thread, under its root."""
        return bool(self.thread_ts) and self.thread_ts != self.ts

    @property
    def shown(self) -> str:
        """Return what a person reads of it."""
        text = self.stream.text if self.stream and self.is_streamed else ""
        streamed = [shown_markdown(text)] if text else []
        blocks = shown_blocks(self.blocks)
        parts = [*streamed, *([blocks] if blocks else [])]
        return "\n".join(parts) if parts else shown_text(self.text)


@dataclass(eq=False)
class Trigger:
    """What lets the app open a modal for somebody, once and soon."""

    user: User
    team: Team
    made_at_s: float
    is_used: bool = False


@dataclass(eq=False)
class ResponseUrl:
    """Where the app may answer a command or press, some times and for some time."""

    user: User
    channel: "Channel"
    made_at_s: float
    thread_ts: str = ""
    original: Message | None = None
    uses: int = 0
    answers: list[Message] = field(default_factory=list)


@dataclass(eq=False)
class Channel:
    """A channel, DM or group DM.

    Attributes:
        kind: `channel`, `group` (private), `im` or `mpim`, as events name it.
        members: By id; with the bot where it was invited.
        teams: Further workspaces it is shared with (Slack Connect).
    """

    id: str
    kind: str
    name: str
    team: Team
    members: dict[str, User] = field(default_factory=dict)
    teams: list[Team] = field(default_factory=list)
    messages: dict[str, Message] = field(default_factory=dict)
    ephemeral: list[Message] = field(default_factory=list)
    is_archived: bool = False
    created_at: int = 0

    @property
    def is_direct(self) -> bool:
        """Return whether it is a DM of one person with the bot."""
        return self.kind == "im"

    def teams_with_app(self) -> Iterator[Team]:
        """Yield the workspaces whose bot is in it."""
        for team in (self.team, *self.teams):
            if team.bot_token and team.bot.id in self.members:
                yield team


class World:
    """All there is, and what watches over it.

    Attributes:
        violations: What a well-behaved bot would not have done.
        pings: Whom the bot would have called: the mention, and the request it stood in.
        host_url: Where the fake listens, without a path.
        announce: Where events go: of a workspace, the inner event, and its channel.
        keeps_texts: Whether each message remembers every text it had.
        subscribed: The events the app is told of, such as `message.im`; None: of all.
        is_distributed: Whether reading history is rationed.
        stream_life_s: After which Slack ends a stream of its own accord.
        changed: Set whenever anything happens.
    """

    def __init__(self, clock: Clock, *, keeps_texts: bool = True) -> None:
        self.clock = clock
        self.keeps_texts = keeps_texts
        self.host_url = ""
        self.teams: dict[str, Team] = {}
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, File] = {}
        self.tokens: dict[str, Token] = {}
        self.sessions: dict[tuple[str, str], Json] = {}
        self.prompts: dict[tuple[str, str], list[Json]] = {}
        self.statuses: dict[tuple[str, str], str] = {}
        self.homes: dict[str, Json] = {}
        self.streams: list[Stream] = []
        self.views: dict[str, Json] = {}
        self.modals: dict[str, list[str]] = {}
        self.expected_bytes: dict[str, int] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.codes: dict[str, Team] = {}
        self.socket_tickets: set[str] = set()
        self.subscribed: set[str] | None = None
        self.is_distributed = False
        self.stream_life_s = 300.0
        self.violations: list[Violation] = []
        self.pings: list[tuple[str, str]] = []
        self.changed = asyncio.Event()
        self.announce: Callable[[Team, Json, Channel | None], None] = lambda _t, _e, _c: None
        self._last_ts_us = 0
        self._dms: dict[str, Channel] = {}
        self._numbers: dict[str, int] = {}

    def new_id(self, prefix: str) -> str:
        """Return an id of a kind, such as `U000000007`."""
        number = self._numbers[prefix] = self._numbers.get(prefix, 0) + 1
        return f"{prefix}{number:09d}"

    def new_ts(self) -> str:
        """Return the time stamp of a message said now, greater than all before."""
        now_us = int(self.clock.now().timestamp() * 1_000_000)
        self._last_ts_us = max(self._last_ts_us + 1, now_us)
        return f"{self._last_ts_us // 1_000_000}.{self._last_ts_us % 1_000_000:06d}"

    def add_team(self, name: str, enterprise_id: str = "") -> Team:
        """Found a workspace, which the app is not installed in."""
        team = Team(self, self.new_id("T"), name, enterprise_id, bot_id=self.new_id("B"))
        self.teams[team.id] = team
        self.add_user("pointsman", team, is_bot=True)
        return team

    def add_user(self, name: str, team: Team, **facts: bool) -> User:
        """Let somebody register at a workspace."""
        user = User(self.new_id("U"), name, team, **facts)
        team.users[user.id] = self.users[user.id] = user
        return user

    def install(self, team: Team, scopes: Sequence[str] = SCOPES) -> Token:
        """Install the app in a workspace, or anew with other scopes."""
        team.bot_token = f"xoxb-{self.new_id('K')}-{team.id}"
        token = self.tokens[team.bot_token] = Token(team.bot_token, team, set(scopes))
        return token

    def add_channel(self, kind: str, name: str, team: Team, members: Sequence[User]) -> Channel:
        """Open a channel of a kind."""
        prefix = {"channel": "C", "group": "C", "im": "D", "mpim": "G"}[kind]
        now = int(self.clock.now().timestamp())
        channel = Channel(self.new_id(prefix), kind, name, team, created_at=now)
        channel.members = {member.id: member for member in members}
        self.channels[channel.id] = channel
        return channel

    def dm_with(self, user: User) -> Channel:
        """Return the bot's DM with a person, opened if need be."""
        if user.id not in self._dms:
            self._dms[user.id] = self.add_channel("im", "", user.team, [user, user.team.bot])
        return self._dms[user.id]

    def note_text(self, message: Message) -> None:
        """Remember what a message says from now on."""
        message.written_at = self.clock.now()
        if self.keeps_texts:
            message.seen.append((message.written_at, message.shown))
        self.changed.set()

    def accuse(self, what: str, detail: str) -> None:
        """Note what a well-behaved bot would not have done."""
        self.violations.append(Violation(what, detail[:3000]))
        self.changed.set()
