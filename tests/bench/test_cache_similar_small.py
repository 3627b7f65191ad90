import pytest

from routing.backends.word_vectors import open_word_vectors
from routing.embedding import embed_nothing
from tests.bench.cache_similar import guard, lower_bound, rows
from tests.bench.similar_questions import made_up


def test_likeness_can_be_measured_on_as_many_questions_as_were_asked_for() -> None:
    if (embed := open_word_vectors()) is embed_nothing:
        pytest.skip("no wheel with word vectors for this Python")
    trial = made_up()

    reduction = next(line for line in rows(trial, embed) if line.startswith("reduction"))

    assert (len(trial.kept), len(trial.asked)) == (4500, 4500)
    assert reduction.endswith("meets it")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Convert 10 miles to km", "Convert 100 miles to km"),
        ("Is tea safe with milk?", "Is tea safe without milk?"),
        ("How far is it from Rome to Bari?", "How far is it from Bari to Rome?"),
        ("Is gold heavier?", "Is gold lighter?"),
    ],
)
def test_the_guard_tells_apart_what_vectors_do_not(one: str, other: str) -> None:
    assert guard(one) != guard(other)


def test_a_share_of_few_is_less_sure_than_the_same_of_many() -> None:
    assert lower_bound(10, 10) < lower_bound(1000, 1000) < 1
    assert lower_bound(0, 0) == 0
