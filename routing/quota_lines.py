"""Limits as lines of JSON, as they are kept. Pure."""

from functools import lru_cache
from typing import Final

from config.quotas import Quota

_NONE: Final = "none"


@lru_cache(maxsize=16_384)
def from_line(line: str) -> Quota | None:
    """Read a limit; None is one that was taken away. What a newer version added is passed over.

    Raises:
        ValueError: It is none, or one that this version cannot keep.
    """
    return None if line == _NONE else Quota.model_validate_json(line, extra="ignore")


def to_line(quota: Quota | None) -> str:
    """Write a limit down."""
    return _NONE if quota is None else quota.model_dump_json(exclude_defaults=True)
