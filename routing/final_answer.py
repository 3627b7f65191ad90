"""Finds the final answer in what a model wrote and brings it into one form. Pure.

Two texts agree when their forms are equal. What cannot be found is the empty form, which agrees
with nothing, not even with itself: better to ask a third model than to take silence for assent.
"""

import ast
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from decimal import Decimal
from types import MappingProxyType
from typing import Final
from warnings import catch_warnings, simplefilter

from routing.checkable import AnswerShape

_LONGEST_CHARS: Final = 20_000
_LONGEST_LITERAL_CHARS: Final = 2_000
_LONGEST_NAME_WORDS: Final = 5
_TRIED: Final = 4
"""Of several statements of the answer, so many are looked at, from the last on."""

_END_OF_THINKING: Final = "</think>"
_SAID: Final = re.compile(
    r"(?:(?:the |my )?(?:final |correct )?(?:answer|result|output)(?: is|:| would be| =)|####|"
    r"[\"']answer[\"']\s*:)[\s*_]*:?[ \t]*([^\n]+)",
    re.IGNORECASE,
)
_BOXED: Final = re.compile(r"\\boxed\s*\{")
_LATEX: Final = re.compile(r"\\(?:text|mathrm|mathbf|,|!|;|left|right|\$|%)|[$`*_]|\\[()\[\]]")
_FRACTION: Final = re.compile(r"\\d?frac\s*\{\s*(-?\d+)\s*\}\s*\{\s*(\d+)\s*\}")
_NUMBER: Final = re.compile(
    r"(?<![\w.])[-\u2212]?\s?0x[0-9a-f]+\b|(?<!\d)\d{1,3}:\d{2}(?!\d)|"
    r"(?:(?<![\w.)])[-\u2212]\s?[$\u20ac\u00a3]?\s?)?"
    r"\d{1,3}(?:[,\u202f\u00a0 ']\d{3})+(?![\d,'])(?:\.\d+)?(?!\d)|"
    r"(?:(?<![\w.)])[-\u2212]\s?[$\u20ac\u00a3]?\s?)?\d*[.,]?\d+(?:e[-+]?\d+)?(?:\s?/\s?\d+)?",
    re.IGNORECASE,
)
_GROUPED: Final = re.compile(r"[-\u2212]?\d{1,3}(?:[,' ]\d{3})+(?:\.\d+)?")
_LETTER: Final = re.compile(r"^\W{0,3}(?:option |choice )?\(?([A-J])(?:[).:,\s]|\W*$)")
_LONE_LETTER: Final = re.compile(r"^\W*\(?([A-J])\)?\W*$|^\W*([A-J])[.)]\s", re.MULTILINE)
_YES_NO: Final = re.compile(r"\b(yes|no|true|false)\b", re.IGNORECASE)
_ASSERTED: Final = re.compile(r"assert\s[^\n]*?==\s*(.+)")
_LAST_FENCE: Final = re.compile(r"```[a-z]*\n(.*?)\n?```", re.DOTALL)
_EDGES: Final = " \t\n.,;:!?\"'()[]{}"


def agrees(one: str, other: str) -> bool:
    """Tell whether two final answers are the same and really there."""
    return bool(one) and one == other


def final_answer(text: str, shape: AnswerShape) -> str:
    """Return the final answer of a text in the one form of its shape; empty when none is found.

    What is boxed or said to be the answer counts first, the last of several; then what ends the
    text.
    """
    _, _, text = text[-_LONGEST_CHARS:].rpartition(_END_OF_THINKING)
    normalise = _FORMS[shape]
    for said in _stated(text):
        if found := normalise(said):
            return found
    return _UNSTATED[shape](text)


def _stated(text: str) -> list[str]:
    """Return what a text states as its answer, the likeliest first."""
    boxed = [match.end() for match in _BOXED.finditer(text)][-_TRIED:]
    said = [match.group(1).strip() for match in _SAID.finditer(text)][-_TRIED:]
    return [*(_braced(text, start) for start in reversed(boxed)), *reversed(said)]


def _braced(text: str, start: int) -> str:
    depth = 1
    for at in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return text[start:at]
    return ""


def _number(text: str) -> str:
    """Return the number that answers: the last one behind an equals sign, else the first."""
    text = _FRACTION.sub(r"\1/\2", text)
    text = _LATEX.sub("", text)
    _, equals, behind = text.rpartition("=")
    match = _NUMBER.search(behind if equals else text)
    return _one_number(match.group()) if match else ""


def _last_number(text: str) -> str:
    text = _LATEX.sub("", _FRACTION.sub(r"\1/\2", text))
    found = _NUMBER.findall(text)
    return _one_number(found[-1]) if found else ""


def _one_number(text: str) -> str:
    """Return a number in its shortest form: `1,250.50` and `1250.5` are one, as `2/4` and `1/2`."""
    text = re.sub(r"[\s$\u20ac\u00a3\u202f\u00a0]", " ", text).replace("\u2212", "-").strip()
    text = text.replace("- ", "-").replace(" /", "/").replace("/ ", "/")
    if ":" in text:
        return text.lstrip("0")
    if _GROUPED.fullmatch(text):
        text = re.sub(r"[,' ]", "", text)
    text = text.replace(" ", "").replace(",", ".")
    with suppress(ValueError, ArithmeticError):
        if "0x" in text.lower():
            return str(int(text, 16))
        if text.lstrip("-").isdecimal():
            return str(int(text))
        over, _, under = text.partition("/")
        value = Decimal(over) / Decimal(under or 1)
        return f"{round(value, 9).normalize():f}"
    return ""


def _choice(text: str) -> str:
    match = _LETTER.search(_LATEX.sub("", text))
    return match.group(1) if match else ""


def _last_choice(text: str) -> str:
    found = _LONE_LETTER.findall(_LATEX.sub("", text))
    letters = {one or other for one, other in found}
    return letters.pop() if len(letters) == 1 else ""


def _yes_no(text: str) -> str:
    match = _YES_NO.search(text)
    return {"true": "yes", "false": "no"}.get(word := match.group(1).lower(), word) if match else ""


def _first_yes_no(text: str) -> str:
    opening = _YES_NO.match(text.lstrip(" \n*_#\"'"))
    return _yes_no(opening.group()) if opening else ""


def _literal(text: str) -> str:
    """Return a Python literal as Python writes it; `[1,2]` and `[1, 2]` are one."""
    if asserted := _ASSERTED.search(text):
        text = asserted.group(1)
    for tried in (text, text.strip().strip("`*").strip(), text.strip().rstrip(".").strip("`* ")):
        if len(tried) > _LONGEST_LITERAL_CHARS:
            continue
        with suppress(ValueError, SyntaxError, MemoryError, RecursionError), catch_warnings():
            simplefilter("ignore")  # a model's odd escapes are not ours to warn of
            return repr(ast.literal_eval(tried.strip()))
    return ""


def _last_literal(text: str) -> str:
    fences = _LAST_FENCE.findall(text)
    lines = [line for line in text.splitlines() if line.strip()]
    for tried in (*reversed(_ASSERTED.findall(text)), *reversed(fences), *lines[-1:]):
        if found := _literal(tried):
            return found
    return ""


def _name(text: str) -> str:
    words = _LATEX.sub("", text).strip(_EDGES).casefold().split()
    if words[:1] and words[0] in {"the", "a", "an"}:
        words = words[1:]
    return (
        " ".join(word.strip(_EDGES) for word in words) if len(words) <= _LONGEST_NAME_WORDS else ""
    )


def _whole_name(text: str) -> str:
    return _name(text) if "\n" not in text.strip() else ""


_Form = Callable[[str], str]

_FORMS: Final[Mapping[AnswerShape, _Form]] = MappingProxyType(
    {
        AnswerShape.NUMBER: _number,
        AnswerShape.CHOICE: _choice,
        AnswerShape.YES_NO: _yes_no,
        AnswerShape.LITERAL: _literal,
        AnswerShape.NAME: _name,
    }
)
_UNSTATED: Final[Mapping[AnswerShape, _Form]] = MappingProxyType(
    {
        AnswerShape.NUMBER: _last_number,
        AnswerShape.CHOICE: _last_choice,
        AnswerShape.YES_NO: _first_yes_no,
        AnswerShape.LITERAL: _last_literal,
        AnswerShape.NAME: _whole_name,
    }
)
