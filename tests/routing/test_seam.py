from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.seam import Seam, StartedOver

VISIBLE = "The capital of France is Paris, and it lies on the river"


def joined(visible: str, *pieces: str) -> str:
    seam = Seam(visible)
    return visible + "".join([*map(seam.feed, pieces), seam.close()])


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        pytest.param([" Seine."], " Seine.", id="continues"),
        pytest.param(["it lies on the river", " Seine."], " Seine.", id="repeats the end"),
        pytest.param([VISIBLE, " Seine."], " Seine.", id="repeats everything"),
        pytest.param(list(VISIBLE + " Seine."), " Seine.", id="repeats in single characters"),
        pytest.param(["river" + "x" * 300], "river" + "x" * 300, id="a short overlap is chance"),
        pytest.param([VISIBLE[:40]], "", id="repeats a part from the beginning"),
        pytest.param([], "", id="nothing more"),
    ],
)
def test_what_is_visible_is_not_said_twice(pieces: list[str], expected: str) -> None:
    assert joined(VISIBLE, *pieces) == VISIBLE + expected


def test_a_model_that_tells_the_answer_anew_is_found_out() -> None:
    visible = "word " * 100
    seam = Seam(visible)

    with pytest.raises(StartedOver):
        seam.feed(visible[:300] + "and now something else " * 10)


def test_a_short_answer_told_anew_is_found_out_at_its_end() -> None:
    seam = Seam("Paris is the capital of France, which lies in")

    assert seam.feed("Paris is the capital of France, in Europe.") == ""
    with pytest.raises(StartedOver):
        seam.close()


def test_with_nothing_visible_nothing_is_held_back() -> None:
    assert Seam("").feed("a") == "a"


@given(st.text(min_size=20), st.text(), st.lists(st.integers(0, 50), max_size=5))
def test_a_continuation_that_repeats_nothing_arrives_whole(
    visible: str, more: str, cuts: list[int]
) -> None:
    # A mark that the visible text does not hold makes any overlap impossible.
    continuation = "\x00" + more.replace("\x00", "")
    visible = visible.replace("\x00", "")
    edges = sorted({0, *(min(cut, len(continuation)) for cut in cuts), len(continuation)})
    pieces = [continuation[a:b] for a, b in pairwise(edges)]

    assert joined(visible, *pieces) == visible + continuation
