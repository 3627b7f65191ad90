"""How many tokens a text has, without a tokenizer.

Every model counts differently, so this is one estimate for all, a little on the high side: it
is used to see what fits and what an answer may cost before anybody has counted.
"""

import re
from typing import Final

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


def estimate_tokens(text: str) -> int:
    """Estimate the tokens of a text; linear in its length, 0 only for an empty one."""
    tokens = 0
    for match in _PIECES.finditer(text):
        length = match.end() - match.start()
        match match.lastgroup:
            case "word":
                tokens += 1 if length <= _WHOLE_WORD_CHARS else (length + 4) // 5
            case "digits":
                tokens += length // 3 + 1
            case "marks" | "pairs":
                tokens += (length + 1) // 2
            case _:
                tokens += 1 if match.lastgroup == "space" else length
    return tokens or len(text)
