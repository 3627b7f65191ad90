import random

import pytest

from tests.bench.trend import trend_of

DICE = random.Random(1)  # noqa: S311 # a test's dice
NOISE = [DICE.gauss(0, 1) for _ in range(48)]


def test_what_only_wavers_is_flat() -> None:
    trend = trend_of([200 + each for each in NOISE])

    assert trend.low < 0 < trend.high
    assert trend.is_flat


def test_what_grows_is_not() -> None:
    trend = trend_of([200 + number / 2 + each for number, each in enumerate(NOISE)])

    assert trend.growth == pytest.approx(23.5, abs=2)
    assert trend.low < 23.5 < trend.high
    assert not trend.is_flat


def test_what_grows_by_next_to_nothing_is_flat() -> None:
    trend = trend_of([200 + number / 100 for number in range(48)])

    assert trend.low > 0
    assert trend.is_flat


def test_a_few_odd_ones_bend_no_line() -> None:
    values = [200 + each for each in NOISE]

    trend = trend_of([*values[:40], 900, 900, *values[42:]])

    assert trend.is_flat
