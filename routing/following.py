"""What a conversation tells of a question that goes on with it. Pure.

"And in French?" says neither what it is about nor how hard that is: the question before it does.
How long the answers in a conversation are tells how long the next one is. No conversations were
recorded to learn that from: the numbers here are declared, and move only what reason alone would.
"""

import re
from math import exp, log
from typing import Final

from config.catalog import TaskClass
from routing.query import Query
from routing.signals import task_of

_LONGEST_CHARS: Final = 80
_MOST_WORDS: Final = 10
_FEW_WORDS: Final = 2
# In a longer question a word such as `it` mostly points to another word of the same question.
_MOST_WORDS_POINTING: Final = 5

# A question stands behind what was read of its attachments, which may be a book.
_ANTECEDENT_CHARS: Final = 1000

_OPENS: Final = re.compile(
    r"\W*(?:and|or|but|so|then|also|again|what about|how about|what if|why not|what else|another|"
    r"more|same|instead|und|oder|aber|warum|et|ou|mais|pourquoi|y|o|pero|e|ma|en|maar)\b",
    re.IGNORECASE,
)
_POINTS: Final = re.compile(
    r"\b(?:it|its|that|this|these|those|them|they|he|she|him|her|above|previous|earlier|instead|"
    r"same|again|other one|first one|second one|last one|shorter|longer|simpler)\b",
    re.IGNORECASE,
)
_COURTESY: Final = re.compile(
    r"\W*(?:thanks?|thank you|thx|ok(?:ay)?|great|cool|nice|good|perfect|yes|no|hi|hello|hey|bye|"
    r"danke|merci|gracias|grazie)\b",
    re.IGNORECASE,
)

# A kind of question that has no signs of its own is found where nothing else was.
_WITHOUT_SIGNS: Final = frozenset({TaskClass.GENERAL, TaskClass.KNOWLEDGE})

_USUAL_ANSWERS: Final = 2.0
"""The usual length counts like so many answers of the conversation."""

_LATEST_ANSWERS: Final = 4


def goes_on(text: str) -> bool:
    """Tell whether a question says too little without the one before it."""
    if len(text) > _LONGEST_CHARS or not 0 < (words := len(text.split())) <= _MOST_WORDS:
        return False
    if _COURTESY.match(text):
        return False
    leans = (
        words <= _FEW_WORDS
        or _OPENS.match(text)
        or (words <= _MOST_WORDS_POINTING and _POINTS.search(text))
    )
    return bool(leans) and task_of(text) in _WITHOUT_SIGNS


def subject_of(query: Query) -> str:
    """Return the words that tell what a question is about: with those it goes on with, if it does.

    That is the latest earlier question that stands for itself, or the first one that is known. One
    that comes with something is about that.
    """
    if not query.history or query.material or query.images or not goes_on(query.text):
        return query.text
    asked = [turn.text for turn in query.history if turn.role == "user"]
    if not asked:
        return query.text
    antecedent = next((text for text in reversed(asked) if not goes_on(text)), asked[0])
    return f"{antecedent[-_ANTECEDENT_CHARS:]}\n{query.text}"


def expected_tokens(usual_tokens: int, query: Query) -> int:
    """Return how long an answer is expected to be, given how long those before it were."""
    answers = [turn.tokens for turn in query.history[-2 * _LATEST_ANSWERS :] if turn.role != "user"]
    if not answers:
        return usual_tokens
    logs = _USUAL_ANSWERS * log(usual_tokens) + sum(log(max(tokens, 1)) for tokens in answers)
    return round(exp(logs / (_USUAL_ANSWERS + len(answers))))
