"""Time zones by their IANA names."""

from functools import lru_cache
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

_NO_ZONE: Final = "must be a time zone such as Europe/Berlin or UTC"


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name, such as `Europe/Berlin`.

    Raises:
        ValueError: There is none of that name.
    """
    try:
        return ZoneInfo(name)
    # Not found is a KeyError; a folder's name or a path out of the folder is one of the others.
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(_NO_ZONE) from error


def _checked_zone(name: str) -> str:
    zone_named(name)
    return name


ZoneName = Annotated[str, Field(max_length=64), AfterValidator(_checked_zone)]
