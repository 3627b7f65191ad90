"""Patterns of rules, searched in time linear in the text: whoever writes a message picks the text.

RE2 knows no look-around and no back-reference, since nobody can search those in linear time.
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

import re2

MAX_PATTERN_CHARS: Final = 500
MAX_PATTERN_STEPS: Final = 3_000
"""How large a pattern may be once compiled; each character of a text may cost a look at all."""

_NO_LETTER: Final = r"[^\pL\pN]"
_GAP: Final = r"[\s\v\pZ\x{1c}-\x{1f}\x{85}]+"


def checked_pattern(pattern: str) -> str:
    """Return a pattern that can be searched in linear time.

    Raises:
        ValueError: It cannot, or is too large; says why without repeating it.
    """
    if len(pattern) > MAX_PATTERN_CHARS:
        raise ValueError(f"must have at most {MAX_PATTERN_CHARS} characters")
    if ready(pattern).programsize > MAX_PATTERN_STEPS:
        raise ValueError("is too large: repeat less, or split it")
    return pattern


def ready(pattern: str) -> Any:  # noqa: ANN401 # RE2 ships no types
    """Return a pattern made ready.

    Raises:
        ValueError: RE2 refuses it; says why without repeating it.
    """
    try:
        return _compiled(pattern)
    except re2.error as error:
        told = error.args[0] if error.args else "invalid"
        reason = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
        raise ValueError(f"is no RE2 pattern: {reason.partition(':')[0]}") from None
    except UnicodeEncodeError:
        raise ValueError("is no text: it holds half a character") from None


def plain(text: str) -> str:
    """Return a text as it is searched for words: in one form of writing, without hidden marks.

    Full-width letters and letters in two parts become the usual ones; soft hyphens, zero-width
    spaces and the like go: they must not hide a word from a rule.
    """
    if text.isascii():
        return text
    normal = unicodedata.normalize("NFKC", text)
    return "".join(each for each in normal if unicodedata.category(each) != "Cf")


def word_pattern(words: Iterable[str]) -> str:
    """Return the pattern that finds any of some words or phrases, whole, in a plain text.

    Case does not matter. Whatever is no letter and no digit ends a word, an underscore too: a rule
    that keeps words from leaving had better find one too many.
    """
    phrases = (_GAP.join(map(re2.escape, plain(phrase).split())) for phrase in sorted(words))
    return rf"(?i)(?:\A|{_NO_LETTER})(?:{'|'.join(phrases)})(?:\z|{_NO_LETTER})"


def is_found(pattern: str, text: str) -> bool:
    """Tell whether a pattern, as `checked_pattern` takes it, is anywhere in a text."""
    try:
        return _compiled(pattern).search(text) is not None
    except UnicodeEncodeError:  # half a character, which a chat may deliver
        return _compiled(pattern).search(text.encode("utf-8", "replace").decode()) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> Any:  # noqa: ANN401 # RE2 ships no types
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)
