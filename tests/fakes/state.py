"""What things of ours remember, made plain, so that two of them can be compared."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from pydantic import BaseModel

_PLAIN: Final = (str, bytes, int, float, Decimal, Enum, date, timedelta, frozenset, BaseModel)
_OURS: Final = ("bot.", "routing.")


def state_of(thing: object) -> dict[str, object]:
    """Return every plain value within a thing of ours, by where it is: `stores.votes._kept`."""
    return dict(_state("", thing, set()))


def _state(path: str, thing: object, seen: set[int]) -> Iterator[tuple[str, object]]:
    if thing is None or isinstance(thing, _PLAIN):
        yield path.lstrip("."), thing
        return
    if id(thing) in seen:
        return
    seen.add(id(thing))
    for name, part in _parts(thing):
        yield from _state(f"{path}.{name}", part, seen)


def _parts(thing: object) -> Iterator[tuple[str, Any]]:
    if isinstance(thing, Mapping):
        yield from ((str(key), part) for key, part in thing.items())
    elif isinstance(thing, Sequence):
        yield from ((str(place), part) for place, part in enumerate(thing))
    elif type(thing).__module__.startswith(_OURS):
        slots = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
        for name in (*getattr(thing, "__dict__", {}), *slots):
            yield name, getattr(thing, name, None)
