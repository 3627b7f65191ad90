"""What a file is, by its first bytes: its name and what it claims to be are not believed. Pure."""

from enum import Enum
from typing import Final


class Format(Enum):
    """What can be read."""

    TEXT = "text"
    PDF = "pdf"
    ZIP = "zip"
    IMAGE = "image"


class NotReadable(Exception):
    """A file cannot be read; the message says why, as a part of a sentence."""


_AUDIO: Final = "audio is not listened to"
_VIDEO: Final = "video is not watched"
_ARCHIVE: Final = "archives are not opened"
_PROGRAM: Final = "programs are not read"

_FORMATS: Final = (
    (0, b"\x89PNG\r\n\x1a\n", Format.IMAGE),
    (0, b"\xff\xd8\xff", Format.IMAGE),
    (0, b"GIF87a", Format.IMAGE),
    (0, b"GIF89a", Format.IMAGE),
    (8, b"WEBP", Format.IMAGE),
    (0, b"II*\x00", Format.IMAGE),
    (0, b"MM\x00*", Format.IMAGE),
    (0, b"PK\x03\x04", Format.ZIP),
    (0, b"PK\x05\x06", Format.ZIP),
    (4, b"ftypavi", "AVIF images cannot be read: PNG and JPEG can"),
    (4, b"ftyphei", "HEIC images cannot be read: PNG and JPEG can"),
    (4, b"ftypmif", "HEIC images cannot be read: PNG and JPEG can"),
    (4, b"ftypM4A", _AUDIO),
    (4, b"ftyp", _VIDEO),
    (0, b"ID3", _AUDIO),
    (0, b"\xff\xfb", _AUDIO),
    (0, b"\xff\xf3", _AUDIO),
    (0, b"OggS", _AUDIO),
    (0, b"fLaC", _AUDIO),
    (8, b"WAVE", _AUDIO),
    (8, b"AVI ", _VIDEO),
    (0, b"\x1aE\xdf\xa3", _VIDEO),
    (0, b"\x1f\x8b", _ARCHIVE),
    (0, b"BZh", _ARCHIVE),
    (0, b"\xfd7zXZ\x00", _ARCHIVE),
    (0, b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (0, b"Rar!\x1a\x07", _ARCHIVE),
    (0, b"\x28\xb5\x2f\xfd", _ARCHIVE),
    (257, b"ustar", _ARCHIVE),
    (0, b"\x7fELF", _PROGRAM),
    (0, b"\x00asm", _PROGRAM),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
     "it is protected by a password, or of an Office older than 2007"),
)  # fmt: skip

_PDF_MARK: Final = b"%PDF-"
_PDF_WITHIN: Final = 1024
"""Readers look for the mark so far in; what stands before it is junk of a mail program."""

_TEXT_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_SAMPLE: Final = 64 * 1024
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\r\f\b\x1b"))
_MOST_CONTROLS: Final = 0.02


def format_of(content: bytes) -> Format:
    """Return what a file can be read as.

    Raises:
        NotReadable: It cannot be.
    """
    if not content:
        raise NotReadable("it is empty")
    for offset, mark, found in _FORMATS:
        if content.startswith(mark, offset):
            if isinstance(found, str):
                raise NotReadable(found)
            return found
    if content.startswith(b"BM") and b"\x00" in content[:32]:
        return Format.IMAGE
    if content.startswith(b"MZ") and b"\x00" in content[:64]:
        raise NotReadable(_PROGRAM)
    if _PDF_MARK in content[:_PDF_WITHIN]:
        return Format.PDF
    if not _looks_like_text(content[:_SAMPLE]):
        raise NotReadable("it is neither text nor a format that can be read")
    return Format.TEXT


def _looks_like_text(sample: bytes) -> bool:
    if sample.startswith(_TEXT_MARKS):
        return True
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return b"\x00" not in sample and controls <= _MOST_CONTROLS * len(sample)
