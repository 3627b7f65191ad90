"""Numbers and days of a question, each written one way. Pure.

`one` alone stays a word, since it may be anybody; so does `second`. What is not plainly one
number is left as it stands.
"""

# ruff: noqa: SIM905 # a table of words reads as words

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

_BELOW_TWENTY: Final = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen".split()
)
_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_DIGITS: Final[Mapping[str, int]] = MappingProxyType(
    {"one": 1} | {word: value for value, word in enumerate(_BELOW_TWENTY[:8], start=2)}
)
_VALUES: Final[Mapping[str, int]] = MappingProxyType(
    {word: value for value, word in enumerate(_BELOW_TWENTY, start=2)}
    | {word: 10 * value for value, word in enumerate(_TENS, start=2)}
    | {
        f"{ten}-{digit}": 10 * tens + value
        for tens, ten in enumerate(_TENS, start=2)
        for digit, value in _DIGITS.items()
    }
)
_NUMBER_WORDS: Final = _DIGITS.keys() | _VALUES.keys()
_SCALES: Final = frozenset({"hundred", "thousand", "million", "billion"})

_MONTHS: Final = frozenset(
    "january february march april may june july august september october november december".split()
)
_DAY: Final = re.compile(r"([1-9]|[12]\d|3[01])(?:st|nd|rd|th)?")


def with_digits(words: Sequence[str]) -> list[str]:
    """Write number words below a thousand as digits: `two hundred forty` as `240`."""
    if _NUMBER_WORDS.isdisjoint(words):
        return list(words)
    written: list[str] = []
    at = 0
    while at < len(words):
        number, used = _number(words, at)
        written.append(number)
        at += used
    return written


def _number(words: Sequence[str], at: int) -> tuple[str, int]:
    """Return what to write for the words from a place on, and how many of them it takes."""
    hundreds = _DIGITS.get(words[at])
    if hundreds and words[at + 1 : at + 2] == ["hundred"]:
        rest, used = _below_hundred(words, at + 2)
        return str(100 * hundreds + rest), 2 + used
    value, used = _below_hundred(words, at)
    return (str(value), used) if used else (words[at], 1)


def _below_hundred(words: Sequence[str], at: int) -> tuple[int, int]:
    """Return a number and how many words it takes: none where there is none, or a larger one."""
    word, following, beyond = (*words[at : at + 3], "", "", "")[:3]
    value = _VALUES.get(word, 0)
    if word in _TENS and following in _DIGITS and beyond not in _SCALES:
        return value + _DIGITS[following], 2
    return (value, 1) if value and following not in _SCALES else (0, 0)


def with_days(words: Sequence[str]) -> list[str]:
    """Write days as `march 15`, for `15 March`, `March 15th` and `15th of March`."""
    written = list(words)
    for at, word in enumerate(written):
        if word.lower() not in _MONTHS:
            continue
        # Alone, a march is not March.
        if at and (day := _DAY.fullmatch(written[at - 1])):
            written[at - 1 : at + 1] = [word.lower(), day[1]]
        elif at + 1 < len(written) and (day := _DAY.fullmatch(written[at + 1])):
            written[at : at + 2] = [word.lower(), day[1]]
    return written
