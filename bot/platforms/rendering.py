"""A model's Markdown as a chat service can show it, safe to post: nothing is live, nothing forged.

Pure, and made for text that grows: what is `settled` never changes again. What a service reads
otherwise than people meant it is put into words it knows: tables, rules, fences of tildes. What
else it knows, and what it would take as a mention, its `Dialect` says.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from bot.platforms.tables import Table, is_table_head, is_table_row, table_of

_FENCE: Final = re.compile(
    r"(?P<before>(?:[ \t]{0,3}>(?!>)[ \t]?)?[ \t]*(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)?)"
    r"(?P<marker>`{3,}|~{3,})[ \t]*(?P<about>[^`\n]*)"
)
_RULE: Final = re.compile(r"[ \t]{0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})")
_TASK: Final = re.compile(r"\A([ \t]*[-*+][ \t]+)\[([ xX])\][ \t]")
_FOLD: Final = re.compile(r"[ \t]*</?details(?: open)?>[ \t]*", re.IGNORECASE)
# What follows a language is for other readers: a title, lines to be marked.
_LANGUAGE: Final = re.compile(r"([A-Za-z0-9_+.#-]{1,30})(?:[ \t]*[{\[:].*|[ \t]+\w+=.*)?")

# Behind this many characters a line is no heading, no table's head and no fence; one that begins
# with a word is sooner known to be none.
_LONGEST_HEAD: Final = 160
_LONGEST_FIRST_CELL: Final = 40
# No construct within a line is looked at that has more.
_LONGEST_PART: Final = 700
# What these are depends on what is behind them.
_LOOKS_AHEAD: Final = re.compile(r"(?:[<@\\!#]|&#?\w{1,8};)+\Z")
# Nothing that is looked at in code has more.
_LONGEST_IN_CODE: Final = 16

TAGS: Final = {
    **dict.fromkeys(("b", "strong", "summary"), "**"),
    **dict.fromkeys(("i", "em"), "*"),
    **dict.fromkeys(("s", "del", "strike"), "~~"),
    **dict.fromkeys(("code", "kbd"), "`"),
}
"""Tags of HTML that have a mark of Markdown."""

INVISIBLE: Final = "\u200b"
"""Makes text of what would be live."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one chat service reads Markdown.

    Attributes:
        inline: What is not to stay as it is within a line outside code; its groups `code` and
            `tick` are a span of code, and backticks that begin none.
        shown: What stands in the place of such a match.
        begun: The end of a line in which more text may make such a match.
        code: A line of code, or part of one, that neither ends its block nor is live.
        line: What a whole line becomes; None: it is as other lines.
        table: A table as text.
        has_code_in_lists: Whether blocks of code stay in lists; else they stand behind the item.
    """

    inline: re.Pattern[str]
    shown: Callable[[re.Match[str]], str]
    begun: re.Pattern[str]
    code: Callable[[str], str]
    line: Callable[[str], str | None]
    table: Callable[[Table], str]
    has_code_in_lists: bool = True

    def shown_inline(self, line: str) -> str:
        """Return what is within one line, outside code, as the service can show it."""
        return self.inline.sub(self.shown, line)


@dataclass(frozen=True, slots=True)
class _Fence:
    """A block of code that is open.

    Attributes:
        indent: What its lines begin with that is to be taken from them; maybe nothing.
        is_lazy: Whether they begin with less; None: none was seen yet.
    """

    marker: str
    is_quoted: bool = False
    indent: str = ""
    is_lazy: bool | None = None


class Rendering:
    """A text as a service shows it, while the text grows."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._tables: dict[str, Table] = {}
        self._last_table: dict[str, Table] = {}
        self._settled: list[str] = []
        self._rest = ""
        self._table: list[str] = []
        self._fence: _Fence | None = None
        self._is_mid_line = False

    @property
    def tables(self) -> dict[str, Table]:
        """Return the tables of the settled text and of the last `rest`, by what is shown there."""
        return {**self._tables, **self._last_table}

    def feed(self, more: str) -> str:
        """Take more of the text in and return what is settled by it."""
        self._settled = []
        *lines, self._rest = f"{self._rest}{more}".split("\n")
        for line in lines:
            self._take(line.removesuffix("\r"))
        self._settle_part()
        return "".join(self._settled)

    def rest(self) -> str:
        """Return what follows the settled text, as if the text ended here."""
        after = Rendering(self._dialect)
        after._table, after._is_mid_line = [*self._table], self._is_mid_line
        after._fence = self._fence
        if self._rest or self._is_mid_line:
            after._take(self._rest.removesuffix("\r"))
        after._end_table()
        self._last_table = after._tables
        return "".join(after._settled).removesuffix("\n")

    def _take(self, line: str) -> None:
        """Take in a line that is whole."""
        if self._is_mid_line:
            self._is_mid_line = False
            self._add(
                f"{self._dialect.code(line) if self._fence else self._dialect.shown_inline(line)}\n"
            )
        elif self._fence:
            self._take_code(line, self._fence)
        elif self._table:
            self._take_row(line)
        elif "|" in line and not _FENCE.fullmatch(line) and _may_be_head(line):
            self._table = [line]
        else:
            self._take_text(line)

    def _take_row(self, line: str) -> None:
        if len(self._table) == 1:
            if is_table_head(self._table[0], line):
                self._table.append(line)
                return
        elif is_table_row(line) and not _FENCE.fullmatch(line):
            self._table.append(line)
            return
        self._end_table()
        self._take(line)

    def _end_table(self) -> None:
        table, self._table = self._table, []
        if len(table) > 1:
            self._add_table(table_of(table))
        elif table:
            self._take_text(table[0])

    def _take_code(self, line: str, fence: _Fence) -> None:
        if self._is_over(line):
            # The quote is over, and what was open in it.
            self._fence = None
            self._add("> ```\n")
            self._take(line)
            return
        row = line.strip(" \t>")
        if len(row) >= len(fence.marker) and not row.strip(fence.marker[0]):
            self._fence = None
            before = line[: len(line) - len(line.lstrip(" \t>"))]
            is_flat = not (self._dialect.has_code_in_lists or fence.is_quoted)
            self._add("```\n" if is_flat else f"{before}```\n")
        else:
            self._add(f"{self._dialect.code(self._dedented(line, fence))}\n")

    def _dedented(self, line: str, fence: _Fence) -> str:
        """Return a line of code without what it begins with for the list it stood in."""
        if not fence.indent or not line.strip():
            return line
        if fence.is_lazy is None:
            self._fence = fence = replace(fence, is_lazy=not line.startswith(fence.indent))
        if fence.is_lazy:
            return line
        return line.removeprefix(fence.indent) if line.startswith(fence.indent) else line.lstrip()

    def _take_text(self, line: str) -> None:
        if len(line) > _LONGEST_HEAD:
            self._add(f"{self._dialect.shown_inline(_TASK.sub(_ticked, line, count=1))}\n")
        elif fence := _FENCE.fullmatch(line):
            self._take_fence(fence)
        elif (shown := self._dialect.line(line)) is not None:
            self._add(f"{shown}\n")
        elif _RULE.fullmatch(line):
            self._add("──────────\n")
        elif _FOLD.fullmatch(line):
            self._add("\n")
        else:
            self._add(f"{self._dialect.shown_inline(_TASK.sub(_ticked, line, count=1))}\n")

    def _take_fence(self, found: re.Match[str]) -> None:
        before, about = found["before"], found["about"].strip()
        is_quoted, indent = ">" in before, ""
        if not self._dialect.has_code_in_lists:
            indent = "" if is_quoted else " " * len(before)
            number = before.strip() if before.strip()[:1].isdigit() else ""
            before = "> " if is_quoted else f"{number}\n" if number else ""
        self._fence = _Fence(found["marker"], is_quoted, indent)
        language = _LANGUAGE.fullmatch(about)
        self._add(f"{before}```{language[1] if language else ''}\n")
        if about and not language:
            quote = "> " if is_quoted else ""
            self._add(f"{quote}{self._dialect.code(about)}\n")

    def _settle_part(self) -> None:
        """Settle of an unfinished line what no more text changes; long paragraphs are one line."""
        line = self._rest
        if not line or self._table or not (self._is_mid_line or self._is_text(line)):
            return
        settled = _settled_chars(line, self._dialect, is_code=bool(self._fence))
        if settled <= 0 or (not self._is_mid_line and self._is_over(line)):
            return
        part, self._rest = line[:settled], line[settled:]
        if not self._is_mid_line:
            fence = self._fence
            part = self._dedented(part, fence) if fence else _TASK.sub(_ticked, part, count=1)
        self._add(self._dialect.code(part) if self._fence else self._dialect.shown_inline(part))
        self._is_mid_line = True

    def _is_text(self, line: str) -> bool:
        """Tell whether an unfinished line is certain to be part of a paragraph or of code."""
        if self._fence:
            return len(line) > _LONGEST_HEAD
        return not _may_be_head(line)

    def _is_over(self, line: str) -> bool:
        """Tell whether a line is behind the quote that code stands in."""
        is_quoted = self._fence is not None and self._fence.is_quoted
        return is_quoted and not line.lstrip(" \t").startswith(">")

    def _add_table(self, table: Table) -> None:
        shown = self._dialect.table(table)
        self._tables[shown] = table
        self._add(f"{shown}\n")

    def _add(self, shown: str) -> None:
        self._settled.append(shown)


def rendered(text: str, dialect: Dialect) -> str:
    """Return a whole text as a service can show it."""
    rendering = Rendering(dialect)
    return rendering.feed(text) + rendering.rest()


def _ticked(task: re.Match[str]) -> str:
    return f"{task[1]}{'☐' if task[2] == ' ' else '☑'} "


def _may_be_head(line: str) -> bool:
    if line.lstrip().startswith("|"):
        return True
    begins_with_word = line[:1].isalpha() and "|" not in line[:_LONGEST_FIRST_CELL]
    return len(line) <= (_LONGEST_FIRST_CELL if begins_with_word else _LONGEST_HEAD)


def _settled_chars(line: str, dialect: Dialect, *, is_code: bool) -> int:
    """Return how many characters of an unfinished line mean the same whatever follows."""
    if is_code:
        settled = len(line[:-3].rstrip("`"))
        opened = line.rfind("<", max(0, settled - _LONGEST_IN_CODE), settled)
        return settled if opened < 0 else opened
    settled = len(line.removesuffix("\r"))
    if begun := dialect.begun.search(line, max(0, len(line) - _LONGEST_PART)):
        settled = begun.start()
    constructs = list(dialect.inline.finditer(line))
    cut = (found.start() for found in constructs if found.start() < settled < found.end())
    # A row of backticks that nothing has closed yet may still be code.
    still = len(line) - _LONGEST_PART
    ticks = (found.start() for found in constructs if found["tick"] and found.start() > still)
    settled = min([settled, *cut, *ticks])
    looks_ahead = _LOOKS_AHEAD.search(line, max(0, settled - _LONGEST_IN_CODE), settled)
    return looks_ahead.start() if looks_ahead else settled
