"""Which language a question is in, where its script or its commonest words tell. Pure.

It is told by few signs and says nothing where they are too few or point two ways: a line of code,
a name, one word. Scripts tell Greek, Hebrew, Arabic, Hindi's, Thai, Korean, Japanese and Chinese
apart for certain, but not the further languages that are written in them.
"""

# ruff: noqa: RUF001 # letters of other scripts are the point

import re
from collections import Counter
from collections.abc import Mapping
from typing import Final

from config.rules import Language

_LOOKED_AT_CHARS: Final = 2000

# A Latin or Cyrillic text needs this many of a language's commonest words, more than of any other.
_LEAST_WORDS: Final = 2

# One letter in so many must be of a script for it to be the question's; names are quoted in Latin.
_ONE_IN: Final = 3

_SCRIPTS: Final[Mapping[Language, str]] = {
    "ja": r"[\u3040-\u30ff]",
    "ko": r"[\uac00-\ud7af\u1100-\u11ff]",
    "zh": r"[\u3400-\u4dbf\u4e00-\u9fff]",
    "th": r"[\u0e00-\u0e7f]",
    "hi": r"[\u0900-\u097f]",
    "ar": r"[\u0600-\u06ff]",
    "he": r"[\u0590-\u05ff]",
    "el": r"[\u0370-\u03ff\u1f00-\u1fff]",
}
_BY_SCRIPT: Final = {language: re.compile(script) for language, script in _SCRIPTS.items()}
_JAPANESE: Final = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")

# Persian and Urdu write Arabic letters and some more; Marathi and Nepali cannot be told from Hindi.
_NOT_ARABIC: Final = re.compile("[\u067e\u0686\u0698\u06af\u06a9\u06cc]")

_WORDS: Final[Mapping[Language, str]] = {
    "en": "the and is are was of to in that it for what how why do does can you i my with this",
    "de": "der die das und ist sind nicht ein eine ich du wie was warum wer mit von zu den im auf",
    "fr": "le la les et est sont une des du je tu vous comment pourquoi quel quelle que qui dans",
    "es": "el la los las y es son una del que por qué cómo como para con quién cuál en está",
    "it": "il lo la gli e è sono una del della che per come perché chi con nel non di quale",
    "pt": "o os as e é são uma do da que por como para com não quem qual em você está",
    "nl": "de het een en is zijn van ik je niet wat hoe waarom wie met voor dat op deze",
    "sv": "och är en ett som jag du inte vad hur varför vem med för att det den på av",
    "pl": "i jest są w na nie co jak dlaczego kto z do się to że czy dla jaki jaka",
    "tr": "ve bir bu ne nasıl neden kim için ile mi mı değil çok var ben sen olarak nedir",
    "ru": "и в не на что как это я почему кто где есть с по для какой ли мы вы",
    "uk": "і в не на що як це я чому хто де є з по для який чи ми ви",
}
_COMMON: Final = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_WORD: Final = re.compile(r"[^\W\d_]+")
_LETTER: Final = re.compile(r"[^\W\d_]")
_CYRILLIC: Final = re.compile("[\u0400-\u04ff]")
_LETTERS_OF: Final[Mapping[Language, re.Pattern[str]]] = {
    "ru": re.compile("[ыэё]"),
    "uk": re.compile("[іїєґ]"),
}


def language_of(text: str) -> Language | None:
    """Return the language of a text by its beginning; None where that cannot be told."""
    text = text[:_LOOKED_AT_CHARS].lower()
    letters = len(_LETTER.findall(text))
    for language, script in _BY_SCRIPT.items():
        found = (_JAPANESE if language == "ja" else script).findall(text)
        if script.search(text) and len(found) * _ONE_IN >= letters > 0:
            return None if language == "ar" and _NOT_ARABIC.search(text) else language
    if _CYRILLIC.search(text):
        told = [language for language, only in _LETTERS_OF.items() if only.search(text)]
        if len(told) == 1 and len(_CYRILLIC.findall(text)) * _ONE_IN >= letters:
            return told[0]
    return _by_words(text)


def _by_words(text: str) -> Language | None:
    words = Counter(_WORD.findall(text))
    counts: Counter[Language] = Counter()
    for language, common in _COMMON.items():
        counts[language] = sum(words[word] for word in common & words.keys())
    (first, most), (_, next_most) = counts.most_common(2)
    return first if most >= _LEAST_WORDS and most > next_most else None
