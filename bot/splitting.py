"""Splits Markdown into pieces that each fit into one post. Pure; the service's limit is told to it.

Nothing is ever cut: the sources of all pieces together are the text. What a piece shows closes what
is open at its end, and opens it again at the next one's beginning. Text that grows never changes a
piece that is filled, and time grows with the text, no faster.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.breaks import (
    LONGEST_ATOM,
    Break,
    Context,
    Kind,
    breaks_of,
    is_character_end,
)

Measure = Callable[[str], int]
"""Says what a text counts at a service; two texts together count what each counts."""

LEAST_LIMIT: Final = 160
"""Less than this leaves no room beside what is opened and closed."""

_LONGEST_CHARACTER: Final = 64
_INDENTATION: Final = re.compile(r"[ \t]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text that fits into one post.

    Attributes:
        source: The part as it is in the text.
        shown: What to post; empty when there is nothing to be seen in it.
    """

    source: str
    shown: str


class Splitter:
    """Splits a text while it grows.

    Args:
        limit: What one piece counts at most, at least `LEAST_LIMIT`.
        measure: How the service counts.
    """

    def __init__(self, limit: int, measure: Measure = len) -> None:
        if limit < LEAST_LIMIT:
            raise ValueError(f"no Markdown can be split into pieces of {limit}")
        self._limit = limit
        self._measure = measure
        # A piece is cut off when so much is there that no more text could move the cut.
        self._window = limit + LONGEST_ATOM
        self._filled: list[Piece] = []
        self._rest = ""
        self._context = Context()

    @property
    def filled(self) -> tuple[Piece, ...]:
        """Return the pieces that no further text changes."""
        return tuple(self._filled)

    def feed(self, more: str) -> None:
        """Take more of the text in."""
        text, start = self._rest + more, 0
        while len(text) - start > self._window:
            piece, start, self._context = self._cut(
                text, start, start + self._window, self._context
            )
            self._filled.append(piece)
        self._rest = text[start:]

    def rest(self, more: str = "") -> tuple[Piece, ...]:
        """Return the pieces behind the filled ones, as if the text ended behind `more`."""
        text = self._rest + more
        pieces, start, context = [], 0, self._context
        while start < len(text):
            end = min(len(text), start + self._window)
            piece, start, context = self._cut(text, start, end, context)
            pieces.append(piece)
        return tuple(pieces)

    def _cut(self, text: str, start: int, end: int, context: Context) -> tuple[Piece, int, Context]:
        is_blank = context.fence is None and not text[start:end].strip()
        if is_blank:
            return Piece(text[start:end], ""), end, context
        chosen = _chosen_break(text, (start, end), context, (self._limit, self._measure))
        shown = _shown(text[start : chosen.at], context, chosen.context)
        return Piece(text[start : chosen.resume], shown), chosen.resume, chosen.context


def split(text: str, limit: int, measure: Measure = len) -> tuple[Piece, ...]:
    """Return the pieces of a text that is whole."""
    splitter = Splitter(limit, measure)
    splitter.feed(text)
    return (*splitter.filled, *splitter.rest())


def _chosen_break(
    text: str, seen: tuple[int, int], context: Context, room: tuple[int, Measure]
) -> Break:
    """Return the break that hurts least among those that fill a piece well."""
    (start, end), (limit, measure) = seen, room
    # A paragraph's end is worth half a post of emptiness, a line's end three quarters.
    least = {Kind.END: 0, Kind.PARAGRAPHS: limit // 2, Kind.LINES: limit // 4, Kind.WORDS: 0}
    size, here = measure(context.opener), start
    last, last_size = Break(start, start, Kind.TOKENS, context), size
    best: dict[Kind, Break] = {}
    closed, closer_size = context, measure(context.closer)
    for each in breaks_of(text, start, end, context):
        size += measure(text[here : each.at])
        here = each.at
        if size > limit:
            break
        if each.context is not closed:
            closed, closer_size = each.context, measure(each.context.closer)
        if size + closer_size > limit:
            continue
        last, last_size = each, size
        if each.at > start and size >= least.get(each.kind, limit):
            best[each.kind] = each
    if best:
        return best[max(best)]
    return _forced_break(text, last, (start, end), (limit - last_size, measure))


def _forced_break(
    text: str, last: Break, seen: tuple[int, int], room: tuple[int, Measure]
) -> Break:
    """Return a break between two characters of what is too long to be kept whole."""
    (start, end), (left, measure) = seen, room
    left -= measure(text[last.at : last.resume]) + measure(last.context.closer)
    if left <= 0 and last.resume > start:
        return last
    place = last.resume
    while place < end and (left := left - measure(text[place])) >= 0:
        place += 1
    lowest = max(last.resume + 1, place - _LONGEST_CHARACTER)
    nearest = next(
        (each for each in range(place, lowest, -1) if is_character_end(text, each)), place
    )
    context = Context(last.context.fence, last.context.inline, last.context.quote, is_mid_line=True)
    return Break(nearest, nearest, Kind.TOKENS, context)


def _shown(body: str, before: Context, after: Context) -> str:
    if before.fence is None:
        body = _dedented(body, before).strip("\n")
        if after.fence is None:
            body = body.rstrip()
        if not body:
            return ""
    return f"{before.opener}{body}{after.closer}"


def _dedented(body: str, before: Context) -> str:
    """Take from a list's lines what a post loses at its beginning, so that they stay one list."""
    indentation = None if before.is_mid_line else _INDENTATION.match(body)
    if indentation is None:
        return body
    return re.sub(rf"^{indentation[0]}", "", body, flags=re.MULTILINE)
