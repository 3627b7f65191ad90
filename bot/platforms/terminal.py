"""The terminal as a platform: a conversation at the prompt, or one question and its answer."""

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, Final, Protocol, TextIO
from uuid import uuid4

from bot.commands.options import Suggestion
from bot.platforms.port import Message, Notice, OnMessage, OutgoingEvent
from bot.platforms.terminal_identity import TYPED, terminal_conversation, terminal_origin
from bot.platforms.terminal_keys import keys_kept, on_interrupt
from bot.platforms.terminal_plain import PlainView
from bot.wording import UNEXPECTED, sentence
from config.settings import TerminalSettings
from routing.clock import Clock
from routing.errors import RoutingError
from routing.reply import Finished, Outcome, ReasoningDelta
from routing.stop import Stop

_REDRAWS_PER_S: Final = 15
OWN_COMMANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "reasoning": "show what the model thought for its last answer",
        "quit": "leave; so do /exit and Ctrl-D",
    }
)
"""What the terminal itself does, by name."""

_OWN_HELP: Final = "\n".join(
    [
        "In the terminal also:",
        "",
        *(f"- `/{name}`: {summary}" for name, summary in OWN_COMMANDS.items()),
        "- Alt-Enter, Ctrl-J or a backslash at the end of a line: a new line",
        "- Ctrl-C: stop the answer, keeping what is there",
    ]
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Streams:
    """Where the terminal reads and writes."""

    stdin: TextIO = field(default_factory=lambda: sys.stdin)
    stdout: TextIO = field(default_factory=lambda: sys.stdout)
    stderr: TextIO = field(default_factory=lambda: sys.stderr)

    @property
    def is_interactive(self) -> bool:
        """Tell whether a person sits at both ends."""
        return self.stdin.isatty() and self.stdout.isatty()

    @property
    def is_plain(self) -> bool:
        """Tell whether the output takes text alone, no escape codes."""
        is_dumb = os.environ.get("TERM") in {"dumb", "unknown"}
        return not self.stdout.isatty() or is_dumb or bool(os.environ.get("NO_COLOR"))


class View(Protocol):
    """Shows one answer."""

    def show(self, event: OutgoingEvent) -> None:
        """Take an event in."""
        ...

    def fail(self, text: str) -> None:
        """Say why there is no answer, or no more of it."""
        ...

    def draw(self) -> None:
        """Bring the screen up to date; called again and again while the answer runs."""
        ...

    def close(self) -> None:
        """Leave everything that came, whole."""
        ...


class Terminal:
    """The person at the keyboard, or the pipe in their place."""

    name: ClassVar[str] = "terminal"

    def __init__(
        self,
        settings: TerminalSettings,
        state_dir: Path,
        *,
        complete: Callable[[str], Iterable[Suggestion]] = lambda _begun: (),
        on_prompt: Callable[[], None] = lambda: None,
        streams: Streams | None = None,
    ) -> None:
        self._settings = settings
        self._history_file = state_dir / TYPED
        self._complete = complete
        self._on_prompt = on_prompt
        self._streams = streams or Streams()
        self._thoughts: list[str] = []
        self._stop = Stop()
        self._answering: asyncio.Task[bool] | None = None

    async def run(self, on_message: OnMessage) -> None:
        """Read messages and show their answers until the person leaves."""
        from bot.platforms.terminal_input import Prompt

        streams = self._streams
        _replace_what_cannot_be_written(streams)
        prompt = Prompt(
            history_file=self._history_file,
            complete=self._complete,
            on_prompt=self._on_prompt,
            stdin=streams.stdin,
            stdout=streams.stdout,
        )
        # Held all along: a Ctrl-C that comes just after an answer must not end the program.
        with on_interrupt(self._interrupt), keys_kept(streams.stdin):
            while (text := await prompt.read()) is not None:
                match text.strip():
                    case "/quit" | "/exit":
                        return
                    case "/reasoning":
                        self._recall()
                    case "/help":
                        await self._answer(on_message, text, notes=streams.stdout)
                        self._say(_OWN_HELP)
                    case "":
                        continue
                    case _:
                        await self._answer(on_message, text, notes=streams.stdout)
                print(file=streams.stdout, flush=True)

    async def ask_once(self, on_message: OnMessage, text: str) -> bool:
        """Answer one question, the receipt on stderr; tell whether the answer is complete."""
        _replace_what_cannot_be_written(self._streams)
        with on_interrupt(self._interrupt), keys_kept(self._streams.stdin):
            return await self._answer(on_message, text, notes=self._streams.stderr)

    def _interrupt(self) -> None:
        """Stop the answer that runs; a second time, do not wait for its end."""
        if self._answering is None:
            return
        if self._stop.is_requested:
            self._answering.cancel()
        self._stop.request()

    async def _answer(self, on_message: OnMessage, text: str, notes: TextIO) -> bool:
        self._stop = Stop()
        view = self._view(notes)
        async with asyncio.TaskGroup() as tasks:
            drawing = tasks.create_task(_keep_drawing(view))
            self._answering = tasks.create_task(self._show(on_message, _message(text), view))
            try:
                await asyncio.wait([self._answering])
            finally:
                drawing.cancel()
        answered, self._answering = self._answering, None
        return not answered.cancelled() and answered.result()

    async def _show(self, on_message: OnMessage, message: Message, view: View) -> bool:
        """Show an answer to its end; tell whether it is complete."""
        is_complete = False
        thoughts: list[str] = []
        try:
            async with aclosing(on_message(message, self._stop)) as events:
                async for event in events:
                    view.show(event)
                    match event:
                        case ReasoningDelta(thought):
                            thoughts.append(thought)
                        case Finished(receipt):
                            is_complete = receipt.outcome is Outcome.COMPLETE
                        case Notice(is_failure=is_failure):
                            is_complete = not is_failure
                        case _:
                            pass
        except asyncio.CancelledError:
            view.fail("Ended without waiting for its receipt.")
            raise
        except RoutingError as error:
            view.fail(sentence(error))
        except Exception:  # noqa: BLE001 # whatever it is, the conversation goes on
            view.fail(UNEXPECTED)
            _log.exception("a message went unanswered")
        finally:
            view.close()
            self._thoughts = thoughts or self._thoughts
        return is_complete

    def _recall(self) -> None:
        self._say("".join(self._thoughts) or "No model has thought aloud yet.")

    def _say(self, markdown: str) -> None:
        view = self._view(self._streams.stdout)
        view.show(Notice(markdown))
        view.close()

    def _view(self, notes: TextIO) -> View:
        streams = self._streams
        if streams.is_plain:
            return PlainView(streams.stdout, notes, self._stop.request)
        from bot.platforms.terminal_view import rich_view

        return rich_view(streams.stdout, notes, self._settings.reasoning, Clock().elapsed_s)


async def _keep_drawing(view: View) -> None:
    while True:
        view.draw()
        await asyncio.sleep(1 / _REDRAWS_PER_S)


def _message(text: str) -> Message:
    origin = terminal_origin()
    return Message(
        message_id=uuid4().hex,
        origin=origin,
        conversation=terminal_conversation(origin),
        # Typed bytes that are no UTF-8 come as surrogates, which nothing can encode.
        text=text.encode("utf-8", errors="replace").decode("utf-8"),
        at=datetime.now(UTC),
        is_admin=True,  # who has a shell on this machine has its configuration file, too
    )


def _replace_what_cannot_be_written(streams: Streams) -> None:
    """Let a character outside the terminal's encoding become `?`, instead of an error."""
    for stream in (streams.stdout, streams.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="replace")
