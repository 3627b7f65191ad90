"""Which questions have a short answer that two models can be seen to agree on. Pure.

Only where the shape of the answer is plain from the question is it checkable: a question wrongly
taken for one costs a second call and may show a text that merely ends alike.
"""

import re
from enum import StrEnum
from typing import Final

_LOOKED_AT_CHARS: Final = 4000
_SHORT_CHARS: Final = 300


class AnswerShape(StrEnum):
    """What kind of short answer a question wants."""

    NUMBER = "a number"
    CHOICE = "a letter of those offered"
    YES_NO = "yes or no"
    LITERAL = "what code gives"
    NAME = "a name or a word"


# More than the answer is wanted: words that two models never choose alike.
_WANTS_MORE: Final = re.compile(
    r"\b(?:explain|why|prove|proof|derive|show (?:me|your|the|how|that)|discuss|describe|essay|"
    r"write (?:a|an|me|the|some)|draft|compare|summari[sz]e|translate|list|recommend|suggest|plan|"
    r"antiderivative|indefinite|complex numbers?|polynomial|factori[sz]ation|comma-separated|"
    r"in detail|how (?:do|can|should|would) (?:i|you|we)|should (?:i|we)|ideas?|opinion|"
    r"you think)\b",
    re.IGNORECASE,
)
_LITERAL: Final = re.compile(
    r"assert\s[^\n]{1,400}==\s*\?\?|\bwhat (?:is|does|will)\b[^?\n]{0,80}\b(?:output|print|return|"
    r"evaluate to|printed|returned)\b",
    re.IGNORECASE,
)
_CODE: Final = re.compile(
    r"```|\[PYTHON\]|\bdef \w+\(|\bprint\(|\bassert\s|[;{}]\s*\n|console\.log\("
)
_OPTIONS: Final = re.compile(r"^\s*\(?([A-J])[.)]\s+\S", re.MULTILINE)
_ASKS_YES_NO: Final = re.compile(
    r"\b(?:answer|reply|respond|say)\b[^.\n]{0,30}\byes\b[^.\n]{0,6}\bno\b", re.IGNORECASE
)
_BEGINS_YES_NO: Final = re.compile(
    r"^(?:is|are|was|were|does|did|has|have|had|will) [^?\n]{3,200}\?$", re.IGNORECASE
)
_ASKS_NUMBER: Final = re.compile(
    r"\b(?:how (?:many|much|old|far|tall|long|heavy|fast)|calculate|compute|multipl(?:y|ication)|"
    r"what(?:'s| is| are| was| were| will be| would be) (?:the |her |his |their |its )?"
    r"(?:\w+ ){0,3}(?:sum|total|average|mean|median|difference|product|quotient|remainder|"
    r"percent(?:age)?|number|price|cost|amount|area|volume|perimeter|length|distance|speed|age|value|probability|odds|gcd|lcm)|"
    r"(?:find|state|give) the (?:\w+ ){0,4}(?:sum|total|value|number|gcd|lcm|divisor|multiple|"
    r"answer)|"
    r"greatest common divisor|least common multiple|simplify the fraction)\b|"
    r"\d\s*[-+*/^\u00d7\u00f7]\s*\d[\d\s.()*/+^-]{0,80}(?:=\s*\??\s*$|\?\s*$)",
    re.IGNORECASE,
)
_HAS_NUMBER: Final = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|half|twice|dozen)\b",
    re.IGNORECASE,
)
_ASKS_NAME: Final = re.compile(
    r"\b(?:(?:answer|reply|respond)\b[^.\n]{0,20}\b(?:one word|single word|(?:only|just) (?:with )?"
    r"(?:a|the) (?:name|word))|"
    r"(?:only|just) the (?:\w+ )?(?:name|word|colou?r|city|country|weekday)|"
    r"full name of the|what is the (?:capital|chemical symbol|currency) of|which weekday|"
    r"who (?:wrote|painted|composed|invented|discovered|directed)) ?",
    re.IGNORECASE,
)
_FEWEST_OPTIONS: Final = 2


def shape_of(text: str) -> AnswerShape | None:
    """Return what short answer a question wants; None when it wants anything else, or in doubt."""
    if len(text) > _LOOKED_AT_CHARS:
        return None
    text = text.strip()
    if _CODE.search(text):
        return AnswerShape.LITERAL if _LITERAL.search(text) else None
    if len(set(_OPTIONS.findall(text))) >= _FEWEST_OPTIONS:
        return AnswerShape.CHOICE
    if _ASKS_YES_NO.search(text):
        return AnswerShape.YES_NO
    if _WANTS_MORE.search(text):
        return None
    return _plain_shape(text)


def _plain_shape(text: str) -> AnswerShape | None:
    if _ASKS_NAME.search(text):
        return AnswerShape.NAME
    if _ASKS_NUMBER.search(text) and _HAS_NUMBER.search(text):
        return AnswerShape.NUMBER
    if len(text) <= _SHORT_CHARS and _BEGINS_YES_NO.match(text) and " or " not in text:
        return AnswerShape.YES_NO
    return None
