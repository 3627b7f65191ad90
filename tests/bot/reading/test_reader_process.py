"""Files parsed by the real child process."""

import asyncio
import os
import sys
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image as Pillow

from bot.reading.outcomes import Outcome, ReadImage, ReadText, Unread
from bot.reading.reader_process import parse
from config.catalog import AttachmentKind
from tests.bot.reading.documents import (
    LIMITS,
    a_deep_pdf,
    a_lying_word_bomb,
    a_pdf,
    a_pdf_in_a_circle,
    a_pdf_of,
    a_pdf_that_says_it_has,
    a_word_bomb,
    a_word_file,
    an_archive,
)
from tests.fakes.pictures import a_picture

DOCUMENT = AttachmentKind.DOCUMENT


async def parsed(content: bytes, name: str = "file", **limits: int) -> Outcome:
    return await parse(name, content, replace(LIMITS, **limits))


async def shown(content: bytes) -> ReadImage:
    outcome = await parsed(content)
    assert isinstance(outcome, ReadImage)
    return outcome


async def test_a_pdf_is_read_page_by_page() -> None:
    assert await parsed(a_pdf("First words", "", "Last words")) == ReadText(
        "file", "[page 1]\nFirst words\n\n[page 2]\n\n\n[page 3]\nLast words", "", DOCUMENT
    )


async def test_a_long_pdf_is_read_to_the_limit_and_says_so() -> None:
    outcome = await parsed(a_pdf("one", "two", "three"), max_pages=2)

    assert outcome == ReadText(
        "file", "[page 1]\none\n\n[page 2]\ntwo", "only the first 2 of 3 pages", DOCUMENT
    )


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
async def test_a_pdf_that_is_locked_against_changes_only_is_read(algorithm: str) -> None:
    outcome = await parsed(a_pdf("open to read", owner_password="secret", algorithm=algorithm))

    assert outcome == ReadText("file", "[page 1]\nopen to read", "", DOCUMENT)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
async def test_a_pdf_is_read_in_whose_encoding_a_string_is(encoding: str) -> None:
    """An encoding is a file of Python's, and the child opens none."""
    outcome = await parsed(a_pdf("open to read", modified="D:2026".encode(encoding)))

    assert outcome == ReadText("file", "[page 1]\nopen to read", "", DOCUMENT)


async def test_a_word_file_is_read_in_its_order_without_its_headers() -> None:
    lines = [
        "# Report", "Before the table.", "| a b |", "| c | d |", "- milk", "- bread", "After it.",
    ]  # fmt: skip

    assert await parsed(a_word_file()) == ReadText("file", "\n".join(lines), "", DOCUMENT)


async def test_a_long_word_file_is_read_to_the_limit_and_says_so() -> None:
    outcome = await parsed(a_word_file(), max_chars=20)

    assert outcome == ReadText(
        "file", "# Report\nBefore the ", "only the first 20 characters", DOCUMENT
    )


async def test_a_files_name_changes_nothing() -> None:
    assert isinstance(await parsed(a_pdf("words"), "holiday.png"), ReadText)
    assert isinstance(await parsed(a_picture(), "notes.txt"), ReadImage)


async def test_a_large_picture_is_made_small_and_keeps_its_shape() -> None:
    read = await shown(a_picture(3136, 784))

    assert (read.image.width, read.image.height) == (1568, 392)
    with Pillow.open(BytesIO(read.image.content)) as picture:
        assert (picture.format, picture.size) == ("PNG", (1568, 392))


async def test_a_picture_stands_upright_and_tells_nothing_of_its_owner() -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010F] = "Camera of Ada"

    read = await shown(a_picture(40, 30, "JPEG", exif=exif, comment=b"at home"))

    assert (read.image.media_type, read.image.width, read.image.height) == ("image/jpeg", 30, 40)
    assert b"Ada" not in read.image.content
    assert b"home" not in read.image.content


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
async def test_other_forms_lose_what_they_tell_too(form: str) -> None:
    exif = Pillow.Exif()
    exif[0x010F] = "Camera of Ada"

    assert b"Ada" not in (await shown(a_picture(form=form, exif=exif))).image.content


async def test_a_film_is_seen_by_its_first_picture() -> None:
    frames = [Pillow.new("RGB", (9, 9), color) for color in ("red", "blue")]
    file = BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])

    read = await shown(file.getvalue())

    assert read.note == "only its first picture"
    with Pillow.open(BytesIO(read.image.content)) as picture:
        assert picture.convert("RGB").getpixel((4, 4)) == (255, 0, 0)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "I;16", "LA"])
async def test_a_picture_of_any_kind_becomes_one_that_models_see(mode: str) -> None:
    assert (await shown(a_picture(mode=mode, color=0))).image.media_type == "image/png"


async def test_a_picture_for_print_becomes_one_that_models_see() -> None:
    read = await shown(a_picture(form="JPEG", mode="CMYK"))

    with Pillow.open(BytesIO(read.image.content)) as picture:
        assert picture.mode == "RGB"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(b"", "it is empty", id="nothing"),
        pytest.param(a_pdf("x", password="secret"), "protected by a password", id="locked PDF"),
        pytest.param(a_pdf("", ""), "pages may be pictures", id="scanned PDF"),
        pytest.param(a_pdf("x")[:200], "it is broken", id="half a PDF"),
        pytest.param(b"%PDF-1.7\n", "it is broken", id="a PDF's first line"),
        pytest.param(a_pdf_of(b" " * 100_000_000), "no text", id="a PDF that unpacks to 100 MB"),
        pytest.param(a_pdf_that_says_it_has(1_000_000), "broken", id="a PDF of a million pages"),
        pytest.param(a_pdf_in_a_circle(), "broken", id="a PDF that holds itself"),
        pytest.param(a_deep_pdf(100_000), "broken", id="a PDF of lists in lists"),
        pytest.param(a_word_file()[:9000], "broken", id="half a Word file"),
        pytest.param(a_word_bomb(100_000_000), "too large once unpacked", id="a Word bomb"),
        pytest.param(a_lying_word_bomb(30_000_000), "broken", id="a Word bomb that denies it"),
        pytest.param(an_archive("word/document.xml"), "broken", id="hardly a Word file"),
        pytest.param(an_archive(*map(str, range(9000))), "archives", id="an archive of thousands"),
        pytest.param(
            an_archive("a.zip", content=an_archive("b.zip")), "archives are not", id="nested"
        ),
        pytest.param(an_archive("../../etc/passwd"), "archives are not", id="a way out"),
        pytest.param(an_archive("xl/workbook.xml"), "spreadsheets", id="a spreadsheet"),
        pytest.param(a_picture()[:60], "it is broken", id="half a picture"),
        pytest.param(
            a_picture(30_000, 30_000, mode="1", color=0), "900,000,000 pixels", id="a picture bomb"
        ),
    ],
)
async def test_what_cannot_be_read_ends_in_a_sentence(content: bytes, why: str) -> None:
    outcome = await parsed(content, "its name")

    assert isinstance(outcome, Unread)
    assert outcome.name == "its name"
    assert why in outcome.why


def a_child(script: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-I", "-c", script, *arguments)


SAYS_JSON = """
import json, os, sys
def say(text):
    raw = json.dumps({"text": str(text), "note": "", "kind": "text"}).encode()
    sys.stdout.buffer.write(len(raw).to_bytes(4, "big") + raw)
"""


async def test_a_child_knows_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    script = SAYS_JSON + "say(sorted(os.environ))"

    outcome = await parse("x", b"", LIMITS, command=a_child(script))

    assert isinstance(outcome, ReadText)
    assert "OPENAI_API_KEY" not in outcome.text


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such limits")
@pytest.mark.parametrize(
    ("harm", "error"),
    [
        pytest.param("open('/etc/passwd')", "Too many open files", id="read"),
        pytest.param("open('/tmp/left-here', 'w')", "Too many open files", id="write"),
        pytest.param("__import__('socket').socket()", "Too many open files", id="connect"),
        pytest.param("os.pipe()", "Too many open files", id="talk to another process"),
        pytest.param("bytearray(5 * 1024**3)", "MemoryError", id="fill the memory"),
    ],
)
async def test_a_confined_child_can_do_no_harm(harm: str, error: str) -> None:
    script = f"""{SAYS_JSON}
import socket
from bot.reading.limits import Limits, confine
confine(Limits(1000, 1000, 1, 1000, 5))
try:
    {harm}
except BaseException as error:
    say(repr(error))
"""

    outcome = await parse("x", b"", LIMITS, command=a_child(script))

    assert isinstance(outcome, ReadText)
    assert error in outcome.text


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("", id="says nothing"),
        pytest.param("raise SystemExit(3)", id="gives up"),
        pytest.param("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", id="is killed"),
        pytest.param("print('x' * 1000)", id="says what makes no sense"),
        pytest.param(
            "import sys\nwhile True: sys.stdout.write('x' * 65536)", id="talks without end"
        ),
        pytest.param(
            "import sys; sys.stdout.buffer.write(bytes([0, 0, 0, 2]) + b'{}')", id="says half"
        ),
    ],
)
async def test_a_child_that_fails_costs_the_file_only(script: str) -> None:
    content = b"x" * 3_000_000  # more than a pipe holds: it is not even taken

    outcome = await parse("x", content, LIMITS, command=a_child(script))

    assert outcome == Unread("x", "it is broken, or too large once unpacked")


async def test_a_child_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    outcome = await parse(
        "x",
        b"",
        replace(LIMITS, timeout_s=0.2),
        command=a_child(_NOTES_ITS_PID, str(tmp_path / "pid")),
        starting_s=0.3,
    )

    assert outcome == Unread("x", "reading it takes too long")
    assert _is_gone(tmp_path / "pid")


async def test_a_child_ends_with_whoever_waits_for_it(tmp_path: Path) -> None:
    noted = tmp_path / "pid"
    asking = asyncio.create_task(
        parse("x", b"", LIMITS, command=a_child(_NOTES_ITS_PID, str(noted)))
    )
    async with asyncio.timeout(10):
        while not (noted.exists() and noted.read_text()):  # noqa: ASYNC110 # a process writes it
            await asyncio.sleep(0.01)

    asking.cancel()
    with suppress(asyncio.CancelledError):
        await asking

    assert _is_gone(noted)


async def test_where_no_child_can_be_started_that_is_said() -> None:
    outcome = await parse("x", b"", LIMITS, command=("/nowhere/python",))

    assert isinstance(outcome, Unread)
    assert "too busy" in outcome.why


_NOTES_ITS_PID = """
import os, signal, sys
with open(sys.argv[1], "w") as file:
    file.write(str(os.getpid()))
signal.pause()
"""


def _is_gone(noted: Path) -> bool:
    if not noted.exists():
        return True  # ended before it could write
    try:
        os.kill(int(noted.read_text()), 0)
    except ProcessLookupError:
        return True
    return False
