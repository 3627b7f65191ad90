"""Markdown as rich shows it, with nothing left out: what has no place on a screen stays as text."""

from itertools import dropwhile
from typing import ClassVar, Final

from markdown_it import MarkdownIt
from rich.console import Console, ConsoleOptions, JustifyMethod, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown, MarkdownElement, TableElement
from rich.segment import Segment
from rich.syntax import Syntax
from rich.table import Table

# HTML, images, bare links and link definitions would vanish or say the same twice: they are text.
_SHOWN: Final = (
    MarkdownIt("commonmark", {"html": False})
    .enable(["strikethrough", "table"])
    .disable(["autolink", "image", "reference"])
)
_BLOCKS_ONLY: Final = (
    MarkdownIt("commonmark", {"html": False}).enable("table").disable(["inline", "reference"])
)


class _LeftHeading(Heading):
    """A heading where the text begins: in a chat, centred ones look lost."""

    LEVEL_ALIGN: ClassVar[dict[str, JustifyMethod]] = {}


class _Code(CodeBlock):
    """Highlighted code without the empty rows rich puts around it."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for code in super().__rich_console__(console, options):
            if isinstance(code, Syntax):
                code.padding = (0, 1)
            yield code


class _WholeTable(TableElement):
    """A table that folds what is too wide instead of cutting it."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for table in super().__rich_console__(console, options):
            if isinstance(table, Table):
                for column in table.columns:
                    column.overflow = "fold"
            yield table


class AnswerMarkdown(Markdown):
    """What a model wrote, ready to print; links are followed by their target."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "code_block": _Code,
        "fence": _Code,
        "heading_open": _LeftHeading,
        "table_open": _WholeTable,
    }

    def __init__(self, source: str) -> None:
        # The theme without a background of its own suits dark and light screens.
        super().__init__("", code_theme="ansi_dark", hyperlinks=False)
        self.parsed = _SHOWN.parse(source)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Render without empty rows at either end and without padding at the end of a row."""
        parts = super().__rich_console__(console, options)
        segments = (part for part in parts if isinstance(part, Segment))
        rows = [_trimmed(row) for row in Segment.split_lines(segments)]
        while rows and not rows[-1]:
            rows.pop()
        for row in dropwhile(lambda row: not row, rows):
            yield from row
            yield Segment.line()


def _trimmed(row: list[Segment]) -> list[Segment]:
    while row and not row[-1].text.strip():
        row.pop()
    if row:
        row[-1] = Segment(row[-1].text.rstrip(), row[-1].style)
    return row


def ends_whole(source: str) -> bool:
    """Tell whether no block goes on below `source`: a code fence put there would be a new one."""
    below = _BLOCKS_ONLY.parse(f"{source}```\n")[-1]
    return below.level == 0 and below.map is not None and below.map[0] == source.count("\n")
