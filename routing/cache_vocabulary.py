"""Words the reduction of a question knows: tables only.

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
        "i'm": ("i", "am"),
        "im": ("i", "am"),
        "i'd": ("i", "would"),
    }
)
"""Short forms in full."""

ENDINGS: Final = (("n't", "not"), ("'re", "is"), ("'ll", "will"), ("'ve", "have"))
"""What the end of a short form stands for; plural verbs are written as singular ones."""

POINTING: Final = frozenset("what who where when how why which it that there here".split())
"""Words after which 's is `is`, not possession."""

SAME: Final[Mapping[str, str]] = MappingProxyType(
    {
        "are": "is", "does": "do", "were": "was", "%": "percent", "&": "and", "versus": "vs",
        "e-mail": "email", "e-mails": "email", "wi-fi": "wifi", "regexp": "regex",
        "colour": "color", "colours": "color", "favourite": "favorite", "behaviour": "behavior",
        "centre": "center", "organisation": "organization", "grey": "gray",
        "advantage": "benefit", "advantages": "benefit", "upsides": "benefit",
        "disadvantage": "drawback", "disadvantages": "drawback", "downsides": "drawback",
        "biggest": "largest", "bigger": "larger", "film": "movie", "films": "movie",
        "kids": "child", "children": "child", "purchase": "buy",
        "kilometre": "kilometer", "kilometres": "kilometer", "km": "kilometer", "kms": "kilometer",
        "metre": "meter", "metres": "meter", "cm": "centimeter", "centimetre": "centimeter",
        "centimetres": "centimeter", "mm": "millimeter", "millimetre": "millimeter",
        "millimetres": "millimeter", "litre": "liter", "litres": "liter", "feet": "foot",
        "kg": "kilogram", "kgs": "kilogram", "u.s": "USA", "u.s.a": "USA", "usa": "USA",
        "u.k": "UK", "uk": "UK",
    }
)  # fmt: skip
"""Another spelling, or another name of the same thing."""

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
    "mb gb kb tb pb mib gib kib tib mbps gbps kbps mbit gbit mw kw gw mhz ghz mpa pa ma mv".split()
)
"""Units whose capitals count: Mb is not MB."""

NAMES_AND_WORDS: Final = frozenset(
    "turkey polish apple us it who may march august china chile jordan windows word excel office go"
    " rust swift ruby shell target gap orange amazon mercury jaguar oracle meta nice reading bath"
    " cork lima mark bill will grace rose jack bush trump ford aids aid sad cat pin sat act led pet"
    " cop access teams slack discord notion linear signal zoom outlook edge chrome safari spark"
    " flask express react angular spring hive pig storm beam dart crystal elm scratch basic perl"
    " dash bolt square stripe visa discover chase subway guinea georgia phoenix buffalo mobile"
    " bliss"
    " hope faith joy summer autumn dawn frank rob art gene guy drew pat sue ray dean earl duke"
    " prince king queen baker cook smith carpenter fisher hunter potter mason ram rom dos mac hub"
    " lamp soap rest ajax lean agile scrum cobra mustang beetle golf polo civic accord focus fiesta"
    " galaxy pixel surface switch titan eclipse atom brave opera puppet chef salt finish catholic"
    " liberal democrat republican congress house senate state treasury marine army navy god bible"
    " force north south east west fire echo kindle prime nest drive docs keynote numbers pages"
    " photos music friends lost".split()
)
"""Ordinary words when small, names or abbreviations with a capital."""

NEVER_SINGULAR: Final = frozenset(
    "always perhaps series species lens thanks https ftps imaps smtps ldaps postgres jenkins"
    " kubernetes news means glasses goods customs arms jeans pants shorts scissors odds spirits"
    " manners forces grounds looks remains contents savings earnings works ashes greens blues"
    " brains"
    " tails rights stairs clothes irons papers quarters regards respects terms troops waters woods"
    " damages pains windows besides towards upwards downwards backwards forwards afterwards"
    " sometimes times this his has yes gas bus"
    " spectacles drawers briefs darts marbles checkers trunks slacks boxers taps"
    " interests sales specs gates amends premises wages communications"
    " securities humanities authorities lots lies leaves dies does unless".split()
)
"""Words whose last s is no plural, or whose plural means something else."""

QUANTITIES: Final = frozenset({"few", "little", "lot", "bit", "number", "couple", "while"})
"""Words an article before them changes: a few is not few."""

LETTERED: Final = frozenset(
    "vitamin hepatitis type grade plan group section class influenza series option team appendix"
    " category schedule part point figure side level exhibit hemophilia factor title form".split()
)
"""Words a letter follows: in `vitamin a` it is no article."""
