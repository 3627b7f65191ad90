"""When a weekly digest is due."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from routing.digests import LATE, Digest, from_line, to_line

ORDERED_AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
"""A Tuesday."""

DIGEST = Digest("C1", weekday=0, hour=9, zone="Europe/Berlin", person="eve", since=ORDERED_AT)
MONDAY = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


def test_what_is_written_down_is_read_as_it_was() -> None:
    assert from_line(to_line(DIGEST)) == DIGEST
    assert from_line("") is from_line("{}") is from_line('{"place": "C1", "hue": 3}') is None
    assert DIGEST.when == "every Monday at 9:00 Europe/Berlin"


@pytest.mark.parametrize(
    ("now", "due_at"),
    [
        pytest.param(ORDERED_AT, None, id="not the one before the order"),
        pytest.param(MONDAY - timedelta(seconds=1), None, id="not yet"),
        pytest.param(MONDAY, MONDAY, id="now"),
        pytest.param(MONDAY + LATE, MONDAY, id="late, the process was down"),
        pytest.param(MONDAY + LATE + timedelta(seconds=1), None, id="too late"),
        pytest.param(MONDAY + timedelta(days=7), MONDAY + timedelta(days=7), id="a week later"),
    ],
)
def test_a_digest_is_due_once_a_week_and_may_be_late(now: datetime, due_at: datetime) -> None:
    assert DIGEST.due_at(now) == due_at


def test_one_that_is_late_may_be_so_into_the_next_week() -> None:
    sunday = replace(DIGEST, weekday=6, hour=23, zone="UTC")

    assert sunday.due_at(MONDAY) == datetime(2026, 11, 29, 23, 0, tzinfo=UTC)


def test_the_next_one_is_at_the_hour_of_its_zone_also_when_clocks_change() -> None:
    assert DIGEST.next_at(ORDERED_AT) == MONDAY
    assert DIGEST.next_at(MONDAY) == MONDAY + timedelta(days=7)
    spring = datetime(2027, 3, 28, 12, 0, tzinfo=UTC)
    assert DIGEST.next_at(spring) == datetime(2027, 3, 29, 7, 0, tzinfo=UTC)
