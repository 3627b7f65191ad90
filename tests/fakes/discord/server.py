"""The fake Discord as a whole: its addresses, and what people do there."""

import asyncio
import base64
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Self

from aiohttp import web

from routing.clock import Clock
from tests.fakes.discord import files, offers, posts, rest
from tests.fakes.discord.channel_routes import open_thread
from tests.fakes.discord.files import Files
from tests.fakes.discord.gateway import GUILDS, MEMBERS, MESSAGE_CONTENT, Gateway
from tests.fakes.discord.interactions import Interaction
from tests.fakes.discord.judge import Judge
from tests.fakes.discord.limits import Limits
from tests.fakes.discord.message_routes import react, unreact
from tests.fakes.discord.payloads import (
    channel_json,
    guild_create_json,
    role_json,
    thread_member_json,
)
from tests.fakes.discord.posts import REPLY
from tests.fakes.discord.refusals import Json
from tests.fakes.discord.rest import Request, Rest
from tests.fakes.discord.world import (
    Channel,
    Event,
    Guild,
    Message,
    Reference,
    Role,
    Upload,
    User,
    World,
)
from tests.fakes.faults import Faults
from tests.fakes.serving import serve
from tests.fakes.violations import Violation
from tests.fakes.waiting import until

BOT_ID: Final = 1_111_111_111_111_111_111
TOKEN: Final = f"{base64.b64encode(str(BOT_ID).encode()).decode().rstrip('=')}.GfAkE1.not-a-secret"
"""The only token that is good; like a real one it tells whose it is."""

_MOST_REQUEST_BYTES: Final = 64 * 1024 * 1024


class FakeDiscord:
    """Discord on loopback; an async context manager.

    Attributes:
        api_url: Where REST answers, with the version.
        gateway_url: Where the gateway listens.
        cdn_url: Where files are.
        token: The bot's.
        faults: What goes wrong with requests.
        gateway: The sessions; it can drop, close, duplicate and reorder.
        limits: The rates; a test may set others.
        files: What was asked of the hosts for files.

    Args:
        clock: Tells the limits, the 3 seconds and the 15 minutes; sockets take their own time.
        message_content: Whether that intent is switched on for the bot.
        members: Likewise.
        keeps_texts: Whether each message remembers every text it had.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        message_content: bool = False,
        members: bool = False,
        keeps_texts: bool = True,
        port: int = 0,
    ) -> None:
        self.world = World(clock or Clock(), BOT_ID, keeps_texts=keeps_texts)
        self.world.sees_content = message_content
        self.token = TOKEN
        self.limits = Limits(self.world.clock)
        self.faults = Faults(rest.SPARED)
        self.gateway = Gateway(self.world, TOKEN)
        self.gateway.privileged = message_content * MESSAGE_CONTENT | members * MEMBERS
        self.rest = Rest(self.world, TOKEN, self.limits, self.faults, Judge())
        self.files = Files(self.world)
        self.api_url = self.gateway_url = self.cdn_url = ""
        self.world.announce = self.gateway.announce
        self.world.announce_channel = self._announce_channel
        self.world.announce_role = self._announce_role
        self._port = port

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=_MOST_REQUEST_BYTES)
        application.router.add_route("*", rest.PREFIX + "/{path:.*}", self.rest.serve)
        application.router.add_get("/gateway/", self.gateway.serve)
        application.router.add_get("/gateway", self.gateway.serve)
        application.router.add_get(files.PREFIX + "/{path:.*}", self.files.serve)
        self.add_routes(application)
        self._runner, place = await serve(application, self._port)
        self.api_url = f"{place}{rest.PREFIX}"
        self.gateway_url = self.world.gateway_url = f"ws{place.removeprefix('http')}/gateway"
        self.cdn_url = self.world.cdn_url = f"{place}{files.PREFIX}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.gateway.is_shut = True
        self.gateway.drop_all()
        await self._runner.cleanup()

    def add_routes(self, application: web.Application) -> None:
        """Serve more than Discord does; nothing here."""

    @property
    def bot(self) -> User:
        """Return the bot's user; its id is the application's too."""
        return self.world.bot

    @property
    def violations(self) -> list[Violation]:
        """Return what a well-behaved bot would not have done."""
        return self.world.violations

    @property
    def requests(self) -> deque[Request]:
        """Return what was asked of REST, in order."""
        return self.rest.requests

    def add_guild(self, name: str = "guild", *, has_bot: bool = True) -> Guild:
        """Found a server; without the bot, people there may have it installed for themselves."""
        guild = self.world.add_guild(name, has_bot=has_bot)
        if has_bot:
            payload = guild_create_json(guild, self.bot, with_members=False)
            self.world.announce(Event("GUILD_CREATE", lambda _: payload, guild.id, GUILDS))
        return guild

    def add_user(
        self, name: str, guild: Guild | None = None, *, roles: Sequence[Role] = ()
    ) -> User:
        """Let a person register, and join the servers named or meant by their roles."""
        user = self.world.add_user(name)
        for each in self.world.guilds.values():
            theirs = [role for role in roles if role.id in each.roles]
            if each is guild or theirs:
                each.add_member(user, theirs)
        return user

    def add_bot(self, name: str, guild: Guild) -> User:
        """Let another bot join a server."""
        user = self.world.add_user(name, is_bot=True)
        guild.add_member(user)
        return user

    def add_dm(self, *people: User, has_bot: bool = True) -> Channel:
        """Open a DM: of one person with the bot, or a group of people without it."""
        if len(people) == 1 and has_bot:
            return self.world.dm_with(people[0])
        is_group = len(people) > 2
        return self.world.add_dm(*people, is_group=is_group, has_bot=False)

    async def say(  # noqa: PLR0913 # what a person can do at once when saying something
        self,
        user: User,
        channel: Channel,
        text: str,
        *,
        mention_bot: bool = False,
        reply_to: Message | None = None,
        pings: bool = True,
        attachments: Sequence[Upload] = (),
    ) -> Message:
        """Let a person, or another bot, say something.

        A mention of the bot goes before the text; `pings` says whether a reply pings.
        """
        if channel.guild and user.id not in channel.guild.members:
            channel.guild.add_member(user)
        message = posts.new_message(self.world, channel, user)
        if reply_to:
            guild_id = channel.guild.id if channel.guild else None
            message.reference = Reference(reply_to.id, channel.id, guild_id, reply_to)
            message.kind = REPLY
        content = f"<@{self.bot.id}> {text}" if mention_bot else text
        allowed: Json = {"parse": ["users", "roles", "everyone"], "replied_user": pings}
        posts.fill(
            self.world, message, {"content": content, "allowed_mentions": allowed}, attachments
        )
        posts.post(self.world, message)
        # Whoever listens hears of it before the next thing happens.
        await asyncio.sleep(0)
        return message

    async def edit(self, message: Message, text: str) -> None:
        """Let its author edit a message."""
        posts.revise(self.world, message, {"content": text})
        await asyncio.sleep(0)

    async def delete(self, message: Message) -> None:
        """Let a message be deleted, by its author or a moderator."""
        posts.remove(self.world, message)
        await asyncio.sleep(0)

    async def purge(self, messages: Sequence[Message]) -> None:
        """Let a moderator delete several messages of a channel at once."""
        posts.remove_all(self.world, messages)
        await asyncio.sleep(0)

    async def unfurl(self, message: Message, title: str) -> None:
        """Let Discord show what a link leads to: the message changes, but nobody edited it."""
        message.embeds.append({"type": "link", "title": title, "url": "https://example.com"})
        posts.announce_change(self.world, message)
        await asyncio.sleep(0)

    async def delete_channel(self, channel: Channel) -> None:
        """Let a channel or thread be deleted."""
        name = "THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE"
        self._announce_channel(name, channel)
        self.world.remove_channel(channel)
        await asyncio.sleep(0)

    async def expel_bot(self, guild: Guild) -> None:
        """Let the bot be thrown out of a server."""
        told: Json = {"id": str(guild.id), "unavailable": False}
        self.world.announce(Event("GUILD_DELETE", lambda _: told, guild.id, GUILDS))
        del guild.members[self.bot.id]
        await asyncio.sleep(0)

    async def open_thread(
        self, user: User, channel: Channel, name: str, *, start: Message | None = None
    ) -> Channel:
        """Let a person open a thread."""
        thread = open_thread(self.world, channel, name, user, start=start)
        await asyncio.sleep(0)
        return thread

    async def react(self, user: User, message: Message, emoji: str) -> None:
        """Let a person react."""
        react(self.world, message, emoji, user.id)
        await asyncio.sleep(0)

    async def unreact(self, user: User, message: Message, emoji: str) -> None:
        """Let a person take a reaction back."""
        unreact(self.world, message, emoji, user.id)
        await asyncio.sleep(0)

    async def slash(
        self, user: User, channel: Channel, name: str, options: Mapping[str, Any] | None = None
    ) -> Interaction:
        """Let a person use a slash command; sub-commands follow in `name` after blanks.

        Raises:
            NotOffered: Discord would not let this person use it here, or like this.
        """
        self._join(user, channel)
        return offers.slash(self.world, user, channel, name, options or {})

    async def autocomplete(
        self, user: User, channel: Channel, name: str, options: Mapping[str, Any]
    ) -> Interaction:
        """Let a person type into the last of these options; the bot may offer choices."""
        self._join(user, channel)
        return offers.autocomplete(self.world, user, channel, name, options)

    async def menu(self, user: User, message: Message, name: str) -> Interaction:
        """Let a person choose from a message's menu."""
        self._join(user, message.channel)
        return offers.menu(self.world, user, message, name)

    async def press(
        self, user: User, message: Message, custom_id: str, values: Sequence[str] = ()
    ) -> Interaction:
        """Let a person press a button, or choose values from a select."""
        self._join(user, message.channel)
        return offers.press(self.world, user, message, custom_id, values)

    async def submit(self, asked: Interaction, texts: Mapping[str, str]) -> Interaction:
        """Let a person send the modal that an interaction was answered with."""
        return offers.submit(asked, texts)

    def messages(self, channel: Channel, viewer: User | None = None) -> list[Message]:
        """Return what is to be seen in a channel, oldest first; by a person also what is theirs."""
        return posts.visible(channel, viewer)

    async def until(self, is_so: Callable[[], object], within_s: float = 10) -> None:
        """Wait until something is so; looked at whenever anything happens here, and now and then.

        Raises:
            TimeoutError: It is not so in time.
        """
        await until(self.world.changed, is_so, within_s)

    def _join(self, user: User, channel: Channel) -> None:
        if channel.guild and user.id not in channel.guild.members:
            channel.guild.add_member(user)

    def _announce_channel(self, name: str, channel: Channel) -> None:
        guild = channel.guild
        if guild is None or self.bot.id not in guild.members:
            return
        written = channel_json(channel)
        if name == "THREAD_CREATE":
            written["newly_created"] = True
            if self.bot.id in channel.thread_members:
                written["member"] = thread_member_json(channel, self.bot.id)
        self.world.announce(Event(name, lambda _: written, guild.id, GUILDS))

    def _announce_role(self, guild: Guild, role: Role) -> None:
        told: Json = {"guild_id": str(guild.id), "role": role_json(role)}
        self.world.announce(Event("GUILD_ROLE_CREATE", lambda _: told, guild.id, GUILDS))
