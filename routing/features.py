"""What can be measured of a prompt in microseconds: counts, and where its words point. Pure.

The counts tell how long, how formal and how numeric a question is, and which words it leans on;
none needs to know a language model's tokens. Texts are looked at, never kept.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, repeat
from string import ascii_letters, digits
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.embedding import VECTOR_SIZE, Embed, Vector
from routing.runs import keeping, runs

_FIRST_CHARS: Final = 1500
_LAST_CHARS: Final = 500

# Worked examples before a question repeat its last line: "Answer:", three times and more.
_CLOSING_LINE_CHARS: Final = 40
_WORKED_EXAMPLES: Final = 3

_LETTERS: Final = keeping(ascii_letters)
_DIGITS: Final = keeping(digits)
_NUMBER: Final = re.compile(r"\d+")
_OPTION: Final = re.compile(r"^\(?[A-J][.)] ", re.MULTILINE)
_LONG_WORD_CHARS: Final = 9
_LONG_NUMBER_DIGITS: Final = 4

# Words that tell how a question is put; each group is one count.
_GROUPS: Final[dict[str, str]] = {
    "negations": "not no never none neither nor except without cannot false incorrect least",
    "asking": "which what who whom whose where when how why",
    "many": "many much number amount",
    "ratios": "half twice double triple third quarter fourth fifth percent percentage times ratio "
    "fraction average",
    "shares": "each every per apiece",
    "more": "more less fewer greater older younger longer than",
    "sums": "total altogether combined sum together left remain remaining rest difference",
    "numerals": "one two three four five six seven eight nine ten eleven twelve dozen hundred "
    "thousand first second",
    "durations": "second seconds minute minutes hour hours day days week weeks month months year "
    "years",
    "conditions": "if then else when unless suppose given assume let",
    "loops": "for while in range",
    "programming": "def return function python string list array dictionary code class import "
    "assert tuple",
    "deciding": "best most likely following statement statements true correct describes",
    "tasks": "write find calculate solve compute simplify determine evaluate identify explain "
    "describe summarize translate extract classify",
    "law": "court law defendant plaintiff contract liable statute state property",
    "people": "he she his her him they their",
    "places": "country war government century people society political economic",
    "nature": "cell energy water blood patient disease protein acid temperature",
    "logic": "all some every any implies iff valid argument premise knight knave",
    "axioms": "theorem prove group field ring vector matrix polynomial integral derivative",
}
_GROUP_OF: Final = {
    word.encode(): group for group, words in _GROUPS.items() for word in words.split()
}

_MARKS: Final = "?.,()[]{}\"'$\\_:;+-*/^=<>|%#&!~`\n"
_CAPITALS: Final = slice(ord("A"), ord("Z") + 1)
_SMALLS: Final = slice(ord("a"), ord("z") + 1)

STATISTICS: Final[tuple[str, ...]] = (
    "prompt chars", "chars", "words", "numbers", "digit share", "letter share", "capital share",
    "beyond ascii",
    "longest number", "digits", "digits per number", "distinct numbers", "long numbers",
    "chars per word", "distinct word share", "long words", "capitalised words",
    "options", "chars before options", "chars per option", "spread of options",
    "options with digits", "longest line", "last line", "widest indent", "decimals",
    *(f"mark {mark!r}" for mark in _MARKS),
    *_GROUPS,
)  # fmt: skip
"""What the numbers of `Features.statistics` are, in their order."""


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """What is known of one prompt.

    Attributes:
        statistics: As `STATISTICS` names them; counts as log(1 + n).
        vector: Where the words point, of unit length; all 0 where there are no vectors.
    """

    statistics: NDArray[np.float32]
    vector: Vector


def features_of(text: str, embed: Embed) -> Features:
    """Measure a prompt."""
    looked_at = shortened(question_of(text))
    vector = embed(looked_at)
    if vector is None:
        vector = np.zeros(VECTOR_SIZE, np.float32)
    return Features(statistics_of(looked_at, len(text)), vector)


def question_of(text: str) -> str:
    """Return a prompt without the worked examples before its question, if there are any."""
    text = text.rstrip()
    closing = text[text.rfind("\n") :]
    if not 1 < len(closing) <= _CLOSING_LINE_CHARS or text.count(closing) < _WORKED_EXAMPLES:
        return text
    before = text.rfind(closing, 0, len(text) - len(closing))
    example_end = text.find("\n\n", before)
    return text[example_end + 2 :] if example_end >= 0 else text


def shortened(text: str) -> str:
    """Return the beginning and the end of a text, so that a pasted book costs no more time."""
    if len(text) <= _FIRST_CHARS + _LAST_CHARS:
        return text
    return f"{text[:_FIRST_CHARS]}\n{text[-_LAST_CHARS:]}"


def statistics_of(text: str, prompt_chars: int) -> NDArray[np.float32]:
    """Count what `STATISTICS` names in the part of a prompt that is looked at."""
    octets = text.encode(errors="replace")
    counts = np.bincount(np.frombuffer(octets, np.uint8), minlength=256).tolist()
    words = runs(octets, _LETTERS)
    groups = Counter(filter(None, map(_GROUP_OF.get, runs(octets.lower(), _LETTERS))))
    values = np.array(
        [
            prompt_chars,
            *_sizes(text, counts, words),
            *_layout(text),
            *[counts[mark] for mark in _MARKS.encode()],
            *map(groups.get, _GROUPS, repeat(0)),
        ],
        np.float32,
    )
    np.log1p(values, out=values, where=_COUNTS)
    return values


def _sizes(text: str, counts: Sequence[int], words: Sequence[bytes]) -> tuple[float, ...]:
    """Return counts and shares of a text; `counts` are of its octets."""
    chars = len(text) or 1
    numbers = _numbers(text)
    lengths = list(map(len, numbers))
    of_digits = sum(lengths)
    capitals, smalls = sum(counts[_CAPITALS]), sum(counts[_SMALLS])
    return (
        len(text),
        len(words),
        len(numbers),
        of_digits / chars,
        (capitals + smalls) / chars,
        capitals / chars,
        sum(counts[128:]) / chars,
        max(lengths, default=0),
        of_digits,
        of_digits / (len(numbers) or 1),
        len(set(numbers)),
        len([length for length in lengths if length >= _LONG_NUMBER_DIGITS]),
        (capitals + smalls) / (len(words) or 1),
        len(set(words)) / (len(words) or 1),
        len([word for word in words if len(word) >= _LONG_WORD_CHARS]),
        sum(map(bytes.istitle, words)),
    )


def _numbers(text: str) -> Sequence[str] | Sequence[bytes]:
    return runs(text.encode(), _DIGITS) if text.isascii() else _NUMBER.findall(text)


def _layout(text: str) -> tuple[float, ...]:
    starts = [match.start() for match in _OPTION.finditer(text)]
    ends = [*starts[1:], len(text)]
    options = [text[start:end] for start, end in zip(starts, ends, strict=True)] if starts else []
    sizes = [len(option) for option in options] or [0]
    mean = sum(sizes) / len(sizes)
    lines = text.split("\n")
    return (
        len(options),
        starts[0] if starts else len(text),
        mean,
        (max(sizes) - min(sizes)) / (1 + mean),
        sum(any(map(str.isdigit, option[2:])) for option in options) / len(sizes),
        max(map(len, lines)),
        len(lines[-1]),
        max(len(line) - len(line.lstrip()) for line in lines),
        sum(before.isdigit() and after.isdigit() for before, after in _around_points(text)),
    )


def _around_points(text: str) -> list[tuple[str, str]]:
    """Return what stands before and after each full stop."""
    parts = text.split(".")
    return [(before[-1:], after[:1]) for before, after in pairwise(parts)]


_COUNTS: Final = np.array(
    ["share" not in name and name not in {"beyond ascii", "digits per number", "chars per word",
     "spread of options", "options with digits"} for name in STATISTICS]
)  # fmt: skip
