"""Who and what there is on the fake Discord: users, servers, channels, messages, files."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from routing.clock import Clock
from tests.fakes.discord.permissions import ALL, EVERYONE, Permission, permissions_of
from tests.fakes.discord.refusals import Json
from tests.fakes.violations import Violation

if TYPE_CHECKING:
    from tests.fakes.discord.interactions import Interaction

TEXT: Final = 0
DM: Final = 1
GROUP_DM: Final = 3
PUBLIC_THREAD: Final = 11
PRIVATE_THREAD: Final = 12

EPHEMERAL: Final = 1 << 6
LOADING: Final = 1 << 7
HAS_THREAD: Final = 1 << 5
SUPPRESS_EMBEDS: Final = 1 << 2
COMPONENTS_V2: Final = 1 << 15

_EPOCH_MS: Final = 1_420_070_400_000
_NONCE_LIFE: Final = timedelta(minutes=5)


@dataclass(frozen=True)
class Event:
    """What the gateway tells; `payload` is asked whether message content may be seen."""

    name: str
    payload: Callable[[bool], Json]
    guild_id: int | None = None
    intent: int = 0


@dataclass(eq=False)
class User:
    """A person, or a bot."""

    id: int
    name: str
    is_bot: bool = False
    takes_dms: bool = True
    display_name: str | None = None


@dataclass(eq=False)
class Role:
    """A role of a server."""

    id: int
    name: str
    permissions: Permission


@dataclass(eq=False)
class Member:
    """A user in a server."""

    user: User
    roles: list[Role]
    joined_at: datetime
    nick: str | None = None


@dataclass(frozen=True)
class Upload:
    """A file on its way to Discord."""

    name: str
    content: bytes
    content_type: str = "application/octet-stream"
    width: int | None = None
    height: int | None = None


@dataclass(eq=False)
class Attachment:
    """A file on Discord's hosts.

    Attributes:
        redirect: Where its address sends whoever asks; empty: nowhere.
    """

    id: int
    channel_id: int
    upload: Upload
    description: str | None = None
    redirect: str = ""


@dataclass(eq=False)
class Message:
    """A message, as it is now.

    Attributes:
        kind: Discord's number: 0 said, 19 a reply, 20 an answer to a command, and so on.
        seen: Each text it had, with the moment.
        for_user: Who alone sees it; None: everybody in the channel.
        interaction: What it answers.
    """

    id: int
    channel: "Channel"
    author: User
    content: str
    created_at: datetime
    kind: int = 0
    embeds: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    flags: int = 0
    edited_at: datetime | None = None
    reference: "Reference | None" = None
    mentions: list[User] = field(default_factory=list)
    mentions_roles: list[int] = field(default_factory=list)
    mentions_everyone: bool = False
    nonce: str | int | None = None
    reactions: dict[str, list[int]] = field(default_factory=dict)
    thread: "Channel | None" = None
    for_user: User | None = None
    interaction: "Interaction | None" = None
    seen: list[tuple[datetime, str]] = field(default_factory=list)
    is_deleted: bool = False

    @property
    def is_ephemeral(self) -> bool:
        """Return whether one person alone sees it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def is_loading(self) -> bool:
        """Return whether it is the placeholder of a deferred answer."""
        return bool(self.flags & LOADING)


@dataclass(frozen=True)
class Reference:
    """What a message points at."""

    message_id: int
    channel_id: int
    guild_id: int | None
    message: Message | None = None


@dataclass(eq=False)
class Channel:
    """A text channel, DM, group DM or thread.

    Attributes:
        overwrites: For roles and users by id: what is allowed there, what is denied.
        recipients: Of a DM, without the bot.
    """

    world: "World"
    id: int
    kind: int
    name: str | None = None
    guild: "Guild | None" = None
    parent: "Channel | None" = None
    recipients: list[User] = field(default_factory=list)
    overwrites: dict[int, tuple[Permission, Permission]] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    owner: User | None = None
    topic: str | None = None
    is_archived: bool = False
    is_locked: bool = False
    has_bot: bool = True
    thread_members: set[int] = field(default_factory=set)
    threads: list["Channel"] = field(default_factory=list)

    @property
    def is_thread(self) -> bool:
        """Return whether it is a thread."""
        return self.kind in {PUBLIC_THREAD, PRIVATE_THREAD}

    def deny(self, permission: Permission, *, to: User | Role | None = None) -> None:
        """Take a permission away here from a user or role, the bot if none is named."""
        self._overwrite(to, Permission(0), permission)

    def allow(self, permission: Permission, *, to: User | Role | None = None) -> None:
        """Give a permission here to a user or role, the bot if none is named."""
        self._overwrite(to, permission, Permission(0))

    def _overwrite(self, to: User | Role | None, allow: Permission, deny: Permission) -> None:
        target = (to or self.world.bot).id
        allowed, denied = self.overwrites.get(target, (Permission(0), Permission(0)))
        self.overwrites[target] = ((allowed | allow) & ~deny, (denied | deny) & ~allow)
        self.world.announce_channel("CHANNEL_UPDATE", self)


@dataclass(eq=False)
class Guild:
    """A server."""

    world: "World"
    id: int
    name: str
    owner: User
    everyone: Role
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)

    def add_channel(self, name: str = "general", *, topic: str | None = None) -> Channel:
        """Add a text channel."""
        world = self.world
        channel = Channel(world, world.new_id(), TEXT, name, self, topic=topic)
        self.channels[channel.id] = world.channels[channel.id] = channel
        world.announce_channel("CHANNEL_CREATE", channel)
        return channel

    def add_role(self, name: str, permissions: Permission = EVERYONE) -> Role:
        """Add a role; who has it is said when members are added."""
        role = Role(self.world.new_id(), name, permissions)
        self.roles[role.id] = role
        self.world.announce_role(self, role)
        return role

    def add_member(self, user: User, roles: Sequence[Role] = (), nick: str | None = None) -> Member:
        """Let a user join, or give a member other roles."""
        member = Member(user, list(roles), self.world.clock.now(), nick)
        self.members[user.id] = member
        return member


class World:
    """All there is, and what watches over it.

    Attributes:
        bot: The bot's user; its id is the application's too.
        violations: What a well-behaved bot would not have done.
        shards: How many Discord recommends.
        starts_left: How many sessions may still begin today.
        announce: Where events go; the gateway takes them.
        keeps_texts: Whether each message remembers every text it had.
        sees_content: Whether the message content intent is switched on for the bot.
    """

    def __init__(self, clock: Clock, bot_id: int, *, keeps_texts: bool = True) -> None:
        self.clock = clock
        self.keeps_texts = keeps_texts
        self.cdn_url = self.gateway_url = ""
        self.shards, self.starts_left = 1, 1000
        self.sees_content = False
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.attachments: dict[int, Attachment] = {}
        self.interactions: dict[str, Interaction] = {}
        self.commands: dict[int | None, list[Json]] = {}
        self.creates_today: Counter[int | None] = Counter()
        self.violations: list[Violation] = []
        self.typing: list[tuple[datetime, Channel]] = []
        self.attachment_life = timedelta(hours=24)
        self.changed = asyncio.Event()
        self.announce: Callable[[Event], None] = lambda _: None
        self.announce_channel: Callable[[str, Channel], None] = lambda _name, _channel: None
        self.announce_role: Callable[[Guild, Role], None] = lambda _guild, _role: None
        self._nonces: dict[tuple[int, str], Message] = {}
        self._last_id = 0
        self._guild_numbers = itertools.count(1)
        self.bot = self.users[bot_id] = User(bot_id, "pointsman", is_bot=True)

    def new_id(self) -> int:
        """Return a snowflake of this moment, greater than all before."""
        now_ms = int(self.clock.now().timestamp() * 1000)
        self._last_id = max(self._last_id + 1, (now_ms - _EPOCH_MS) << 22)
        return self._last_id

    def add_user(self, name: str, *, is_bot: bool = False) -> User:
        """Let a person, or another bot, register."""
        user = User(self.new_id(), name, is_bot)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, *, has_bot: bool = True) -> Guild:
        """Found a server; their shards follow in a row."""
        guild_id = (100_000_000_000 + next(self._guild_numbers)) << 22
        everyone = Role(guild_id, "@everyone", EVERYONE)
        owner = self.add_user(f"owner of {name}")
        guild = Guild(self, guild_id, name, owner, everyone)
        guild.add_member(owner)
        if has_bot:
            guild.add_member(self.bot)
        self.guilds[guild_id] = guild
        return guild

    def add_dm(self, *recipients: User, is_group: bool = False, has_bot: bool = True) -> Channel:
        """Open a DM with the bot, or a group DM, in which a bot is never a member."""
        kind = GROUP_DM if is_group else DM
        channel = Channel(self, self.new_id(), kind, recipients=list(recipients), has_bot=has_bot)
        self.channels[channel.id] = channel
        return channel

    def dm_with(self, user: User) -> Channel:
        """Return the bot's DM with a user, opened if need be."""
        for channel in self.channels.values():
            if channel.kind == DM and channel.has_bot and channel.recipients == [user]:
                return channel
        return self.add_dm(user)

    def add_thread(
        self, parent: Channel, name: str, owner: User, *, start: Message | None = None
    ) -> Channel:
        """Open a public thread, from a message or without one."""
        thread_id = start.id if start else self.new_id()
        thread = Channel(
            self, thread_id, PUBLIC_THREAD, name, parent.guild, parent=parent, owner=owner
        )
        thread.thread_members |= {owner.id}
        self.channels[thread_id] = thread
        parent.threads.append(thread)
        if start:
            start.thread = thread
            start.flags |= HAS_THREAD
        return thread

    def remove_channel(self, channel: Channel) -> None:
        """Delete a channel or thread, and the threads of a channel with it."""
        for each in (channel, *channel.threads):
            self.channels.pop(each.id, None)
        if channel.guild:
            channel.guild.channels.pop(channel.id, None)
        if channel.parent:
            channel.parent.threads.remove(channel)

    def store(self, upload: Upload, channel_id: int, description: str | None = None) -> Attachment:
        """Keep a file on the hosts for files."""
        attachment = Attachment(self.new_id(), channel_id, upload, description)
        self.attachments[attachment.id] = attachment
        return attachment

    def note_text(self, message: Message) -> None:
        """Remember what a message says from now on."""
        if self.keeps_texts:
            message.seen.append((self.clock.now(), message.content))
        self.changed.set()

    def said_with(self, author: User, nonce: str) -> Message | None:
        """Return what its author said with a nonce within some minutes."""
        message = self._nonces.get((author.id, nonce))
        if message and self.clock.now() - message.created_at <= _NONCE_LIFE:
            return message
        return None

    def remember_nonce(self, message: Message) -> None:
        """Remember under which nonce a message was sent."""
        self._nonces[message.author.id, str(message.nonce)] = message

    def accuse(self, what: str, detail: str) -> None:
        """Note what a well-behaved bot would not have done."""
        self.violations.append(Violation(what, detail[:3000]))

    def bot_permissions(self, channel: Channel) -> Permission:
        """Return what the bot may do in a channel, as an interaction tells it."""
        return ALL if channel.guild is None else permissions_of(self.bot, channel)
