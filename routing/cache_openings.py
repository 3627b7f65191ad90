"""The many ways to open a question, each written one way. Pure, English only.

Every row either drops what carries no meaning or names one shape of a question that asks exactly
the same as another. No row touches what is asked about, nor its order.
"""

import re
from typing import Final

from routing.cache_vocabulary import UNITS

_ASKING: Final = r"(?:what|who|where|when|why|how|which)"

_POLITE: Final = re.compile(
    r"(?:(?:(?:hi|hey|hello)(?: there| all| everyone| everybody| guys| bot)?|good (?:morning"
    r"|evening|"
    r"afternoon)|please|pls|kindly|so|ok|okay|well|um|hmm|quick question|just wondering|sorry|"
    rf"excuse me|out of curiosity)(?: \.)* (?=(?:{_ASKING[3:-1]}|please|can|could|would|will"
    rf"|should|"
    r"is|do|did|was|tell|explain|give|show|list|name|calculate|compute|convert|define|describe"
    r"|help|"
    r"write|recommend|i|any)\b)|(?:can|could|would|will) you(?: please| kindly)? (?=(?:tell"
    r"|explain|"
    r"give|show|list|name|calculate|compute|convert|define|describe|help|write|recommend)\b)"
    r"|(?:can|could|would|will) (?:someone|anyone|somebody|anybody)(?: please| kindly)? "
    r"(?=(?:tell|explain|help|recommend)\b))"
)
_THANKS: Final = re.compile(
    r"(?:(?: \.)* (?:please|pls|thx))+$|(?: \.)+ (?:please|thanks|thank you|cheers)"
    r"(?: (?:in advance|so much|a lot))?$"
)
_INDIRECT: Final = re.compile(
    r"(?:(?:tell|teach|show)(?: me| us)?|explain(?: to me| to us)?|describe|do you (?:happen to )?"
    r"know|do (?:anyone|anybody|someone|any of you) know|i (?:just )?(?:want|need|would (?:like|"
    rf"love)) to (?:know|understand|learn)|i (?:am|was) (?:just )?(?:wondering|curious)|i wonder|"
    rf"any idea|help me (?:to )?understand|i do not (?:know|understand)) (?={_ASKING}\b)"
)
_TOLD: Final = re.compile(r"(what|who|where|when) (?!is |was |do |did )(.+) (is|was)$")

_UNIT: Final = f"(?:{'|'.join(sorted(UNITS, key=len, reverse=True))})"
_AMOUNT: Final = r"(?:[\d.]*\d|an?)"
_CONVERSIONS: Final = tuple(
    re.compile(shape)
    for shape in (
        (
            rf"(?:convert |change |what is )?(?P<amount>{_AMOUNT}) (?P<of>{_UNIT}) (?:to|into|in) "
            rf"(?P<into>{_UNIT})$"
        ),
        (
            rf"how many (?P<into>{_UNIT}) (?:is |is in |is there in |in "
            rf"|make )(?P<amount>{_AMOUNT}) "
            rf"(?P<of>{_UNIT})$"
        ),
    )
)

_PERSON: Final = r"(?:i|we|one)"
_SHAPES: Final = tuple(
    (re.compile(shape), plain)
    for shape, plain in (
        (r"^(?:which|what one|which one)\b", "what"),
        (r"^(\S+(?: (?:is|do|was))?) (?:really|actually|exactly|basically)\b", r"\1"),
        (r"\bin order to\b", "to"),
        (r"\bregular expression(s?)\b", r"regex\1"),
        (r"\bcapital city\b", "capital"),
        (r"\bper cent\b", "percent"),
        (r"\bunited\x20?states(?:\x1e)?(?: of america)?\b", "USA"),
        (r"\bunited kingdom\b", "UK"),
        # To list, to name, to compute.
        (
            r"^(?:list|name|give me|give us|tell me|show me)(?: out)? (?=(?:the|some|\d+) )",
            "what is ",
        ),
        (r"^what is (?:some|a few)(?: of)? ", "what is "),
        (r"^(?:calculate|compute|work out|evaluate|how much is) (?=[\d.]*\d )", "what is "),
        (r"^(?:i (?:need|want|would like)|i am looking for|show me|give me) (?=an? )", "give "),
        # How to do it.
        (rf"^how (?:do|can|could|should|would|might) {_PERSON} (?:best |go about )?", "how to "),
        (
            (
                rf"^what is (?:the best |a good |the |a |some good |some |good |best |)ways? "
                rf"(?:to|(?:for {_PERSON} to)|(?:{_PERSON} (?:can|could|should))) "
            ),
            "how to ",
        ),
        (
            rf"^what (?:should|can|could|must|do|would) {_PERSON} (?:have to |need to |)do to ",
            "how to ",
        ),
        (
            rf"^what (?:should|can|could|do) {_PERSON} do (?=(?:if|when)\b)",
            "what to do ",
        ),
        (rf"^where (?:do|can|could) {_PERSON} ", "where to "),
        (rf"^(?:is it possible to|is there (?:a|any|some) way to|can {_PERSON}) ", "can i "),
        # What it is.
        (
            r"^(?:define|what is (?:the )?definition of|what is meant by) ",
            "what is the meaning of ",
        ),
        (r"^what do (.+) means?$", r"what is the meaning of \1"),
        (r"^how do (.+) works?$", r"how \1 work"),
        (r"^how (.+) works$", r"how \1 work"),
        (r"^how much do (.+) costs?$", r"what is the cost of \1"),
        (r"^what do (.+) costs?$", r"what is the cost of \1"),
        (r"^what city is (?=(?:the )?capital\b|.* 's capital$)", "what is "),
        (r"^what is (?:the )?((?:\S+ ){1,3})'s ((?:\S+ ?){1,3})$", r"what is the \2 of \1"),
        # How they differ.
        (
            (
                r"^(?:what is|explain|describe|tell me|explain to me) (?:the |a |some "
                r"|)differences? "
                r"between "
            ),
            "what is difference between ",
        ),
        (
            r"^how (?:is|do) (.+) (?:different (?:from|than|to)|differ from) (.+)$",
            r"what is difference between \1 and \2",
        ),
        (r"^how (?:is|do) (.+ and .+) differ(?:ent)?$", r"what is difference between \1"),
        (
            r"^(.+) vs (.+?)(?: \.)? what is (?:the )?differen(?:t|ce|ces)$",
            r"what is difference between \1 and \2",
        ),
        # How many, how long.
        (
            r"^(?:what is (?:the )?number of|(?:the )?number of|count (?:the )?number of) ",
            "how many ",
        ),
        (r"^(how many .+?) is (?:there )?(?=(?:in|on|per|within|between|inside) )", r"\1 "),
        (
            (
                r"^how (?:much time|long) (?:do|will|would) it (?:usually )?take (?:for )?"
                r"(?:me |us |one |you |someone )?to "
            ),
            "how long to ",
        ),
        (r"^(?:how do it feel|what do it feel like|what is it like) to ", "feel to "),
        (r"\b(?:pros and cons)\b", "benefit and drawback"),
    )
)
_NOUNS_ASKED: Final = re.compile(
    r"(?:\d|(?:the )?(?!(?:is|do|did|was|has|have|can|could|should|will|would|may|must|how|why|who|"
    r"where|when|what|convert|explain|list|give|name|number|tell|show|write|calculate|count)\b)"
    r"\S+ of )"
)


def with_plain_opening(words: list[str], *, is_asked: bool) -> list[str]:
    """Write the opening of a question one way.

    Args:
        words: Plain words, as the question has them.
        is_asked: Whether it ends with a question mark: `Capital of Peru?` asks what that is.
    """
    text = _THANKS.sub("", _without_politeness(" ".join(words)))
    if told := _INDIRECT.match(text):
        text = _TOLD.sub(r"\1 \3 \2", text[told.end() :])
    if is_asked and _NOUNS_ASKED.match(text):
        text = "what is " + text
    for shape, plain in _SHAPES:
        text = shape.sub(plain, text)
    return _conversion(text).split(" ") if (text := text.strip(" ")) else []


def _without_politeness(text: str) -> str:
    while polite := _POLITE.match(text):
        text = text[polite.end() :]
    return text


def _conversion(text: str) -> str:
    for shape in _CONVERSIONS:
        if found := shape.fullmatch(text):
            amount = "1" if found["amount"] in {"a", "an"} else found["amount"]
            return f"convert {amount} {found['of']} to {found['into']}"
    return text
