"""`pointsman run`: listens on the chat services whose tokens are set, and answers there."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import Final

from bot.app import App, open_app
from bot.digesting import Digesting
from bot.hangup import asked_by_hangup
from bot.log import log_from
from bot.memory import PostMemory
from bot.observing.counted import Counted, CountedAtOnce
from bot.observing.lag import watch_lag
from bot.observing.metrics import Metrics
from bot.observing.scene import Scene
from bot.observing.server import Pages, PortTaken, telling
from bot.platforms.service import ChatService
from bot.platforms.surface import NotLetIn
from bot.reloading import Reloading
from bot.station import FAILED, MISUSED, Listening, Station, open_station, serve
from bot.wording import sentence
from config.catalog import ModelCard
from config.errors import ConfigError, Problem
from config.files import ConfigFiles
from config.settings import Settings
from routing.backends.local_model import NOT_INSTALLED, is_installed
from routing.background import beside
from routing.clock import Clock
from routing.errors import StoreNotUnderstood, StoreUnavailable

NOWHERE: Final = (
    "There is nowhere to listen: set DISCORD_TOKEN to the token of your bot on Discord, or "
    "SLACK_BOT_TOKEN and SLACK_APP_TOKEN to those of your app on Slack. `pointsman init` asks for "
    "them, writes them down and tries them. "
    "`pointsman chat` talks in the terminal."
)

NOBODY_LEFT: Final = "none would be left to answer: set a provider's key, or mend its file"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Opener:
    """How one chat service is opened.

    Attributes:
        is_wanted: Tells whether it is set up.
        open: Opens it for an app; it can be answered on then.
    """

    is_wanted: Callable[[Settings], bool]
    open: Callable[[Settings, App], AbstractAsyncContextManager[ChatService]]


async def run(
    settings: Settings,
    listening: Listening,
    openers: Sequence[Opener],
    files: ConfigFiles | None = None,
) -> int:
    """Listen and answer until told to end; what there is to say goes to the log.

    Args:
        settings: What to go by.
        listening: Which part of the work to take.
        openers: How chat services are opened.
        files: Where the settings come from, looked at while the bot runs; None for nowhere.

    Returns:
        The exit code: 0 done, 1 it broke off, 2 something has to be set first, 143 cut short.
    """
    wanted = [each for each in openers if each.is_wanted(settings)]
    if not wanted:
        _log.error("%s", NOWHERE)
        return MISUSED
    if _nobody_answers(settings):
        _log.error("There is no model to answer: %s.", NOT_INSTALLED)
        return MISUSED
    metrics = Metrics()
    metrics.loaded(Clock().now())
    try:
        with asked_by_hangup() as asked:
            async with open_app(settings, metrics) as app:
                reloading = partial(_reloading, files, asked)
                return await _serve(app, wanted, listening, metrics, reloading)
    except (ConfigError, NotLetIn, PortTaken, StoreNotUnderstood) as error:
        _log.error("%s", error)  # nothing could be opened
        return MISUSED
    except StoreUnavailable as error:
        _log.error("%s", sentence(error))  # the same
        return FAILED


@asynccontextmanager
async def open_station_of(
    app: App, settings: Settings, services: Sequence[ChatService], metrics: Metrics | None = None
) -> AsyncIterator[Station]:
    """Yield both ends of an app's inbox, at rest; what answers gets ready meanwhile."""
    app.completer.preload()
    metrics = metrics or Metrics()
    answers = Counted(app.handler, metrics)
    memory = PostMemory(app.stores.history, app.stores.posts)
    platforms = {each.name for each in services}
    digesting = Digesting(app.stores.orders, app.stores.inbox, platforms, Clock())
    async with (
        open_station(
            settings.intake, app.stores.inbox, services, answers, memory, metrics.refused
        ) as station,
        beside(digesting.run()),
    ):
        yield station


def _nobody_answers(settings: Settings) -> bool:
    """Tell whether only the local model is left to answer, and that is not here."""
    return all(each.embedded for each in _ready(settings)) and not is_installed(
        settings.local_model
    )


def _ready(settings: Settings) -> list[ModelCard]:
    return [card for card in settings.models if card.enabled and not card.missing]


async def _serve(
    app: App,
    wanted: Sequence[Opener],
    listening: Listening,
    metrics: Metrics,
    reloading: Callable[[App, Station, Metrics], Coroutine[object, object, None]],
) -> int:
    """Tell of health first: opening a service takes as long as it cannot be reached."""
    settings = app.settings
    app.at_once = CountedAtOnce(app.handler, metrics)
    services: list[ChatService] = []
    clock = Clock()
    scene = Scene(
        catalog=lambda: app.settings.models,
        stores=app.stores,
        resting=lambda: app.rests.resting,
        spending=app.spending,
        services=services,
        wanted=len(wanted),
        is_listening=listening.is_on,
        clock=clock,
    )
    async with (
        telling(settings.observe, Pages(scene, metrics)),
        beside(watch_lag(metrics.late, clock.elapsed_s)),
        AsyncExitStack() as stack,
    ):
        for each in wanted:
            service = await stack.enter_async_context(each.open(settings, app))
            service.vitals.on_late = partial(metrics.door_late, service.name)
            services.append(service)  # one by one: /ready tells how far it is
        station = await stack.enter_async_context(open_station_of(app, settings, services, metrics))
        await stack.enter_async_context(beside(reloading(app, station, metrics)))
        _greet(app, services, listening)
        grace_s, outgrown = settings.intake.grace_s, app.presence.outgrown
        return await serve(station, listening, grace_s, outgrown=outgrown)


async def _reloading(
    files: ConfigFiles | None, asked: asyncio.Event, app: App, station: Station, metrics: Metrics
) -> None:
    """Let a bot go by what the files say, whenever that changes, until cancelled."""

    def adopt(settings: Settings) -> None:
        if not _ready(settings) or _nobody_answers(settings):
            raise ConfigError((Problem("models", NOBODY_LEFT),))
        log_from(settings.log.level)
        app.adopt(settings)
        station.adopt(settings)

    if files:
        await Reloading(files, app.settings, adopt, counts=metrics, clock=Clock()).run(asked)


def _greet(app: App, services: Sequence[ChatService], listening: Listening) -> None:
    does = "listens and answers" if listening.is_on else "answers"
    where = " and ".join(each.name.capitalize() for each in services)
    kept = app.stores.describe
    _log.info("Pointsman %s %s on %s; kept in %s", version("pointsman"), does, where, kept)
    if app.stores.notice:
        _log.warning("%s", app.stores.notice)
