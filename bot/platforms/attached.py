"""What an attached file is taken for, before anybody has looked into it. Pure."""

from pathlib import PurePath
from typing import Final

from config.catalog import AttachmentKind

_DOCUMENTS: Final = frozenset({".pdf", ".docx", ".doc", ".odt", ".rtf", ".xlsx", ".pptx"})


def kind_of(name: str, media_type: str) -> AttachmentKind:
    """Return what a file is, by what the platform says it holds, else by its name."""
    whole, _, _ = media_type.partition(";")
    group, _, detail = whole.strip().lower().partition("/")
    if group == "image" and detail != "svg+xml":
        return AttachmentKind.IMAGE
    if group in {"audio", "video"}:
        return AttachmentKind.AUDIO
    if detail == "pdf" or PurePath(name.lower()).suffix in _DOCUMENTS:
        return AttachmentKind.DOCUMENT
    return AttachmentKind.TEXT
