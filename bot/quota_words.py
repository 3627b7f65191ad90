"""Reads a budget as people type it: `asker discord:1 $5 per day in Europe/Berlin`. Pure."""

import difflib
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, Final, TypeVar

from bot.commands.words import NotUnderstood, bare_id
from bot.commands.zones import known_zone
from config.catalog import MICROUSD
from config.quotas import Quota, Scope, Unit, Window
from config.validation import validated
from config.yaml_lines import Block, Place
from routing.query import Origin

_Known = TypeVar("_Known")

HOW: Final = (
    "Say it like `asker $2 per day`, `channel C024 20 questions per hour`, "
    "`role 1234 50k tokens per week in Europe/Berlin`, `everyone $100 per month` or "
    "`asker 2 at once`."
)

_SCOPES: Final[Mapping[str, Scope]] = MappingProxyType(
    {
        "everyone": Scope.EVERYONE,
        "server": Scope.TENANT,
        "workspace": Scope.TENANT,
        "tenant": Scope.TENANT,
        "channel": Scope.PLACE,
        "place": Scope.PLACE,
        "role": Scope.ROLE,
        "group": Scope.ROLE,
        "asker": Scope.ASKER,
        "user": Scope.ASKER,
        "person": Scope.ASKER,
    }
)
_UNITS: Final[Mapping[str, Unit]] = MappingProxyType(
    {
        "usd": Unit.MICROUSD,
        "dollars": Unit.MICROUSD,
        "$": Unit.MICROUSD,
        "tokens": Unit.TOKENS,
        "questions": Unit.REQUESTS,
        "requests": Unit.REQUESTS,
        "at-once": Unit.AT_ONCE,
        "at_once": Unit.AT_ONCE,
    }
)
_UNIT_WORDS: Final[Mapping[Unit, str]] = MappingProxyType(
    {
        Unit.MICROUSD: "usd",
        Unit.TOKENS: "tokens",
        Unit.REQUESTS: "questions",
        Unit.AT_ONCE: "at-once",
    }
)
_WINDOWS: Final[Mapping[str, Window]] = MappingProxyType(
    {
        **{window.value: window for window in Window},
        "minutely": Window.MINUTE,
        "hourly": Window.HOUR,
        "daily": Window.DAY,
        "weekly": Window.WEEK,
        "monthly": Window.MONTH,
        "ever": Window.LIFETIME,
    }
)
_AMOUNT: Final = re.compile(
    r"(\$?)((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)([km]?)(\$?)", re.IGNORECASE
)
_LOOKS_LIKE_AMOUNT: Final = re.compile(r"[-+]?\$?[-+]?[.0-9].*|\$.*")
_LOOKS_LIKE_ID: Final = re.compile(r"[A-Z0-9]+")
"""As Discord and Slack have them; what people and channels are called looks otherwise."""

_TIMES: Final[Mapping[str, int]] = MappingProxyType({"": 1, "k": 1000, "m": 1_000_000})


def read_quota(words: str, origin: Origin, *, needs_amount: bool = True) -> Quota:
    """Read a budget from words.

    Args:
        words: Scope, maybe an id (`me` and `here` are the asker's own), amount, window, zone.
        origin: Who says so, where. In a chat the budget is for that tenant alone.
        needs_amount: False for a budget that is only named: `asker usd per day`.

    Raises:
        NotUnderstood: They say nothing that can be done.
    """
    # Half a character, which a chat may deliver, can stand in no id.
    whole = words.encode("utf-8", "replace").decode("utf-8")
    tokens = whole.replace(" at once", " at-once").split()
    if not tokens:
        raise NotUnderstood(HOW)
    scope = _known(tokens.pop(0).lower(), _SCOPES, "whose budget it is")
    rest, tail = _split_tail(tokens)
    ids, counted = _ids(rest, scope, origin, needs_amount=needs_amount)
    amount, unit = _amount(counted) if needs_amount else _named_unit(counted)
    given: dict[str, Any] = {"of": scope, "ids": ids, **tail}
    given["usd" if unit is Unit.MICROUSD else unit.value] = amount
    if origin.platform != "terminal":
        given["tenant"] = origin.tenant
    return _checked(given)


def names_of(quota: Quota) -> tuple[str, ...]:
    """Return the words by which a budget is named, one for each it is for: `asker usd per day`."""
    of, unit = quota.of.value, unit_word(quota.unit)
    tail = f"{unit} per {quota.per.value}" if quota.per else unit
    return tuple([f"{of} {who} {tail}" for who in sorted(quota.ids)] or [f"{of} {tail}"])


def unit_word(unit: Unit) -> str:
    """Return the word by which a unit is typed."""
    return _UNIT_WORDS[unit]


def _checked(given: Mapping[str, Any]) -> Quota:
    said = Block()
    for key, value in given.items():
        said.put(key, value, Place("what was said"))
    quota, problems = validated(Quota, said, {})
    if quota is None:
        told = "; ".join(f"{each.key} {each.message}".strip() for each in problems)
        raise NotUnderstood(f"That is no budget: {told}. {HOW}")
    return quota


def _split_tail(tokens: Sequence[str]) -> tuple[list[str], dict[str, Any]]:
    """Take window and zone off the end."""
    rest, tail = list(tokens), dict[str, Any]()
    lower = [token.lower() for token in rest]
    if "in" in lower:
        at = lower.index("in")
        if at + 2 != len(rest):
            raise NotUnderstood(f"After `in` comes one time zone, such as Europe/Berlin. {HOW}")
        tail["zone"] = known_zone(rest[at + 1])
        rest, lower = rest[:at], lower[:at]
    if len(lower) > 1 and lower[-2] in {"per", "a", "each", "every"}:
        tail["per"] = _known(lower[-1], _WINDOWS, "the window")
        return rest[:-2], tail
    if lower and lower[-1] in _WINDOWS:
        tail["per"] = _WINDOWS[lower[-1]]
        return rest[:-1], tail
    return rest, tail


def _ids(
    tokens: Sequence[str], scope: Scope, origin: Origin, *, needs_amount: bool
) -> tuple[frozenset[str], Sequence[str]]:
    """Take the id off the beginning, if there is one: what comes before an amount or a unit."""
    first, second = (*tokens, "", "")[:2]
    is_id = bool(_LOOKS_LIKE_AMOUNT.fullmatch(second)) if needs_amount else bool(second)
    if not is_id:
        return frozenset(), tokens
    if first.lower() in {"each", "every", "all"}:
        return frozenset(), tokens[1:]
    own = {Scope.ASKER: origin.asker, Scope.PLACE: origin.place, Scope.TENANT: origin.tenant}
    first = bare_id(first)
    meant = own.get(scope, first) if first.lower() in {"me", "here", "this"} else first
    if scope is Scope.ASKER and ":" not in meant:
        meant = f"{origin.platform}:{meant}"
    if needs_amount and meant != own.get(scope) and not _may_be(meant, scope, origin):
        shown = first[:40].replace("`", "")
        raise NotUnderstood(
            f"`{shown}` is no {scope} here that I could know: mention it, or give its id. Nothing "
            "is changed."
        )
    return frozenset({meant}), tokens[1:]


def _may_be(meant: str, scope: Scope, origin: Origin) -> bool:
    """Tell whether an id can be one of something there; the operator knows what they say."""
    if origin.platform == "terminal":
        return True
    here = f"{origin.platform}:{origin.tenant}"
    match scope:
        case Scope.TENANT:
            return meant == here
        case Scope.ASKER:
            return bool(_LOOKS_LIKE_ID.fullmatch(meant.partition(":")[2]))
        case _:
            return bool(_LOOKS_LIKE_ID.fullmatch(meant.removeprefix(f"{here}:")))


def _amount(tokens: Sequence[str]) -> tuple[str | int, Unit]:
    text = "".join(tokens[:1])
    match = _AMOUNT.fullmatch(text)
    if match is None or len(tokens) > 2:  # noqa: PLR2004 # an amount and its unit
        shown = " ".join(tokens)[:40].replace("`", "") or "nothing"
        comma = " A decimal is written with a dot: 1.5." if "," in shown else ""
        raise NotUnderstood(f"`{shown}` is no amount.{comma} {HOW}")
    before, digits, times, after = match.groups()
    named = tokens[1].lower() if len(tokens) > 1 else ""
    if not named and not (before or after):
        raise NotUnderstood(f"Say what is counted: `${text}`, `{text} tokens`, `{text} questions`.")
    unit = _known(named, _UNITS, "the unit") if named else Unit.MICROUSD
    if (before or after) and unit is not Unit.MICROUSD:
        raise NotUnderstood(f"Dollars or {named}, not both. {HOW}")
    return _number(digits, times.lower(), unit), unit


def _number(digits: str, times: str, unit: Unit) -> str | int:
    try:
        number = Decimal(digits.replace(",", "")) * _TIMES[times]
    except InvalidOperation:
        raise NotUnderstood(f"`{digits[:40]}` is no amount. {HOW}") from None
    if unit is Unit.MICROUSD and number * MICROUSD != int(number * MICROUSD):
        raise NotUnderstood("Dollars count down to a millionth, no further.")
    if unit is Unit.MICROUSD:
        return str(number)
    if number != int(number):
        raise NotUnderstood(f"Only dollars have parts: `{digits[:40]}` must be a whole number.")
    return int(number)


def _named_unit(tokens: Sequence[str]) -> tuple[int, Unit]:
    return 0, _known(" ".join(tokens).lower() or "usd", _UNITS, "the unit")


def _known(word: str, known: Mapping[str, _Known], what: str) -> _Known:
    for form in (word, word.removesuffix("s"), f"{word}s"):
        if form in known:
            return known[form]
    near = difflib.get_close_matches(word, known, n=1)
    guess = f" Did you mean `{near[0]}`?" if near else ""
    allowed = ", ".join(known)
    shown = word[:40].replace("`", "")
    raise NotUnderstood(f"`{shown}` does not say {what}; it is one of {allowed}.{guess}")
