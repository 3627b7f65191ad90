"""A model's Markdown as Discord can show it, safe to post: nothing is live, nothing is forged.

Pure, and made for text that grows: what is `settled` never changes again. What Discord reads
otherwise than people meant it is put into words it knows: tables, deep headings, images, HTML,
rules, fences of tildes. What it would take as a mention, or as our own small print, stays text.
"""

import re
from typing import Final

from bot.platforms.discord.tables import (
    is_table_head,
    is_table_row,
    quiet_code,
    shown_table,
)

_FENCE: Final = re.compile(
    r"(?P<before>(?:[ \t]{0,3}>(?!>)[ \t]?)?[ \t]*(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)?)"
    r"(?P<marker>`{3,}|~{3,})[ \t]*(?P<about>[^`\n]*)"
)
_DEEP_HEADING: Final = re.compile(r"[ \t]{0,3}#{4,6}[ \t]+(.*?)[ \t]*#*[ \t]*")
_RULE: Final = re.compile(r"[ \t]{0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})")
_TASK: Final = re.compile(r"\A([ \t]*[-*+][ \t]+)\[([ xX])\][ \t]")
_FOLD: Final = re.compile(r"[ \t]*</?details(?: open)?>[ \t]*", re.IGNORECASE)
# What follows a language is for other readers: a title, lines to be marked.
_LANGUAGE: Final = re.compile(r"([A-Za-z0-9_+.#-]{1,30})(?:[ \t]*[{\[:].*|[ \t]+\w+=.*)?")

# Behind this many characters a line is no heading, no table's head and no fence.
_LONGEST_HEAD: Final = 160
# No construct within a line is looked at that has more.
_LONGEST_PART: Final = 700

_INLINE: Final = re.compile(
    r"""
      (?P<code>(?P<row>`{1,8})(?!`).{1,600}?(?<!`)(?P=row)(?!`))
    | (?P<tick>`+)
    | !\[(?P<alt>[^\[\]\n]{0,200})\]\((?P<image><?[^\s()<>]{1,300}>?)(?:[ \t]+"[^"\n]{0,99}")?\)
    | (?P<line><br[ \t]*/?>)
    | <(?P<tag>b|strong|summary|i|em|u|ins|s|del|strike|code|kbd)>
        (?P<inner>[^<>\n`]{1,200})</(?P=tag)>
    | (?P<escape>\\[^\w\s<@-])
    | (?P<mention><(?:@[!&]?[0-9]|\#[0-9]|/[^<>\n]{1,99}:[0-9]|a?:\w{1,99}:[0-9]|t:-?[0-9]|id:\w))
    | @(?P<everyone>everyone|here)
    | (?P<small>-\#)
    | (?P<quotes>>>>)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_TAGS: Final = {
    **dict.fromkeys(("b", "strong", "summary"), "**"),
    **dict.fromkeys(("i", "em"), "*"),
    **dict.fromkeys(("u", "ins"), "__"),
    **dict.fromkeys(("s", "del", "strike"), "~~"),
    **dict.fromkeys(("code", "kbd"), "`"),
}
_BEGUN: Final = re.compile(
    r"!?\[[^\[\]\n]*(?:\](?:\([^()\n]*)?)?\Z|<\w+>[^<>\n]*(?:</?\w*)?\Z|<[^<>\n]*\Z"
    r"|[\\@>!-]+\#?\Z|@\w*\Z|\S\Z"
)
_INVISIBLE: Final = "\u200b"


class Rendering:
    """A text as Discord shows it, while the text grows."""

    def __init__(self) -> None:
        self._settled: list[str] = []
        self._rest = ""
        self._table: list[str] = []
        self._fence = ""
        self._is_quoted = False
        self._is_mid_line = False

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
        after = Rendering()
        after._table, after._is_mid_line = [*self._table], self._is_mid_line
        after._fence, after._is_quoted = self._fence, self._is_quoted
        if self._rest or self._is_mid_line:
            after._take(self._rest.removesuffix("\r"))
        after._end_table()
        return "".join(after._settled).removesuffix("\n")

    def _take(self, line: str) -> None:
        """Take in a line that is whole."""
        if self._is_mid_line:
            self._is_mid_line = False
            self._add(f"{quiet_code(line) if self._fence else shown_inline(line)}\n")
        elif self._fence:
            self._take_code(line)
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
            self._add(f"{shown_table(table, shown_inline)}\n")
        elif table:
            self._take_text(table[0])

    def _take_code(self, line: str) -> None:
        if self._is_over(line):
            # The quote is over, and what was open in it.
            self._fence = ""
            self._add("> ```\n")
            self._take(line)
            return
        row = line.strip(" \t>")
        if len(row) >= len(self._fence) and not row.strip(self._fence[0]):
            self._fence = ""
            before = line[: len(line) - len(line.lstrip(" \t>"))]
            self._add(f"{before}```\n")
        else:
            self._add(f"{quiet_code(line)}\n")

    def _take_text(self, line: str) -> None:
        if len(line) > _LONGEST_HEAD:
            self._add(f"{shown_inline(_TASK.sub(_ticked, line, count=1))}\n")
        elif fence := _FENCE.fullmatch(line):
            self._take_fence(fence)
        elif heading := _DEEP_HEADING.fullmatch(line):
            self._add(f"**{shown_inline(heading[1].replace('**', ''))}**\n" if heading[1] else "\n")
        elif _RULE.fullmatch(line):
            self._add("──────────\n")
        elif _FOLD.fullmatch(line):
            self._add("\n")
        else:
            self._add(f"{shown_inline(_TASK.sub(_ticked, line, count=1))}\n")

    def _take_fence(self, fence: re.Match[str]) -> None:
        before, about = fence["before"], fence["about"].strip()
        self._fence, self._is_quoted = fence["marker"], ">" in before
        language = _LANGUAGE.fullmatch(about)
        self._add(f"{before}```{language[1] if language else ''}\n")
        if about and not language:
            quote = "> " if self._is_quoted else ""
            self._add(f"{quote}{quiet_code(about)}\n")

    def _settle_part(self) -> None:
        """Settle of an unfinished line what no more text changes; long paragraphs are one line."""
        line = self._rest
        if self._table or len(line) <= (0 if self._is_mid_line else _LONGEST_HEAD):
            return
        if not self._is_mid_line and _may_be_head(line) and line.lstrip().startswith("|"):
            return
        settled = _settled_chars(line, is_code=bool(self._fence))
        if settled <= 0 or (not self._is_mid_line and self._is_over(line)):
            return
        part, self._rest = line[:settled], line[settled:]
        if not self._is_mid_line and not self._fence:
            part = _TASK.sub(_ticked, part, count=1)
        self._add(quiet_code(part) if self._fence else shown_inline(part))
        self._is_mid_line = True

    def _is_over(self, line: str) -> bool:
        """Tell whether a line is behind the quote that code stands in."""
        is_within = line.lstrip(" \t").startswith(">")
        return bool(self._fence) and self._is_quoted and not is_within

    def _add(self, shown: str) -> None:
        self._settled.append(shown)


def rendered(text: str) -> str:
    """Return a whole text as Discord can show it."""
    rendering = Rendering()
    return rendering.feed(text) + rendering.rest()


def shown_inline(line: str) -> str:
    """Return what is within one line, outside code, as Discord can show it."""
    return _INLINE.sub(_shown, line)


def small(text: str) -> str:
    """Return lines in small print."""
    return "\n".join(f"-# {line}" for line in text.splitlines() if line.strip())


def _shown(found: re.Match[str]) -> str:
    if found["code"] or found["escape"]:
        return found[0]
    if found["image"]:
        return f"[{found['alt'] or 'image'}]({found['image']})"
    if found["tick"]:
        # Discord would pair it with one of another line, and show as code what stands between.
        return "\\`" * len(found[0])
    if found["line"]:
        return "\n"
    if tag := found["tag"]:
        mark = _TAGS[tag.lower()]
        return f"{mark}{found['inner']}{mark}"
    if found["small"] or found["quotes"]:
        return f"\\{found[0]}"
    # The invisible character makes text of what Discord would show as a name, and light up.
    return f"{found[0][0]}{_INVISIBLE}{found[0][1:]}"


def _ticked(task: re.Match[str]) -> str:
    return f"{task[1]}{'☐' if task[2] == ' ' else '☑'} "


def _may_be_head(line: str) -> bool:
    return len(line) <= _LONGEST_HEAD or line.lstrip().startswith("|")


def _settled_chars(line: str, *, is_code: bool) -> int:
    """Return how many characters of an unfinished line mean the same whatever follows."""
    if is_code:
        return len(line[:-3].rstrip("`"))
    settled = len(line.removesuffix("\r"))
    if begun := _BEGUN.search(line, max(0, len(line) - _LONGEST_PART)):
        settled = begun.start()
    constructs = list(_INLINE.finditer(line))
    cut = (found.start() for found in constructs if found.start() < settled < found.end())
    # A row of backticks that nothing has closed yet may still be code.
    still = len(line) - _LONGEST_PART
    ticks = (found.start() for found in constructs if found["tick"] and found.start() > still)
    return min([settled, *cut, *ticks])
