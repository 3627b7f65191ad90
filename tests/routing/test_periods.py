from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.quotas import Window
from routing.periods import period_of

ZONES = sorted(available_timezones())
CALENDAR = (Window.DAY, Window.WEEK, Window.MONTH)


def a_period(window: Window, zone: str, at: str) -> tuple[str, str, timedelta]:
    period = period_of(window, ZoneInfo(zone), datetime.fromisoformat(at))
    length = period.ends_at - period.starts_at
    return period.starts_at.isoformat(), period.ends_at.isoformat(), length


@pytest.mark.parametrize(
    ("window", "zone", "at", "starts", "hours"),
    [
        pytest.param(
            "day", "UTC", "2026-11-24T12:00+00:00", "2026-11-24T00:00:00+00:00", 24, id="plain"
        ),
        pytest.param(
            "day", "Europe/Berlin", "2026-03-29T12:00+00:00", "2026-03-28T23:00:00+00:00", 23,
            id="clocks go forward",
        ),
        pytest.param(
            "day", "Europe/Berlin", "2026-10-25T12:00+00:00", "2026-10-24T22:00:00+00:00", 25,
            id="clocks go back",
        ),
        pytest.param(
            "day", "Asia/Kolkata", "2026-11-24T18:29:59+00:00", "2026-11-23T18:30:00+00:00", 24,
            id="half an hour from UTC",
        ),
        pytest.param(
            "day", "Lord_Howe", "2026-10-03T20:00+00:00", "2026-10-03T13:30:00+00:00", 23.5,
            id="clocks go forward by half an hour",
        ),
        pytest.param(
            "day", "America/Havana", "2026-03-08T12:00+00:00", "2026-03-08T05:00:00+00:00", 23,
            id="midnight does not exist",
        ),
        pytest.param(
            "day", "America/Havana", "2026-11-01T12:00+00:00", "2026-11-01T04:00:00+00:00", 25,
            id="midnight comes twice",
        ),
        pytest.param(
            "week", "UTC", "2026-11-29T23:59:59+00:00", "2026-11-23T00:00:00+00:00", 7 * 24,
            id="weeks begin on Monday",
        ),
        pytest.param(
            "month", "UTC", "2028-02-29T12:00+00:00", "2028-02-01T00:00:00+00:00", 29 * 24,
            id="a leap year",
        ),
        pytest.param(
            "month", "America/New_York", "2027-01-01T04:59+00:00", "2026-12-01T05:00:00+00:00",
            31 * 24, id="still the old year there",
        ),
    ],
)  # fmt: skip
def test_a_period_begins_at_midnight_of_its_zone(
    window: str, zone: str, at: str, starts: str, hours: float
) -> None:
    zone = "Australia/Lord_Howe" if zone == "Lord_Howe" else zone

    found, _, length = a_period(Window(window), zone, at)

    assert (found, length) == (starts, timedelta(hours=hours))


@given(
    window=st.sampled_from(CALENDAR),
    zone=st.sampled_from(ZONES),
    at=st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 # hypothesis adds the zone
)
def test_every_moment_lies_in_one_period_and_they_leave_no_gap(
    window: Window, zone: str, at: datetime
) -> None:
    period = period_of(window, ZoneInfo(zone), at)

    assert at in period
    assert period_of(window, ZoneInfo(zone), period.starts_at) == period
    assert period_of(window, ZoneInfo(zone), period.ends_at).starts_at == period.ends_at
