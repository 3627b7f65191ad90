"""What commands print outside a conversation: tables and marked lines, in colour if wanted."""

from collections.abc import Sequence
from typing import Final, Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

Mark = Literal["ok", "problem", "warning", "note"]

_WIDE: Final = 10_000

_SIGNS: dict[Mark, tuple[str, str]] = {
    "ok": ("✓", "green"),
    "problem": ("✗", "bold red"),
    "warning": ("!", "yellow"),
    "note": ("·", "dim"),
}


def print_marked(mark: Mark, text: str) -> None:
    """Print one line behind its sign."""
    sign, style = _SIGNS[mark]
    Console(soft_wrap=True).print(Text.assemble((sign, style), " ", text), markup=False)


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]], numeric: set[int]) -> None:
    """Print rows under headings; the columns counted in `numeric` (from 0) are right-aligned."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number in numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console = Console()
    if not console.is_terminal:
        console.width = _WIDE  # whoever reads a pipe wants one line a row
    console.print(table)
