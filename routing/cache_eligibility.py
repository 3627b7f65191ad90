"""What may be kept in the answer cache, and why not. Pure.

A false alarm costs one call of a model, a slip serves somebody the wrong answer: so these rules
alarm early.
"""

import re
from enum import StrEnum
from typing import Final

from routing.query import Query
from routing.reply import Outcome, Receipt


class NotCached(StrEnum):
    """Why an answer is neither looked up nor kept, as a person can be shown it."""

    EMPTY = "nothing is asked"
    HISTORY = "it builds on what was said before"
    NEEDS = "it needs more than text"
    MENTION = "it mentions somebody"
    LINK = "it holds a link"
    SECRET = "it holds something like a secret"  # noqa: S105 # a sentence
    CONTACT = "it holds a way to reach somebody"
    POINTS_BACK = "it points at something outside itself"
    PERSONAL = "it is about the person asking"
    TIME = "the answer changes with time"
    VARIETY = "a different answer is wanted each time"
    MEMORY = "something is to be remembered"
    NOT_COMPLETE = "the answer is not complete"
    NOT_FIRST_TRY = "another model had to take over"
    STAND_IN = "the built-in model answered"
    ALREADY_CACHED = "the answer came from the cache"
    TOO_LONG = "the answer is too long"
    NO_TEXT = "the answer is empty"


LONGEST_ANSWER_CHARS: Final = 100_000
"""Longer answers are not kept."""


def _words(*shapes: str) -> re.Pattern[str]:
    """Compile shapes that begin a word; they meet text in small letters, which is far quicker."""
    return re.compile(rf"\b(?:{'|'.join(shapes)})")


_MENTION: Final = re.compile(r"<[@#!][^>\s]{1,80}>|(?<![\w.@/])@[^\W\d][\w.-]*")
_LINK: Final = _words(r"(?:https?|ftp|file)://", r"www\.\w", r"\w+\.(?:com|org|net|io|de)/\S")

# How the asker may speak of themselves without it being about them.
_ANYBODY: Final = _words(
    r"(?:tell|give|show|teach|help|let|explain (?:it |this )?to|remind|send|write|find"
    r"|excuse) me\b",
    r"i(?:['’]m| am) (?:just )?(?:looking for|wondering|curious"  # noqa: RUF001 # people type it
    r"|trying to)\b",
    r"(?:sag|erkl[äa]re?|zeig|gib|nenne|hilf) mir\b",
    r"(?:dis|donne|explique|montre|aide)[sz]?-moi\b",
    r"in my opinion\b",
)
_PERSONAL: Final = _words(
    r"(?:my|me|myself|our|ours|ourselves|(?:of|is|are|than) mine)\b",
    r"(?:i['’]m|i am|i['’]ve|i have|i had|i was|i feel|i live|i work|i own|i weigh|am i"  # noqa: RUF001 # the same
    r"|was i|"
    r"do i (?:have|look|seem|live|weigh)|have i|who i|about i|we are|we['’]re|we have"  # noqa: RUF001 # the same
    r"|are we)\b",
    r"(?:ich bin|ich habe|bin ich|habe ich|mein(?:e|en|em|er|es)?|mir|mich|uns"
    r"|unser(?:e|en|em|er|es)?)\b",
    r"(?:je suis|j['’]ai|suis-je|mon|ma|mes|notre|nos|moi)\b",  # noqa: RUF001 # the same
    r"(?:soy|estoy|tengo|mis?(?!\s+(?:in|to|into|en)\b)|mío|mía|nuestr[oa]s?)\b",
)
# In capitals it is a country.
_US: Final = re.compile(r"\bus\b")
_MONEY: Final = (
    r"(?:dollars?|euros?|usd|eur|gbp|yen|yuan|rupees?|inr|cny|jpy|pesos?|francs?|rubles?|bitcoins?"
    r"|btc|ethereum|eth)\b"
)
_CHANGING: Final = _words(
    r"(?:today|tonight|tomorrow|yesterday|now|nowadays|currently|latest|newest|recent(?:ly)?|"
    r"upcoming|so far|as of|ago|these days|at the moment|right away|trending|breaking"
    r"|live (?:score|stream|update|coverage)s?|"
    r"news|headlines?|weather|forecast|temperature (?:in|outside)|exchange rates?|stocks"
    r"|(?:stock|share) (?:price|market)s?)\b",
    r"(?<!electric )(?<!alternating )(?<!direct )current\b(?! (?:density|flow|divider|source))",
    r"(?:this|last|next|past|coming) (?:second|minute|hour|morning|afternoon|evening|night|day|"
    r"week|weekend|month|quarter|season|year|decade|monday|tuesday|wednesday|thursday|friday|"
    r"saturday|sunday|spring|summer|autumn|fall|winter|election)s?\b",
    r"what(?:['’]s| is)? (?:the )?(?:time|date|day|year)\b(?! (?:complexity|of|did|do"  # noqa: RUF001 # the same
    r"|does|was|between|zone|value))",
    r"(?:price|value) of\b",
    rf"{_MONEY} (?:to|in|into) (?:the |us |american )?{_MONEY}|how many {_MONEY}",
    r"(?:bitcoin|btc|ethereum|crypto|gold|silver|oil|gas|petrol|house) (?:price|rate)s?\b",
    r"(?:interest|mortgage|inflation|unemployment) rates?\b",
    r"how much (?:is|are|does|do)\b.{0,80}\b(?:cost|worth)\b",
    r"how old (?:is|are)\b",
    r"(?:heute|morgen|gestern|jetzt|aktuell\w*|derzeit|gerade|neueste\w*|momentan|wetter|"
    r"nachrichten|diese[rn]? (?:woche|monat)|dieses jahr)\b",
    r"(?:aujourd['’]hui|demain|hier|maintenant|actuel(?:le)?(?:ment|s)?|récemment|météo"  # noqa: RUF001 # the same
    r"|actualités|"
    r"cette semaine|cette année|ce mois)\b",
    r"(?:hoy|mañana|ayer|ahora|actualmente|recientes?|recientemente|noticias|"
    r"esta semana|este (?:mes|año))\b",
)
_VARIETY: Final = _words(
    r"(?:another|again|surprise|something (?:else|different|new)|one more|different (?:one|joke|"
    r"answer|story|idea|poem|example)|regenerate|retry|redo|roll (?:a|the|two|\d)|flip a|toss a|"
    r"coin flip|draw a card)\b",
    r"random(?:ly)?\b(?! (?:forests?|variables?|access|walks?|effects?|sampling"
    r"|numbers? generators?|"
    r"graphs?|process(?:es)?|errors?|matri))",
    r"(?:tell|give|write|make)\b.{0,20}\b(?:jokes?|poems?|stor(?:y|ies)|haikus?"
    r"|riddles?|limericks?)\b",
    r"(?:zufällig\w*|nochmal|noch eine?[nrs]?|au hasard|encore un\w*|otr[oa]|al azar|de nuevo)\b",
)
_MEMORY: Final = _words(
    r"(?:remember (?:that|this|to|me|it)|don['’]t forget|do not forget|keep in mind"  # noqa: RUF001 # the same
    r"|forget (?:that|"
    r"this|it|everything)|from now on|note that|merk dir|souviens-toi|recuerda)\b",
)
_POINTS_BACK: Final = _words(
    r"(?:the above|above (?:message|text|code)|previous (?:message|answer|question)"
    r"|earlier|the former|the latter|you (?:just )?(?:said|wrote|"
    r"mentioned|told|meant))\b",
    r"above\W*$",
    r"(?:this|that|these|those|the (?:attached|following|last)) (?:messages?|threads?|channels?|"
    r"conversations?|chats?|servers?|pages?|links?|files?|images?|pictures?|photos?"
    r"|articles?|texts?|"
    r"documents?|code|errors?|answers?|questions?|workspace|guild|group|team|company|bot)\b",
    r"what(?:['’]s| (?:is|are|do|does|did|about)) (?:this|that|it|these|those|he|she"  # noqa: RUF001 # the same
    r"|they)(?: mean)?\W*$",
    r"(?:summari[sz]e|explain|translate|fix|rewrite|shorten|improve) (?:this|that|it"
    r"|these|those)\b",
)
# What a question opens with; these are tried at its beginning only.
_OPENS_BY_MEMORY: Final = re.compile(r"\W*remember\b")
_OPENS_BY_POINTING: Final = re.compile(
    r"\W*(?:please )?(?:go on|continue|carry on|elaborate)\b"
    r"|\W*(?:why|how|when|who|where|which|what|and|more|yes|no|ok)(?: not| so| come)?\W*$"
)

_SECRET: Final = re.compile(
    r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY|://[^\s:/@]{1,100}:[^\s@/]{1,100}@|\b(?:"
    r"[srp]k[-_][A-Za-z0-9_-]{16}|A[KS]IA[0-9A-Z]{16}\b"
    r"|gh[oprsu]_\w{20}|github_pat_\w{20}|glpat-[\w-]{16}|xox[abeprs]-[\w-]{10}"
    r"|xapp-[\w-]{10}"
    r"|AIza[\w-]{30}|hf_\w{20}|npm_\w{20}|SG\.[\w-]{16}|eyJ[\w-]{8,2000}\.eyJ[\w-]{8}"
    r"|[MNO][A-Za-z\d]{23,25}\.[\w-]{6}\.[\w-]{27})"
)
# In small letters, as whoever says what the secret is may write it.
_NAMED_SECRET: Final = re.compile(
    r"\bbearer\s[\w.~+/-]{16}"
    r"|(?:pass(?:word|wd|phrase|wort)|pwd|secret|token|api[ _-]?key|mot de passe|"
    r"contraseña)[\"'`]?\s?(?:[:=]|\bis\b|\bist\b|\best\b|\bes\b)[*\s\"'`]{0,4}"
    r"(?=[^\s\"'`]{0,60}[\d!$%&#@])[^\s\"'`]{6}"
)
# Long strings of letters of both sizes and digits: keys nobody has a shape for.
_LONG_RUN: Final = re.compile(r"[A-Za-z0-9+_-]{32,}")
_CONTACT: Final = re.compile(
    r"[\w+-]@(?!(?:[\w-]{1,63}\.){0,3}(?:example|test|domain"
    r"|invalid)\b)(?:[\w-]{1,63}\.){1,4}[A-Za-z]{2}"
    r"|\+\d[\d ()./-]{8,20}\d|(?<!\w)\(\d{3}\)\s?\d{3}-\d{4}\b|(?<![\w-])\d{3}-\d{3}-\d{4}\b"
    r"|\b(?:\d{4}[ -]){3}\d{4}\b|\b[A-Z]{2}\d{2}(?: ?\d{4}){3,6}\b"
)


_BY_SHAPE: Final = (
    (NotCached.MENTION, _MENTION.search),
    (NotCached.LINK, _LINK.search),
    (NotCached.MEMORY, _MEMORY.search),
    (NotCached.MEMORY, _OPENS_BY_MEMORY.match),
    (NotCached.POINTS_BACK, _POINTS_BACK.search),
    (NotCached.POINTS_BACK, _OPENS_BY_POINTING.match),
    (NotCached.TIME, _CHANGING.search),
    (NotCached.VARIETY, _VARIETY.search),
)


def not_cacheable(query: Query) -> NotCached | None:
    """Say why a question's answer is not for the cache; None when it may be looked up and kept."""
    if not query.text.strip(" \t\r\n?!.,;:"):
        return NotCached.EMPTY
    if query.history:
        return NotCached.HISTORY
    if query.needs or query.attachments or query.material or query.images:
        return NotCached.NEEDS
    if private := _private(query.text):
        return private
    small = query.text.lower()
    for reason, is_met in _BY_SHAPE:
        if is_met(small):
            return reason
    is_personal = _US.search(query.text) or _PERSONAL.search(_ANYBODY.sub(" ", small))
    return NotCached.PERSONAL if is_personal else None


def not_keepable(text: str, receipt: Receipt, *, is_embedded: bool) -> NotCached | None:
    """Say why an answer is not kept; None when it may be.

    Args:
        text: The whole visible answer.
        receipt: How it came about.
        is_embedded: Whether the built-in stand-in gave it, which a later caller may do better than.
    """
    if receipt.is_cached:
        return NotCached.ALREADY_CACHED
    if receipt.outcome is not Outcome.COMPLETE:
        return NotCached.NOT_COMPLETE
    if len(receipt.attempts) != 1 or receipt.attempts[0].failure or receipt.is_second_choice:
        return NotCached.NOT_FIRST_TRY
    if is_embedded:
        return NotCached.STAND_IN
    if not text.strip():
        return NotCached.NO_TEXT
    return NotCached.TOO_LONG if len(text) > LONGEST_ANSWER_CHARS else _private(text)


def _private(text: str) -> NotCached | None:
    is_secret = _SECRET.search(text) or _NAMED_SECRET.search(text.lower())
    if is_secret or any(_is_mixed(run[0]) for run in _LONG_RUN.finditer(text)):
        return NotCached.SECRET
    return NotCached.CONTACT if _CONTACT.search(text) else None


def _is_mixed(run: str) -> bool:
    kinds = (str.isupper, str.islower, str.isdigit)
    return all(any(is_kind(char) for char in run) for is_kind in kinds)
