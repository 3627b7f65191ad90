"""Where Markdown may be broken in two, and what is open there. Pure; knows no limit of size.

A break inside a fence, a quote or an emphasis is possible: its `Context` says what has to be closed
before it and opened again behind it.
"""

import re
import unicodedata
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

LONGEST_ATOM: Final = 600
"""No construct that is kept whole, a link or a mention, has more characters than this."""

_DEEPEST: Final = 4
_QUOTE: Final = re.compile(r"[^\S\n]{0,3}(?:>[^\S\n]?){1,3}")
_BLOCK_MARKER: Final = re.compile(
    r"[^\S\n]*(?:[-*+][^\S\n]+|[0-9]{1,9}[.)][^\S\n]+|-?#{1,6}[^\S\n]+)"
)
_LOOKS_LIKE_BLOCK: Final = re.compile(r"[-+*#>|]|[0-9]{1,9}[.)]|```|~~~")
_FENCE: Final = re.compile(
    r"(?P<quote>(?:[ \t]{0,3}>[ \t]?){0,3})"
    r"[ \t]*(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)?"
    r"(?P<marker>`{3,8}|~{3,8})(?P<about>[^`\n]{0,60})[ \t]*(?=\n|\Z)"
)
_LINE_ENDS: Final = re.compile(r"[^\S\n]*\n(?:[^\S\n]*\n)*")
_PARAGRAPH_END: Final = re.compile(r"\n[^\S\n]*\n")
_CLOSING: Final = frozenset("*_~|`)]")
_SPACE: Final = re.compile(r"[^\S\n]+")
_WIDE: Final = "\u2e80-\u2fff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9f"
_TOKEN: Final = re.compile(
    rf"""
      (?P<escape>\\[^\w\s])
    | (?P<code>`+)
    | (?P<atom>!?\[[^\[\]\n]{{0,200}}\]\(<?[^\s()<>]{{1,300}}>?\)
             | <[^<>\s]{{1,100}}>
             | https?://[^\s<>|*`]+)
    | (?P<mark>\*{{1,3}}|_{{1,3}}|~~|\|\|)
    | (?P<space>[^\S\n]+)
    | (?P<wide>[{_WIDE}][\u3001\u3002\uff01\uff09\uff0c\uff1a\uff1b\uff1f\u300d\u300f]*)
    | (?P<word>[^\s\\`!\[<*_~|h{_WIDE}]+|[^\n])
    """,
    re.VERBOSE,
)
_CODE_TOKEN: Final = re.compile(r"(?P<code>`+)|(?P<space>[^\S\n]+)|(?P<word>[^\s`]+)")


class Kind(IntEnum):
    """What a break parts; a higher one hurts less."""

    TOKENS = 0
    WORDS = 1
    LINES = 2
    PARAGRAPHS = 3
    END = 4


@dataclass(frozen=True, slots=True)
class Fence:
    """A block of code that is open.

    Attributes:
        quote: What begins each of its lines, in a quote.
        marker: The row of backticks or tildes.
        language: Behind the marker.
    """

    quote: str
    marker: str
    language: str


@dataclass(frozen=True, slots=True)
class Context:
    """What is open at a place in Markdown.

    Attributes:
        inline: The marks of emphasis, code and spoilers, outermost first.
        quote: What begins the line the place is in, in a quote; empty at its beginning.
        is_mid_line: Whether the place is not at the beginning of a line.
    """

    fence: Fence | None = None
    inline: tuple[str, ...] = ()
    quote: str = ""
    is_mid_line: bool = False

    @property
    def opener(self) -> str:
        """Return what opens again here what was open before."""
        inline, fence = "".join(self.inline), self.fence
        if fence is None:
            return f"{self.quote}{inline}"
        outside = f"{inline}\n" if inline else ""
        return f"{outside}{fence.quote}{fence.marker}{fence.language}\n{self.quote}"

    @property
    def closer(self) -> str:
        """Return what closes here all that is open."""
        inline, fence = "".join(reversed(self.inline)), self.fence
        if fence is None:
            return inline
        return f"\n{fence.quote}{fence.marker}" + (f"\n{inline}" if inline else "")


@dataclass(frozen=True, slots=True)
class Break:
    """A place where text can be parted: it ends at `at`, goes on at `resume`; between is space."""

    at: int
    resume: int
    kind: Kind
    context: Context


def breaks_of(text: str, start: int, end: int, context: Context) -> Iterator[Break]:
    """Yield the breaks of `text[start:end]` in order, the last at its end; `context` holds before.

    What stands before `start` and behind `end` is not looked at.
    """
    place = start
    while place < end:
        if context.fence is None and not context.is_mid_line:
            place, context = _begun_line(text, place, end, context)
            if context.fence:
                yield Break(place, place, Kind.TOKENS, context)
                continue
        if context.fence is None:
            context = yield from _inline(text, place, end, context)
            place, context = yield from _line_end(
                text, _end_of_line(text, place, end), end, context
            )
        else:
            place, context = yield from _code_line(text, place, end, context)
    yield Break(end, end, Kind.END, context)


def is_character_end(text: str, place: int) -> bool:
    """Tell whether what is seen as one character ends before `place`."""
    if not 0 < place < len(text):
        return True
    before, after = text[place - 1], text[place]
    if before in "\u200d\\" or (before == "\r" and after == "\n"):
        return False
    if _is_flag_letter(after) and _is_flag_letter(before):
        letters = place
        while letters and _is_flag_letter(text[letters - 1]) and place - letters < LONGEST_ATOM:
            letters -= 1
        return (place - letters) % 2 == 0
    return not _joins(after)


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _joins(character: str) -> bool:
    return (
        unicodedata.category(character) in {"Mn", "Mc", "Me"}
        or character == "\u200d"
        or "\u1160" <= character <= "\u11ff"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0020" <= character <= "\U000e007f"
    )


def _end_of_line(text: str, place: int, end: int) -> int:
    found = text.find("\n", place, end)
    return end if found < 0 else found


def _begun_line(text: str, place: int, end: int, context: Context) -> tuple[int, Context]:
    """Go past what makes a line a quote, a list item, a heading or the head of a fence."""
    if fence := _FENCE.match(text, place, end):
        language = fence["about"].strip().split(" ")[0][:32]
        opened = Fence(fence["quote"], fence["marker"], language)
        return min(fence.end() + 1, end), replace(context, fence=opened, inline=_spoiler(context))
    quote = _QUOTE.match(text, place, end)
    if quote:
        place = quote.end()
        context = replace(context, quote=quote[0], inline=_spoiler(context))
    if marker := _BLOCK_MARKER.match(text, place, end):
        place = marker.end()
        context = replace(context, inline=_spoiler(context))
    return place, replace(context, is_mid_line=True)


def _spoiler(context: Context) -> tuple[str, ...]:
    # A spoiler alone goes on past the end of a paragraph; forgetting it would show the secret.
    return tuple(mark for mark in context.inline if mark == "||")


def _inline(text: str, place: int, end: int, context: Context) -> Generator[Break, None, Context]:
    """Yield the breaks of the rest of a line; return what is open at its end."""
    start, line_end, previous = place, _end_of_line(text, place, end), "space"
    while place < line_end:
        is_code = _is_code(context)
        token = (_CODE_TOKEN if is_code else _TOKEN).match(text, place, line_end)
        if token is None:  # pragma: no cover # some token takes any character
            break
        kind, after = token.lastgroup or "", token.end()
        match kind:
            case "space" if place > start and not _LOOKS_LIKE_BLOCK.match(text, after, end):
                yield Break(place, after, Kind.WORDS, context)
            case "code":
                context = _after_code(text, token, end, context)
            case "mark":
                context = _after_mark(text, token, (start, end), context)
            case "wide" if text[after : after + 1] not in _CLOSING:
                yield Break(after, after, Kind.WORDS, context)
            case "atom" if previous == "word":
                yield Break(place, place, Kind.WORDS, context)
            case "word" | "escape" | "atom" if previous not in {"mark", "code", "space"}:
                yield Break(place, place, Kind.TOKENS, context)
        place, previous = after, kind
    return context


def _line_end(
    text: str, place: int, end: int, context: Context
) -> Generator[Break, None, tuple[int, Context]]:
    ends = _LINE_ENDS.match(text, place, end)
    if ends is None:
        return end, context
    is_paragraph = ends[0].count("\n") > 1
    goes_on = not (is_paragraph or context.quote or _begins_block(text, ends.end(), end))
    after = Context(inline=context.inline if goes_on else _spoiler(context))
    yield Break(place, ends.end(), Kind.PARAGRAPHS if is_paragraph else Kind.LINES, after)
    return ends.end(), after


def _begins_block(text: str, place: int, end: int) -> bool:
    return any(each.match(text, place, end) for each in (_QUOTE, _BLOCK_MARKER, _FENCE))


def _code_line(
    text: str, place: int, end: int, context: Context
) -> Generator[Break, None, tuple[int, Context]]:
    """Yield the breaks of a line in a fence; its end is a bad one where the fence ends."""
    if (fence := context.fence) is None:  # pragma: no cover # never called so
        return place, context
    line_end = _end_of_line(text, place, end)
    if not context.is_mid_line:
        outside = Context(inline=_spoiler(context))
        if _closes(fence, text[place:line_end]):
            return (yield from _line_end(text, line_end, end, outside))
        if fence.quote and not text[place:line_end].lstrip().startswith(">"):
            return place, outside
        quote = _QUOTE.match(text, place, end) if fence.quote else None
        context = replace(context, quote=quote[0] if quote else "", is_mid_line=True)
    for space in _SPACE.finditer(text, place, line_end):
        if space.start() > place:
            yield Break(space.end(), space.end(), Kind.WORDS, context)
    if line_end == end:
        return end, context
    after = replace(context, quote="", is_mid_line=False)
    is_last = _closes(fence, text[line_end + 1 : _end_of_line(text, line_end + 1, end)])
    yield Break(line_end, line_end + 1, Kind.TOKENS if is_last else Kind.LINES, after)
    return line_end + 1, after


def _closes(fence: Fence, line: str) -> bool:
    row = line.strip(" \t\r>" if fence.quote else " \t\r")
    return len(row) >= len(fence.marker) and not row.strip(fence.marker[0])


def _is_code(context: Context) -> bool:
    return bool(context.inline) and context.inline[-1].startswith("`")


def _after_code(text: str, token: re.Match[str], end: int, context: Context) -> Context:
    row, inline = token[0], context.inline
    if _is_code(context):
        return _with(context, inline[:-1]) if inline[-1] == row else context
    ahead = text[token.end() : _paragraph_end(text, token.end(), end)]
    if len(row) <= _DEEPEST and re.search(rf"(?<!`){row}(?!`)", ahead):
        return _with(context, (*inline, row))
    return context


def _after_mark(
    text: str, token: re.Match[str], seen: tuple[int, int], context: Context
) -> Context:
    mark, inline = token[0], context.inline
    before = text[token.start() - 1] if token.start() > seen[0] else " "
    behind = text[token.end()] if token.end() < seen[1] else " "
    in_word = mark[0] == "_" and before.isalnum() and behind.isalnum()
    is_spoiler = mark == "||"
    can_close = is_spoiler or not (before.isspace() or in_word)
    if can_close and (left := _closed(inline, mark)) is not None:
        return _with(context, left)
    can_open = is_spoiler or not (behind.isspace() or in_word)
    if not can_open or mark in inline or len(inline) >= _DEEPEST:
        return context
    horizon = seen[1] if is_spoiler else _paragraph_end(text, token.end(), seen[1])
    closer = re.compile(re.escape(mark) if is_spoiler else rf"(?<=\S){re.escape(mark)}")
    is_closed = closer.search(text, token.end(), horizon)
    # Behind a horizon that is only the end of what may be looked at, a long span is believed in.
    if is_closed or (horizon == seen[1] < len(text) and len(mark) == len("||")):
        return _with(context, (*inline, mark))
    return context


def _with(context: Context, inline: tuple[str, ...]) -> Context:
    # Faster than dataclasses.replace, and there are many marks in an answer.
    return Context(context.fence, inline, context.quote, context.is_mid_line)


def _closed(inline: tuple[str, ...], mark: str) -> tuple[str, ...] | None:
    """Return what stays open when `mark` closes something; None when there is nothing to close."""
    if mark in inline:
        return inline[: len(inline) - 1 - inline[::-1].index(mark)]
    if len(mark) == len("***") and sorted(inline[-2:]) == [mark[0], mark[:2]]:
        return inline[:-2]
    if inline and len(inline[-1]) == len("***") and inline[-1].startswith(mark):
        return (*inline[:-1], inline[-1][len(mark) :])
    return None


def _paragraph_end(text: str, place: int, end: int) -> int:
    found = _PARAGRAPH_END.search(text, place, end)
    return found.start() if found else end
