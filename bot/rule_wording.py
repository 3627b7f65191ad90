"""Rules in words, as they are written in the configuration. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from config.rules import Rule, When
from routing.query import Origin

_ACTIONS: Final = ("allow", "deny", "require", "prefer", "pin", "ceiling")
_OTHERS: Final = "others"


def rule_words(rule: Rule, origin: Origin | None = None) -> str:
    """Return when a rule holds and what it does: `when places C024: allow hosting self`.

    Args:
        rule: Which.
        origin: Who is told, where; ids of other channels, roles and people are left out then.
    """
    when = _when(rule.when, origin)
    given = rule.model_dump(mode="json", exclude_defaults=True, include=set(_ACTIONS))
    does = ", ".join(f"{action} {_words(given[action])}" for action in _ACTIONS if action in given)
    return f"when {when}: {does}" if when else f"always: {does}"


def _when(when: When, origin: Origin | None) -> str:
    given = when.model_dump(mode="json", exclude_defaults=True)
    if origin is not None:
        own = {"places": {origin.place}, "roles": origin.roles, "askers": {origin.asker}}
        for name in own.keys() & given.keys():
            mine = own[name] & set(given[name])
            given[name] = [*mine, _OTHERS] if len(mine) < len(given[name]) else [*mine]
    return _words(given)


def _words(value: Any) -> str:  # noqa: ANN401 # whatever JSON holds
    if isinstance(value, Mapping):
        return " and ".join(f"{name} {_words(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(sorted(map(str, value), key=lambda each: (each == _OTHERS, each)))
    return str(value).lower() if isinstance(value, bool) else str(value)
