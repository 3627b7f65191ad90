"""What differs between two configurations, in words that show no secret."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from pydantic import BaseModel

from config.applying import AT_START
from config.catalog import ModelCard
from config.quotas import Quota
from config.references import Secret
from config.rules import Rule
from config.settings import Settings

_LONGEST_CHARS: Final = 60
"""Of a text that is shown; of a longer one it is only said that it changed."""

_CHANGED: Final = "changed"
_UNSHOWN: Final = "…"
_NOTHING: Final = object()


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs.

    Attributes:
        path: Where it stands: `models.llama.input_price`, `rules."images to vision"`.
        what: How it differs: `0.5 -> 0.6`, `added`; of a secret only that it does.
    """

    path: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what}"

    @property
    def needs_restart(self) -> bool:
        """Tell whether a running bot goes on as before."""
        return self.path in AT_START


def changes_between(
    before: Settings, after: Settings, hidden: Collection[str] = ()
) -> tuple[Change, ...]:
    """Return all that differs, in the order of the settings.

    Args:
        before: What was loaded first.
        after: What was loaded then.
        hidden: Texts that are never shown, wherever they stand.
    """
    comparison = _Comparison(hidden)
    return tuple(Change(path, what) for path, what in comparison.of("", before, after))


class _Comparison:
    """Walks two values side by side."""

    def __init__(self, hidden: Collection[str]) -> None:
        self._hidden = hidden

    def of(self, path: str, old: object, new: object) -> Iterator[tuple[str, str]]:
        """Yield where and how two values differ."""
        if old == new:
            return
        match old, new:
            case (Secret(), _) | (_, Secret()):
                yield path, _of_secrets(old, new)
            case BaseModel(), BaseModel():
                yield from self._of_models(path, old, new)
            case tuple(), tuple() if all(map(_name_of, (*old, *new))):
                yield from self._of_lists(path, old, new)
            case Mapping(), Mapping():
                yield from self._of_mappings(path, old, new)
            case frozenset(), frozenset():
                gone = [f"-{self._told(each)}" for each in _in_order(old - new)]
                yield path, " ".join([*gone, *(f"+{self._told(e)}" for e in _in_order(new - old))])
            case _:
                yield path, self._of_values(old, new)

    def _of_models(self, path: str, old: BaseModel, new: BaseModel) -> Iterator[tuple[str, str]]:
        for name, field in type(new).model_fields.items():
            inner, before, after = _beneath(path, name), getattr(old, name), getattr(new, name)
            if field.repr:
                yield from self.of(inner, before, after)
            elif before != after:  # it may hold a key
                yield inner, _CHANGED

    def _of_mappings(
        self, path: str, old: Mapping[str, object], new: Mapping[str, object]
    ) -> Iterator[tuple[str, str]]:
        for key in {**old, **new}:
            before, after = old.get(key, _NOTHING), new.get(key, _NOTHING)
            yield from self._of_members(_beneath(path, key), before, after)

    def _of_lists(
        self, path: str, old: tuple[object, ...], new: tuple[object, ...]
    ) -> Iterator[tuple[str, str]]:
        before = {_name_of(each): each for each in old}
        after = {_name_of(each): each for each in new}
        yield from self._of_mappings(path, before, after)
        stayed = [name for name in after if name in before]
        if stayed != [name for name in before if name in after]:
            yield path, f"in another order: {', '.join(after)}"

    def _of_members(self, path: str, old: object, new: object) -> Iterator[tuple[str, str]]:
        if old is _NOTHING:
            yield path, "added"
        elif new is _NOTHING:
            yield path, "removed"
        else:
            yield from self.of(path, old, new)

    def _of_values(self, old: object, new: object) -> str:
        before, after = self._told(old), self._told(new)
        is_shown = before != after and _UNSHOWN not in {before, after}
        return f"{before} -> {after}" if is_shown else _CHANGED

    def _told(self, value: object) -> str:
        match value:
            case Secret():
                return value.reference
            case None:
                return "none"
            case bool():
                return str(value).lower()
            case BaseModel():
                shown = {name for name, field in type(value).model_fields.items() if field.repr}
                given = value.model_fields_set & shown
                parts = [f"{name} {self._told(getattr(value, name))}" for name in sorted(given)]
                return f"({', '.join(parts)})"
            case tuple() | frozenset():
                return f"[{', '.join(self._told(each) for each in _in_order(value))}]"
        text = str(value.value if isinstance(value, Enum) else value)
        return _UNSHOWN if text in self._hidden or len(text) > _LONGEST_CHARS else text


def _of_secrets(old: object, new: object) -> str:
    was_set, is_set = (isinstance(each, Secret) and each.is_set for each in (old, new))
    if was_set and not is_set:
        return "no longer set"
    return "set" if is_set and not was_set else _CHANGED


def _name_of(member: object) -> str:
    """Return by what a member of a list is known; empty where members have no names."""
    match member:
        case ModelCard() | Rule():
            return member.name
        case Quota():
            where = f" in {member.tenant}" if member.tenant else ""
            unit = "usd" if member.usd is not None else member.unit
            window = f" per {member.per}" if member.per else ""
            return f"{' '.join((member.of, *sorted(member.ids)))}{where}, {unit}{window}"
    return ""


def _beneath(path: str, name: str) -> str:
    shown = name if re.fullmatch(r"[\w.-]+", name) else f'"{name}"'
    return f"{path}.{shown}" if path else shown


def _in_order(values: tuple[object, ...] | frozenset[object]) -> list[object]:
    return list(values) if isinstance(values, tuple) else sorted(values, key=str)
