"""The bot at Discord's gateway: its events become values and are handed on. It holds no rules."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Final, Protocol

import discord

from bot.platforms.discord import reading
from bot.platforms.discord.catching_up import Hear
from bot.platforms.discord.errors import CONNECTION_FAILS
from bot.platforms.discord.gaps import Told, may_answer, missing
from bot.platforms.discord.listening import Asker, Said, Us, Where
from bot.platforms.turns import Turns
from bot.platforms.vitals import Vitals
from bot.shards import ShardRange
from config.chats import DiscordSettings
from routing.clock import Clock

_log = logging.getLogger(__name__)

_NO_MENTIONS: Final = discord.AllowedMentions.none()

_SEEN_THROUGH_S: Final = 1.0

_CANNOT_SAY: Final = (
    "I cannot answer in {channel}: there I lack {permissions}. An admin of the server can grant it "
    "in the channel's settings."
)


OnLogin = Callable[[discord.Client], Awaitable[None]]


class Hears(Protocol):
    """What becomes of messages."""

    def is_for_us(self, said: Said, where: Where, us: Us) -> bool:
        """Tell whether the bot answers a message."""
        ...

    def heard(
        self, said: Said, where: Where, us: Us, asker: Asker
    ) -> Coroutine[object, object, None]:
        """Take in a message that is for the bot."""
        ...

    def edited(
        self, said: Said, where: Where, us: Us, asker: Asker
    ) -> Coroutine[object, object, None]:
        """Take in that a message for the bot reads otherwise now."""
        ...

    def deleted(self, place: str, post_ids: set[int]) -> Coroutine[object, object, None]:
        """Take in that messages are gone."""
        ...


class Interacts(Protocol):
    """What becomes of commands and presses."""

    async def take(self, interaction: discord.Interaction, us: Us) -> None:
        """Take one in."""
        ...


class CatchesUp(Protocol):
    """What becomes of that which is said while the bot does not listen."""

    def is_back(self, shard_id: int) -> None:
        """Take note that a shard listens and has missed nothing."""
        ...

    def is_away(self, shard_id: int) -> None:
        """Take note that a shard does not listen."""
        ...

    async def note_listening(self, bot: discord.AutoShardedClient) -> None:
        """Note now and then which shards listen, until cancelled."""
        ...

    async def catch_up(self, bot: discord.AutoShardedClient, shard_id: int, hear: Hear) -> None:
        """Read what a shard missed, and hand it on as if it had just been said."""
        ...


def _intents_of(settings: DiscordSettings) -> discord.Intents:
    """Return which events the bot asks for: no more than it listens to."""
    return discord.Intents(
        guilds=True,
        guild_messages=True,
        dm_messages=True,
        message_content=settings.message_content,
    )


class PointsmanBot(discord.AutoShardedClient):
    """Listens at the gateway and hands on what it hears."""

    def __init__(
        self,
        settings: DiscordSettings,
        *,
        shards: ShardRange | None = None,
        vitals: Vitals | None = None,
    ) -> None:
        # It says that it cannot speak, which nobody asked of it.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        chosen: dict[str, Any] = {}
        if shards is not None:
            chosen = {"shard_ids": list(shards.ids), "shard_count": shards.count}
        super().__init__(
            intents=_intents_of(settings),
            allowed_mentions=_NO_MENTIONS,
            max_messages=None,  # nothing is looked up in a cache of messages: memory stays flat
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            **chosen,
        )
        self._hears: Hears | None = None
        self._interacts: Interacts | None = None
        self._catches_up: CatchesUp | None = None
        self._on_login: OnLogin | None = None
        self._vitals = vitals or Vitals()
        self._turns = Turns()
        self._busy: set[asyncio.Task[Any]] = set()
        self._beside: list[asyncio.Task[None]] = []
        self._told = Told(Clock().elapsed_s)
        state = self._connection
        # An event that discord.py cannot parse would end the connection, and lose those behind it.
        state.parsers = {name: _forgiving(name, parse) for name, parse in state.parsers.items()}

    def hand_on(
        self,
        hears: Hears,
        interacts: Interacts,
        catches_up: CatchesUp | None,
        on_login: OnLogin,
    ) -> None:
        """Hand on what is heard from now on.

        Args:
            hears: Takes messages.
            interacts: Takes commands and presses.
            catches_up: Takes what was missed; None for nobody.
            on_login: Is called once the token is known to be good, before anything is heard.
        """
        self._hears = hears
        self._interacts = interacts
        self._catches_up = catches_up
        self._on_login = on_login

    def _schedule_event(
        self,
        coro: Callable[..., Coroutine[Any, Any, Any]],
        event_name: str,
        *args: object,
        **kwargs: object,
    ) -> asyncio.Task[Any]:
        """Keep hold of what discord.py starts for an event, to see it through at the end."""
        task = super()._schedule_event(coro, event_name, *args, **kwargs)
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)
        return task

    async def close(self) -> None:
        """Let go of Discord, once what was heard is taken in, or it takes too long."""
        self._vitals.all_closed()
        for each in self._beside:
            each.cancel()
        if busy := self._busy - {asyncio.current_task()}:
            _, left = await asyncio.wait(busy, timeout=_SEEN_THROUGH_S)
            for task in left:
                task.cancel()
        await super().close()
        await self._wait_no_more()

    async def _wait_no_more(self) -> None:
        """End what discord.py has left waiting for servers to become ready."""
        state = self._connection
        if left := [each for each in (*state._ready_tasks.values(), state._ready_task) if each]:  # noqa: SLF001 # it has no other way
            for each in left:
                each.cancel()
            await asyncio.wait(left)

    async def setup_hook(self) -> None:
        """Do what is to be done once the token is known to be good."""
        if self._catches_up is not None:
            noting = asyncio.create_task(self._catches_up.note_listening(self))
            self._beside.append(noting)
        if self._on_login is not None:
            await self._on_login(self)

    async def on_shard_connect(self, shard_id: int) -> None:
        """Take note that Discord has begun to tell what happens."""
        self._vitals.opened(shard_id)

    async def on_shard_ready(self, shard_id: int) -> None:
        """Read what was said before this session began, which Discord does not tell by itself."""
        if self._catches_up is not None:
            await self._catches_up.catch_up(self, shard_id, self.on_message)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """Take note that a session goes on: Discord has told what was missed."""
        self._vitals.opened(shard_id)
        if self._catches_up is not None:
            self._catches_up.is_back(shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """Take note that nothing is heard for now."""
        self._vitals.closed(shard_id)
        if self._catches_up is not None:
            self._catches_up.is_away(shard_id)

    async def on_ready(self) -> None:
        """Log that the bot is there."""
        _log.info("on Discord as %s; servers: %d", self.user, len(self.guilds))

    async def on_message(self, message: discord.Message) -> None:
        """Hand on what somebody wrote to the bot."""
        if self._hears is not None and (found := self._for_us(message, self._hears)):
            await self._turns.take(message.channel.id, self._hear(self._hears, message, *found))

    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        """Hand on what was changed; Discord also calls it an edit when it adds a preview."""
        message = event.message
        if self._hears is None or message.edited_at is None:
            return
        if found := self._for_us(message, self._hears):
            asker = reading.asker(message.author)
            await self._turns.take(event.channel_id, self._hears.edited(*found, asker))

    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        """Hand on what was deleted."""
        await self._deleted(event.channel_id, {event.message_id})

    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        """Hand on what was deleted at once."""
        await self._deleted(event.channel_id, event.message_ids)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Hand on a command or a press."""
        if self._interacts is not None and self.user is not None:
            await self._interacts.take(interaction, reading.us(self.user, interaction.guild))

    async def on_error(self, event_method: str, /, *_args: object, **_kwargs: object) -> None:
        """Log what went wrong with one event; the others go on."""
        _log.exception("an event was not handled: %s", event_method)

    def _for_us(self, message: discord.Message, hears: Hears) -> tuple[Said, Where, Us] | None:
        if self.user is None or message.author.bot:
            return None
        where = reading.where(message.channel, getattr(message.channel, "guild_id", None))
        said, us = reading.said(message), reading.us(self.user, message.guild)
        if where is None:
            _log.warning("a message in the unknown channel %s is left out", message.channel.id)
            return None
        return (said, where, us) if hears.is_for_us(said, where, us) else None

    async def _hear(
        self, hears: Hears, message: discord.Message, said: Said, where: Where, us: Us
    ) -> None:
        permissions = _permissions(message)
        if permissions is None or may_answer(permissions, is_thread=bool(where.thread)):
            await hears.heard(said, where, us, reading.asker(message.author))
        if permissions is not None:
            await self._tell_of_gaps(message, where, permissions)

    async def _tell_of_gaps(
        self, message: discord.Message, where: Where, permissions: discord.Permissions
    ) -> None:
        """Say once what the bot lacks: to the owner, and to who is not answered for that."""
        is_thread = bool(where.thread)
        if not (lacks := missing(permissions, is_thread=is_thread)) or message.guild is None:
            return
        told = _CANNOT_SAY.format(channel=f"<#{where.channel}>", permissions=", ".join(lacks))
        if self._told.is_new("channel", where.channel, *lacks):
            _log.warning("in channel %s the bot lacks: %s", where.channel, ", ".join(lacks))
        if self._told.is_new("owner", where.guild):
            await self._tell(message.guild.owner_id, told)
        is_seen = may_answer(permissions, is_thread=is_thread)
        if not is_seen and self._told.is_new("asker", str(message.author.id), where.channel):
            await self._tell(message.author.id, told)

    async def _deleted(self, channel_id: int, post_ids: set[int]) -> None:
        if self._hears is not None:
            gone = self._hears.deleted(self._place(channel_id), post_ids)
            await self._turns.take(channel_id, gone)

    def _place(self, channel_id: int) -> str:
        channel = self.get_channel(channel_id)
        if isinstance(channel, discord.Thread):
            return str(channel.parent_id)
        return str(channel_id)

    async def _tell(self, user_id: int | None, text: str) -> None:
        """Write to somebody directly, where they let the bot."""
        if user_id is None:
            return
        try:
            channel = await self.create_dm(discord.Object(user_id))
            await channel.send(text)
        except (discord.HTTPException, *CONNECTION_FAILS) as error:
            _log.info("somebody could not be told of a missing permission: %s", error)


def _permissions(message: discord.Message) -> discord.Permissions | None:
    """Return what the bot may do where a message stands; None outside of servers."""
    guild, channel = message.guild, message.channel
    if guild is None or not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        return None
    return channel.permissions_for(guild.me)


def _forgiving(name: str, parse: Callable[[Any], None]) -> Callable[[Any], None]:
    def parse_or_log(data: Mapping[str, Any]) -> None:
        try:
            parse(data)
        except Exception:  # noqa: BLE001 # whatever it is, the events behind it are heard
            _log.exception("an event could not be read: %s", name)

    return parse_or_log
