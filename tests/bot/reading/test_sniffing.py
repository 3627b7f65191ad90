import pytest

from bot.reading.sniffing import Format, NotReadable, format_of
from tests.bot.reading.documents import a_pdf, a_word_file
from tests.fakes.pictures import a_picture


@pytest.mark.parametrize(
    ("content", "found"),
    [
        pytest.param(b"plain words", Format.TEXT, id="text"),
        pytest.param(b"\x1b[31mred\x1b[0m log\n", Format.TEXT, id="a log with colours"),
        pytest.param("Größe".encode("utf-16"), Format.TEXT, id="UTF-16 by its mark"),
        pytest.param("Größe".encode("latin-1"), Format.TEXT, id="Latin-1"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", Format.TEXT, id="SVG"),
        pytest.param(b"BMW is a car maker", Format.TEXT, id="text that begins as a bitmap does"),
        pytest.param(b"MZ is a name", Format.TEXT, id="text that begins as a program does"),
        pytest.param(a_pdf("hi"), Format.PDF, id="PDF"),
        pytest.param(b"\r\n\r\n" + a_pdf("hi"), Format.PDF, id="PDF behind junk"),
        pytest.param(a_word_file(), Format.ZIP, id="Word"),
        *(
            pytest.param(a_picture(form=form), Format.IMAGE, id=form)
            for form in ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
        ),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, found: Format) -> None:
    assert format_of(content) is found


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b"ID3\x04\x00", "audio", id="MP3"),
        pytest.param(b"\x00\x00\x00\x20ftypM4A \x00", "audio", id="M4A"),
        pytest.param(b"\x00\x00\x00\x20ftypisom\x00", "video", id="MP4"),
        pytest.param(b"\x00\x00\x00\x20ftypheic\x00", "HEIC", id="HEIC"),
        pytest.param(b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio", id="WAV"),
        pytest.param(b"\x1f\x8b\x08\x00", "archive", id="gzip"),
        pytest.param(b"x" * 257 + b"ustar\x0000", "archive", id="tar"),
        pytest.param(b"\x7fELF\x02", "program", id="a program"),
        pytest.param(b"MZ\x90\x00\x03", "program", id="a program for Windows"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "password", id="a locked Word file"),
        pytest.param(bytes(range(256)), "neither text", id="bytes"),
        pytest.param(b"\x01\x02\x03\x04" * 99, "neither text", id="control characters"),
    ],
)
def test_what_cannot_be_read_is_named(content: bytes, why: str) -> None:
    with pytest.raises(NotReadable, match=why):
        format_of(content)
