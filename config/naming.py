"""Whether names mean one thing each, and rules name what exists."""

from collections.abc import Iterator
from typing import Final, get_args

from config.catalog import Preset
from config.errors import Problem
from config.validation import Path, locate, nearest
from config.yaml_lines import Block, Items

_PRESETS: Final = frozenset(get_args(Preset))

# Where a rule names models.
_NAMING: Final = (
    ("when", "last_models"),
    ("allow", "names"),
    ("deny", "names"),
    ("prefer", "names"),
)


def naming_problems(given: Block, shipped_file: str) -> Iterator[Problem]:
    """Yield what is wrong with the names in a whole catalogue and in the rules.

    Args:
        given: As read, with the whole catalogue in it.
        shipped_file: Never to blame while the operator's file can be.
    """
    cards = [
        (index, card["name"], card.get("alias") or card["name"])
        for index, card in _blocks(given.get("models"))
        if isinstance(card.get("name"), str)
    ]
    for index, name, alias in cards:
        if {name, alias} & _PRESETS:
            key = "name" if name in _PRESETS else "alias"
            yield _problem(given, ("models", index, key), "is the name of a preset")
        for other, its_name, its_alias in cards:
            if its_name == alias != name and its_alias != alias:
                yield min(
                    _problem(given, ("models", index, "alias"), _CONFUSING),
                    _problem(given, ("models", other, "name"), _CONFUSING),
                    key=lambda problem: problem.file == shipped_file,
                )
    yield from _names_twice(given)
    known = {str(each) for _, *names in cards for each in names}
    for path, name in _names_in_rules(given):
        if name not in known:
            message = f"is no model or alias{nearest(name, known)}"
            yield _problem(given, path, message)


_CONFUSING: Final = "one model's alias is another one's name: whoever types it gets both"


def _names_twice(given: Block) -> Iterator[Problem]:
    """Yield each rule that has the name of one before it."""
    seen: set[object] = set()
    for index, rule in _blocks(given.get("rules")):
        name = rule.get("name")
        if isinstance(name, str) and name in seen:
            yield _problem(given, ("rules", index, "name"), "is the name of a rule before it")
        seen.add(name if isinstance(name, str) else None)


def _names_in_rules(given: Block) -> Iterator[tuple[Path, str]]:
    """Yield each model name in a rule, with the path to it."""
    for index, rule in _blocks(given.get("rules")):
        if isinstance(pinned := rule.get("pin"), str):
            yield ("rules", index, "pin"), pinned
        for part, key in _NAMING:
            holder = rule.get(part)
            names = holder.get(key) if isinstance(holder, Block) else None
            for place, name in enumerate(names if isinstance(names, Items) else ()):
                if isinstance(name, str):
                    yield ("rules", index, part, key, place), name


def _blocks(items: object) -> Iterator[tuple[int, Block]]:
    for index, item in enumerate(items if isinstance(items, Items) else ()):
        if isinstance(item, Block):
            yield index, item


def _problem(given: Block, path: Path, message: str) -> Problem:
    key, place, _ = locate(given, path)
    return Problem(key, message, *place)
