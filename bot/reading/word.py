"""Word files: paragraphs, lists and tables in their order. Run in the child process."""

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Final
from zipfile import ZipFile

from docx import Document
from docx.document import Document as OpenDocument
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from bot.reading.outcomes import ReadText
from bot.reading.plain import bounded, cleaned
from bot.reading.sniffing import NotReadable
from config.catalog import AttachmentKind

NEEDED_LATER: Final = ("docx", "encodings.ascii", "encodings.cp437", "traceback")
"""What the library imports while it works; the names in an archive are so written."""

_MARK: Final = "word/document.xml"
_OTHERS: Final = (
    ("xl/workbook.xml", "spreadsheets cannot be read: CSV can"),
    ("ppt/presentation.xml", "presentations cannot be read: PDF can"),
    ("META-INF/", "it is a program or an OpenDocument file: PDF and DOCX can be read"),
)
_MOST_UNPACKED_BYTES: Final = 64 * 1024**2
_MOST_ENTRIES: Final = 5000
_DEEPEST: Final = 4
"""A table may stand in a table's cell; deeper ones are left out."""

_HEADING: Final = re.compile(r"Heading ([1-6])$")


def read_word(name: str, content: bytes, max_chars: int) -> ReadText:
    """Return a Word file's text.

    Raises:
        NotReadable: It is some other archive, or too large once unpacked.
    """
    _look_inside(content)
    document = Document(BytesIO(content))
    lines: list[str] = []
    chars = 0
    for line in _lines(document, 0):
        lines.append(cleaned(line))
        chars += len(line) + 1
        if chars > max_chars:
            break
    text = "\n".join(lines).strip()
    if not text:
        raise NotReadable("it has no text")
    if chars <= max_chars:
        return ReadText(name, text, kind=AttachmentKind.DOCUMENT)
    text, _ = bounded(text, max_chars, max_chars + 1)
    note = f"only the first {len(text):,} characters"
    return ReadText(name, text, note, AttachmentKind.DOCUMENT)


def _look_inside(content: bytes) -> None:
    """Look at an archive's table of contents, before anything is unpacked."""
    with ZipFile(BytesIO(content)) as archive:
        entries = archive.infolist()
    names = {entry.filename for entry in islice(entries, _MOST_ENTRIES)}
    if _MARK not in names:
        for beginning, why in _OTHERS:
            if any(name.startswith(beginning) for name in names):
                raise NotReadable(why)
        raise NotReadable("archives are not opened")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > _MOST_UNPACKED_BYTES or len(entries) > _MOST_ENTRIES:
        raise NotReadable("it is too large once unpacked")


def _lines(part: OpenDocument | _Cell, depth: int) -> Iterator[str]:
    for block in part.iter_inner_content():
        if isinstance(block, Paragraph):
            yield _paragraph(block)
        elif depth < _DEEPEST:
            yield from _rows(block, depth + 1)


def _paragraph(paragraph: Paragraph) -> str:
    text = paragraph.text
    style = str(paragraph.style.name) if paragraph.style is not None else ""
    if heading := _HEADING.match(style):
        return f"{'#' * int(heading[1])} {text}"
    properties = paragraph._p.pPr  # noqa: SLF001 # nothing public tells a list from a paragraph
    is_listed = style.startswith("List") or (
        properties is not None and properties.numPr is not None
    )
    return f"- {text}" if is_listed and text else text


def _rows(table: Table, depth: int) -> Iterator[str]:
    for row in table.rows:
        seen: list[object] = []
        cells = []
        for cell in row.cells:
            if cell._tc in seen:  # noqa: SLF001 # a merged cell is given once for each it spans
                continue
            seen.append(cell._tc)  # noqa: SLF001
            cells.append(" ".join(filter(None, _lines(cell, depth))))
        yield f"| {' | '.join(cells)} |"
