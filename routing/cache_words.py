"""A question reduced to what decides its answer: its words of weight, in order. Pure, English only.

Numbers, units, names, negations, comparatives, every preposition, tense and quotations stay. Only
politeness, articles, plurals and the ways to open a question go, so that two questions meet only
where no word of weight differs. When in doubt a question is not reduced.
"""

import re
from typing import Final

from routing.cache_numbers import with_days, with_digits
from routing.cache_openings import with_plain_opening
from routing.cache_vocabulary import (
    CASED_UNITS,
    CONTRACTED,
    ENDINGS,
    LETTERED,
    NAMES_AND_WORDS,
    NEVER_SINGULAR,
    POINTING,
    QUANTITIES,
    SAME,
    SHORT_UNITS,
)

_LONGEST_CHARS: Final = 400

# Line breaks, code and what follows a colon count to the letter; so does language about language.
_TO_THE_LETTER: Final = re.compile(
    r"[\x00-\x08\n-\x1f`{}\\;_\[\]]|\(\)|=>|==|->|//|<\w|:\s|\b(?:translat\w+|proofread|grammar|"
    r"spell\w*|rephras\w+|rewrit\w+|paraphras\w+|pronounc\w+|pronunciation|plural|tense|articles?|"
    r"synonyms?|antonyms?|rhym\w+|words?|sentences?|letters?|phrases?|idioms?|say|said|saying|"
    r"poems?|lyrics|characters?|syllables?|anagrams?|palindromes?|called)\b",
    re.IGNORECASE,
)
_ENGLISH: Final = re.compile(
    r"\b(?:the|is|are|what|what'?s|how|why|who|which|where|when|does|did|can|should|of|to|and|with|"
    r"from|between|convert|define|list|explain|give|for|my|it|i)\b",
    re.IGNORECASE,
)
_FOREIGN: Final = re.compile(
    r"\b(?:der|das|ist|sind|nicht|und|ein|eine|wie|wo|warum|le|la|les|est|des|une|que|qui|el|los|"
    r"las|una|es|como|por|il|che|di|não|het|een|och|för|du|de)\b",
    re.IGNORECASE,
)
_TOKEN: Final = re.compile(
    r"\"[^\"]*\"|“[^”]*”|«[^»]*»|(?<!\w)'[^']+'(?!\w)|(?<!\w)‘[^’]+’(?!\w)"  # noqa: RUF001 # people type them
    r"|\d+(?:[.,:/-]\d+)+(?!\w)|(?<!\w)\.[^\W\d]\w*|\w+(?:['’./&-]\w+)*(?:\+\+|\#)?|\S"  # noqa: RUF001 # the same
)
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:,\d{3})+")
_COUNTED: Final = re.compile(r"(\d+)([^\W\d]+)")
_ARTICLES: Final = frozenset({"a", "an", "the"})
_FEW_WORDS: Final = 3

# An s that belongs to a name; no text holds this character.
_KEPT: Final = "\x1e"
_NO_PLURAL: Final = ("ss", "us", "is", "as", "os", "ics", "'s")
_SHORTEST_PLURAL: Final = 4


def reduced_question(text: str) -> tuple[str, ...] | None:
    """Reduce an English question to its words of weight, in order.

    Returns:
        Words, a quotation being one of them; None where the question must be taken to the letter:
        long, not English, with code in it, or about the very words it uses.
    """
    text = text.strip()
    if len(text) > _LONGEST_CHARS or text.isupper() or _TO_THE_LETTER.search(text):
        return None
    if len(_ENGLISH.findall(text)) <= len(_FOREIGN.findall(text)):
        return None
    words = with_days(with_digits(_words(text)))
    words = _without_articles(with_plain_opening(words, is_asked=text.endswith("?")))
    return tuple(_singular(word) for word in words) or None


def _words(text: str) -> list[str]:
    words: list[str] = []
    for match in _TOKEN.finditer(text):
        token = match[0].replace("’", "'")  # noqa: RUF001 # people type it
        if token == "!" and words and (len(words[-1]) == 1 or words[-1].isdigit()):  # noqa: S105 # a sign
            words.append("factorial")
        elif token in {".", "?", "!"}:
            words.append(".")
        elif len(token) > 1 and not token[0].isalnum() and token[0] != ".":
            words.append('"' + re.sub(r"\s", "\x1f", match[0][1:-1]) + '"')
        elif token not in {",", "…"}:
            words += _plain(token, words)
    while words and words[-1] == ".":
        words.pop()
    return words


def _plain(token: str, before: list[str]) -> tuple[str, ...]:
    """Return a token as plain words, in small letters unless its capitals tell it apart."""
    low = token.lower()
    if _THOUSANDS.fullmatch(token):
        return (token.replace(",", ""),)
    if before and before[-1][-1].isdigit():
        return (_unit(token),)
    if counted := _COUNTED.fullmatch(token):
        number, unit = counted.groups()
        known = unit.lower() in CASED_UNITS | SHORT_UNITS.keys() | SAME.keys()
        return (number, _unit(unit)) if known else (number + _unit(unit),)
    if low in CONTRACTED:
        return CONTRACTED[low]
    for ending, word in ENDINGS:
        if low.endswith(ending) and low != ending:
            verb = low.removesuffix(ending)
            return (SAME.get(verb, verb), word)
    is_first = not before or before[-1] == "."
    owner, is_with_s = low.removesuffix("'s"), low.endswith("'s")
    if is_with_s and owner in POINTING:
        return (owner, "is")
    return (_word(token.removesuffix("'s"), is_first), *(["'s"] if is_with_s else []))


def _unit(token: str) -> str:
    """Return what stands after a number: 5 m is not 5 M."""
    low = token.lower()
    if len(token) == 1:
        return SAME.get(token, token)
    return SHORT_UNITS.get(low) or _word(token, is_first=False)


def _word(token: str, is_first: bool) -> str:  # noqa: FBT001 # where it stands
    low = token.lower()
    if token == "US":  # noqa: S105 # a country
        return "USA"
    if low in NAMES_AND_WORDS and token != low and not (is_first and token == low.title()):
        return token
    if low in SAME:
        return SAME[low]
    if low in CASED_UNITS or (len(token) == 1 and low != "i" and not is_first):
        return token
    if is_first or token == low:
        return low
    if token in {"An", "The"}:
        return token
    return low + _KEPT if low.endswith("s") and not token[:-1].isupper() else low


def _without_articles(words: list[str]) -> list[str]:
    """Drop articles, but where few words are left or an article makes a difference."""
    if sum(word not in _ARTICLES for word in words) <= _FEW_WORDS:
        return words
    return [word for at, word in enumerate(words) if not _is_filler(words, at)]


def _is_filler(words: list[str], at: int) -> bool:
    if words[at] not in _ARTICLES or at + 1 == len(words) or at == 0:
        return False
    following = words[at + 1]
    if words[at] == "a" and words[at - 1] in LETTERED:
        return False
    return following[0].islower() and following not in QUANTITIES


def _singular(word: str) -> str:
    """Return a plural or a verb's third person without its ending, where that is sure."""
    is_plural = word.endswith("s") and word.isalpha() and word == word.lower()
    if word.endswith(_KEPT) or len(word) < _SHORTEST_PLURAL or word in NEVER_SINGULAR:
        return word.removesuffix(_KEPT)
    if not is_plural or word.endswith(_NO_PLURAL):
        return word
    if word.endswith(("sses", "xes", "ches", "shes", "toes", "roes")):
        return word[:-2]
    return word[:-3] + "y" if word.endswith("ies") and len(word) > _SHORTEST_PLURAL else word[:-1]
