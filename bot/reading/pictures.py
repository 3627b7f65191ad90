"""Pictures: made small enough for a model, and rid of what they tell of their owner.

Run in the child process.
"""

import warnings
from io import BytesIO
from typing import Final

from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError

from bot.reading.outcomes import ReadImage
from bot.reading.sniffing import NotReadable
from routing.query import Image

FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")

NEEDED_LATER: Final = (
    "PIL.BmpImagePlugin",
    "PIL.GifImagePlugin",
    "PIL.ImageChops",
    "PIL.ImageSequence",
    "PIL.JpegImagePlugin",
    "PIL.JpegPresets",
    "PIL.MpoImagePlugin",
    "PIL.PngImagePlugin",
    "PIL.PpmImagePlugin",
    "PIL.TiffImagePlugin",
    "PIL.WebPImagePlugin",
    "encodings.ascii",
    "subprocess",
    "traceback",
)
"""What the library imports when it meets a format."""

_LONGEST_PX: Final = 1568
"""A longer edge is made smaller by the hosts, who count it all the same."""

_MOST_BYTES: Final = 3_500_000
"""Anthropic takes 5 MB an image, in base64."""

_JPEG_QUALITY: Final = 88
_LOSSLESS: Final = frozenset({"PNG", "GIF", "BMP"})


def read_picture(name: str, content: bytes, max_pixels: int) -> ReadImage:
    """Return a picture: upright, its first frame, of at most 1568 px, as PNG or JPEG.

    Only its pixels are kept: where and when it was taken stays with its owner.

    Raises:
        NotReadable: It is broken, or of too many pixels.
    """
    warnings.simplefilter("ignore")
    Pillow.MAX_IMAGE_PIXELS = None  # asked for here, with a limit of our own
    try:
        with Pillow.open(BytesIO(content), formats=FORMATS) as opened:
            width, height = opened.size
            if width * height > max_pixels:
                raise NotReadable(f"it has {width * height:,} pixels, which are too many")
            # A phone puts a second, technical picture behind its first.
            is_animated = opened.format != "MPO" and getattr(opened, "is_animated", False)
            is_lossless = opened.format in _LOSSLESS
            picture = _small(opened)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise NotReadable("it is broken") from None
    note = "only its first picture" if is_animated else ""
    return ReadImage(name, _encoded(picture, is_lossless=is_lossless), note)


def _small(opened: Pillow.Image) -> Pillow.Image:
    opened.draft("RGB", (_LONGEST_PX, _LONGEST_PX))  # a large JPEG is decoded smaller at once
    opened.load()
    has_alpha = opened.has_transparency_data
    picture = ImageOps.exif_transpose(opened).convert("RGBA" if has_alpha else "RGB")
    picture.thumbnail((_LONGEST_PX, _LONGEST_PX))
    return picture


def _encoded(picture: Pillow.Image, *, is_lossless: bool) -> Image:
    if is_lossless or picture.mode == "RGBA":
        content = _saved(picture, "PNG")
        if len(content) <= _MOST_BYTES:
            return Image("image/png", content, *picture.size)
    if picture.mode == "RGBA":
        ground = Pillow.new("RGBA", picture.size, "white")
        picture = Pillow.alpha_composite(ground, picture).convert("RGB")
    return Image("image/jpeg", _saved(picture, "JPEG"), *picture.size)


def _saved(picture: Pillow.Image, name: str) -> bytes:
    # What `info` holds would be written too: profiles, comments, the place.
    picture.info = {}
    file = BytesIO()
    picture.save(file, name, quality=_JPEG_QUALITY)
    return file.getvalue()
