"""A terminal's screen in memory: just enough of the escape codes to see what a person sees."""

import re
from typing import Final

from rich.cells import cell_len

_TOKEN: Final = re.compile(
    r"\x1b\[(?P<private>[?>]?)(?P<numbers>[\d;]*)(?P<code>[A-Za-z])|\x1b[=>]|(?P<char>[^\x1b])"
)


class Screen:
    """Takes what a program writes; holds the rows on the screen and those scrolled off."""

    def __init__(self, rows: int = 24, columns: int = 80) -> None:
        self.rows = rows
        self.columns = columns
        self.is_cursor_shown = True
        self.strange: list[str] = []
        self._grid: list[list[str]] = [[] for _ in range(rows)]
        self._scrolled: list[list[str]] = []
        self._row = 0
        self._column = 0
        self._wraps = True
        self._pending = ""

    def feed(self, text: str) -> str:
        """Take what was written; return what the terminal answers."""
        text, self._pending = self._pending + text, ""
        answers: list[str] = []
        position = 0
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                self._pending = text[position:]
                break
            position = match.end()
            if (char := match["char"]) is not None:
                self._put(char)
            elif match["code"] == "n":
                answers.append(f"\x1b[{self._row + 1};{self._column + 1}R")
            elif match["code"]:
                self._control(match)
        return "".join(answers)

    @property
    def text(self) -> str:
        """Return all that is to be read, scrolled-off rows first, without trailing spaces."""
        rows = ["".join(row).rstrip() for row in [*self._scrolled, *self._grid]]
        return "\n".join(rows).rstrip("\n")

    def _put(self, char: str) -> None:
        if char == "\r":
            self._column = 0
        elif char == "\n":
            self._down()
        elif char == "\b":
            self._column = max(self._column - 1, 0)
        elif char < " " or "\x7f" <= char < "\xa0":
            self.strange.append(char)
        else:
            self._print(char)

    def _print(self, char: str) -> None:
        width = cell_len(char)
        if self._column + width > self.columns:
            if not self._wraps:
                return
            self._column = 0
            self._down()
        row = self._grid[self._row]
        row += [" "] * (self._column + width - len(row))
        row[self._column : self._column + width] = [char, *[""] * (width - 1)]
        self._column += width

    def _down(self) -> None:
        if self._row + 1 < self.rows:
            self._row += 1
        else:
            self._scrolled.append(self._grid.pop(0))
            self._grid.append([])

    def _control(self, match: re.Match[str]) -> None:
        number = int(match["numbers"].partition(";")[0] or 0)
        many = max(number, 1)
        match match["private"] + match["code"]:
            case "A":
                self._row = max(self._row - many, 0)
            case "B":
                self._row = min(self._row + many, self.rows - 1)
            case "C":
                self._column = min(self._column + many, self.columns - 1)
            case "D":
                self._column = max(self._column - many, 0)
            case "J" | "K" as code:
                self._erase(code, number)
            case "?h" | "?l" as code:
                self._switch(number, is_on=code == "?h")
            case "m":
                pass
            case _:
                self.strange.append(match[0])

    def _erase(self, code: str, number: int) -> None:
        if number == 2 and code == "K":  # the whole row
            self._grid[self._row] = []
            return
        del self._grid[self._row][self._column :]
        if code == "J":
            for row in range(self._row + 1, self.rows):
                self._grid[row] = []

    def _switch(self, number: int, *, is_on: bool) -> None:
        if number == 25:  # the cursor
            self.is_cursor_shown = is_on
        elif number == 7:  # wrapping at the right edge
            self._wraps = is_on
