"""When the weekly digest of a server's usage is due. Pure."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from config.zones import zone_named
from routing.read_back import read_as

WEEKDAYS: Final = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip

LATE: Final = timedelta(hours=23)
"""What nobody posted for so long is skipped; what was posted is remembered for longer."""


@dataclass(frozen=True, slots=True)
class Digest:
    """The order to post what was used, week by week.

    Attributes:
        place: The id of the channel.
        weekday: 0 is Monday.
        hour: 0 to 23.
        zone: Of that hour, as an IANA name.
        person: The id of who ordered it.
        since: When, aware and in UTC.
    """

    place: str
    weekday: int
    hour: int
    zone: str
    person: str
    since: datetime

    @property
    def when(self) -> str:
        """Return when it is posted, in words."""
        return f"every {WEEKDAYS[self.weekday].capitalize()} at {self.hour}:00 {self.zone}"

    def next_at(self, now: datetime) -> datetime:
        """Return when it is posted next."""
        return self._moment(now, week=0 if self._moment(now) > now else 1)

    def due_at(self, now: datetime) -> datetime | None:
        """Return when it ought to have been posted; None if before the order, or too long ago."""
        this_week = self._moment(now)
        at = this_week if this_week <= now else self._moment(now, week=-1)
        return at if self.since < at and now - at <= LATE else None

    def _moment(self, now: datetime, week: int = 0) -> datetime:
        """Return when it is posted in the week of a moment, or so many weeks later."""
        zone = zone_named(self.zone)
        today = now.astimezone(zone).date()
        day = today + timedelta(days=self.weekday - today.weekday(), weeks=week)
        return datetime(day.year, day.month, day.day, self.hour, tzinfo=zone).astimezone(UTC)


def to_line(digest: Digest) -> str:
    """Write a digest down."""
    return json.dumps(asdict(digest) | {"since": digest.since.isoformat()})


def from_line(line: str) -> Digest | None:
    """Read a digest; None where it is none, or one that another version of us wrote."""
    try:
        given = json.loads(line)
        return read_as(Digest, given, since=datetime.fromisoformat(given["since"]))
    except (KeyError, TypeError, ValueError):
        return None
