"""The pieces of an answer that grows, each fit for one post. Pure."""

from bot.platforms.rendering import Dialect, Rendering
from bot.platforms.tables import Table
from bot.splitting import Measure, Splitter


class Pieces:
    """A text as a service can show it, in pieces, while it grows.

    Args:
        dialect: How the service reads Markdown.
        limit: What one piece counts at most.
        measure: How the service counts.
    """

    def __init__(self, dialect: Dialect, limit: int, measure: Measure) -> None:
        self._dialect = dialect
        self._limit = limit
        self._measure = measure
        self._source: str
        self._rendering: Rendering
        self._splitter: Splitter
        self._begin_anew()

    @property
    def certain(self) -> int:
        """Return how many of the pieces no further text changes."""
        return sum(bool(piece.shown) for piece in self._splitter.filled)

    @property
    def tables(self) -> dict[str, Table]:
        """Return the tables there are, by what the pieces show of them."""
        return self._rendering.tables

    def of(self, text: str) -> list[str]:
        """Return what there is of a text now; only the last two pieces may still change."""
        if not text.startswith(self._source):
            self._begin_anew()
        self._splitter.feed(self._rendering.feed(text[len(self._source) :]))
        self._source = text
        pieces = (*self._splitter.filled, *self._splitter.rest(self._rendering.rest()))
        return [piece.shown for piece in pieces if piece.shown]

    def _begin_anew(self) -> None:
        self._source = ""
        self._rendering = Rendering(self._dialect)
        self._splitter = Splitter(self._limit, self._measure)
