"""Words the reduction of a question knows: tables, and what follows from them.

One word stands for another only where nobody could mean anything else by it.
"""

# ruff: noqa: SIM905 # a table of words reads as words

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

CONTRACTED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "can't": ("can", "not"),
        "cant": ("can", "not"),
        "cannot": ("can", "not"),
        "won't": ("will", "not"),
        "dont": ("do", "not"),
        "doesnt": ("do", "not"),
        "isnt": ("is", "not"),
        "whats": ("what", "is"),
        "wheres": ("where", "is"),
        "hows": ("how", "is"),
        "whos": ("who", "is"),
        "arent": ("are", "not"),
        "didnt": ("did", "not"),
        "wasnt": ("was", "not"),
        "couldnt": ("could", "not"),
        "wouldnt": ("would", "not"),
        "shouldnt": ("should", "not"),
        "wanna": ("want", "to"),
        "gonna": ("going", "to"),
        "i'm": ("i", "am"),
        "im": ("i", "am"),
        "i'd": ("i", "would"),
    }
)
"""Short forms in full."""

ENDINGS: Final = (("n't", "not"), ("'re", "are"), ("'ll", "will"), ("'ve", "have"))
"""What the end of a short form stands for."""

POINTING: Final = frozenset("what who where when how why which it that there here".split())
"""Words after which 's is `is`, not possession."""

SAME: Final[Mapping[str, str]] = MappingProxyType(
    {
        "does": "do", "%": "percent", "versus": "vs", "regexp": "regex", "okay": "ok",
        "maths": "math", "mathematics": "math", "television": "tv", "kids": "children",
        "advantage": "benefit", "advantages": "benefits", "upsides": "benefits",
        "disadvantage": "drawback", "disadvantages": "drawbacks", "downsides": "drawbacks",
        "biggest": "largest", "bigger": "larger",
        "metre": "meter", "metres": "meter", "meters": "meter",
        "kilometre": "kilometer", "kilometres": "kilometer", "kilometers": "kilometer",
        "centimetre": "centimeter", "centimetres": "centimeter", "centimeters": "centimeter",
        "millimetre": "millimeter", "millimetres": "millimeter", "mm": "millimeter",
        "litre": "liter", "litres": "liter", "liters": "liter", "feet": "foot",
    }
    | {
        word + ending: spelling + ending
        for word, spelling in (
            pair.split("/")
            for pair in (
                "colour/color favour/favor flavour/flavor humour/humor neighbour/neighbor"
                " rumour/rumor behaviour/behavior organisation/organization moustache/mustache"
                " grey/gray tyre/tire pyjama/pajama theatre/theater fibre/fiber defence/defense"
                " catalogue/catalog aeroplane/airplane mum/mom"
            ).split()
        )
        for ending in ("", "s")
    }
    | dict(
        pair.split("/")
        for pair in (
            "centre/center favourite/favorite favourites/favorites aluminium/aluminum"
            " jewellery/jewelry organise/organize organised/organized recognise/recognize"
            " realise/realize analyse/analyze optimise/optimize customise/customize"
            " minimise/minimize maximise/maximize memorise/memorize travelling/traveling"
            " cancelled/canceled sceptic/skeptic labelled/labeled"
        ).split()
    )
)  # fmt: skip
"""Another spelling, or another name of the same thing, in small letters."""

SAME_IN_CAPITALS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "e-mail": "email", "e-mails": "emails", "wi-fi": "wifi", "km": "kilometer",
        "kms": "kilometer", "cm": "centimeter", "kg": "kilogram", "kgs": "kilogram",
        "u.s": "USA", "u.s.a": "USA", "usa": "USA", "u.k": "UK", "uk": "UK",
    }
)  # fmt: skip
"""The same, whatever the size of their letters."""

SHORT_UNITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "mi": "mile", "ft": "foot", "min": "minute", "mins": "minute", "hr": "hour",
        "hrs": "hour", "sec": "second", "secs": "second",
    }
)  # fmt: skip
"""Units that are other words unless a number stands before them."""

UNITS: Final = frozenset(
    "mile kilometer meter centimeter millimeter foot inch yard kilogram gram pound ounce stone ton"
    " liter gallon pint cup celsius fahrenheit kelvin hour minute second day week acre hectare"
    " miles inches yards grams pounds ounces gallons pints cups hours minutes seconds days weeks"
    " acres hectares tons kilometers meters centimeters millimeters liters kilograms".split()
)
"""What a quantity is converted from and to."""

CASED_UNITS: Final = frozenset(
    "mb gb kb tb pb mib gib kib tib mbps gbps kbps mbit gbit mw kw gw mhz ghz mpa pa ma mv ms mm nm"
    " pm um ml dl cal".split()
)
"""Units whose capitals count: Mb is not MB."""

QUANTITIES: Final = frozenset({"few", "little", "lot", "bit", "number", "couple", "while"})
"""Words an article before them changes: a few is not few."""

THE_ONE: Final = frozenset("USA UK world internet web moon universe human solar".split())
"""Of these there is one: `the` before them says nothing."""

BEFORE_NOUNS: Final = frozenset(
    "in on at by out for with from under off up down over through as to into of".split()
)
"""In front of the car is not in the front of the car: after these, `the` stays."""

LETTERED: Final = frozenset(
    "vitamin hepatitis type grade plan group section class influenza series option team appendix"
    " category schedule part point figure side level exhibit hemophilia factor title form".split()
)
"""Words a letter follows: in `vitamin a` it is no article."""

ATTRIBUTES: Final = frozenset(
    "capital population currency language area size height length width depth weight age name motto"
    " flag anthem religion climate timezone gdp elevation diameter radius mass density formula"
    " symbol synopsis plot".split()
)
"""What belongs to its owner in one way only: of them, `Peru's capital` is `the capital of Peru`."""

LISTED: Final = frozenset(
    "benefits drawbacks reasons causes symptoms effects differences uses features types kinds"
    " examples tips risks dangers signs steps rules properties characteristics consequences"
    " disadvantages advantages applications ingredients".split()
)
"""Nouns that are always listed: some of them are as good as all."""

HANDIWORK: Final = frozenset(
    "boil cook bake fry grill roast peel chop freeze thaw knead tie sew knit wash iron fold"
    " clean install uninstall hang mount plant prune sharpen brew pickle carve juggle ski surf"
    " solder weld poach steam marinate saute caramelize whisk repair"
    " multiply divide subtract paint".split()
)
"""What no bot does: `how do you` asks for anybody there."""

_NOT_SUPERLATIVE: Final = frozenset(
    "forest interest test west request guest invest harvest rest nest chest quest protest"
    " contest honest modest arrest suggest digest budapest everest northwest southwest manifest"
    " pest vest zest jest crest attest ingest bequest conquest inquest tempest unrest midwest"
    " backtest".split()
)
_ORDER: Final = frozenset(
    "best worst most least first last second third fourth fifth top main only same next".split()
)
_SHORTEST_SUPERLATIVE: Final = 5


def is_superlative(word: str) -> bool:
    """Tell whether a word says which of many: how many are meant then counts."""
    is_ending = word.endswith("est") and len(word) >= _SHORTEST_SUPERLATIVE
    return word in _ORDER or (is_ending and word not in _NOT_SUPERLATIVE)
