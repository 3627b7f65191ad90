from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.embedding import VECTOR_SIZE, Vector
from routing.house import CONTRIBUTION, Memory, coarse
from routing.prediction import Prediction
from routing.votes import Leaning, Verdict, Vote

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
PRIOR = {"llama": Prediction(0.6, 100), "gpt": Prediction(0.85, 200)}


def a_vector(seed: int = 0) -> Vector:
    vector = np.random.default_rng(seed).normal(size=VECTOR_SIZE).astype(np.float32)
    return vector / np.float32(np.linalg.norm(vector))


QUESTION = a_vector()


def a_vote(number: int = 0, **changes: Any) -> Vote:
    given: dict[str, Any] = {
        "reply_id": f"r{number}",
        "voter": f"discord:{number}",
        "model": "llama",
        "verdict": Verdict.GOOD,
        "question": coarse(QUESTION),
        "at": NOW,
    }
    return Vote(**(given | changes))


def votes(number: int, **changes: Any) -> list[Vote]:
    return [a_vote(each, **changes) for each in range(number)]


def quality(
    cast: list[Vote],
    model: str = "llama",
    *,
    question: Vector = QUESTION,
    at: datetime = NOW,
    leaning: Leaning | None = None,
) -> float:
    found = Memory(cast).adjusted(PRIOR, question, at, leaning or Leaning())
    return found[model].quality


def test_without_votes_the_prediction_stands() -> None:
    assert Memory([]).adjusted(PRIOR, QUESTION, NOW, Leaning()) is PRIOR


def test_without_a_vector_the_prediction_stands() -> None:
    assert Memory(votes(9)).adjusted(PRIOR, None, NOW, Leaning()) is PRIOR


def test_votes_on_other_questions_change_nothing() -> None:
    assert Memory(votes(9)).adjusted(PRIOR, a_vector(1), NOW, Leaning()) is PRIOR


def test_good_votes_raise_a_model_and_bad_ones_lower_it() -> None:
    good, bad = quality(votes(5)), quality(votes(5, verdict=Verdict.BAD))

    assert bad < PRIOR["llama"].quality < good


def test_more_votes_move_further_and_never_out_of_bounds() -> None:
    steps = [quality(votes(number, verdict=Verdict.BAD)) for number in (0, 1, 5, 20, 500)]

    assert steps == sorted(steps, reverse=True)
    assert steps[-1] >= 0


def test_one_vote_moves_no_more_than_one_against_six() -> None:
    assert abs(quality(votes(1, verdict=Verdict.BAD)) - PRIOR["llama"].quality) < 0.6 / 7


def test_a_kind_of_question_hard_for_one_model_is_harder_for_the_others_too() -> None:
    assert quality(votes(9, verdict=Verdict.BAD), "gpt") < PRIOR["gpt"].quality


def test_where_everything_succeeds_the_dear_model_has_less_of_a_lead() -> None:
    cast = votes(15, model="gpt")

    lead = quality(cast, "gpt") - quality(cast, "llama")

    assert lead < PRIOR["gpt"].quality - PRIOR["llama"].quality


def test_what_is_said_of_a_model_itself_moves_it_more_than_the_others() -> None:
    cast = votes(9, verdict=Verdict.BAD)
    odds = {name: np.log(each.quality / (1 - each.quality)) for name, each in PRIOR.items()}

    fell = {
        name: odds[name] - np.log(quality(cast, name) / (1 - quality(cast, name))) for name in PRIOR
    }

    assert fell["llama"] > fell["gpt"]


def test_contradicting_votes_leave_a_model_about_where_it_was() -> None:
    cast = votes(8, model="gpt") + [
        a_vote(number + 8, model="gpt", verdict=Verdict.BAD) for number in range(2)
    ]

    assert quality(cast, "gpt") == pytest.approx(PRIOR["gpt"].quality, abs=0.06)


def test_one_person_voting_again_and_again_counts_as_a_few() -> None:
    one_person = votes(200, voter="discord:1", verdict=Verdict.BAD)
    few_people = votes(3, verdict=Verdict.BAD)

    assert quality(one_person) == pytest.approx(quality(few_people), abs=1e-9)


def test_votes_that_do_not_count_here_take_no_place_of_the_others_either() -> None:
    cast = [a_vote(number, voter="discord:1", verdict=Verdict.BAD) for number in range(9)]
    memory, leaning = Memory(cast), Leaning(votes_per_person=3)
    unheard = [("discord:1", f"r{number}") for number in range(6)]

    found = memory.adjusted(PRIOR, QUESTION, NOW, leaning, [*unheard, ("discord:2", "r8")])

    assert found == Memory(cast[6:]).adjusted(PRIOR, QUESTION, NOW, leaning)
    every = [(vote.voter, vote.reply_id) for vote in cast]
    assert memory.adjusted(PRIOR, QUESTION, NOW, leaning, every) is PRIOR


def test_a_brigade_is_outvoted_by_more_people() -> None:
    brigade = [a_vote(n, voter=f"b:{n % 3}", verdict=Verdict.BAD) for n in range(300)]
    everybody = [a_vote(n, voter=f"e:{n}") for n in range(300, 330)]

    assert quality(brigade + everybody) > PRIOR["llama"].quality


def test_votes_on_a_model_that_is_gone_change_nothing() -> None:
    assert Memory(votes(9, model="gone")).adjusted(PRIOR, QUESTION, NOW, Leaning()) is PRIOR


def test_a_vote_counts_half_after_its_half_life() -> None:
    leaning = Leaning(half_life=timedelta(days=30))
    later = NOW + timedelta(days=30)

    old = quality(votes(4, verdict=Verdict.BAD), at=later, leaning=leaning)
    half_as_many = quality(votes(2, verdict=Verdict.BAD), leaning=leaning)

    assert old == pytest.approx(half_as_many, abs=1e-9)


def test_asking_for_a_better_model_says_less_than_a_thumb_and_more_than_asking_again() -> None:
    verdicts = (Verdict.BAD, Verdict.BETTER_WANTED, Verdict.REGENERATED)

    found = [quality(votes(4, verdict=verdict)) for verdict in verdicts]

    assert found == sorted(found)
    assert found[-1] < PRIOR["llama"].quality


@pytest.mark.parametrize("parts", [{}, {"card": 0.7, "prompt": -0.1}])
def test_what_the_house_adds_is_a_part_of_the_sum(parts: Mapping[str, float]) -> None:
    prior = {"llama": Prediction(0.6, 100, 0.5, parts)}

    found = Memory(votes(5)).adjusted(prior, QUESTION, NOW, Leaning())["llama"]

    assert sum(found.contributions.values()) == pytest.approx(found.quality, abs=1e-9)
    assert found.contributions[CONTRIBUTION] == pytest.approx(found.quality - 0.6)
    assert (found.output_tokens, found.familiarity) == (100, 0.5)


def test_the_order_of_votes_does_not_matter() -> None:
    cast = votes(3) + [a_vote(n, verdict=Verdict.BAD) for n in range(3, 9)]

    assert quality(cast) == pytest.approx(quality(cast[::-1]), abs=1e-12)


@given(
    st.lists(
        st.builds(
            a_vote,
            st.integers(0, 50),
            voter=st.sampled_from(["a", "b", "c"]),
            model=st.sampled_from(["llama", "gpt", "gone"]),
            verdict=st.sampled_from(Verdict),
        ),
        max_size=60,
    ),
    st.floats(0, 1),
)
def test_a_quality_stays_between_0_and_1_whatever_is_voted(cast: list[Vote], prior: float) -> None:
    given = {"llama": Prediction(prior, 1), "gpt": Prediction(1.0, 1)}

    found = Memory(cast).adjusted(given, QUESTION, NOW, Leaning())

    assert all(0 <= each.quality <= 1 for each in found.values())


def test_a_coarse_vector_points_where_the_fine_one_did() -> None:
    fine = a_vector(3)
    bytes_ = np.frombuffer(coarse(fine), dtype=np.int8).astype(np.float32)

    assert len(coarse(fine)) == VECTOR_SIZE
    assert fine @ bytes_ / np.linalg.norm(bytes_) > 0.999


def test_an_unreadable_vector_is_passed_over() -> None:
    assert Memory([a_vote(question=b"short")]).adjusted(PRIOR, QUESTION, NOW, Leaning()) is PRIOR
