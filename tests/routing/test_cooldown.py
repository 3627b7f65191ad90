from datetime import UTC, datetime, timedelta

import pytest

from config.settings import CooldownSettings
from routing.cooldown import HEALTHY, Health, after_answer, after_failure, resting_models
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
        pytest.param([ModelBusy("m", "429")] * 5, 10, id="five of one moment are one reason"),
        pytest.param(
            [AccessRefused("m", "401"), ModelBusy("m", "429", retry_after_s=1)],
            60,
            id="a shorter wish shortens no rest",
        ),
    ],
)
def test_a_model_rests_by_what_went_wrong(
    failures: list[ModelFailed], rest_s: float | None
) -> None:
    assert rest_after(*failures) == rest_s


def test_failing_after_a_rest_doubles_the_next_up_to_the_longest() -> None:
    health, at, rests_s = HEALTHY, NOW, []
    for _ in range(5):
        health = after_failure(health, ModelBusy("m", "429"), at, SETTINGS)
        assert health.rests_until is not None
        rests_s.append((health.rests_until - at).total_seconds())
        at = health.rests_until

    assert rests_s == [10, 20, 40, 60, 60]


def test_an_answer_makes_healthy_but_does_not_end_a_rest_the_host_asked_for() -> None:
    resting = after_failure(HEALTHY, ModelBusy("m", "429"), NOW, SETTINGS)

    assert after_answer(resting, NOW + timedelta(seconds=9)) == resting
    assert after_answer(resting, NOW + timedelta(seconds=10)) == HEALTHY


def test_a_rest_ends_by_itself() -> None:
    health = after_failure(HEALTHY, ModelBusy("m", "429"), NOW, SETTINGS)

    assert resting_models({"m": health}, NOW + timedelta(seconds=9.9))
    assert not resting_models({"m": health}, NOW + timedelta(seconds=10))


def test_a_failure_of_nobody_is_still_only_the_plain_error() -> None:
    assert after_failure(HEALTHY, ModelFailed("m", "odd"), NOW, SETTINGS) == HEALTHY
