"""Telling thinking from answer where a self-hosted model writes both into its text. Pure."""

from collections.abc import Iterator
from enum import Enum, auto
from typing import Final

from routing.ports import ReasoningPart, TextPart

_OPEN: Final = "<think>"
_CLOSE: Final = "</think>"


class _Place(Enum):
    BEFORE = auto()
    THINKING = auto()
    BETWEEN = auto()
    ANSWER = auto()


class ThinkTags:
    """Splits `<think>…</think>` off the beginning of a text that comes in pieces.

    Anywhere else the tags are text. What may be the beginning of a tag is held back.
    """

    def __init__(self) -> None:
        self._place = _Place.BEFORE
        self._held = ""

    def feed(self, text: str) -> Iterator[TextPart | ReasoningPart]:
        """Take a piece of the text; yield what is known of it."""
        self._held += text
        if self._place is _Place.BEFORE:
            self._open()
        if self._place is _Place.THINKING and (thought := self._think()):
            yield ReasoningPart(thought)
        if self._place is _Place.BETWEEN and (answer := self._held.lstrip()):
            self._place, self._held = _Place.ANSWER, answer
        if self._place is _Place.ANSWER:
            answer, self._held = self._held, ""
            yield TextPart(answer)

    def close(self) -> Iterator[TextPart | ReasoningPart]:
        """Yield what was held back; to be called when no more text comes."""
        held, self._held = self._held, ""
        if held.strip():
            yield ReasoningPart(held) if self._place is _Place.THINKING else TextPart(held)

    def _open(self) -> None:
        start = self._held.lstrip()
        if start.startswith(_OPEN):
            self._place, self._held = _Place.THINKING, start.removeprefix(_OPEN)
        elif not _OPEN.startswith(start):
            self._place = _Place.ANSWER

    def _think(self) -> str:
        """Return the thought so far, without what may be the beginning of the closing tag."""
        thought, closed, rest = self._held.partition(_CLOSE)
        if closed:
            self._place, self._held = _Place.BETWEEN, rest
            return thought
        beginnings = (_CLOSE[:chars] for chars in range(len(_CLOSE) - 1, 0, -1))
        self._held = next((tag for tag in beginnings if thought.endswith(tag)), "")
        return thought.removesuffix(self._held)
