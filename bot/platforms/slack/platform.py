"""Slack as a whole: the doors by which it comes in, and what a worker needs of it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

from bot.directory import LookUp
from bot.platforms.inward import Answers, Intake
from bot.platforms.slack.credentials import credentials_of
from bot.platforms.slack.doors.aside import run_aside
from bot.platforms.slack.doors.gate import Gate
from bot.platforms.slack.doors.oauth import Kept
from bot.platforms.slack.doors.opening import Doors, open_doors
from bot.platforms.slack.doors.unheard import UNHEARD, Unheard
from bot.platforms.slack.errors import Forbidden, SlackFailed, TokenRefused
from bot.platforms.slack.files import Files
from bot.platforms.slack.hearing import SlackHearing
from bot.platforms.slack.looking_up import LookingUp
from bot.platforms.slack.people import People
from bot.platforms.slack.ports import Inward
from bot.platforms.slack.surface import SlackSurface
from bot.platforms.slack.surroundings import Surroundings
from bot.platforms.slack.token_check import is_good
from bot.platforms.slack.tokens import Installed, SingleWorkspace
from bot.platforms.slack.ways_out import SlackRefuses, bot_token_unknown
from bot.platforms.slack.web import SlackWeb, open_web
from bot.platforms.staying import pauses
from bot.platforms.surface import Surface
from bot.platforms.vitals import Vitals
from bot.reading.fetching import Source
from bot.reading.sources import slack_source
from bot.shards import ShardRange
from config.references import Secret
from config.settings import Settings
from routing.clock import Clock
from routing.installations import Installations
from routing.posts import PostIndex

_ANY_TEAM: Final = ""
"""Where one workspace is served, its token is the same for all."""

_WAIT_S: Final = 0.3
"""For who somebody is: Slack wants to know within a second that a message is taken in."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What Slack is made of, open.

    Attributes:
        web: Calls the Web API.
        tokens: In whose name.
        answers: Answers commands at once.
        looks: Answers those that App Home tells by, which nobody gave.
        posts: Knows what was asked and answered before.
        installations: Keeps the workspaces that installed the app; None where one is served.
        people: Knows who people are.
    """

    web: SlackWeb
    tokens: SingleWorkspace | Installed
    answers: Answers
    looks: Answers
    posts: PostIndex
    installations: Installations | None
    people: People


class Slack:
    """Slack as a platform: listens by its doors, has a surface to answer on.

    Attributes:
        surface: Where answers are shown.
        source: Where files are, and what it takes to be given them.
        vitals: What can be seen of it from outside.
        look_up: Tells who and what is in a workspace.
    """

    name: ClassVar[str] = "slack"

    def __init__(
        self,
        settings: Settings,
        parts: Parts,
        *,
        surface: SlackSurface,
        source: Source,
        clock: Clock,
        vitals: Vitals | None = None,
    ) -> None:
        self._clock = clock
        self.vitals = vitals or Vitals()
        self.surface: Surface = surface
        self.source = source
        self.look_up: LookUp = LookingUp(parts.web)
        self._settings = settings
        self._parts = parts
        self._shown_on = surface
        self._hearing: SlackHearing | None = None

    def adopt(self, settings: Settings) -> None:
        """Go by other settings from now on; tokens, doors and addresses stay as they are."""
        self._settings = settings
        self._shown_on.adopt(settings.slack, has_votes=settings.house.enabled)
        self._parts.people.admin_groups = settings.slack.admin_groups
        if self._hearing:
            self._hearing.adopt(settings)

    async def run(self, intake: Intake, shards: ShardRange | None = None) -> None:  # noqa: ARG002 # Discord's
        """Stay connected and hand on what is heard, until cancelled.

        Raises:
            SlackRefuses: The bot is not let in; the message says what to change.
        """
        credentials = credentials_of(self._settings.slack)
        parts = self._parts
        self._shown_on.on_stopped = intake.stop
        inward = Inward(intake, parts.posts, parts.web, parts.tokens.uninstalled)
        self._hearing = hearing = SlackHearing(
            self._settings,
            inward,
            answers=parts.answers,
            looks=parts.looks,
            surface=self.surface,
            people=parts.people,
            clock=self._clock,
        )
        unheard = Unheard(self._settings.state_dir / UNHEARD, self._clock)
        gate = Gate(hearing, parts.tokens.met, unheard=unheard)
        home = asyncio.get_running_loop()
        doors = Doors(
            self._settings.slack,
            credentials,
            gate.take,
            Kept(parts.installations, home) if parts.installations else None,
            timeout_s=self._settings.timeouts.connect_s,
            vitals=self.vitals,
        )
        try:
            gate.catch_up()
            await run_aside(lambda: open_doors(doors), "slack doors")
        finally:
            await gate.aclose()
            await hearing.aclose()


@asynccontextmanager
async def open_slack(  # noqa: PLR0913 # the last two are for tests
    settings: Settings,
    *,
    answers: Answers,
    posts: PostIndex,
    installations: Installations | None,
    looks: Answers | None = None,
    clock: Clock | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncIterator[Slack]:
    """Get ready to answer; nothing is listened to yet.

    Where Slack cannot be reached, it is tried again until it can.

    Args:
        settings: With what the bot was given for Slack.
        answers: Answers commands at once.
        posts: Knows what was asked and answered before.
        installations: Keeps the workspaces that installed the app.
        looks: Answers those that App Home tells by; None: as others.
        clock: Tells the time.
        sleep: Waits.

    Raises:
        SlackRefuses: The bot is not let in; the message says what to change.
    """
    given = credentials_of(settings.slack, is_listening=False)
    clock, vitals = clock or Clock(), Vitals()
    tokens: SingleWorkspace | Installed = SingleWorkspace(given.bot_token)
    if given.is_installable:
        assert installations is not None  # noqa: S101 # there is a key to seal with
        is_valid = partial(is_good, settings.slack, timeout_s=settings.timeouts.connect_s)
        tokens = Installed(installations, clock, is_valid)
    async with open_web(settings.slack, tokens, clock, sleep, vitals=vitals) as web:
        if not given.is_installable:
            await _known(web, settings.slack.bot_token, sleep)
            installations = None
        people = People(web, clock, wait_s=_WAIT_S, admin_groups=settings.slack.admin_groups)
        files = Files(web, tokens)
        surface = SlackSurface(
            web,
            settings.slack,
            Surroundings(web, people).around,
            clock,
            people.names_in,
            has_votes=settings.house.enabled,
        )
        try:
            yield Slack(
                settings,
                Parts(web, tokens, answers, looks or answers, posts, installations, people),
                surface=surface,
                source=slack_source(settings.slack, files.sign, files.fresh_address),
                clock=clock,
                vitals=vitals,
            )
        finally:
            await people.aclose()


async def _known(
    web: SlackWeb, token: Secret | None, sleep: Callable[[float], Awaitable[None]]
) -> None:
    """Return once Slack knows the bot.

    Raises:
        SlackRefuses: It does not.
    """
    for pause_s in pauses():
        try:
            await web.auth_test(_ANY_TEAM)
        except (TokenRefused, Forbidden) as error:
            raise SlackRefuses(bot_token_unknown(token)) from error
        except SlackFailed as error:
            _log.warning("Slack cannot be reached: %s", error)
            await sleep(pause_s)
        else:
            return
