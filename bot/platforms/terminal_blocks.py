"""Where a growing Markdown text may be cut: at the ends of its blocks. Pure, linear in its length.

Lines are read once, for likely ends: an unindented line after a blank one, and the edges of an
unindented code fence. A parser then confirms each; where it objects, it is not asked again until
the block has doubled, so that all its readings together stay linear.
"""

import re
from typing import Final

from bot.platforms.terminal_markdown import ends_whole

_FENCE: Final = re.compile(r"(?P<indent>[ \t]*)(?P<marks>`{3,}|~{3,})(?P<rest>.*)\n")
_TABLE_RULE: Final = re.compile(r"(?=.*\|)[ \t|:-]*-[ \t|:-]*\n")


class Blocks:
    """Hands out finished blocks in order; they and the rest join to what was fed."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._begun_line: list[str] = []
        self._fence_line = ""
        self._fence_marks = ""
        self._has_words = False
        self._is_after_gap = False
        self._chars = 0
        self._next_try_chars = 0

    def feed(self, text: str) -> list[str]:
        """Take more of the text; return the blocks that are finished by it."""
        *ends, rest = text.split("\n")
        finished: list[str] = []
        for end in ends:
            line = f"{''.join(self._begun_line)}{end}\n"
            self._begun_line = []
            finished += self._take(line)
        if rest:
            self._begun_line.append(rest)
            if self._is_after_gap and _is_unindented(self._begun_line[0]):
                finished += self._cut()
        return finished

    def rest(self) -> str:
        """Return the unfinished block, maybe nothing."""
        return "".join([*self._lines, *self._begun_line])

    def preview(self, rows: int, columns: int) -> str:
        """Return the end of the unfinished block, enough of it to fill a screen.

        What gives the end its looks, a fence's first line or a table's head, comes along.
        """
        shown = "".join([*self._lines[-rows:], *self._begun_line])[-rows * columns :]
        if len(self._lines) <= rows:
            return shown
        if self._fence_line:
            return self._fence_line + shown
        has_table_head = _TABLE_RULE.fullmatch(self._lines[1])
        return "".join(self._lines[:2]) + shown if has_table_head else shown

    def _take(self, line: str) -> list[str]:
        fence = _FENCE.fullmatch(line)
        if self._fence_marks:
            self._append(line)
            if fence is None or not self._closes(fence):
                return []
            self._fence_line = self._fence_marks = ""
            return [] if fence["indent"] else self._cut()
        opens = fence is not None and ("~" in fence["marks"] or "`" not in fence["rest"])
        ends_before = _is_unindented(line) and (self._is_after_gap or opens)
        finished = self._cut() if ends_before else []
        self._append(line)
        if fence is not None and opens:
            self._fence_line, self._fence_marks = line, fence["marks"]
        return finished

    def _append(self, line: str) -> None:
        self._lines.append(line)
        self._chars += len(line)
        is_blank = not line.strip(" \t\n")
        self._has_words |= not is_blank
        self._is_after_gap = is_blank and self._has_words and not self._fence_marks

    def _closes(self, fence: re.Match[str]) -> bool:
        return fence["marks"].startswith(self._fence_marks) and not fence["rest"].strip(" \t")

    def _cut(self) -> list[str]:
        if not self._has_words or self._chars < self._next_try_chars:
            return []
        block = "".join(self._lines)
        if not ends_whole(block):
            self._next_try_chars = 2 * self._chars
            return []
        self._lines = []
        self._has_words = self._is_after_gap = False
        self._chars = self._next_try_chars = 0
        return [block]


def _is_unindented(line: str) -> bool:
    return line[0] not in " \t\n"
