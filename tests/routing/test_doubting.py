"""A model whose answer was found wanting is less believed for a while in the conversation."""

import pytest

from config.catalog import ModelCard, TaskClass
from routing.demand import demand_of
from routing.doubting import NOTHING_SAID, doubted
from routing.prediction import Prediction
from routing.query import Answered
from routing.scoring import CONVERSATION
from routing.votes import Verdict
from tests.builders import a_card, a_query

CARDS = (
    a_card("llama-a", alias="llama", quality={TaskClass.GENERAL: 0.8}),
    a_card("llama-b", alias="llama", quality={TaskClass.GENERAL: 0.8}),
    a_card("gpt", quality={TaskClass.GENERAL: 0.9}),
)
DEMAND = demand_of(a_query(), 1000)
ANSWERED = Answered("r1", "llama")


def qualities(
    *answered: Answered, said: Verdict | None = None, cards: tuple[ModelCard, ...] = CARDS
) -> dict[str, float]:
    verdicts = {"r1": said} if said else NOTHING_SAID
    found = doubted({}, cards, DEMAND, answered, verdicts)
    return {name: round(each.quality, 3) for name, each in found.items()}


@pytest.mark.parametrize("said", [Verdict.BAD, Verdict.BETTER_WANTED, Verdict.LOST])
def test_a_verdict_against_an_answer_counts_for_all_hosts_of_its_model(said: Verdict) -> None:
    assert qualities(ANSWERED, said=said) == {"llama-a": 0.595, "llama-b": 0.595}


def test_a_question_asked_again_counts_less() -> None:
    assert qualities(Answered("r1", "llama", is_redone=True)) == {
        "llama-a": 0.708,
        "llama-b": 0.708,
    }


def test_of_several_the_worst_counts_once() -> None:
    again = Answered("r2", "llama", is_redone=True)

    assert qualities(ANSWERED, again, again, said=Verdict.BAD) == qualities(
        ANSWERED, said=Verdict.BAD
    )


def test_praise_and_silence_move_nothing() -> None:
    assert qualities(ANSWERED) == qualities(ANSWERED, said=Verdict.GOOD) == {}


def test_what_was_praised_and_asked_for_again_is_not_doubted() -> None:
    assert qualities(Answered("r1", "llama", is_redone=True), said=Verdict.GOOD) == {}


def test_even_what_was_thought_certain_is_doubted() -> None:
    sure = (a_card("llama", quality={TaskClass.GENERAL: 1.0}),)

    assert qualities(ANSWERED, said=Verdict.BAD, cards=sure)["llama"] < 0.98


def test_it_is_one_part_more_of_what_was_predicted_and_the_parts_make_up_the_whole() -> None:
    given = {
        "llama-a": Prediction(0.7, 50, 0.4, {"card": 0.8, "difficulty": -0.1}),
        "gpt": Prediction(0.9, 60),
    }

    found = doubted(given, CARDS, DEMAND, [ANSWERED], {"r1": Verdict.BAD})

    moved = found["llama-a"]
    assert list(moved.contributions) == ["card", "difficulty", CONVERSATION]
    assert sum(moved.contributions.values()) == pytest.approx(moved.quality, abs=1e-9)
    assert (moved.output_tokens, moved.familiarity) == (50, 0.4)
    assert found["gpt"] is given["gpt"]
