import sys
from pathlib import Path

from bot.reading.fetching import Source
from bot.reading.outcomes import Read, ReadImage, ReadText, Unread
from bot.reading.reader import Reader
from bot.reading.reader_process import COMMAND
from config.catalog import AttachmentKind
from config.chats import AttachmentSettings
from routing.query import Attachment
from tests.fakes.shelf import FILES, Shelf


async def read(*names: str, **settings: int) -> Read:
    async with Shelf() as shelf:
        reader = Reader(AttachmentSettings.model_validate(settings), {"discord": shelf.source()})
        return await reader.read(shelf.attached(*names), "discord")


async def test_each_file_is_read_as_what_it_is_in_its_order() -> None:
    found = await read("photo.png", "report.pdf", "all.zip", "notes.txt")

    document, text = AttachmentKind.DOCUMENT, AttachmentKind.TEXT
    assert found.texts == (
        ReadText("report.pdf", "[page 1]\nSales fell.", "", document),
        ReadText("notes.txt", "milk and bread", "", text),
    )
    assert [each.name for each in found.images] == ["photo.png"]
    assert found.unread == (Unread("all.zip", "archives are not opened"),)
    kinds = [each.kind for each in found.attachments]
    assert kinds == [document, text, AttachmentKind.IMAGE]


async def test_what_is_too_much_is_not_fetched_and_that_is_told() -> None:
    found = await read("notes.txt", "report.pdf", "photo.png", max_files=1)

    assert [each.name for each in found.texts] == ["notes.txt"]
    why = "only 1 files of a question are read"
    assert found.unread == (Unread("report.pdf", why), Unread("photo.png", why))


async def test_a_file_that_cannot_be_fetched_does_not_cost_the_others() -> None:
    found = await read("notes.txt", "missing.txt")

    assert [each.name for each in found.texts] == ["notes.txt"]
    assert found.unread == (Unread("missing.txt", "its host answered 500"),)


async def test_a_platform_without_files_reads_none() -> None:
    reader = Reader(AttachmentSettings(), {})

    found = await reader.read([Attachment(AttachmentKind.TEXT, "a.txt")], "terminal")

    assert found == Read(unread=(Unread("a.txt", "files are not read here"),))


async def test_a_platform_that_fails_to_find_a_file_does_not_cost_the_answer() -> None:
    async def refresh(_: Attachment) -> str:
        raise RuntimeError("the platform is away")

    reader = Reader(AttachmentSettings(), {})
    reader.take_from("discord", Source(frozenset({"cdn.example.org"}), refresh=refresh))

    found = await reader.read([Attachment(AttachmentKind.TEXT, "a.txt")], "discord")

    assert found == Read(unread=(Unread("a.txt", "it could not be fetched"),))


async def test_no_more_than_two_children_work_at_once(tmp_path: Path) -> None:
    log = tmp_path / "log"
    noting = (sys.executable, "-I", "-c", _NOTES_BEGIN_AND_END, str(log), *COMMAND)
    async with Shelf() as shelf:
        settings = AttachmentSettings(max_files=8)
        reader = Reader(settings, {"discord": shelf.source()}, command=noting)
        found = await reader.read(shelf.attached(*["notes.txt"] * 8), "discord")

    running = most = 0
    for change in log.read_text():
        running += 1 if change == "+" else -1
        most = max(most, running)
    assert (len(found.texts), most) == (8, 2)


async def test_how_much_is_read_may_change() -> None:
    async with Shelf() as shelf:
        reader = Reader(AttachmentSettings(), {"discord": shelf.source()})
        reader.adopt(AttachmentSettings(max_files=0))
        found = await reader.read(shelf.attached("notes.txt"), "discord")

    assert found.unread == (Unread("notes.txt", "only 0 files of a question are read"),)


async def test_a_picture_is_shown_whatever_it_is_called() -> None:
    async with Shelf() as shelf:
        shelf.files["list.txt"] = FILES["photo.png"]
        reader = Reader(AttachmentSettings(), {"discord": shelf.source()})
        found = await reader.read(shelf.attached("list.txt"), "discord")

    assert isinstance(found.images[0], ReadImage)
    assert found.images[0].image.media_type == "image/png"


_NOTES_BEGIN_AND_END = """
import subprocess, sys
def note(mark):
    with open(sys.argv[1], "a") as log:
        log.write(mark)
note("+")
child = subprocess.run(sys.argv[2:], stdin=sys.stdin.buffer, stdout=subprocess.PIPE)
note("-")
sys.stdout.buffer.write(child.stdout)
"""
