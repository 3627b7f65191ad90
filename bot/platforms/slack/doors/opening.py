"""All the doors of one process, as its credentials have it. Runs on the doors' own loop."""

import asyncio
from dataclasses import dataclass

from slack_sdk.signature import Clock as SigningClock
from slack_sdk.signature import SignatureVerifier

from bot.observing.lag import watch_lag
from bot.platforms.slack.credentials import Credentials
from bot.platforms.slack.doors.app import Take, create_app
from bot.platforms.slack.doors.calling import web_client
from bot.platforms.slack.doors.oauth import Kept, create_flow
from bot.platforms.slack.doors.server import serve, web_app
from bot.platforms.slack.doors.sockets import Sockets
from bot.platforms.slack.manifest import SCOPES
from bot.platforms.slack.ways_out import SlackRefuses
from bot.platforms.vitals import Vitals
from config.chats import SlackSettings
from routing.background import beside
from routing.clock import Clock


@dataclass(frozen=True, slots=True)
class Doors:
    """What there is to open, and where what comes is taken.

    Attributes:
        settings: Of Slack.
        credentials: What the bot was given.
        take: Takes in what comes.
        kept: Keeps installations; None where there is one workspace.
        timeout_s: For one answer of Slack's.
        vitals: Is told which of them stand open.
    """

    settings: SlackSettings
    credentials: Credentials
    take: Take
    kept: Kept | None
    timeout_s: float
    vitals: Vitals


async def open_doors(doors: Doors) -> None:
    """Listen until cancelled: over sockets when there is a token for them, else by HTTP.

    Raises:
        SlackRefuses: The bot is not let in; the message says what to change.
    """
    given, settings, clock = doors.credentials, doors.settings, Clock()
    client = web_client(settings, doors.timeout_s)
    flow = create_flow(settings, given, tuple(SCOPES), client, doors.kept) if doors.kept else None
    called = None
    try:
        async with (
            beside(watch_lag(doors.vitals.on_late, clock.elapsed_s)),
            asyncio.TaskGroup() as tasks,
        ):
            if given.app_token:
                app = create_app(client, doors.take, None)
                sockets = Sockets(
                    app,
                    client,
                    given.app_token,
                    count=settings.sockets,
                    clock=clock,
                    vitals=doors.vitals,
                    kept_in=settings.app_token,
                )
                tasks.create_task(sockets.run())
            else:
                called = create_app(client, doors.take, verifier(given.signing_secret, clock))
            if called or flow:
                pages = web_app(called, flow, clock)
                heard_by = doors.vitals if called else Vitals()
                tasks.create_task(serve(pages, settings.host, settings.port, heard_by))
    except ExceptionGroup as several:
        for error in several.exceptions:
            if isinstance(error, SlackRefuses):
                raise error from several
        raise


def verifier(signing_secret: str, clock: Clock) -> SignatureVerifier:
    """Return what tells Slack's calls from others, by a clock of ours."""
    return SignatureVerifier(signing_secret, _SigningClock(clock))


class _SigningClock(SigningClock):
    """Our clock as slack-sdk reads it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        """Return the seconds since 1970."""
        return self._clock.now().timestamp()
