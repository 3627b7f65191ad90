import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.agreement import expected, panel_of
from routing.policy import Candidate
from tests.builders import a_candidate

VALUE_MICROUSD = 20_000


LLAMA = a_candidate("llama", 0.75, 50)
DEEPSEEK = a_candidate("deepseek", 0.8, 60)
GPT = a_candidate("gpt", 0.95, 4000)


def test_two_cheap_models_are_asked_before_a_dear_one_where_that_is_worth_more() -> None:
    panel = panel_of([LLAMA, DEEPSEEK, GPT], VALUE_MICROUSD)

    assert panel is not None
    assert (panel.first, panel.second, panel.decider) == (DEEPSEEK, LLAMA, GPT)
    assert panel.score_microusd > max(each.score_microusd for each in (LLAMA, DEEPSEEK, GPT))
    assert panel.estimate_microusd < GPT.estimate_microusd / 2


def test_no_panel_is_asked_where_the_best_model_is_cheap() -> None:
    cheap_gpt = a_candidate("gpt", 0.95, 100)

    assert panel_of([LLAMA, DEEPSEEK, cheap_gpt], VALUE_MICROUSD) is None


def test_no_panel_is_asked_when_a_good_answer_is_worth_little() -> None:
    gpt = a_candidate("gpt", 0.95, 400_000)

    assert panel_of([LLAMA, DEEPSEEK, gpt], VALUE_MICROUSD) is None


@pytest.mark.parametrize(
    "candidates",
    [
        pytest.param([], id="nobody"),
        pytest.param([GPT], id="one"),
        pytest.param([LLAMA, GPT], id="two: nobody decides"),
        pytest.param([LLAMA, a_candidate("llama-b", 0.8, 60, alias="llama"), GPT], id="one alias"),
        pytest.param([DEEPSEEK, LLAMA, a_candidate("qwen", 0.7, 9)], id="nobody is better"),
    ],
)
def test_a_panel_takes_two_different_models_and_a_better_one(candidates: list[Candidate]) -> None:
    panel = panel_of(candidates, VALUE_MICROUSD)

    assert panel is None or panel.decider.quality > panel.first.quality
    assert panel is None or panel.first.card.alias != panel.second.card.alias


@given(st.tuples(*[st.floats(0, 1)] * 3))
def test_what_is_expected_of_a_panel_is_a_share(qualities: tuple[float, float, float]) -> None:
    agreeing, quality = expected(qualities)

    assert 0 <= agreeing <= 1
    assert 0 <= quality <= 1


def test_two_better_models_agree_more_often() -> None:
    assert expected((0.9, 0.9, 0.95))[0] > expected((0.6, 0.6, 0.95))[0]
