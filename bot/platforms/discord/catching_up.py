"""What was said while nobody listened, read once the bot is back.

Discord replays nothing to a session it does not know, such as that of a process that was killed. So
it is noted now and then which shards listen, and in which places something was taken in. What was
said since is read there and handed on: the inbox takes no message twice.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, cast

import discord

from bot.platforms.discord.errors import CONNECTION_FAILS, DiscordFailed
from bot.platforms.discord.listening import PLATFORM, Said, Where
from bot.platforms.discord.ports import Archive
from bot.platforms.inward import Intake
from routing.clock import Clock
from routing.errors import StoreUnavailable
from routing.marks import Mark, Marks

Hear = Callable[[discord.Message], Awaitable[None]]
"""Hands on what somebody wrote."""

_REACH: Final = timedelta(minutes=30)
"""Who asked longer ago is not surprised with an answer any more."""

_OVERLAP: Final = timedelta(minutes=2)
"""For so long a dead connection may be taken for a living one."""

_NOTE_EVERY_S: Final = 10.0
_MOST_PLACES: Final = 500
_AT_ONCE: Final = 4
_PAGE: Final = 100
_MOST_PAGES: Final = 10

_TURN_S: Final = 0.5
_TURNS: Final = 600

_NOT_READ: Final = (
    DiscordFailed,
    discord.HTTPException,
    discord.InvalidData,
    *CONNECTION_FAILS,
)

_log = logging.getLogger(__name__)


class _Gap(NamedTuple):
    """What may have been missed in a place.

    Attributes:
        after: The message behind which it begins.
        is_direct: Whether the place is a direct message.
    """

    after: int
    is_direct: bool


class CatchingUp:
    """Notes how far a bot has listened, and reads what it missed.

    Args:
        marks: Where it is noted.
        archive: What was said.
        intake: Tells what was taken in, and whether there is room for more.
        clock: What time it is.
        sleep: Waits for so many seconds.
    """

    def __init__(
        self,
        marks: Marks,
        archive: Archive,
        intake: Intake,
        clock: Clock | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._marks = marks
        self._archive = archive
        self._intake = intake
        self._now = (clock or Clock()).now
        self._sleep = sleep
        self._listening: set[int] = set()
        self._waiting: set[int] = set()

    async def taken_in(self, said: Said, where: Where) -> None:
        """Note that a message was taken in."""
        await self._note(Mark(where.guild, where.channel, said.post_id))

    def is_back(self, shard_id: int) -> None:
        """Take note that a shard listens and has missed nothing."""
        self._listening.add(shard_id)

    def is_away(self, shard_id: int) -> None:
        """Take note that a shard does not listen."""
        self._listening.discard(shard_id)

    async def note_listening(self, bot: discord.AutoShardedClient) -> None:
        """Note now and then which shards listen, until cancelled."""
        while True:
            await self._sleep(_NOTE_EVERY_S)
            for shard_id in tuple(self._listening):
                await self._note(self._here(bot, shard_id))

    async def catch_up(self, bot: discord.AutoShardedClient, shard_id: int, hear: Hear) -> None:
        """Read what a shard missed, and hand it on as if it had just been said.

        With the store away that is not known, and waited for; what is said then is heard meanwhile.
        """
        if shard_id in self._waiting:
            return
        self._waiting.add(shard_id)
        try:
            gaps = await self._gaps_once_known(bot, shard_id)
        finally:
            self._waiting.discard(shard_id)
        turns = asyncio.Semaphore(_AT_ONCE)
        heard = await asyncio.gather(
            *(self._hear_place(bot, place, gap, turns, hear) for place, gap in gaps.items())
        )
        if gaps:
            _log.info("shard %d read %d messages in %d places", shard_id, sum(heard), len(gaps))
        self.is_back(shard_id)
        await self._note(self._here(bot, shard_id))

    async def _gaps_once_known(
        self, bot: discord.AutoShardedClient, shard_id: int
    ) -> dict[int, _Gap]:
        is_said = False
        while True:
            try:
                return await self._gaps(bot, shard_id)
            except StoreUnavailable as error:
                if not is_said:
                    _log.warning("it is not known yet what shard %d missed: %s", shard_id, error)
                is_said = True
            await self._sleep(_TURN_S)

    async def _gaps(self, bot: discord.AutoShardedClient, shard_id: int) -> dict[int, _Gap]:
        """Return what may have been missed, by place."""
        oldest = self._now() - _REACH
        marks = await self._marks.since(PLATFORM, oldest, _MOST_PLACES)
        last = {(mark.tenant, mark.place): int(mark.post_id) for mark in marks}
        listened = last.pop(("", _name(bot, shard_id)), None)
        after = max(_before(listened), discord.utils.time_snowflake(oldest)) if listened else 0
        gaps = {
            int(place): _Gap(after or _before(post_id), is_direct=not tenant)
            for (tenant, place), post_id in last.items()
            if place.isdecimal() and _shard_of(tenant, bot.shard_count or 1) == shard_id
        }
        if after:
            spoken_in = _spoken_in(bot, shard_id, after)
            gaps |= dict.fromkeys(spoken_in, _Gap(after, is_direct=False))
        return gaps

    async def _hear_place(
        self,
        bot: discord.AutoShardedClient,
        place: int,
        gap: _Gap,
        turns: asyncio.Semaphore,
        hear: Hear,
    ) -> int:
        """Hand on what was said in a place after a message; return how much that was."""
        async with turns:
            try:
                channel = await _channel(bot, place, gap)
                said = await self._said(str(place), gap.after)
            except _NOT_READ as error:
                _log.info("what was missed in channel %d is not read: %s", place, error)
                return 0
            missed = [
                each for each in said if not await self._intake.knows(f"{PLATFORM}:{each['id']}")
            ]
            members: dict[int, discord.Member | None] = {}
            for raw in missed:
                message = _message(bot, channel, raw)
                if message.guild is not None:
                    author = message.author.id
                    if author not in members:
                        members[author] = await self._member(bot, message.guild, author)
                    if (member := members[author]) is None:
                        continue
                    message.author = member
                await self._wait_for_room()
                await hear(message)
            return len(missed)

    async def _wait_for_room(self) -> None:
        """Let new questions go first: one that was missed is not to be refused for their sake."""
        for _ in range(_TURNS):
            if await self._intake.has_room():
                return
            await self._sleep(_TURN_S)

    async def _member(
        self, bot: discord.AutoShardedClient, guild: discord.Guild, user_id: int
    ) -> discord.Member | None:
        """Return who somebody is in a server; None when they have left."""
        try:
            raw = await self._archive.member(str(guild.id), str(user_id))
        except DiscordFailed as error:
            _log.info("a member of server %d is not known: %s", guild.id, error)
            return None
        return discord.Member(data=cast("Any", raw), guild=guild, state=bot._connection)  # noqa: SLF001 # as the gateway does

    async def _said(self, place: str, after: int) -> list[dict[str, Any]]:
        """Return what people said after a message, the earliest first."""
        found: list[dict[str, Any]] = []
        for _ in range(_MOST_PAGES):
            page = await self._archive.messages_after(place, str(after), _PAGE)
            found += [dict(each) for each in page]
            if len(page) < _PAGE:
                break
            after = max(int(each["id"]) for each in page)
        people = (each for each in found if not each["author"].get("bot"))
        return sorted(people, key=lambda each: int(each["id"]))

    async def _note(self, mark: Mark) -> None:
        try:
            await self._marks.note(PLATFORM, mark, self._now())
        except StoreUnavailable as error:
            _log.debug("how far was listened is not noted: %s", error)

    def _here(self, bot: discord.AutoShardedClient, shard_id: int) -> Mark:
        moment = discord.utils.time_snowflake(self._now())
        return Mark("", _name(bot, shard_id), str(moment))


async def _channel(bot: discord.AutoShardedClient, place: int, gap: _Gap) -> object:
    """Return a place as discord.py knows it; of a direct message, its id is enough."""
    if (known := bot.get_channel(place)) is not None:
        return known
    return bot.get_partial_messageable(place) if gap.is_direct else await bot.fetch_channel(place)


def _name(bot: discord.AutoShardedClient, shard_id: int) -> str:
    return f"shard {shard_id} of {bot.shard_count}"


def _shard_of(tenant: str, count: int) -> int:
    """Return which shard hears of a server; direct messages come to the first."""
    return (int(tenant) >> 22) % count if tenant else 0


def _before(snowflake: int) -> int:
    """Return an id of somewhat earlier."""
    at: datetime = discord.utils.snowflake_time(snowflake)
    return discord.utils.time_snowflake(at - _OVERLAP)


def _spoken_in(bot: discord.AutoShardedClient, shard_id: int, after: int) -> list[int]:
    """Return the channels and threads of a shard in which there is a message after another."""
    found: list[int] = []
    for guild in bot.guilds:
        if guild.shard_id != shard_id:
            continue
        places: list[discord.TextChannel | discord.VoiceChannel | discord.Thread]
        places = [*guild.text_channels, *guild.voice_channels, *guild.threads]
        found += [
            place.id
            for place in places
            if (place.last_message_id or 0) > after
            and place.permissions_for(guild.me).read_message_history
        ]
    return found[:_MOST_PLACES]


def _message(
    bot: discord.AutoShardedClient, channel: object, raw: Mapping[str, Any]
) -> discord.Message:
    """Return a message as the gateway would have told of it."""
    place, data = cast("discord.abc.MessageableChannel", channel), cast("Any", raw)
    return discord.Message(state=bot._connection, channel=place, data=data)  # noqa: SLF001 # as the gateway does
