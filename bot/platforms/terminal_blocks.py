"""Where a growing Markdown text may be cut: at the ends of its blocks. Pure, linear in its length.

Lines are read once, for likely ends: an unindented line after a blank one, and the edges of an
unindented code fence. A parser then confirms each; where it objects, it is not asked again until
the block has doubled, so that all its readings together stay linear.
"""

import re
from typing import Final

from bot.platforms.terminal_markdown import ends_whole

_BLANK: Final = " \t\n"
_FENCE: Final = re.compile(r"[ \t]*(`{3,}(?=[^`]*$)|~{3,})(.*)")
_TABLE_RULE: Final = re.compile(r"(?=.*\|)[ \t|:-]*-[ \t|:-]*\n")


class Blocks:
    """Hands out finished blocks in order; all pieces and the rest join to what was fed."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._begun_line: list[str] = []
        self._fence_line = ""
        self._is_after_gap = False
        self._chars = 0
        self._asked_again_at_chars = 0

    def feed(self, text: str) -> list[str]:
        """Take more of the text; return the blocks that are finished by it."""
        *ends, rest = text.split("\n")
        finished: list[str] = []
        for end in ends:
            finished += self._take(f"{''.join(self._begun_line)}{end}\n")
            self._begun_line = []
        if rest:
            self._begun_line.append(rest)
            if self._is_after_gap and not rest.isspace() and self._begins_unindented():
                finished += self._cut()
        return finished

    def close(self) -> str:
        """Return the rest, maybe nothing."""
        rest = "".join([*self._lines, *self._begun_line])
        self.__init__()  # type: ignore[misc]
        return rest

    def preview(self, rows: int, columns: int) -> str:
        """Return the end of the unfinished block, enough of it to fill a screen.

        What gives the end its looks, a fence's first line or a table's head, comes along.
        """
        shown = "".join([*self._lines[-rows:], *self._begun_line])[-rows * columns :]
        if len(self._lines) <= rows:
            return shown
        if self._fence_line:
            return self._fence_line + shown
        has_head = _TABLE_RULE.fullmatch(self._lines[1])
        return "".join(self._lines[:2]) + shown if has_head else shown
