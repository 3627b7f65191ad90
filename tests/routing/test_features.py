import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from routing.embedding import embed_nothing
from routing.features import STATISTICS, features_of, question_of, shortened, statistics_of

EXAMPLES = """\
What is 1 + 1?
Answer:
2

What is 2 + 2?
Answer:
4

What is 3 + 3?
Answer:"""


def number(name: str, text: str) -> float:
    """Return one statistic of a text."""
    return float(statistics_of(text, len(text))[STATISTICS.index(name)])


@given(st.text(max_size=3000))
def test_every_text_has_every_statistic(text: str) -> None:
    features = features_of(text, embed_nothing)

    assert features.statistics.shape == (len(STATISTICS),)
    assert np.isfinite(features.statistics).all()


def test_worked_examples_before_a_question_are_left_out() -> None:
    assert question_of(EXAMPLES) == "What is 3 + 3?\nAnswer:"


def test_a_question_without_examples_stays_whole() -> None:
    assert question_of("one\n\ntwo\nAnswer:") == "one\n\ntwo\nAnswer:"


def test_the_middle_of_a_long_text_is_not_looked_at() -> None:
    assert "middle" not in shortened("start " * 300 + "middle" + " end" * 300)


def test_numbers_options_and_kinds_of_words_are_counted() -> None:
    text = "How many apples are 3.5 and 12345?\nA. 7\nB. none"

    assert number("numbers", text) == np.float32(np.log1p(4))
    assert number("longest number", text) == np.float32(np.log1p(5))
    assert number("options", text) == np.float32(np.log1p(2))
    assert number("decimals", text) == np.float32(np.log1p(1))
    assert number("many", text) == np.float32(np.log1p(1))


def test_without_vectors_the_words_point_nowhere() -> None:
    assert not features_of("Where to?", embed_nothing).vector.any()


def test_the_whole_prompt_counts_for_its_length() -> None:
    features = features_of("word " * 5000, embed_nothing)

    assert features.statistics[STATISTICS.index("prompt chars")] == np.float32(np.log1p(25_000))
