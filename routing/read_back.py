"""Builds values from what some version of us wrote down: this one, an older or a newer. Pure."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

T = TypeVar("T")


def read_as(kind: type[T], given: Mapping[str, Any], /, **read: object) -> T:
    """Build a value from those of its fields that are given; `read` has what is made of some.

    What a newer version added is passed over; what an older one did not write has its default.

    Raises:
        TypeError: Something without a default is missing, or there are no fields at all.
    """
    told = {**given, **read}
    names = {each.name for each in fields(kind)}  # type: ignore[arg-type] # all are dataclasses
    return kind(**{name: value for name, value in told.items() if name in names})
