"""The shape of what is kept: which keys, fields and kinds there are, whatever they hold."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.stored.recordings import Recording
from tests.stored.walk import SEAL

Shape = str | dict[str, "Shape"] | list["Shape"]
"""A kind of text, the shapes of named parts, or those that the parts of a list have."""

_NUMBER: Final = re.compile(r"-?\d{1,15}")
"""More digits are a name that was drawn."""

_SEALED: Final = ("{stored}:workspace:", "{stored}:organisation:")


def shape_of(recording: Recording) -> dict[str, Shape]:
    """Return the shape of all that was recorded."""
    kept = {
        key: [each["type"], _shape(_told(key, each["type"], each["value"]))]
        for key, each in recording.store.items()
    }
    return kept | {name: _shape(text) for name, text in recording.files.items()}


def missing(old: Shape, new: Shape, where: str = "") -> Iterator[str]:
    """Yield what an old shape has and a new one has not, or not so."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name, part in old.items():
            if name in new:
                yield from missing(part, new[name], f"{where} / {name}")
            else:
                yield f"{where} / {name} is gone"
    elif isinstance(old, list) and isinstance(new, list):
        for part in old:
            if all(list(missing(part, each)) for each in new):
                yield f"{where}: nothing is {part} any more"
    elif old != new:
        yield f"{where}: {old} is {new} now"


def _told(key: str, kind: str, value: Any) -> Any:  # as JSON is
    if key.startswith(_SEALED):
        return SEAL.open(value)
    return list(value) if kind == "zset" else value  # by what is as good as chance


def _shape(value: Any) -> Shape:  # as JSON is
    if isinstance(value, str):
        return _shape_of_text(value)
    if isinstance(value, Mapping):
        return {str(name): _shape(part) for name, part in value.items()}
    if isinstance(value, list):
        parts = [_shape(part) for part in value]
        return [part for place, part in enumerate(parts) if part not in parts[:place]]
    return (
        "number"
        if isinstance(value, int | float) and not isinstance(value, bool)
        else str(type(value).__name__)
    )


def _shape_of_text(text: str) -> Shape:
    if text[:2] in {'{"', "[]"} or re.match(r'\[[\d"\[]', text):
        return _shape(json.loads(text))
    if "\n" in text:
        return [_shape_of_text(line) for line in text.split("\n")]
    return "number" if _NUMBER.fullmatch(text) else "text"
