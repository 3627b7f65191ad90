"""The last rows of a screen, drawn over and over below what stays."""

from collections.abc import Sequence
from typing import Final, TextIO

from rich.console import Console, Group, RenderableType
from rich.control import Control
from rich.segment import ControlType, Segment, Segments
from rich.theme import Theme

# rich puts code on black, which suits no light screen.
_THEME: Final = Theme({"markdown.code": "bold cyan"})

_ERASE_LINE: Final = (ControlType.ERASE_IN_LINE, 2)
_LINE_UP: Final = (ControlType.CURSOR_UP, 1)


def screen(stream: TextIO) -> Console:
    """Return a console that takes every text literally: no markup, no emoji codes."""
    return Console(file=stream, markup=False, emoji=False, highlight=False, theme=_THEME)


class Region:
    """Never higher than the screen, so that it can always be drawn over whole."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._rows = 0

    def draw(self, staying: Sequence[RenderableType], live: Sequence[RenderableType] = ()) -> None:
        """Put `staying` where the region was, for good, and `live` below it, both in one write."""
        console = self._console
        with console:
            self._erase()
            for renderable in staying:
                console.print(renderable)
            lines = console.render_lines(Group(*live), pad=False) if live else []
            shown = lines[-(console.height - 1) :]
            if shown:
                console.print(Segments(_joined(shown)), end="")
            if bool(shown) != bool(self._rows):
                console.show_cursor(not shown)
            self._rows = len(shown)

    def _erase(self) -> None:
        if self._rows:
            above = (_LINE_UP, _ERASE_LINE) * (self._rows - 1)
            self._console.control(Control(ControlType.CARRIAGE_RETURN, _ERASE_LINE, *above))


def _joined(lines: Sequence[Sequence[Segment]]) -> list[Segment]:
    first, *others = lines
    return [*first, *(segment for line in others for segment in (Segment.line(), *line))]
