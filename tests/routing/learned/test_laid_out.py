import numpy as np
import pytest

from routing.learned.arrays import Rows
from routing.learned.laid_out import LaidOut
from tests.routing.learned.worlds import cohort, prompts

LEARNED = cohort().quality


@pytest.mark.parametrize("row", range(12))
def test_of_one_prompt_is_said_what_is_said_of_it_among_many(row: int) -> None:
    statistics, vectors, _ = prompts(12, seed=8)
    many = LEARNED.moves(statistics, vectors)

    one = LaidOut(LEARNED).moves(statistics[row], vectors[row])

    assert one is not None
    assert one.familiarity[0] == pytest.approx(many.familiarity[row], abs=1e-5)
    assert one.shares[0] == pytest.approx(many.shares[row], abs=1e-5)
    assert one.counts[0] == pytest.approx(many.counts[row], abs=1e-5)
    assert one.odds[:, 0] == pytest.approx(many.odds[:, row], abs=1e-4)


@pytest.mark.parametrize(
    ("shift", "words"),
    [(9.0, 1.0), (0.0, 0.0)],
    ids=["like nothing recorded", "without words where words count"],
)
def test_a_prompt_of_which_nothing_is_known_moves_nothing(shift: float, words: float) -> None:
    statistics, vectors, _ = prompts(1, seed=8)
    asked: Rows = statistics + np.float32(shift)
    vector: Rows = vectors * np.float32(words)

    assert LaidOut(LEARNED).moves(asked[0], vector[0]) is None
    assert not LEARNED.moves(asked, vector).odds.any()
