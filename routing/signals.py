"""What a prompt looks like: the features that tell its task class. Pure, microseconds."""

import re
from typing import Final

from config.catalog import TaskClass

# Only the beginning and the end decide; a pasted book in between costs no time.
_LOOKED_AT_CHARS: Final = 4000

_CODE: Final = re.compile(
    r"```|[{};]\s*\n|\w+\(\w*\)|=>|\b(?:def|class|import|function|const|SELECT .+ FROM|regex|"
    r"traceback|stack ?trace|python|javascript|typescript|rust|golang|java|c\+\+|sql|bash|"
    r"shell script|dockerfile|kubernetes|unit test|refactor|compile[rs]?|debug|code|bug|api|"
    r"json schema|git)\b",
    re.IGNORECASE,
)
_MATH: Final = re.compile(
    r"\d\s*[-+*/^=\u00d7\u00f7]\s*\d|\\(?:frac|int|sum|sqrt)|[\u221a\u2211\u222b]|\b(?:solve|"
    r"equation|integral|derivative|prove|probability|how many|how much|percent(?:age)?|calculate|"
    r"compute|average|matrix|polynomial|theorem|geometry|prime|divided by|multiplied|remainder)\b",
    re.IGNORECASE,
)
_WRITING: Final = re.compile(
    r"\b(?:write|draft|compose|rewrite|rephrase|polish|poem|story|essay|haiku|limerick|lyrics|"
    r"letter|email|e-mail|blog|slogan|speech|headline|tweet)\b",
    re.IGNORECASE,
)
_EXTRACTION: Final = re.compile(
    r"\b(?:summari[sz]e|summary|tl;?dr|extract|translate|translation|list all|classify|"
    r"categori[sz]e|convert (?:this|the following)|proofread|correct the)\b",
    re.IGNORECASE,
)
_KNOWLEDGE: Final = re.compile(
    r"^\W*(?:who|when|where|which|what (?:is|are|was|were)|why|explain|define|describe|"
    r"tell me about|difference between|how (?:does|do|did|is|are))\b",
    re.IGNORECASE,
)

# One word of code may be about code; two make it code.
_CODE_MARKS: Final = 2
_IN_ORDER: Final = (
    (_EXTRACTION, TaskClass.EXTRACTION),
    (_WRITING, TaskClass.WRITING),
    (_MATH, TaskClass.MATH),
    (_CODE, TaskClass.CODE),
    (_KNOWLEDGE, TaskClass.KNOWLEDGE),
)


def task_of(text: str) -> TaskClass:
    """Return the kind of question, by what stands in its first and last characters.

    Code outranks the rest, since a wrong line of it is the most costly answer to get; a request
    to extract or write outranks the subject it is about.
    """
    if len(text) > _LOOKED_AT_CHARS:
        text = text[: _LOOKED_AT_CHARS // 2] + "\n" + text[-_LOOKED_AT_CHARS // 2 :]
    if len(_CODE.findall(text)) >= _CODE_MARKS or "```" in text:
        return TaskClass.CODE
    for pattern, task in _IN_ORDER:
        if pattern.search(text):
            return task
    return TaskClass.GENERAL
