"""The many ways to open a question, each written one way. Pure, English only.

Every row either drops what carries no meaning or names one shape of a question that asks exactly
the same as another. No row touches what is asked about, nor its order. May, must and should stay
apart, and so do is and are: how many are asked for is part of a question.
"""

import re
from typing import Final

from routing.cache_vocabulary import ATTRIBUTES, HANDIWORK, LISTED, UNITS


def _one_of(words: frozenset[str]) -> str:
    return f"(?:{'|'.join(sorted(words, key=lambda word: (-len(word), word)))})"


_ASKING: Final = r"(?:what|who|where|when|why|how|which)"
_IS: Final = r"(?:is|are)"

_POLITE: Final = re.compile(
    r"(?:(?:(?:hi|hey|hello)(?: there| all| everyone| everybody| guys| bot| team| folks)?"
    r"|good (?:morning|evening|afternoon)|please|pls|kindly|so|ok|well|um|hmm|quick question"
    r"|just wondering|sorry|excuse me|out of curiosity)(?: \.)* "
    rf"(?=(?:{_ASKING[3:-1]}|please|can|could|would|will|should|is|are|do|did|was|were|tell|explain"
    r"|give|show|list|name|calculate|compute|convert|define|describe|help|write|recommend|i|any)\b)"
    r"|(?:can|could|would|will) you(?: please| kindly)? (?=(?:tell|explain|give|show|list|name"
    r"|calculate|compute|convert|define|describe|help|write|recommend)\b)"
    r"|(?:can|could|would|will) (?:someone|anyone|somebody|anybody)(?: please| kindly)? "
    r"(?=(?:tell|explain|help|recommend)\b))"
)
_THANKING: Final = ("please", "pls", "thx", "thanks", "you", "cheers", "advance", "much", "lot")
_THANKS: Final = re.compile(
    r"(?:(?: \.)* (?:please|pls|thx))+$|(?: \.)+ (?:please|thanks|thank you|cheers)"
    r"(?: (?:in advance|so much|a lot))?$"
)
_INDIRECT: Final = re.compile(
    r"(?:(?:tell|teach|show)(?: me| us)?|explain(?: to me| to us)?|describe|do you (?:happen to )?"
    r"know|do (?:anyone|anybody|someone|any of you) know|i (?:just )?(?:want|need|would (?:like|"
    r"love)) to (?:know|understand|learn)|i (?:am|was) (?:just )?(?:wondering|curious)|i wonder|"
    rf"any idea|help me (?:to )?understand|i do not (?:know|understand)) (?={_ASKING}\b)"
)
_TOLD: Final = re.compile(
    r"(what|who|where|when) (?!is |are |was |were |do |did )((?:(?!(?:is|are|was|were) )\S+ )+)"
    r"(is|are|was|were)( (?:in|on|at|for) .+)?$"
)
_BEFOREHAND: Final = re.compile(rf"(in (?!{_ASKING}\b)\S+(?: (?!{_ASKING}\b)\S+)?) ({_ASKING} .+)$")

_UNIT: Final = _one_of(UNITS)
_AMOUNT: Final = r"(?:[\d.]*\d|an?)"
_MAY_CONVERT: Final = re.compile(r"convert|change|what|how many|\d")
_CONVERSIONS: Final = tuple(
    re.compile(shape)
    for shape in (
        (
            rf"(?:convert |change |what {_IS} )?(?P<amount>{_AMOUNT}) (?P<of>{_UNIT}) "
            rf"(?:to|into|in) (?P<into>{_UNIT})$"
        ),
        (
            rf"how many (?P<into>{_UNIT}) (?:{_IS} |{_IS} in |{_IS} there in |in |make )"
            rf"(?P<amount>{_AMOUNT}) (?P<of>{_UNIT})$"
        ),
    )
)

_ANYWHERE: Final = tuple(
    (re.compile(shape), plain)
    for shape, plain in (
        (r"\bin order to\b", "to"),
        (r"\bregular expression(s?)\b", r"regex\1"),
        (r"\bcapital city of\b", "capital of"),
        (r"\bper cent\b", "percent"),
        (r"\bunited\x20?states(?:\x1e)?(?: of america)?\b", "USA"),
        (r"\bunited kingdom\b", "UK"),
        (r"\bpros and cons\b", "benefits and drawbacks"),
        (r"\bsome of the (best|most)\b", r"\1"),
        (r"\b(check|know|see|test|determine|find out|verify|figure out) whether\b", r"\1 if"),
    )
)
_MARKS: Final = re.compile(
    r"in order|regular|capital city|per cent|united|pros and|some of|whether"
)
"""At least one of them is in every text that `_ANYWHERE` changes."""

_WAYS: Final = r"(?:the best |the |a good |a |some good |some |good |best |)ways?"
_PERSON: Final = r"(?:i|one)"
_PEOPLE: Final = r"(?:i|we|one)"
_HOW: Final = (
    (r"how come ", "why "),
    (r"(?:how do it feel|what do it feel like|what is it like) to ", "feel to "),
    (
        (
            r"how (?:much time|long) (?:do|will|would) it (?:usually )?take (?:for )?"
            r"(?:me |us |one |you |someone )?to "
        ),
        "how long to ",
    ),
    (
        rf"how (?:do {_PERSON}|(?:can|could|would|might) {_PEOPLE}) (?:best |go about )?",
        "how to ",
    ),
    (
        (
            rf"how (?:do|can|would) you (?=(?:{_one_of(HANDIWORK)}|get rid of|apply for"
            r"|become an?|quit (?:smoking|drinking)|(?:lose|gain) weight)\b)"
        ),
        "how to ",
    ),
    (rf"what {_IS} {_WAYS} (?:(?:for {_PEOPLE} )?to|{_PEOPLE} (?:can|could)) ", "how to "),
    (r"(?:the )?(?:best |good )?ways? to ", "how to "),
    (r"what are the steps to ", "how to "),
    (rf"what (?:should|can|could|do) {_PEOPLE} (?:have to |need to |)do to ", "how to "),
    (rf"what (?:should|can|could|do) {_PEOPLE} do (?=(?:if|when)\b)", "what to do "),
    (r"how to be (?=(?:an?|more|better) )", "how to become "),
    (r"how (.+) works$", r"how \1 work"),
    (rf"where ({_IS}) (.+) (?:located|situated)$", r"where \1 \2"),
    (r"what will happen if ", "what happens if "),
    (rf"where (?:do {_PERSON}|(?:can|could) {_PEOPLE}) ", "where to "),
    (rf"(?:is it possible to|is there (?:a|any|some) way to|can {_PEOPLE}) ", "can i "),
    # `Why cats purr` is how it is told, `why do cats purr` how it is asked.
    (r"(how|why|where|when) do (?!(?:not|many|much|few|little)\b)", r"\1 "),
    (
        (
            r"(?:what is (?:the )?number of|(?:the )?number of|count (?:the )?number of) "
            r"(?=(?!the |an? )(?:\S+ )?(?:\S+s|people|children)\b)"
        ),
        "how many ",
    ),
    (rf"(how many .+?) {_IS} (?:there )?(?=(?:in|on|per|within|between|inside) )", r"\1 "),
)
_WHAT: Final = (
    (r"(?:what one|which one|which)\b", "what"),
    (
        (
            r"(what|how|why|where|when) (?:exactly|actually|really|basically) "
            r"(?=(?:is|are|was|were|do|did)\b)"
        ),
        r"\1 ",
    ),
    (rf"what ({_IS}) (?:exactly|actually|really|basically) (?=(?:the|an?) )", r"what \1 "),
    (r"(?:calculate|compute|work out|evaluate|how much is) (?=[\d.]*\d )", "what is "),
    (r"(?:i (?:need|want|would like)|i am looking for|show me|give me) (?=an? )", "give "),
    (r"(?:list|name|give me|tell me)(?: out)? (?:some|a few)(?: of)? ", "what are some "),
    (r"(?:what are a few) ", "what are some "),
    (rf"what are some(?: of the)? (?={_one_of(LISTED)}\b)", "what are "),
    (r"(?:what is (?:the )?meaning of|what is meant by|what do you mean by) ", "meaning "),
    (r"what do (.+) means?$", r"meaning \1"),
    (r"(?:define|what is (?:the )?definition of) ", "definition "),
    (r"what city is (?=(?:the )?capital\b|.* 's capital$)", "what is "),
    (
        rf"what is (?:the )?((?:\S+ ){{1,3}})'s ({_one_of(ATTRIBUTES)})$",
        r"what is the \2 of \1",
    ),
    (
        (
            rf"(?:(?:what {_IS}|explain|describe|tell me|explain to me) )?(?:the |a |some |)"
            r"differences? between "
        ),
        "difference between ",
    ),
    (
        r"how (?:is|are|do) (.+) (?:different (?:from|than|to)|differ from) (.+)$",
        r"difference between \1 and \2",
    ),
    (r"how (?:is|are|do) (.+ and .+) differ(?:ent)?$", r"difference between \1"),
    (
        rf"(.+) vs (.+?)(?: \.)? what {_IS} (?:the )?differen(?:t|ce|ces)$",
        r"difference between \1 and \2",
    ),
)
_OPENINGS: Final = tuple((re.compile(shape), plain) for shape, plain in (*_WHAT, *_HOW))

_NAMED: Final = re.compile(r"(?:list|name|give me|tell me|show me)(?: out)? (?=the |\d+ )")
_HEAD: Final = re.compile(r".*?(\S+)(?: (?:of|in|for|on|to|between|from|at|with|about|that) .*)?$")
_COUNTED: Final = re.compile(rf"(\d+) (?!(?:percent|{_UNIT[3:-1]}|of|and|[^\w\s]) ?)[a-z]")
_NOUNS_ASKED: Final = re.compile(
    r"(?:\d|(?:the )?(?!(?:is|are|do|did|was|were|has|have|can|could|should|will|would|may|must|how"
    r"|why|who|where|when|what|convert|explain|list|give|name|number|tell|show|write|calculate|count"
    r"|ways?|differences?)\b)\S+ (?:\S+ )?of )"
)


def with_plain_opening(words: list[str], *, is_asked: bool) -> list[str]:
    """Write the opening of a question one way.

    Args:
        words: Plain words, as the question has them.
        is_asked: Whether it ends with a question mark: `Capital of Peru?` asks what that is.
    """
    text = _without_politeness(" ".join(words))
    if text.endswith(_THANKING):
        text = _THANKS.sub("", text)
    if told := _INDIRECT.match(text):
        text = text[told.end() :]
        if inner := _TOLD.match(text):
            text = f"{inner[1]} {inner[3]} {inner[2].strip()}{inner[4] or ''}"
    elif beforehand := _BEFOREHAND.match(text):
        text = f"{beforehand[2]} {beforehand[1]}"
    if is_asked and _NOUNS_ASKED.match(text):
        text = f"what {_verb_for(text)} {text}"
    if _MARKS.search(text):
        for shape, plain in _ANYWHERE:
            text = shape.sub(plain, text)
    text = _opened_plainly(text)
    return text.split(" ") if (text := text.strip(" ")) else []


def _without_politeness(text: str) -> str:
    while polite := _POLITE.match(text):
        text = text[polite.end() :]
    return text


def _opened_plainly(text: str) -> str:
    if named := _NAMED.match(text):
        text = f"what {_verb_for(text[named.end() :])} {text[named.end() :]}"
    for shape, plain in _OPENINGS:
        if found := shape.match(text):
            text = found.expand(plain) + text[found.end() :]
    if text.startswith("why "):
        return _reason(text)
    return _conversion(text) if _MAY_CONVERT.match(text) else text


def _verb_for(nouns: str) -> str:
    """Return `are` for a list and `is` for one thing, by the number or the last noun."""
    if counted := _COUNTED.match(nouns):
        return "is" if counted[1] == "1" else "are"
    head = _HEAD.match(nouns)
    return "are" if head and head[1].endswith("s") and not head[1].endswith("ss") else "is"


def _reason(text: str) -> str:
    """Write `why the sky is blue` and `why is the sky blue` one way, where it is sure."""
    words = text.split(" ")
    verbs = [word for word in words if word in {"is", "are"}]
    if len(verbs) != 1:
        return text
    words.remove(verbs[0])
    return " ".join([*words, verbs[0]])


def _conversion(text: str) -> str:
    for shape in _CONVERSIONS:
        if found := shape.fullmatch(text):
            amount = "1" if found["amount"] in {"a", "an"} else found["amount"]
            return f"convert {amount} {_one(found['of'])} to {_one(found['into'])}"
    return text


def _one(unit: str) -> str:
    return {"inches": "inch", "celsius": "celsius"}.get(unit, unit.removesuffix("s"))
