"""Which images a request shows, in the providers' wire formats, and what is wrong with them."""

import binascii
from base64 import b64decode
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any, Final

from PIL import Image as Pillow

JSON = Mapping[str, Any]

_MOST_BYTES: Final = 5 * 1024**2
_MOST_PX: Final = 8000
_TYPES: Final = {"image/png": "PNG", "image/jpeg": "JPEG"}


class MalformedImage(Exception):
    """A real provider would refuse it; the message says why."""


def shown_images(body: JSON) -> list[bytes]:
    """Return the images of a request, in order.

    Raises:
        MalformedImage: One is not of the form it must have.
    """
    return [_checked(media_type, data) for media_type, data in _sent(body)]


def _sent(body: JSON) -> Iterator[tuple[str, str]]:
    """Yield the claimed media type, empty where none is told, and the base64 of each image."""
    for message in body.get("messages", ()):
        for picture in message.get("images") or ():  # Ollama
            yield "", picture
        content = message.get("content")
        for part in content if isinstance(content, list) else ():
            yield from _of_part(part)
    for turn in body.get("contents", ()):  # Gemini
        for part in turn["parts"]:
            if inline := part.get("inline_data") or part.get("inlineData"):
                yield inline.get("mime_type") or inline["mimeType"], inline["data"]


def _of_part(part: JSON) -> Iterator[tuple[str, str]]:
    match part:
        case {"type": "text", "text": str()}:
            return
        case {"type": "image_url", "image_url": {"url": str(url)}}:  # OpenAI
            media_type, _, data = url.removeprefix("data:").partition(";base64,")
            if not url.startswith("data:"):
                raise MalformedImage("no data URL")
            yield media_type, data
        case {"type": "image", "source": {"type": "base64", "media_type": kind, "data": data}}:
            yield kind, data  # Anthropic
        case _:
            raise MalformedImage(f"unknown part: {part.get('type')}")


def _checked(media_type: str, data: str) -> bytes:
    try:
        content = b64decode(data, validate=True)
        with Pillow.open(BytesIO(content)) as picture:
            picture.verify()
            found, longest = picture.format, max(picture.size)
    except (binascii.Error, OSError, SyntaxError):
        raise MalformedImage("could not process image") from None
    if media_type and _TYPES.get(media_type) != found:
        raise MalformedImage(f"{found} is called {media_type}")
    if len(data) > _MOST_BYTES or longest > _MOST_PX:
        raise MalformedImage("image exceeds the maximum")
    return content
