"""The bot as a whole, for those who start it by discord.py's own means. Wiring, nothing else."""

import asyncio
import logging

from bot.app import open_app
from bot.platforms.discord.client import PointsmanBot
from bot.platforms.opening import open_discord_for
from bot.running import open_station_of
from bot.worker import Worker
from config.references import Secret
from config.settings import Settings

_log = logging.getLogger(__name__)


class WholeBot(PointsmanBot):
    """Answers what it hears while it is started; to close it ends all of that.

    discord.py opens in one task and closes in another, so all that answers is opened, kept and
    closed by a task of its own.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings.discord)
        self._settings = settings
        self._answering: asyncio.Task[None] | None = None
        self._worker: Worker | None = None

    async def login(self, token: str) -> None:
        """Log in and open all that answers; where that fails, nothing is left open.

        Raises:
            LoginFailure: Discord does not know the token.
            DiscordRefuses: Nor that of the settings.
            StoreUnavailable: The embedded store cannot be started.
        """
        try:
            await super().login(token)
        except BaseException:
            await self.close()
            raise

    async def setup_hook(self) -> None:
        """Open all that answers, once the token is known to be good."""
        opened, self._worker = asyncio.Event(), None
        self._answering = asyncio.create_task(self._answer(opened))
        waiting = asyncio.create_task(opened.wait())
        try:
            await asyncio.wait({waiting, self._answering}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if self._answering.done():
            self._answering.result()
        await super().setup_hook()

    async def connect(self, *, reconnect: bool = True) -> None:
        """Listen until all is closed; raise what broke off, if anything did."""
        await super().connect(reconnect=reconnect)
        await self._answered()
        if self._answering is not None and not self._answering.cancelled():
            self._answering.result()

    async def close(self) -> None:
        """Let go of Discord, then finish or hand over what is being answered, and close the rest.

        Answers have the time that `intake.grace_s` grants; cancelled, they are handed over.
        """
        try:
            await super().close()
            if self._worker is not None:
                self._worker.end()
                await self._answered()
        finally:
            if self._answering is not None:
                self._answering.cancel()
                await self._answered()

    async def __aexit__(self, *_: object) -> None:
        """Close it, or wait until it is closed by somebody else."""
        await self.close()

    async def _answered(self) -> None:
        if self._answering is not None:
            await asyncio.wait([self._answering])

    async def _answer(self, opened: asyncio.Event) -> None:
        """Open all that answers, answer until told to end, and close it in reverse."""
        settings = self._with_token()
        async with (
            open_app(settings) as app,
            open_discord_for(settings, app) as platform,
            open_station_of(app, settings, [platform]) as station,
        ):
            platform.listen_with(self, station.intake)
            _log.info("all is kept in %s", app.stores.describe)
            if app.stores.notice:
                _log.warning("%s", app.stores.notice)
            self._worker = station.worker
            opened.set()
            outgrown = asyncio.create_task(app.presence.outgrown())
            outgrown.add_done_callback(lambda _: station.worker.end())
            try:
                await station.worker.run()
                if outgrown.done():
                    raise outgrown.result()
            finally:
                outgrown.cancel()
                await super().close()  # first of all, whatever ended it

    def _with_token(self) -> Settings:
        """Return the settings with a token: their own, else the one discord.py logged in with."""
        discord = self._settings.discord
        if discord.token is not None and discord.token.is_set:
            return self._settings
        token = Secret("the token it was started with", self.http.token)
        with_token = discord.model_copy(update={"token": token})
        return self._settings.model_copy(update={"discord": with_token})
