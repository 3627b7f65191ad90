from datetime import UTC, datetime, timedelta

import pytest

from config.settings import CooldownSettings
from routing.cooldown import HEALTHY, Health, after_failure, resting_models
from routing.errors import (
    AccessRefused,
    AnswerBroken,
    ModelBusy,
    ModelFailed,
    ModelUnreachable,
    QueryRefused,
    QueryTooLong,
    RequestInvalid,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SETTINGS = CooldownSettings(failures=3, rest_s=10, longest_rest_s=60)


def rest_after(*failures: ModelFailed, health: Health = HEALTHY) -> float | None:
    """Return how many seconds a model rests after these failures."""
    for failure in failures:
        health = after_failure(health, failure, NOW, SETTINGS)
    until = resting_models({"m": health}, NOW).get("m")
    return None if until is None else (until - NOW).total_seconds()


UNREACHABLE = ModelUnreachable("m", "refused")
BROKEN = AnswerBroken("m", "cut")


@pytest.mark.parametrize(
    ("failures", "rest_s"),
    [
        pytest.param([UNREACHABLE], None, id="one failure is chance"),
        pytest.param([UNREACHABLE, BROKEN, UNREACHABLE], 10, id="three in a row"),
        pytest.param([ModelBusy("m", "429")], 10, id="busy rests at once"),
        pytest.param([ModelBusy("m", "429", retry_after_s=4)], 4, id="busy as long as asked"),
        pytest.param([ModelBusy("m", "429", retry_after_s=9999)], 60, id="asked for too much"),
        pytest.param([AccessRefused("m", "401")], 60, id="a refused key stays refused"),
        pytest.param([QueryRefused("m", "filter")] * 9, None, id="the query's fault"),
        pytest.param([QueryTooLong("m", "long")] * 9, None, id="the query's length"),
        pytest.param([RequestInvalid("m", "400")] * 9, None, id="the request's form"),
        pytest.param([UNREACHABLE] * 4, 20, id="failing after a rest doubles it"),
        pytest.param([UNREACHABLE] * 30, 60, id="no rest is longer than the longest"),
    ],
)
def test_a_model_rests_by_what_went_wrong(
    failures: list[ModelFailed], rest_s: float | None
) -> None:
    assert rest_after(*failures) == rest_s


def test_a_rest_ends_by_itself() -> None:
    health = after_failure(HEALTHY, ModelBusy("m", "429"), NOW, SETTINGS)

    assert resting_models({"m": health}, NOW + timedelta(seconds=9.9))
    assert not resting_models({"m": health}, NOW + timedelta(seconds=10))


def test_a_failure_of_nobody_is_still_only_the_plain_error() -> None:
    assert after_failure(HEALTHY, ModelFailed("m", "odd"), NOW, SETTINGS) == HEALTHY
