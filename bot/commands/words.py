"""The one grammar of commands: options as people type them, and typed words from options. Pure."""

import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from bot.commands.options import RIGHT, Kind, Option
from config.catalog import Catalog
from routing.wishes import PRESETS, names_known

_MENTION: Final = re.compile(r"<[@#!&]+(?:subteam\^)?([A-Za-z0-9]+)(?:\|[^>]*)?>")
_QUOTES: Final = {'"': '"', "'": "'", "“": "”", "„": "“", "«": "»"}
_SHOWN_CHARS: Final = 40


class NotUnderstood(Exception):
    """What follows a command cannot be read; the message says what is allowed."""


def read_words(words: str, options: Sequence[Option]) -> dict[str, str]:
    """Read options from what was typed, each in its place; what was left out is missing.

    Raises:
        NotUnderstood: Something is missing, or there is more than fits.
    """
    given: dict[str, str] = {}
    for option in options:
        taken = _take(words, option)
        if taken is None and option.is_required:
            raise NotUnderstood(_wanted(words, option))
        if taken is not None:
            given[option.name], words = taken
    if words:
        raise NotUnderstood(_too_much(words, options))
    return given


def _take(words: str, option: Option) -> tuple[str, str] | None:
    """Take an option off the beginning; None where something else stands there."""
    if option.after:
        lead, words = (*words.split(maxsplit=1), "", "")[:2]
        if lead.lower() != option.after:
            return None
    if not words:
        return None
    if option.kind is Kind.TEXT:
        return words, ""
    word, rest = (*words.split(maxsplit=1), "")[:2]
    if not option.looks_right(word):
        return None
    return (word.lower() if option.choices else bare_id(word)), rest


def bare_id(word: str) -> str:
    """Return the id in a mention, as `<@1234>` has it; anything else as it is."""
    return _MENTION.sub(r"\1", word)


def unquoted(text: str) -> str:
    """Return a text without the quotation marks around all of it."""
    is_quoted = len(text) > 1 and _QUOTES.get(text[0]) == text[-1]
    return text[1:-1].strip() if is_quoted else text


def _wanted(words: str, option: Option) -> str:
    word = (*words.split(maxsplit=1), "")[0]
    if not option.choices:
        wrong = f"`{shown(word)}` cannot be read as" if word else "What is missing is"
        right = f" Write {RIGHT[option.kind]}." if option.kind in RIGHT else ""
        return f"{wrong} `{option.name}`: {option.summary}.{right}"
    there = f"`{shown(word)}` is none of them." if word else "It is missing."
    guess = nearest(word, option.choices)
    return f"Here comes one of {listed(option.choices)}. {there}{guess}"


def _too_much(words: str, options: Sequence[Option]) -> str:
    word = words.split(maxsplit=1)[0]
    if not options:
        return f"Nothing can follow here, so `{shown(words)}` is not understood."
    if begun := next((each for each in options if each.after == word.lower()), None):
        return _wanted(words[len(word) :], begun)
    known = [*(each for option in options for each in option.choices)]
    known += [option.after for option in options if option.after]
    allowed = " ".join(option.shown for option in options)
    return f"`{shown(word)}` is not understood; it is `{allowed}`.{nearest(word, known)}"


def words_of(options: Iterable[Option], values: Mapping[str, str]) -> str:
    """Put options together to what somebody would have typed, each behind its word."""
    parts = ((option.after, values[option.name]) for option in options if values.get(option.name))
    return " ".join(word for part in parts for word in part if word)


def nearest(word: str, known: Collection[str], *, before: str = "") -> str:
    """Return a question whether the nearest of what is known was meant, with a space before it."""
    near = difflib.get_close_matches(word.lower(), known, n=1) if word else []
    return f" Did you mean `{before}{near[0]}`?" if near else ""


def nearest_model(word: str, catalog: Catalog) -> str:
    """Return such a question for a word that should mean a model, several, or a preset."""
    return nearest(word, [*sorted(names_known(catalog)), *PRESETS])


def listed(names: Iterable[str]) -> str:
    """Return names as a list in a sentence."""
    return ", ".join(f"`{name}`" for name in names)


def shown(word: str) -> str:
    """Return what somebody typed so that it can stand in our own words: short, and no code ends."""
    return word[:_SHOWN_CHARS].replace("`", "")
