import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.catalog import TaskClass
from routing.demand import Demand, demand_of
from routing.features import Features
from routing.prediction import CARD
from routing.predictor import Roster, predict
from tests.builders import a_card, a_query
from tests.routing.learned.worlds import cohort, prompts


def demand() -> Demand:
    return demand_of(a_query("hello there"), 1000)


def features(row: int = 0, *, is_familiar: bool = True) -> Features:
    statistics, vectors, _ = prompts(40, seed=8)
    shift = 0.0 if is_familiar else 9.0
    return Features(statistics[row] + np.float32(shift), vectors[row])


@given(
    st.integers(0, 39),
    st.floats(0, 1),
    st.sampled_from(["", "small", "coder", "never-recorded"]),
    st.booleans(),
)
def test_contributions_sum_to_the_quality(
    row: int, declared: float, model: str, is_familiar: bool
) -> None:
    card = a_card(learned_as=model, quality={TaskClass.GENERAL: declared})

    asked = features(row, is_familiar=is_familiar)
    predicted = predict(asked, demand(), Roster([card], [cohort()]))

    prediction = predicted[card.name]
    assert sum(prediction.contributions.values()) == pytest.approx(prediction.quality, abs=1e-6)
    assert -1e-6 <= prediction.quality <= 1 + 1e-6


def test_a_model_without_outcomes_stands_on_its_card() -> None:
    card = a_card(quality={TaskClass.GENERAL: 0.7})

    prediction = predict(features(), demand(), Roster([card], [cohort()]))[card.name]

    assert prediction.quality == 0.7
    assert prediction.contributions == {CARD: 0.7}
    assert prediction.familiarity == 0


def test_a_recorded_model_is_moved_on_familiar_questions() -> None:
    card = a_card(learned_as="coder")

    prediction = predict(features(), demand(), Roster([card], [cohort()]))[card.name]

    assert prediction.familiarity > 0.5
    assert abs(prediction.quality - 0.8) > 0.005
    assert prediction.contributions[CARD] == 0.8


def test_nothing_moves_a_recorded_model_on_unfamiliar_questions() -> None:
    card = a_card(learned_as="coder")

    asked = features(is_familiar=False)
    prediction = predict(asked, demand(), Roster([card], [cohort()]))[card.name]

    assert prediction.quality == pytest.approx(0.8)
    assert prediction.familiarity == 0
    assert prediction.output_tokens == demand().output_tokens


def test_what_all_models_gain_alike_moves_none() -> None:
    cards = [
        a_card(name, learned_as=name, quality={TaskClass.GENERAL: 0.5})
        for name in cohort().quality.models
    ]

    predicted = predict(features(), demand(), Roster(cards, [cohort()]))

    odds = [np.log(each.quality / (1 - each.quality)) for each in predicted.values()]
    assert np.mean(odds) == pytest.approx(0, abs=1e-6)


def test_the_length_of_an_answer_is_learned_with_the_kind_of_question() -> None:
    _, _, kind = prompts(40, seed=8)
    card = a_card(learned_as="small")
    long, short = int(np.flatnonzero(kind == 2)[0]), int(np.flatnonzero(kind == 0)[0])

    tokens = [
        predict(features(row), demand(), Roster([card], [cohort()]))[card.name].output_tokens
        for row in (long, short)
    ]

    assert tokens[0] > 2 * tokens[1]


def test_nothing_longer_than_may_be_is_expected_also_where_longer_answers_were_recorded() -> None:
    card, asked = a_card(learned_as="small"), demand_of(a_query("hello there"), 10)

    predicted = predict(features(), asked, Roster([card], [cohort()]))

    assert predicted[card.name].output_tokens == 10
