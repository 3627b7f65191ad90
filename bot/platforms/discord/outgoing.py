"""What one post on Discord is to show, and the body that says so. Pure.

Here alone it is decided that nothing pings and no link unfolds, whoever wrote the text.
"""

from dataclasses import dataclass
from typing import Any, Final

from bot.platforms.beside import File
from bot.platforms.buttons import Button
from bot.platforms.discord.components import components_of

MOST_CHARS: Final = 2000
"""Of one post's text."""

_SUPPRESS_EMBEDS: Final = 4
_DESCRIPTION_CHARS: Final = 1024


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One post, whole: an edit replaces all of it.

    Attributes:
        content: Markdown as Discord shows it, of at most `MOST_CHARS` as `chars_of` counts.
    """

    content: str
    buttons: tuple[Button, ...] = ()
    files: tuple[File, ...] = ()


def chars_of(text: str) -> int:
    """Count a text as Discord does at most: in UTF-16.

    Its servers count code points, its clients have counted UTF-16 units; these are never fewer.
    """
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def body_of(outgoing: Outgoing) -> dict[str, Any]:
    """Return the body of a request that makes a post show `outgoing`."""
    return {
        "content": _whole(outgoing.content),
        "allowed_mentions": {"parse": [], "replied_user": False},
        "flags": _SUPPRESS_EMBEDS,
        "components": components_of(outgoing.buttons),
        "attachments": [_attachment(place, file) for place, file in enumerate(outgoing.files)],
    }


def _attachment(place: int, file: File) -> dict[str, Any]:
    """Name a file; what a picture shows is told to those who do not see it."""
    named: dict[str, Any] = {"id": place, "filename": file.name}
    if file.is_picture:
        named["description"] = file.text[:_DESCRIPTION_CHARS]
    return named


def _whole(text: str) -> str:
    """Put halves of characters together, or something else in their place: Discord takes none."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
