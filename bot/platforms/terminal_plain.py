"""Answers as plain text: for pipes, files, dumb terminals and whoever wants no colours."""

import os
from collections.abc import Callable
from typing import TextIO

from bot.platforms.port import Notice, OutgoingEvent, Remarks, Waiting
from bot.platforms.terminal_text import clean
from bot.wording import comparing, handed_over, receipt_line
from routing.reply import Comparing, Finished, HandedOver, TextDelta


class PlainView:
    """Writes the answer as the model wrote it, piece by piece; notes go where notes belong."""

    def __init__(self, out: TextIO, notes: TextIO, on_closed: Callable[[], object]) -> None:
        self._out = out
        self._notes = notes
        self._on_closed = on_closed
        self._ends_line = True

    def show(self, event: OutgoingEvent) -> None:
        """Write what an event adds."""
        match event:
            case TextDelta(text):
                self._say(clean(text))
            case Comparing():
                self._note(comparing(event))
            case Waiting(line):
                self._note(line)
            case Remarks(lines):
                for line in lines:
                    self._note(line)
            case HandedOver(is_continuing=False):
                self._note(handed_over(event))
            case Finished():
                self.close()
                self._note(receipt_line(event))
            case Notice(markdown, is_failure=True):
                self.fail(markdown)
            case Notice(markdown, files=files):
                for words in (markdown, *(file.words for file in files)):
                    self._say(clean(words))
                    self.close()
            case _:
                pass

    def fail(self, text: str) -> None:
        """Write why there is no answer, or no more of it."""
        self.close()
        self._note(text)

    def draw(self) -> None:
        """Do nothing: everything is written as it comes."""

    def close(self) -> None:
        """End the last line."""
        if not self._ends_line:
            self._say("\n")

    def _note(self, text: str) -> None:
        _write(self._notes, f"{clean(text)}\n")

    def _say(self, text: str) -> None:
        if text:
            self._ends_line = text.endswith("\n")
            if not _write(self._out, text):
                self._on_closed()


def _write(stream: TextIO, text: str) -> bool:
    """Tell whether anybody reads it still; nobody doing so, as below `| head`, is no error."""
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        # What is buffered would raise again when the program ends.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
        return False
    return True
