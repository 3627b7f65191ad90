"""Puts what was learned into one small file, and gets it back. Nothing in it is ever executed."""

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, Final, TypeVar, get_type_hints
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from routing.learned.lengths import Lengths
from routing.learned.quality import Learned

_FORMAT: Final = 2
_ABOUT: Final = "about"
_LARGE: Final = 10_000

T = TypeVar("T")


class UnusableFile(Exception):
    """A file is not one of ours, or of another version."""


@dataclass(frozen=True, slots=True, eq=False)
class Cohort:
    """What was learned of models that answered the same questions.

    Attributes:
        quality: How good their answers are.
        output_tokens: How long their answers are, reasoning included; None where unknown.
        about: Where the outcomes come from and under which licences, for people.
    """

    quality: Learned
    output_tokens: Lengths | None
    about: Mapping[str, str]


def keep(cohort: Cohort, path: Path) -> None:
    """Write a cohort to a file; the same cohort gives the same bytes.

    Large arrays are kept in half precision: what they are multiplied with is no more precise.
    """
    about = {
        "format": _FORMAT,
        "models": cohort.quality.models,
        "has output tokens": cohort.output_tokens is not None,
        "about": dict(cohort.about),
    }
    arrays: dict[str, NDArray[Any]] = {
        _ABOUT: np.frombuffer(json.dumps(about, sort_keys=True).encode(), np.uint8)
    }
    arrays.update(_arrays("quality", cohort.quality))
    if cohort.output_tokens is not None:
        arrays.update(_arrays("output_tokens", cohort.output_tokens))
    written = io.BytesIO()
    np.savez_compressed(written, allow_pickle=False, **arrays)
    path.write_bytes(written.getvalue())


def recall(path: Path) -> Cohort:
    """Read what `keep` wrote.

    Raises:
        UnusableFile: It is damaged, of another version, or something else.
    """
    try:
        # Opened here, since of a damaged file numpy forgets to close what it opened.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            arrays = {name: kept[name] for name in kept.files}
        about = json.loads(arrays[_ABOUT].tobytes())
        if about["format"] != _FORMAT:
            raise UnusableFile(f"{path} is of another version")
        quality = _value(Learned, "quality", arrays, models=tuple(about["models"]))
        lengths = _value(Lengths, "output_tokens", arrays) if about["has output tokens"] else None
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise UnusableFile(f"{path} cannot be read: {error}") from error
    return Cohort(quality, lengths, about["about"])


def _arrays(name: str, value: object) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield every array within a value, under the dotted name of its field."""
    if is_dataclass(value):
        for field in fields(value):
            yield from _arrays(f"{name}.{field.name}", getattr(value, field.name))
    elif isinstance(value, np.ndarray):
        yield name, _compact(value)


def _compact(array: NDArray[Any]) -> NDArray[Any]:
    if array.dtype == np.int64:
        return array.astype(np.int16)
    return array.astype(np.float16) if array.size > _LARGE else array


def _value(kind: type[T], name: str, arrays: Mapping[str, NDArray[Any]], **given: object) -> T:
    """Build a value of our own kinds out of the arrays under a name."""
    hints = get_type_hints(kind)
    for field, hint in hints.items():
        if field in given:
            continue
        path = f"{name}.{field}"
        if is_dataclass(hint):
            given[field] = _value(hint, path, arrays)  # type: ignore[arg-type]
        else:
            array = arrays[path]
            given[field] = array.astype(np.int64 if array.dtype == np.int16 else np.float32)
    return kind(**given)
