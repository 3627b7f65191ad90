"""Discord as a whole: the bot at the gateway, and what a worker needs of it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar, Final

import discord

from bot.commands.everything import COMMANDS
from bot.directory import LookUp
from bot.platforms.discord.addresses import point_at
from bot.platforms.discord.catching_up import CatchingUp
from bot.platforms.discord.client import PointsmanBot
from bot.platforms.discord.errors import DiscordFailed, DiscordRefuses
from bot.platforms.discord.files import fresh_address
from bot.platforms.discord.hearing import Hearing
from bot.platforms.discord.interactions import Interactions
from bot.platforms.discord.looking_up import LookingUp
from bot.platforms.discord.ports import Inward, Rest, ShownOn
from bot.platforms.discord.rest import open_rest
from bot.platforms.discord.slash import definitions, fingerprint
from bot.platforms.discord.supervising import refusal
from bot.platforms.discord.surface import DiscordSurface
from bot.platforms.discord.surroundings import Surroundings
from bot.platforms.discord.ways_out import login_failed, unseen
from bot.platforms.inward import Answers, Intake, PostIndex
from bot.platforms.staying import pauses, stay_connected
from bot.platforms.surface import Surface
from bot.platforms.vitals import Vitals
from bot.shards import ShardRange
from config.settings import Settings
from routing.clock import Clock
from routing.marks import Marks
from routing.query import Attachment

_KNOWN_COMMANDS: Final = "discord_commands"

_log = logging.getLogger(__name__)


class Discord:
    """Discord as a platform: listens at the gateway, has a surface to answer on.

    Attributes:
        look_up: Tells who and what is in a server; None where that cannot be asked.
    """

    name: ClassVar[str] = "discord"

    def __init__(  # noqa: PLR0913 # each is a part it is made of, given by name
        self,
        settings: Settings,
        *,
        surface: ShownOn,
        rest: Rest,
        answers: Answers,
        posts: PostIndex,
        catches_up: Callable[[Intake], CatchingUp] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        vitals: Vitals | None = None,
        look_up: LookUp | None = None,
    ) -> None:
        self.surface: Surface = surface
        self.look_up = look_up
        self.vitals = vitals or Vitals()
        self._settings = settings
        self._rest = rest
        self._answers = answers
        self._posts = posts
        self._catches_up = catches_up
        self._sleep = sleep
        self._shown_on = surface
        self._listening: _Listening | None = None

    def adopt(self, settings: Settings) -> None:
        """Go by other settings from now on; token, addresses and intents stay as they are."""
        self._settings = settings
        self._shown_on.adopt(settings.discord, has_votes=settings.house.enabled)
        if self._listening:
            self._hand_on(self._listening)

    async def fresh_address(self, attachment: Attachment) -> str | None:
        """Return where an attached file is now; None when it is gone."""
        return await fresh_address(self._rest, attachment)

    async def run(self, intake: Intake, shards: ShardRange | None = None) -> None:
        """Stay connected and hand on what is heard, until cancelled.

        Raises:
            DiscordRefuses: The bot is not let in; the message says what to change.
        """

        async def connect() -> None:
            token = _token_of(self._settings)
            async with self.bot(intake, shards) as bot:
                await bot.start(token)

        refused = partial(refusal, token=self._settings.discord.token)
        await stay_connected(
            connect, to="Discord", refusal=refused, clock=Clock(), sleep=self._sleep
        )

    def bot(self, intake: Intake, shards: ShardRange | None = None) -> PointsmanBot:
        """Return a bot that is not started yet and listens for an intake."""
        bot = PointsmanBot(self._settings.discord, shards=shards, vitals=self.vitals)
        self.listen_with(bot, intake)
        return bot

    def listen_with(self, bot: PointsmanBot, intake: Intake) -> None:
        """Let a bot that is not connected yet listen for an intake."""
        if blind := unseen(self._settings.discord):
            _log.info("%s", blind)
        missed = self._catches_up(intake) if self._catches_up else None
        self._listening = _Listening(bot, intake, missed)
        self._hand_on(self._listening)

    def _hand_on(self, listening: "_Listening") -> None:
        settings, missed = self._settings.discord, listening.missed
        inward = Inward(listening.intake, self._posts, self._rest)
        interactions = Interactions(settings, inward, answers=self._answers, surface=self.surface)
        known = CommandsMadeKnown(self._settings.state_dir / _KNOWN_COMMANDS)
        listening.bot.hand_on(Hearing(settings, inward, missed), interactions, missed, known)


@dataclass(frozen=True, slots=True)
class _Listening:
    """A bot, and what it listens for."""

    bot: PointsmanBot
    intake: Intake
    missed: CatchingUp | None


@asynccontextmanager
async def open_discord(
    settings: Settings,
    *,
    answers: Answers,
    posts: PostIndex,
    marks: Marks,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncIterator[Discord]:
    """Log in by REST, so that answers can be shown; nothing is listened to yet.

    Where Discord cannot be reached, it is tried again until it can.

    Args:
        settings: With a token of Discord.
        answers: Answers commands at once.
        posts: Knows what was asked and answered before.
        marks: Knows how far was listened.
        sleep: Waits.

    Raises:
        DiscordRefuses: The bot is not let in; the message says what to change.
    """
    point_at(settings.discord)
    vitals = Vitals()
    async with AsyncExitStack() as stack:
        for pause_s in pauses():
            try:
                rest = await stack.enter_async_context(open_rest(settings.discord, vitals=vitals))
                break
            except DiscordFailed as error:
                _log.warning("Discord cannot be reached: %s", error)
                await sleep(pause_s)
        surface = DiscordSurface(
            rest,
            settings.discord,
            Surroundings(rest).around,
            has_room=rest.has_room,
            has_votes=settings.house.enabled,
        )
        yield Discord(
            settings,
            surface=surface,
            rest=rest,
            answers=answers,
            posts=posts,
            catches_up=lambda intake: CatchingUp(marks, rest, intake),
            sleep=sleep,
            vitals=vitals,
            look_up=LookingUp(rest),
        )


class CommandsMadeKnown:
    """Tells Discord the commands when they have changed; which ones it knows is kept in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def __call__(self, bot: discord.Client) -> None:
        """Make the commands known; where that fails, the bot does without new ones."""
        application = bot.application_id
        if application is None:
            return
        defined = definitions(COMMANDS.commands)
        mark = fingerprint(str(application), defined)
        if self._known() == mark:
            return
        try:
            await bot.http.bulk_upsert_global_commands(application, defined)
        except discord.HTTPException as error:
            _log.warning("the slash commands could not be made known to Discord: %s", error)
            return
        self._keep(mark)
        _log.info("Discord knows %d commands", len(defined))

    def _known(self) -> str:
        try:
            return self._file.read_text(encoding="utf-8")
        except OSError:
            return ""

    def _keep(self, mark: str) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(mark, encoding="utf-8")
        except OSError as error:
            _log.info("the commands are made known again at the next start: %s", error)


def _token_of(settings: Settings) -> str:
    """Return the bot's token.

    Raises:
        DiscordRefuses: There is none.
    """
    token = settings.discord.token and settings.discord.token.reveal()
    if not token:
        raise DiscordRefuses(login_failed(settings.discord.token))
    return token
