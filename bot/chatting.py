"""`pointsman chat`: the terminal and everything behind it, from the first prompt to the last."""

import asyncio
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import version

from bot.app import App, open_app
from bot.commands.completing import Completing
from bot.commands.everything import COMMANDS
from bot.log import log_to
from bot.platforms.port import Message, OutgoingEvent
from bot.platforms.terminal import OWN_COMMANDS, Terminal
from bot.wording import sentence
from config.errors import ConfigError
from config.settings import Settings
from routing.backends.local_model import is_installed
from routing.errors import StoreNotUnderstood, StoreUnavailable
from routing.stop import Stop


async def chat(settings: Settings, question: str, wanted: str) -> int:
    """Answer one question, or, when it is empty, talk until the person leaves.

    Returns:
        The exit code: 0 done, 1 not answered, 2 the store's address is bad, or what is kept there
        is for another version.
    """
    log_to(settings.state_dir, settings.log)
    _end_when_terminated()
    try:
        async with open_app(settings) as app:
            if app.stores.notice:
                print(app.stores.notice, file=sys.stderr)  # noqa: T201 # before any prompt
            if not question:
                print(_greeting(settings))  # noqa: T201 # before the first prompt
                talking = _terminal(settings, app).run(app.handler.answer)
                await app.presence.while_understood(talking)
                return 0
            app.completer.preload()
            answer = _OneQuestion(app, wanted)
            return 0 if await _terminal(settings, app).ask_once(answer, question) else 1
    except (ConfigError, StoreNotUnderstood) as error:
        print(error, file=sys.stderr)  # noqa: T201 # nothing could be opened
        return 2
    except StoreUnavailable as error:
        print(sentence(error), file=sys.stderr)  # noqa: T201 # nothing could be opened
        return 1


def _end_when_terminated() -> None:
    """Let SIGTERM end what runs as a cancellation does: what it has cost is settled first."""
    running = asyncio.current_task()
    if running is not None:
        with suppress(NotImplementedError):  # Windows
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)


def _greeting(settings: Settings) -> str:
    ready = [card for card in settings.models if card.enabled and not card.missing]
    others = [card.name for card in ready if not card.embedded]
    if others:
        who = f"{others[0]} is ready" if len(others) == 1 else f"{len(others)} models are ready"
    elif ready and is_installed(settings.local_model):
        who = "only a tiny local model is ready; set a key such as DEEPSEEK_API_KEY for more"
    else:
        who = "no model is ready; set a key such as DEEPSEEK_API_KEY"
    return f"Pointsman {version('pointsman')}: {who}. /help lists what you can say.\n"


def _terminal(settings: Settings, app: App) -> Terminal:
    return Terminal(
        settings.terminal,
        settings.state_dir,
        complete=Completing(COMMANDS.commands, settings.models, OWN_COMMANDS),
        on_prompt=app.completer.preload,
    )


class _OneQuestion:
    """Answers a question that stands alone: no earlier turn shapes it, none is shaped by it."""

    def __init__(self, app: App, wanted: str) -> None:
        self._answer = app.handler.answer
        self._wanted = wanted.lower()

    def __call__(self, message: Message, stop: Stop) -> AsyncGenerator[OutgoingEvent]:
        """Answer a message by itself."""
        return self._answer(replace(message, wanted=self._wanted, is_alone=True), stop)
