"""Pictures for tests."""

from io import BytesIO
from typing import Any

from PIL import Image as Pillow


def a_picture(
    width: int = 40,
    height: int = 30,
    form: str = "PNG",
    *,
    mode: str = "RGB",
    color: Any = "red",
    **saved: Any,
) -> bytes:
    """Draw a picture of one colour and return it as a file."""
    file = BytesIO()
    Pillow.new(mode, (width, height), color).save(file, form, **saved)
    return file.getvalue()
