import pytest

from bot.platforms.attached import kind_of
from config.catalog import AttachmentKind


@pytest.mark.parametrize(
    ("name", "media_type", "kind"),
    [
        pytest.param("a.png", "image/png", AttachmentKind.IMAGE, id="image"),
        pytest.param("a.svg", "image/svg+xml", AttachmentKind.TEXT, id="drawing in text"),
        pytest.param("a.pdf", "application/pdf", AttachmentKind.DOCUMENT, id="pdf"),
        pytest.param("A.DOCX", "", AttachmentKind.DOCUMENT, id="by its name"),
        pytest.param("a.py", "text/x-python; charset=utf-8", AttachmentKind.TEXT, id="code"),
        pytest.param("a.ogg", "audio/ogg", AttachmentKind.AUDIO, id="audio"),
        pytest.param("a.bin", "application/octet-stream", AttachmentKind.TEXT, id="who knows"),
    ],
)
def test_a_file_is_what_its_platform_says_it_holds(
    name: str, media_type: str, kind: AttachmentKind
) -> None:
    assert kind_of(name, media_type) is kind
