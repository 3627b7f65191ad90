"""When a budget's window begins and ends. Pure.

The last minute and the last hour roll on. Days, weeks (from Monday) and months are the calendar's
in an IANA zone: a day may have 23 or 25 hours and begin at half past some hour of UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from config.quotas import Window

BUCKETS: Final = 60
"""A rolling window moves on by a sixtieth of itself: what was spent counts that much longer."""

ROLLING_MS: Final[Mapping[Window, int]] = MappingProxyType(
    {Window.MINUTE: 60_000, Window.HOUR: 3_600_000}
)


@dataclass(frozen=True, slots=True)
class Period:
    """One day, week or month; aware, in UTC, the end not included."""

    starts_at: datetime
    ends_at: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at


def period_of(window: Window, zone: ZoneInfo, at: datetime) -> Period:
    """Return the calendar period a moment lies in.

    Args:
        window: Day, week or month.
        zone: Where it is midnight when the period begins.
        at: Aware.
    """
    first = _first_day(window, at.astimezone(zone).date())
    return Period(_midnight(first, zone), _midnight(_next_first_day(window, first), zone))


def _first_day(window: Window, day: date) -> date:
    if window is Window.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if window is Window.MONTH else day


def _next_first_day(window: Window, first: date) -> date:
    if window is Window.MONTH:
        return (first + timedelta(days=31)).replace(day=1)
    return first + timedelta(days=7 if window is Window.WEEK else 1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    # Where clocks jump over midnight, this is the moment they do (PEP 495); where midnight comes
    # twice, it is the first.
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
