"""Tables of Markdown, and how they look where none can be shown. Pure."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

_DELIMITERS: Final = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_BAR: Final = re.compile(r"(?<!\\)\|")
_ROW_OF_TICKS: Final = re.compile(r"``(?=`)")
_MARKS: Final = re.compile(r"\*\*|__|~~|`")


@dataclass(frozen=True, slots=True)
class Table:
    """A table as Markdown has it: every row with as many cells as the head.

    Attributes:
        aligns: Of each column: `left`, `center` or `right`.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    aligns: tuple[str, ...]


def is_table_head(line: str, below: str) -> bool:
    """Tell whether two lines are the head of a table and the row of dashes under it."""
    has_bars = "|" in line and "|" in below
    return (
        has_bars and bool(_DELIMITERS.fullmatch(below)) and len(_cells(line)) == len(_cells(below))
    )


def is_table_row(line: str) -> bool:
    """Tell whether a line goes on with a table."""
    return "|" in line


def table_of(lines: Sequence[str]) -> Table:
    """Read the lines of a table, head and dashes first; every row gets as many cells."""
    head, *rows = [_cells(line) for place, line in enumerate(lines) if place != 1]
    columns = max([len(head), *map(len, rows)])
    filled = [(*row, *[""] * (columns - len(row))) for row in (head, *rows)]
    aligns = [_align(cell) for cell in _cells(lines[1])]
    return Table(filled[0], tuple(filled[1:]), (*aligns, *["left"] * (columns - len(aligns))))


def shown_table(
    table: Table, inline: Callable[[str], str], code: Callable[[str], str], widest: int
) -> str:
    """Return a table as Markdown without tables: even columns of code, or a list if too wide.

    Args:
        table: Which.
        inline: Makes what is in a cell fit to be shown outside code.
        code: Makes lines fit to be shown in a block of code.
        widest: How many letters go beside one another in a block of code.
    """
    plain = [[_MARKS.sub("", cell) for cell in row] for row in (table.head, *table.rows)]
    widths = [max(map(_width, column)) for column in zip(*plain, strict=True)]
    if sum(widths) + 2 * (len(widths) - 1) > widest:
        titles = [inline(title) for title in plain[0]]
        rows = [_listed(titles, [inline(cell) for cell in row]) for row in table.rows]
        return "\n".join(rows) or " · ".join(map(inline, table.head))
    lined = [_padded(row, widths) for row in plain]
    lined.insert(1, "  ".join("─" * width for width in widths))
    quiet = code("\n".join(lined))
    return f"```\n{quiet}\n```"


def quiet_code(code: str) -> str:
    """Keep code from ending its block, which chat services end at any three backticks."""
    return _ROW_OF_TICKS.sub("``\u200b", code)


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [cell.strip().replace("\\|", "|") for cell in _BAR.split(inner)]


def _align(dashes: str) -> str:
    if dashes.endswith(":"):
        return "center" if dashes.startswith(":") else "right"
    return "left"


def _padded(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
    return "  ".join(cells).rstrip()


def _listed(head: Sequence[str], row: Sequence[str]) -> str:
    first, *others = row
    lines = [f"- {_titled(head[0], first)}"]
    for title, cell in zip(head[1:], others, strict=True):
        if cell:
            lines.append(f"  - {_titled(title, cell)}")
    return "\n".join(lines)


def _titled(title: str, cell: str) -> str:
    return f"**{title}:** {cell}" if title else cell


def _width(text: str) -> int:
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1
        for each in text
    )
