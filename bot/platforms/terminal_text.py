"""What of a text may reach the screen. Pure."""

from typing import Final

_HARMLESS: Final = "\n\t"
_CONTROLS: Final = (*range(0x20), *range(0x7F, 0xA0))
_SURROGATES: Final = range(0xD800, 0xE000)
_UNSHOWN: Final[dict[int, str | None]] = {
    **{code: None for code in _CONTROLS if chr(code) not in _HARMLESS},
    **dict.fromkeys(_SURROGATES, "\ufffd"),
}


def clean(text: str) -> str:
    """Drop control characters: no model moves the cursor, sets the title or changes colours.

    Each character is judged by itself, so a text may be cleaned in any pieces. Line feeds and
    tabs stay; half a character, which no stream can encode, becomes the replacement character.
    """
    return text.translate(_UNSHOWN)
