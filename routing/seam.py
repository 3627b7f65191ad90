"""Where one model's text ends and another's continues it, so that nothing is said twice. Pure."""

from typing import Final

_HELD_CHARS: Final = 160
"""A continuing model that repeats itself does so in its first words."""

_SHORTEST_OVERLAP: Final = 12
"""Fewer characters in common are chance: two sentences may both begin with "The"."""


class StartedOver(Exception):
    """The continuing model tells the whole answer anew, in other words."""


class Seam:
    """Joins a continuation to visible text, dropping what it repeats of it.

    The beginning is held back until it is clear whether it repeats the end of the visible
    text, which is dropped, or the whole of it from its beginning, which is dropped as well.
    """

    def __init__(self, visible: str) -> None:
        self._visible = visible
        self._held = ""
        self._is_joined = not visible

    def feed(self, text: str) -> str:
        """Take more of the continuation; return what of it is new and safe to show.

        Raises:
            StartedOver: It retold the visible text at length, then went another way.
        """
        if self._is_joined:
            return text
        self._held += text
        if len(self._held) < _HELD_CHARS or self._visible.startswith(self._held):
            return ""
        return self.close()

    def close(self) -> str:
        """Return what of the held back text is new; to be called when no more text comes.

        Raises:
            StartedOver: As for `feed`.
        """
        if self._is_joined:
            return ""
        self._is_joined = True
        held, visible = self._held, self._visible
        if held.startswith(visible):
            return held[len(visible) :]
        if visible.startswith(held):
            return ""
        if _common_prefix_chars(held, visible) >= _retold_chars(visible):
            raise StartedOver
        return held[_overlap_chars(visible, held) :]


def _common_prefix_chars(one: str, other: str) -> int:
    length = 0
    for ours, theirs in zip(one, other, strict=False):
        if ours != theirs:
            break
        length += 1
    return length


def _retold_chars(visible: str) -> int:
    """Return how much of the beginning, told again, is more than chance."""
    return min(_HELD_CHARS // 2, max(_SHORTEST_OVERLAP, len(visible) // 2))


def _overlap_chars(visible: str, continuation: str) -> int:
    """Return how much of the continuation's beginning is the visible text's end."""
    longest = min(len(visible), len(continuation))
    for length in range(longest, _SHORTEST_OVERLAP - 1, -1):
        if visible.endswith(continuation[:length]):
            return length
    return 0
