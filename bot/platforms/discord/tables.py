"""Tables, which Discord cannot show, as code with even columns, or as lists if too wide. Pure."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final

_WIDEST_CELLS: Final = 60
_DELIMITERS: Final = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_BAR: Final = re.compile(r"(?<!\\)\|")
_ROW_OF_TICKS: Final = re.compile(r"``(?=`)")
_MARKS: Final = re.compile(r"\*\*|__|~~|`")


def is_table_head(line: str, below: str) -> bool:
    """Tell whether two lines are the head of a table and the row of dashes under it."""
    has_bars = "|" in line and "|" in below
    return (
        has_bars and bool(_DELIMITERS.fullmatch(below)) and len(_cells(line)) == len(_cells(below))
    )


def is_table_row(line: str) -> bool:
    """Tell whether a line goes on with a table."""
    return "|" in line


def shown_table(lines: Sequence[str], inline: Callable[[str], str]) -> str:
    """Return the lines of a table, head and dashes first, as Discord can show them.

    Args:
        lines: Of the table.
        inline: Makes what is in a cell fit to be shown outside code.
    """
    head, *rows = [_cells(line) for place, line in enumerate(lines) if place != 1]
    columns = max([len(head), *map(len, rows)])
    head += [""] * (columns - len(head))
    rows = [row + [""] * (columns - len(row)) for row in rows]
    plain = [[_MARKS.sub("", cell) for cell in row] for row in (head, *rows)]
    widths = [max(map(_width, column)) for column in zip(*plain, strict=True)]
    if sum(widths) + 2 * (columns - 1) > _WIDEST_CELLS:
        return "\n".join(
            _listed(head, [inline(cell) for cell in row]) for row in rows
        ) or " · ".join(head)
    lined = [_padded(row, widths) for row in plain]
    lined.insert(1, "  ".join("─" * width for width in widths))
    code = quiet_code("\n".join(lined))
    return f"```\n{code}\n```"


def quiet_code(code: str) -> str:
    """Keep code from ending its block: Discord ends it at any three backticks."""
    return _ROW_OF_TICKS.sub("``\u200b", code)


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [cell.strip().replace("\\|", "|") for cell in _BAR.split(inner)]


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
    bare = _MARKS.sub("", title)
    return f"**{bare}:** {cell}" if bare else cell


def _width(text: str) -> int:
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1
        for each in text
    )
