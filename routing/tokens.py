"""How many tokens a text has, without a tokenizer.

Every model counts differently, so this is one estimate for all, a little on the high side: it
is used to see what fits and what an answer may cost before anybody has counted.
"""

import re
from math import ceil
from string import ascii_letters, digits, punctuation
from typing import Final

from routing.runs import keeping, runs

TURN_TOKENS: Final = 4
"""What a chat template puts around each turn; OpenAI documents 3 to 4."""

# What byte-pair tokenizers split at first: a word with its space, up to three digits, a run of
# punctuation, a run of white space. Words of common languages are one token up to about six
# letters; scripts without spaces take about one token a character.
_PIECES: Final = re.compile(
    r"(?P<word>[A-Za-z]+)|(?P<digits>\d+)|(?P<pairs>[\u0370-\u052f]+)|(?P<latin>[\u0080-\u024f]+)"
    r"|(?P<wide>[^\x00-\u024f\s])|(?P<space>\s{2,}|[\n\t])|(?P<marks>[!-/:-@\[-`{-~]+)"
)

_WHOLE_WORD_CHARS: Final = 7


# The same for ASCII, where no character is of two kinds. Of white space, a blank on its own belongs
# to the word after it; every other run is a token.
_WORDS: Final = keeping(ascii_letters)
_DIGITS: Final = keeping(digits)
_MARKS: Final = keeping(punctuation)
_BLANKS: Final = keeping(" \r\v\f\x1c\x1d\x1e\x1f\n\t", become="s" * 8 + "nn")
_BLANK: Final = b"s"


def estimate_tokens(text: str) -> int:
    """Estimate the tokens of a text; linear in its length, 0 only for an empty one."""
    return (_of_ascii(text) if text.isascii() else _of_any(text)) or len(text)


def turn_tokens(text: str) -> int:
    """Estimate the tokens of a text that is sent as a turn; 0 only for an empty one."""
    return estimate_tokens(text) + TURN_TOKENS if text else 0


def _of_ascii(text: str) -> int:
    octets = text.encode()
    words, numbers, marks, blanks = (
        runs(octets, kept) for kept in (_WORDS, _DIGITS, _MARKS, _BLANKS)
    )
    long_words = [word for word in words if len(word) > _WHOLE_WORD_CHARS]
    return (
        len(words) - len(long_words)
        + sum([_word_tokens(len(word)) for word in long_words])
        + sum([len(number) // 3 + 1 for number in numbers])
        + sum([(len(run) + 1) // 2 for run in marks])
        + len(blanks) - blanks.count(_BLANK)
    )  # fmt: skip


def _word_tokens(length: int) -> int:
    return 1 if length <= _WHOLE_WORD_CHARS else (length + 4) // 5


def _of_any(text: str) -> int:
    tokens = 0
    for match in _PIECES.finditer(text):
        length = match.end() - match.start()
        match match.lastgroup:
            case "word":
                tokens += _word_tokens(length)
            case "digits":
                tokens += length // 3 + 1
            case "marks" | "pairs":
                tokens += (length + 1) // 2
            case _:
                tokens += 1 if match.lastgroup == "space" else length
    return tokens


def image_tokens(width: int, height: int) -> int:
    """Return the most tokens a host counts for an image of so many pixels.

    Each has its own formula, and which one holds is known only by the bill:

    - OpenAI's tiles: 85, and 170 for each 512 px square once the short side is 768 px;
    - OpenAI's patches of 32 px: up to 1536, counted up to 2.46 times (gpt-4.1-nano), or without
      that bound 1.2 times, as users measured for GPT-5 and later;
    - Anthropic: pixels / 750;
    - Gemini: 258 for each tile of 768 px.

    What gpt-4o-mini counts, thirty times its sister's, is not among them.
    """
    patches = ceil(width / 32) * ceil(height / 32)
    short, long = sorted((width, height))
    scale = min(2048 / max(long, 1), 768 / max(short, 1), 1)
    tiles = ceil(width * scale / 512) * ceil(height * scale / 512)
    return ceil(
        max(
            85 + 170 * tiles,
            2.46 * min(patches, 1536),
            1.2 * patches,
            width * height / 750,
            258 * ceil(width / 768) * ceil(height / 768),
        )
    )
