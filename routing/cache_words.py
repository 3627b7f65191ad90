"""A question reduced to what decides its answer: its words of weight, in order. Pure, English only.

Numbers, units, names, negations, comparatives, every preposition, tense and quotations stay. Only
politeness, articles, plurals and the ways to open a question go, and these only where nothing
hangs on them, so that two questions meet only where no word of weight differs. When in doubt a
question is not reduced.
"""

# ruff: noqa: SIM905 # a table of words reads as words

import re
from typing import Final

from routing.cache_names import ACRONYMS, BEGINNING, NAMES_AND_WORDS, NEVER_SINGULAR
from routing.cache_numbers import with_days, with_digits
from routing.cache_openings import with_plain_opening
from routing.cache_vocabulary import (
    BEFORE_NOUNS,
    CASED_UNITS,
    CONTRACTED,
    ENDINGS,
    LETTERED,
    POINTING,
    QUANTITIES,
    SAME,
    SAME_IN_CAPITALS,
    SHORT_UNITS,
    THE_ONE,
    UNITS,
    is_superlative,
)

_LONGEST_CHARS: Final = 400

# Line breaks, code and what follows a colon count to the letter; so does language about language.
_SIGNS: Final = re.compile(r"[\x00-\x08\n-\x1f`{}\\;_\[\]]|\(\)|=>|==|->|//|<\w|:\s")
_SPOKEN: Final = re.compile(r"[^\W\d_]+")
_ABOUT_LANGUAGE: Final = tuple(
    "translat proofread grammar spell rephras rewrit paraphras pronounc pronunciation synonym"
    " antonym rhym abbreviat acronym capitali hyphen punctuat etymolog adjectiv adverb".split()
)
_ABOUT_WORDS: Final = frozenset(
    "plural singular tense article articles word words sentence sentences letter letters phrase"
    " phrases idiom idioms say said saying says poem poems lyrics character characters syllable"
    " syllables anagram anagrams palindrome palindromes called stand stands noun nouns verb verbs"
    " pronoun prefix suffix vowel vowels consonant alphabet comma apostrophe slang accent".split()
)
_ENGLISH: Final = (
    frozenset(
        "the is are what whats how why who which where when does did can should of and with from"
        " between convert define list explain give".split()
    )
    | UNITS
    | {"km", "kg", "cm", "mm", "mi", "ft"}
)
_OPENS_ENGLISH: Final = frozenset(
    "do will would was were has have had could may must i calculate compute write sort tell show"
    " name describe help any".split()
)
_FOREIGN: Final = frozenset(
    "der das ist sind nicht und ein eine wie wo warum le la les est des une que qui el los las una"
    " es como por il che di não het een och för du de je czy co jak si om på är hur inte van op dat"
    " wat geen niet".split()
)
_TOKEN: Final = re.compile(
    r"\"[^\"]*\"|“[^”]*”|«[^»]*»|(?<!\w)'[^']+'(?!\w)|(?<!\w)‘[^’]+’(?!\w)"  # noqa: RUF001 # people type them
    r"|\d+(?:[.,:/-]\d+)+(?!\w)|(?<!\w)\.[^\W\d]\w*|\w+(?:['’./&-]\w+)*(?:\+\+|\#)?|\S"  # noqa: RUF001 # the same
)
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:,\d{3})+")
_COUNTED: Final = re.compile(r"(\d+)([^\W\d]+)")
_KNOWN_UNITS: Final = CASED_UNITS | SHORT_UNITS.keys() | SAME.keys() | SAME_IN_CAPITALS.keys()
_VOWELS: Final = frozenset("aeiouy")
_ARTICLES: Final = frozenset({"a", "an", "the"})
_FEW_WORDS: Final = 3

# Questions for what something is: there, `the` and `a` ask for different things.
_WHAT: Final = frozenset({"what", "who", "where"})
_IS: Final = frozenset({"is", "are", "was", "were"})
_OF_WHAT: Final = frozenset({"of", "between"})
_ASKS_MEANING: Final = frozenset({"meaning", "definition"})
# After which `what` asks which of many, so that it counts how many are meant.
_VERBS: Final = _IS | {"do", "did", "can", "could", "should", "will", "would", "has", "have", "to"}

# An s that belongs to a name; no text holds this character.
_KEPT: Final = "\x1e"
_NO_PLURAL: Final = ("ss", "us", "is", "as", "os", "ics", "'s")
_ON_E: Final = frozenset({"movies", "cookies", "calories", "zombies", "selfies", "pies", "ties"})
_SHORTEST_PLURAL: Final = 4


def reduced_question(text: str) -> tuple[str, ...] | None:
    """Reduce an English question to its words of weight, in order.

    Returns:
        Words, a quotation being one of them; None where the question must be taken to the letter:
        long, not English, with code in it, or about the very words it uses.
    """
    text = text.strip()
    if len(text) > _LONGEST_CHARS or text.isupper() or _SIGNS.search(text):
        return None
    if not _is_plain_english(_SPOKEN.findall(text.lower())):
        return None
    words = with_days(with_digits(_words(text)))
    words = _without_articles(with_plain_opening(words, is_asked=text.endswith("?")))
    return _with_singulars(words) or None


def _is_plain_english(words: list[str]) -> bool:
    if not _ABOUT_WORDS.isdisjoint(words):
        return False
    if any(word.startswith(_ABOUT_LANGUAGE) for word in words):
        return False
    english = sum(word in _ENGLISH for word in words) + (not _OPENS_ENGLISH.isdisjoint(words[:1]))
    return english > sum(word in _FOREIGN for word in words)


def _words(text: str) -> list[str]:
    words: list[str] = []
    for match in _TOKEN.finditer(text):
        token = match[0].replace("’", "'")  # noqa: RUF001 # people type it
        if token == "!" and words and _takes_factorial(words[-1]):  # noqa: S105 # a sign
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


def _takes_factorial(word: str) -> bool:
    return len(word) == 1 or word.isdigit() or word == "factorial"


def _plain(token: str, before: list[str]) -> tuple[str, ...]:
    """Return a token as plain words, in small letters unless its capitals tell it apart."""
    low = token.lower()
    if before and before[-1][-1].isdigit() and not token[0].isdigit():
        return (_unit(token),)
    if low in CONTRACTED:
        return CONTRACTED[low]
    is_first = not before or before[-1] == "."
    if token.isalpha():
        return (_word(token, is_first),)
    if _THOUSANDS.fullmatch(token):
        return (token.replace(",", ""),)
    if counted := _COUNTED.fullmatch(token):
        number, unit = counted.groups()
        return (number, _unit(unit)) if unit.lower() in _KNOWN_UNITS else (number + _unit(unit),)
    for ending, word in ENDINGS:
        if low.endswith(ending) and low != ending:
            verb = low.removesuffix(ending)
            return (SAME.get(verb, verb), word)
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
    if low == token:
        return SAME.get(low) or SAME_IN_CAPITALS.get(low, low)
    if token == "US":  # noqa: S105 # a country
        return "USA"
    if low in SAME_IN_CAPITALS:
        return SAME_IN_CAPITALS[low]
    if _counts_as_written(token, low, is_first):
        return token
    if is_first:
        return SAME.get(low, low)
    return low + _KEPT if low.endswith("s") and not token[:-1].isupper() else low


def _counts_as_written(token: str, low: str, is_first: bool) -> bool:  # noqa: FBT001 # the same
    """Tell whether a token with a capital is another word without it."""
    if low in CASED_UNITS:
        return True
    if len(token) == 1:
        return low != "i" and not is_first
    if token.isupper():
        return low not in ACRONYMS and not _VOWELS.isdisjoint(low)
    if low in BEGINNING and is_first:
        return token != low.title()
    return low in NAMES_AND_WORDS or (token in {"An", "The"} and not is_first)


def _without_articles(words: list[str]) -> list[str]:
    """Drop articles, but where few words are left or an article makes a difference."""
    if sum(word not in _ARTICLES for word in words) <= _FEW_WORDS:
        return words
    return [word for at, word in enumerate(words) if not _is_filler(words, at)]


def _is_filler(words: list[str], at: int) -> bool:
    if words[at] not in _ARTICLES or at + 1 == len(words) or at == 0:
        return False
    if words[at] == "the":
        return _is_the_only_one(words, at)
    following = words[at + 1]
    if words[at] == "a" and words[at - 1] in LETTERED:
        return False
    if not following[0].islower() or following in QUANTITIES:
        return False
    return not _asks_what_is(words[:at])


def _is_the_only_one(words: list[str], at: int) -> bool:
    """Tell whether what follows `the` cannot be meant otherwise: a cold is not the cold."""
    following = words[at + 1]
    if following in THE_ONE or is_superlative(following):
        return True
    if not following[0].islower() or words[at - 1] in BEFORE_NOUNS:
        return False
    return not _OF_WHAT.isdisjoint(words[at + 2 : at + 4])


def _asks_what_is(opening: list[str]) -> bool:
    if len(opening) == 1:
        return opening[0] in _ASKS_MEANING
    return len(opening) == 2 and opening[0] in _WHAT and opening[1] in _IS  # noqa: PLR2004 # what is


def _with_singulars(words: list[str]) -> tuple[str, ...]:
    """Write plurals as singulars, but where it matters whether one or many are asked for."""
    if any(map(is_superlative, words)):
        return tuple(word.removesuffix(_KEPT) for word in words)
    asks_which = words[:1] == ["what"] and len(words) > 1 and words[1] not in _VERBS
    kept = 4 if asks_which else 0
    return tuple(
        word.removesuffix(_KEPT) if at < kept else _singular(word) for at, word in enumerate(words)
    )


def _singular(word: str) -> str:
    """Return a plural or a verb's third person without its ending, where that is sure."""
    if not word.endswith("s"):
        return word.removesuffix(_KEPT)
    if len(word) < _SHORTEST_PLURAL or word in NEVER_SINGULAR or word.endswith(_NO_PLURAL):
        return word
    if not (word.isalpha() and word.islower()):
        return word
    if word.endswith(("sses", "xes", "ches", "shes", "atoes", "roes")):
        return word[:-2]
    is_on_y = word.endswith("ies") and len(word) > _SHORTEST_PLURAL and word not in _ON_E
    return word[:-3] + "y" if is_on_y else word[:-1]
