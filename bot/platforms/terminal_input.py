"""The line where people type, by prompt_toolkit: several lines, history, completion of commands."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.input import create_input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import create_output

from bot.commands.options import Suggestion

_PROMPT: Final = "> "
_LEAVING: Final = "Ctrl-C again to leave"
_MENU_ROWS: Final = 5


class Prompt:
    """Reads messages: Enter sends, Alt-Enter, Ctrl-J or a backslash before Enter begins a line."""

    def __init__(
        self,
        *,
        history_file: Path,
        complete: Callable[[str], Iterable[Suggestion]],
        on_prompt: Callable[[], None],
        stdin: TextIO,
        stdout: TextIO,
    ) -> None:
        self._is_leaving = False
        self._session: PromptSession[str] = PromptSession(
            _PROMPT,
            multiline=True,
            prompt_continuation=" " * len(_PROMPT),
            history=_history(history_file),
            completer=_Commands(complete),
            reserve_space_for_menu=_MENU_ROWS,
            key_bindings=self._keys(),
            rprompt=lambda: _LEAVING if self._is_leaving else "",
            input=create_input(stdin),
            output=create_output(stdout),
        )
        self._session.default_buffer.on_text_changed += lambda _: self._stay()
        _once_rendered(self._session.app, on_prompt)

    async def read(self) -> str | None:
        """Return the next message, or None when the person leaves."""
        try:
            return await self._session.prompt_async(handle_sigint=False)
        except EOFError:
            return None

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()
        keys.add("enter")(_send)
        keys.add("escape", "enter")(_begin_line)
        keys.add("c-j")(_begin_line)
        keys.add("c-c")(self._clear_or_leave)
        return keys

    def _clear_or_leave(self, event: KeyPressEvent) -> None:
        if event.current_buffer.text:
            event.current_buffer.reset()
        elif self._is_leaving:
            event.app.exit(exception=EOFError)
        else:
            self._is_leaving = True

    def _stay(self) -> None:
        self._is_leaving = False


class _Commands(Completer):
    """Completes the last word where the first begins with a slash."""

    def __init__(self, complete: Callable[[str], Iterable[Suggestion]]) -> None:
        self._complete = complete

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        del complete_event
        begun = document.text_before_cursor
        last = begun.rsplit(" ", 1)[-1]
        for each in self._complete(begun):
            yield Completion(each.value, -len(last), display_meta=each.label)


def _send(event: KeyPressEvent) -> None:
    buffer = event.current_buffer
    if buffer.document.text_before_cursor.endswith("\\"):
        buffer.delete_before_cursor()
        buffer.newline(copy_margin=False)
    else:
        buffer.validate_and_handle()


def _begin_line(event: KeyPressEvent) -> None:
    event.current_buffer.newline(copy_margin=False)


def _history(file: Path) -> History:
    """Return what was typed before; where it cannot be kept, it lasts for this run."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch(mode=0o600)
        file.chmod(0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(file)


def _once_rendered(app: Application[str], act: Callable[[], None]) -> None:
    def rendered(sender: Application[str]) -> None:
        sender.after_render -= rendered
        act()

    app.after_render += rendered
