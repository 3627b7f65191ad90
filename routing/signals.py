"""What a prompt looks like: the features that tell its task class. Pure, microseconds."""

import re
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

from config.catalog import TaskClass
from routing.runs import lowered_words

# Only the beginning and the end decide; a pasted book in between costs no time.
_LOOKED_AT_CHARS: Final = 4000


class _Signs(NamedTuple):
    """What tells a kind of question.

    Attributes:
        words: One of these is enough.
        heads: Words with which `phrases` begin: where none is, nobody looks for a phrase.
        phrases: What takes more than a word.
        others: What is no word at all.
    """

    words: frozenset[str]
    heads: frozenset[str]
    phrases: re.Pattern[str]
    others: re.Pattern[str] | None = None

    def are_in(self, text: str, words: AbstractSet[str]) -> bool:
        """Tell whether any is in a text of these words."""
        return (
            not self.words.isdisjoint(words)
            or (not self.heads.isdisjoint(words) and self.phrases.search(text) is not None)
            or (self.others is not None and self.others.search(text) is not None)
        )


def _signs(words: str, phrases: str, others: str | None = None) -> _Signs:
    """Return signs out of words and phrases; the latter are patterns, one a line."""
    lines = phrases.split("\n")
    return _Signs(
        frozenset(words.split()),
        frozenset(re.split(r"\W", line, maxsplit=1)[0] for line in lines),
        re.compile(rf"\b(?:{'|'.join(lines)})\b", re.IGNORECASE),
        None if others is None else re.compile(others, re.IGNORECASE),
    )


_CODE: Final = _signs(
    "def class import function const regex traceback stacktrace python javascript typescript rust "
    "golang java sql bash dockerfile kubernetes refactor compile compiler compiles debug code bug "
    "api git",
    "c\\+\\+\nselect .+ from\nstack trace\nshell script\nunit test\njson schema",
    r"[{};]\s*\n|=>",
)
_CALL: Final = re.compile(r"\((?<=\w\()\w*\)")

_MATH: Final = _signs(
    "solve equation integral derivative prove probability percent percentage calculate compute "
    "average matrix polynomial theorem geometry prime multiplied remainder",
    "how many\nhow much\ndivided by",
    r"\d\s*[-+*/^=\u00d7\u00f7]\s*\d|\\(?:frac|int|sum|sqrt)|[\u221a\u2211\u222b]",
)
_WRITING: Final = _signs(
    "write draft compose rewrite rephrase polish poem story essay haiku limerick lyrics letter "
    "email blog slogan speech headline tweet",
    "e-mail",
)
_EXTRACTION: Final = _signs(
    "summarise summarize summary tldr extract translate translation classify categorise categorize "
    "proofread",
    "tl;dr\nlist all\nconvert (?:this|the following)\ncorrect the",
)
_KNOWLEDGE: Final = re.compile(
    r"\W*(?:who|when|where|which|what (?:is|are|was|were)|why|explain|define|describe|"
    r"tell me about|difference between|how (?:does|do|did|is|are))\b",
    re.IGNORECASE,
)

# One word of code may be about code; two make it code.
_CODE_MARKS: Final = 2


def task_of(text: str) -> TaskClass:
    """Return the kind of question, by what stands in its first and last characters.

    Code outranks the rest, since a wrong line of it is the most costly answer to get; a request
    to extract or write outranks the subject it is about.
    """
    if len(text) > _LOOKED_AT_CHARS:
        text = text[: _LOOKED_AT_CHARS // 2] + "\n" + text[-_LOOKED_AT_CHARS // 2 :]
    words = lowered_words(text)
    distinct = frozenset(words)
    code_marks = _code_marks(text, words, distinct)
    if code_marks >= _CODE_MARKS or "```" in text:
        return TaskClass.CODE
    for signs, task in _IN_ORDER:
        if signs.are_in(text, distinct):
            return task
    if code_marks:
        return TaskClass.CODE
    return TaskClass.KNOWLEDGE if _KNOWLEDGE.match(text) else TaskClass.GENERAL


_IN_ORDER: Final = (
    (_EXTRACTION, TaskClass.EXTRACTION),
    (_WRITING, TaskClass.WRITING),
    (_MATH, TaskClass.MATH),
)


def _code_marks(text: str, words: list[str], distinct: AbstractSet[str]) -> int:
    """Count what looks like code: words of the trade, phrases, calls, ends of lines, arrows."""
    marks = len(_CALL.findall(text)) if "(" in text else 0
    if not _CODE.words.isdisjoint(distinct):
        marks += sum(map(_CODE.words.__contains__, words))
    if _CODE.others is not None and ("\n" in text or "=>" in text):
        marks += len(_CODE.others.findall(text))
    if marks < _CODE_MARKS and not _CODE.heads.isdisjoint(distinct):
        marks += len(_CODE.phrases.findall(text))
    return marks
