from types import SimpleNamespace
from typing import Any

import pytest

from routing.backends.litellm_usage import (
    believable_usage,
    is_absurd,
    reported_cost_microusd,
)
from routing.ports import Call
from routing.pricing import Usage
from routing.query import Turn
from tests.builders import a_card

CALL = Call(a_card(), "", (Turn("user", "x" * 100),), max_output_tokens=50)
MOST_SENT = 100 * 4 + 1000
MOST_RECEIVED = 50 * 2 + 1000


def reported(sent: Any = 20, received: Any = 10, **more: Any) -> SimpleNamespace:
    return SimpleNamespace(prompt_tokens=sent, completion_tokens=received, **more)


@pytest.mark.parametrize(
    ("report", "usage"),
    [
        pytest.param(reported(), Usage(20, 10), id="usual"),
        pytest.param(reported(MOST_SENT), Usage(MOST_SENT, 10), id="the most that can be sent"),
        pytest.param(reported(MOST_SENT + 1), None, id="more than can be sent"),
        pytest.param(
            reported(20, MOST_RECEIVED), Usage(20, MOST_RECEIVED), id="the most that can come"
        ),
        pytest.param(reported(20, MOST_RECEIVED + 1), None, id="more than can come"),
        pytest.param(reported(20, 0), None, id="less than came"),
        pytest.param(reported(0), None, id="nothing sent"),
        pytest.param(reported(-1), None, id="negative"),
        pytest.param(reported(True), None, id="a truth value"),
        pytest.param(reported(20, "10"), None, id="a word"),
        pytest.param(reported(float("nan")), None, id="not a number"),
        pytest.param(None, None, id="nothing reported"),
        pytest.param(
            reported(prompt_tokens_details=SimpleNamespace(cached_tokens=99)),
            Usage(20, 10, cached_input_tokens=20),
            id="more cached than sent",
        ),
        pytest.param(
            reported(prompt_cache_hit_tokens=7),
            Usage(20, 10, cached_input_tokens=7),
            id="cached, as DeepSeek says it",
        ),
        pytest.param(
            reported(completion_tokens_details=SimpleNamespace(reasoning_tokens=-3)),
            Usage(20, 10),
            id="less than no reasoning",
        ),
    ],
)
def test_what_cannot_be_is_not_believed(report: Any, usage: Usage | None) -> None:
    assert believable_usage(report, CALL, received_chars=40) == usage


@pytest.mark.parametrize(
    ("cost", "microusd"),
    [
        pytest.param(0.0000004, 0, id="less than a micro-dollar"),
        pytest.param(1, 1_000_000, id="a dollar"),
        pytest.param(float("inf"), None, id="infinite"),
        pytest.param(float("nan"), None, id="not a number"),
        pytest.param(True, None, id="a truth value"),
        pytest.param("0.1", None, id="a word"),
    ],
)
def test_a_cost_is_believed_if_it_is_an_amount(cost: Any, microusd: int | None) -> None:
    assert reported_cost_microusd(SimpleNamespace(cost=cost)) == microusd


@pytest.mark.parametrize(
    ("report", "absurd"),
    [
        pytest.param(reported(), False, id="usual"),
        pytest.param(reported(0, 0), False, id="no count"),
        pytest.param(None, False, id="nothing reported"),
        pytest.param(reported("20"), False, id="a word"),
        pytest.param(reported(-1), True, id="negative"),
        pytest.param(reported(20, -1), True, id="negative answer"),
        pytest.param(reported(10**12), True, id="more than can be sent"),
        pytest.param(reported(20, MOST_RECEIVED + 1), True, id="more than can come"),
    ],
)
def test_a_count_that_cannot_be_is_told_from_none(report: Any, absurd: bool) -> None:
    assert is_absurd(report, CALL) is absurd
