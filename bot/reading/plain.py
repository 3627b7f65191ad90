"""Text files: code, logs, tables, JSON, HTML, SVG. Pure; run in the child process."""

import codecs
import re
from pathlib import PurePath
from typing import Final

from bot.reading.outcomes import ReadText

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

NEEDED_LATER: Final = (
    "encodings.latin_1",
    "encodings.utf_16",
    "encodings.utf_32",
    "encodings.utf_8",
    "encodings.utf_8_sig",
)
"""What Python imports when text is so written."""

_TABLES: Final = frozenset({".csv", ".tsv"})
_LONGEST_ROW_CHARS: Final = 2000
_NO_CONTROLS: Final = dict.fromkeys({*range(32), *range(0x7F, 0xA0)} - {9, 10})
_NEW_LINE: Final = re.compile(r"\r\n?")


def read_plain(name: str, content: bytes, max_chars: int) -> ReadText:
    """Return a text file's text, without control characters."""
    text, note = _decoded(content)
    # What is cut off needs no cleaning; what is cleaned away is made up for.
    rest = max(len(text) - 2 * max_chars, 0)
    text = cleaned(text[: 2 * max_chars])
    notes = [note]
    if PurePath(name.lower()).suffix in _TABLES:
        text, is_cut = _narrowed(text)
        notes += ["long rows are cut"] if is_cut else []
    text, note = bounded(text, max_chars, len(text) + rest)
    return ReadText(name, text, "; ".join(filter(None, [*notes, note])))


def cleaned(text: str) -> str:
    """Return a text without control characters, its lines ended in one way."""
    return _NEW_LINE.sub("\n", text).translate(_NO_CONTROLS)


def bounded(text: str, max_chars: int, whole_chars: int) -> tuple[str, str]:
    """Return as much of a text as may be, to the end of a line if there is one, and a note."""
    if whole_chars <= max_chars:
        return text, ""
    kept = text[:max_chars]
    end = kept.rfind("\n")
    kept = kept[:end] if end > max_chars // 2 else kept
    return kept, f"only the first {len(kept):,} of {whole_chars:,} characters"


def _decoded(content: bytes) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            text = content.decode(encoding, "replace")
            return text, "some characters are broken" if "\ufffd" in text else ""
    try:
        return content.decode("utf-8"), ""
    except UnicodeDecodeError:
        return content.decode("latin-1"), "it is not UTF-8: some letters may be wrong"


def _narrowed(text: str) -> tuple[str, bool]:
    rows = text.split("\n")
    narrow = [row[:_LONGEST_ROW_CHARS] for row in rows]
    return "\n".join(narrow), rows != narrow
