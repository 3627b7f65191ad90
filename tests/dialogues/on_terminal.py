"""The terminal as a stage: one person, who is the operator."""

import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import ClassVar, Final

from bot.app import App, open_app
from bot.platforms.terminal import Streams, Terminal
from bot.platforms.terminal_identity import terminal_origin
from config.settings import Settings
from tests.dialogues.script import Step
from tests.dialogues.stage import Seen, typed

_PRESSED: Final = {
    "Why?": "/why", "Again": "/fresh", "Better model": "/better", "👍": "/good", "👎": "/bad",
}  # fmt: skip


@dataclass(frozen=True)
class _Printed:
    text: str
    small: str

    def seen(self) -> Seen:
        return Seen(self.text, self.small, is_private=True, files=self.text)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Return at once: what is printed stays as it is."""
        if not is_so():
            raise TimeoutError


class TerminalStage:
    """The real terminal over a whole app, read from its streams."""

    name: ClassVar[str] = "terminal"

    def __init__(self, settings: Settings, app: App) -> None:
        self._settings = settings
        self._app = app
        self._last = ""

    def asker(self, name: str) -> str:
        del name  # whoever speaks here is the one at the keyboard
        return terminal_origin().asker

    def shown(self, name: str) -> str:
        return self.asker(name)

    async def appoint(self, name: str, *, is_admin: bool) -> None:
        """Do nothing: who sits at the keyboard is the operator."""

    async def do(self, step: Step) -> _Printed:
        out, err = io.StringIO(), io.StringIO()
        streams = Streams(io.StringIO(), out, err)
        settings = self._settings
        terminal = Terminal(settings.terminal, settings.state_dir, streams=streams)
        answered = await terminal.ask_once(self._app.handler.answer, self._typed(step))
        self._last = out.getvalue()
        # Where there is no answer, why not is all there is to read.
        text, small = out.getvalue(), err.getvalue()
        return _Printed(text, small) if answered or text else _Printed(small, "")

    def _typed(self, step: Step) -> str:
        if step.how == "presses":
            if step.what == "Do it":
                return self._last.rsplit("`", 2)[-2]
            return _PRESSED[step.what]
        if step.how not in {"slash", "fills"}:
            return step.what
        return typed(step, self.asker)


@asynccontextmanager
async def terminal_stage(settings: Settings) -> AsyncIterator[TerminalStage]:
    """Open the app; it is closed behind the block."""
    async with open_app(settings) as app:
        yield TerminalStage(settings, app)
