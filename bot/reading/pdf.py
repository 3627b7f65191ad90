"""PDF files: their text, page by page. Run in the child process."""

import time
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from bot.reading.limits import Limits
from bot.reading.outcomes import ReadText
from bot.reading.plain import bounded, cleaned
from bot.reading.sniffing import NotReadable
from config.catalog import AttachmentKind

NEEDED_LATER: Final = ("encodings", "pypdf", "traceback")
"""What the library imports while it works; strings and fonts may be written in any encoding."""

_READING_SHARE: Final = 0.6
"""Of the time, after which no further page is begun: what was read till then is kept."""


def read_pdf(name: str, content: bytes, limits: Limits) -> ReadText:
    """Return a PDF's text, each page under its number.

    Raises:
        NotReadable: It is locked, or has no text.
    """
    until = time.monotonic() + limits.timeout_s * _READING_SHARE
    reader = _opened(content)
    pages = len(reader.pages)
    texts, chars = [], 0
    for text in _texts(reader, min(pages, limits.max_pages)):
        texts.append(text)
        chars += len(text)
        if chars > limits.max_chars or time.monotonic() > until:
            break
    if not any(map(str.strip, texts)):
        raise NotReadable("it has no text: its pages may be pictures")
    marked = "\n\n".join(f"[page {n}]\n{text.strip()}" for n, text in enumerate(texts, 1))
    note = f"only the first {len(texts):,} of {pages:,} pages" if len(texts) < pages else ""
    text, cut = bounded(marked, limits.max_chars, len(marked))
    return ReadText(name, text, note or cut, AttachmentKind.DOCUMENT)


def _opened(content: bytes) -> PdfReader:
    reader = PdfReader(BytesIO(content))
    # Many are locked against changes only: the empty password opens those.
    if reader.is_encrypted and not reader.decrypt(""):
        raise NotReadable("it is protected by a password")
    return reader


def _texts(reader: PdfReader, pages: int) -> Iterator[str]:
    for number in range(pages):
        try:
            text = reader.pages[number].extract_text()
        except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError):
            text = "(this page could not be read)"
        yield cleaned(text)
