"""Files as people attach them, and some as only an enemy would."""

import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from docx import Document
from pypdf import PdfWriter
from pypdf.generic import ByteStringObject, DecodedStreamObject, DictionaryObject, NameObject

from bot.reading.limits import Limits

LIMITS = Limits(
    max_bytes=10_000_000, max_chars=60_000, max_pages=50, max_pixels=40_000_000, timeout_s=10
)
_WORD_PARTS = ("[Content_Types].xml", "word/document.xml")


def a_pdf(
    *pages: str,
    password: str = "",
    owner_password: str = "",
    algorithm: str = "RC4-128",
    modified: bytes = b"",
) -> bytes:
    """Write a PDF with a line of text on each page; an empty one is a page without text.

    Args:
        pages: The text of each.
        password: Without it, nobody reads it.
        owner_password: Without it, nobody changes it.
        algorithm: How it is locked.
        modified: When each page was, as it stands in the file.
    """
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for text in pages:
        page = writer.add_blank_page(200, 200)
        page[NameObject("/LastModified")] = ByteStringObject(modified)
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        said = DecodedStreamObject()
        said.set_data(f"BT /F1 12 Tf 10 100 Td ({text}) Tj ET".encode() if text else b"")
        page[NameObject("/Contents")] = said
    if password or owner_password:
        writer.encrypt(password, owner_password or None, algorithm=algorithm)
    return _written(writer)


def a_pdf_of(content_stream: bytes) -> bytes:
    """Write a PDF of one page by hand, its packed content given."""
    packed = zlib.compress(content_stream, 9)
    return _by_hand(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
        b"<< /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream" % (len(packed), packed),
    )


def a_pdf_that_says_it_has(pages: int) -> bytes:
    """Write a PDF whose one page is on the list so many times."""
    return _by_hand(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%b] /Count %d >>" % (b"3 0 R " * pages, pages),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
    )


def a_pdf_in_a_circle() -> bytes:
    """Write a PDF whose list of pages holds itself."""
    return _by_hand(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [2 0 R] /Count 1 /Parent 2 0 R >>",
    )


def a_deep_pdf(depth: int) -> bytes:
    """Write a PDF with a list in a list in a list."""
    return _by_hand(
        b"<< /Type /Catalog /Pages 2 0 R /X " + b"[" * depth + b"]" * depth + b" >>",
        b"<< /Type /Pages /Kids [] /Count 0 >>",
    )


def a_word_file() -> bytes:
    """Write a Word file with a heading, a list, and a table between two paragraphs."""
    document = Document()
    document.sections[0].header.paragraphs[0].text = "A header"
    document.add_heading("Report", 1)
    document.add_paragraph("Before the table.")
    table = document.add_table(2, 2)
    for cell, text in zip([*table.rows[0].cells, *table.rows[1].cells], "abcd", strict=True):
        cell.text = text
    table.cell(0, 0).merge(table.cell(0, 1))
    document.add_paragraph("milk", style="List Bullet")
    document.add_paragraph("bread", style="List Number")
    document.add_paragraph("After it.")
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def an_archive(*names: str, content: bytes = b"x") -> bytes:
    """Pack the same content under each of the names."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return file.getvalue()


def a_word_bomb(unpacked_bytes: int) -> bytes:
    """Pack a Word file that is huge once unpacked."""
    return an_archive(*_WORD_PARTS, content=b" " * unpacked_bytes)


def a_lying_word_bomb(unpacked_bytes: int) -> bytes:
    """Pack the same, its parts said to be small."""
    true, said = (size.to_bytes(4, "little") for size in (unpacked_bytes, 1000))
    return a_word_bomb(unpacked_bytes).replace(true, said)


def _by_hand(*objects: bytes) -> bytes:
    file, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, each in enumerate(objects, 1):
        offsets.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    start = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    file += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    file += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return bytes(file + b"startxref\n%d\n%%%%EOF\n" % start)


def _written(writer: PdfWriter) -> bytes:
    file = BytesIO()
    writer.write(file)
    return file.getvalue()
