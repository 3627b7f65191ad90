"""Hours are told by the clock of a place, over midnight too."""

from datetime import datetime
from pathlib import Path

import pytest

from config.hours import Hours
from tests.config.written import problems


@pytest.mark.parametrize(
    ("hours", "moment", "expected"),
    [
        pytest.param({"begin": "09:00", "end": "17:00"}, "2026-11-24T09:00Z", True, id="begin"),
        pytest.param({"begin": "09:00", "end": "17:00"}, "2026-11-24T17:00Z", False, id="end"),
        pytest.param({"begin": "22:00", "end": "06:00"}, "2026-11-24T23:30Z", True, id="late"),
        pytest.param({"begin": "22:00", "end": "06:00"}, "2026-11-24T05:59Z", True, id="early"),
        pytest.param({"begin": "22:00", "end": "06:00"}, "2026-11-24T06:00Z", False, id="day"),
        pytest.param({"end": "12:00"}, "2026-11-24T00:00Z", True, id="from midnight"),
        pytest.param({"begin": "12:00"}, "2026-11-24T23:59Z", True, id="to midnight"),
        pytest.param({"weekdays": ["tue"]}, "2026-11-24T12:00Z", True, id="a tuesday"),
        pytest.param({"weekdays": ["mon", "wed"]}, "2026-11-24T12:00Z", False, id="other days"),
        pytest.param(
            {"begin": "22:00", "end": "06:00", "weekdays": ["tue"]}, "2026-11-25T05:00Z", True,
            id="the morning after a tuesday's night",
        ),
        pytest.param(
            {"begin": "22:00", "end": "06:00", "weekdays": ["tue"]}, "2026-11-24T05:00Z", False,
            id="the morning before it",
        ),
        pytest.param(
            {"begin": "09:00", "end": "10:00", "zone": "Europe/Berlin"}, "2026-07-01T07:30Z", True,
            id="summer in Berlin",
        ),
        pytest.param(
            {"begin": "09:00", "end": "10:00", "zone": "Europe/Berlin"}, "2026-12-01T07:30Z", False,
            id="winter in Berlin",
        ),
        pytest.param(
            {"weekdays": ["wed"], "zone": "Asia/Tokyo"}, "2026-11-24T16:00Z", True,
            id="tomorrow in Tokyo",
        ),
        pytest.param(
            {"begin": "02:00", "end": "03:00", "zone": "Europe/Berlin"}, "2026-10-25T01:30Z", True,
            id="the hour that comes twice",
        ),
    ],
)  # fmt: skip
def test_a_moment_lies_within_hours_by_the_clock_there(
    hours: dict[str, object], moment: str, expected: bool
) -> None:
    assert Hours.model_validate(hours).include(datetime.fromisoformat(moment)) is expected


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        pytest.param('begin: "9:00"', "hours.begin: must be a time such as 08:30", id="a digit"),
        pytest.param('end: "24:30"', "hours.end: must be a time such as 17:00", id="no such time"),
        pytest.param("zone: Berlin", "hours.zone: must be a time zone such as", id="zone"),
        pytest.param("zone: Europe", "hours.zone: must be a time zone", id="part of a zone"),
        pytest.param(
            '{begin: "08:00", end: "08:00"}', "hours: begin and end are the same", id="nothing"
        ),
        pytest.param("weekdays: [monday]", "hours.weekdays[0]: must be 'mon'", id="weekday"),
    ],
)
def test_hours_that_are_none_are_a_problem(tmp_path: Path, hours: str, told: str) -> None:
    text = f"rules:\n  - name: r\n    ceiling: 1\n    when:\n      hours:\n        {hours}\n"

    (problem,) = problems(tmp_path, text)

    assert f"rules[r].when.{told}" in problem
