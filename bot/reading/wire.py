"""What a reader and its child process say to each other: one question, one answer. Pure.

Each is a length, so many bytes of JSON, and the bytes of a file. Both ends bound what they take,
and nothing in an answer is believed that is not of its form: the child has read a stranger's file.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, BinaryIO, Final

from bot.reading.limits import Limits
from bot.reading.outcomes import Outcome, ReadImage, ReadText, Unread
from config.catalog import AttachmentKind
from routing.query import Image

_LENGTH_BYTES: Final = 4
_MOST_WHY_CHARS: Final = 200
_MEDIA_TYPES: Final = frozenset({"image/png", "image/jpeg"})
_MOST_IMAGE_BYTES: Final = 8 * 1024**2
_BYTES_A_CHAR: Final = 12
"""JSON may write a character as two escapes of six."""


class Garbled(Exception):
    """An answer is not of the form it should have."""


def question(name: str, content: bytes, limits: Limits) -> bytes:
    """Return what a child is sent."""
    return _framed({"name": name, "limits": asdict(limits)}, content)


def read_question(stream: BinaryIO) -> tuple[str, bytes, Limits]:
    """Return a file's name and content, and what it may cost."""
    length = int.from_bytes(stream.read(_LENGTH_BYTES), "big")
    head = json.loads(stream.read(length))
    limits = Limits(**head["limits"])
    return head["name"], stream.read(limits.max_bytes), limits


def answer(outcome: Outcome) -> bytes:
    """Return what a child says."""
    match outcome:
        case ReadText(_, text, note, kind):
            return _framed({"text": text, "note": note, "kind": kind})
        case ReadImage(_, image, note):
            size = {"width": image.width, "height": image.height}
            head = {"media_type": image.media_type, "note": note} | size
            return _framed(head, image.content)
        case Unread(_, why):
            return _framed({"why": why})


def most_answer_bytes(limits: Limits) -> int:
    """Return the length of the longest answer that is worth reading."""
    return _MOST_IMAGE_BYTES + _BYTES_A_CHAR * limits.max_chars


def read_answer(raw: bytes, name: str, limits: Limits) -> Outcome:
    """Return what a child said of a file.

    Raises:
        Garbled: It said nothing of sense.
    """
    end = _LENGTH_BYTES + int.from_bytes(raw[:_LENGTH_BYTES], "big")
    try:
        return _outcome(json.loads(raw[_LENGTH_BYTES:end]), raw[end:], name, limits)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Garbled from None


def _outcome(head: Mapping[str, Any], content: bytes, name: str, limits: Limits) -> Outcome:
    if "why" in head:
        return Unread(name, _short(head["why"]))
    note = _short(head["note"])
    if "text" in head:
        text = str(head["text"])[: limits.max_chars]
        return ReadText(name, text, note, AttachmentKind(head["kind"]))
    if head["media_type"] not in _MEDIA_TYPES or not content:
        raise Garbled
    image = Image(head["media_type"], content, int(head["width"]), int(head["height"]))
    return ReadImage(name, image, note)


def _short(said: object) -> str:
    return " ".join(str(said)[:_MOST_WHY_CHARS].split())


def _framed(head: Mapping[str, object], content: bytes = b"") -> bytes:
    said = json.dumps(head).encode()
    return len(said).to_bytes(_LENGTH_BYTES, "big") + said + content
