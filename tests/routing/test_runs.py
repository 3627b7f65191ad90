import re

from hypothesis import given
from hypothesis import strategies as st

from routing.runs import keeping, lowered_words, runs

ASCII = st.text(st.characters(max_codepoint=127), max_size=200)


@given(ASCII)
def test_runs_are_those_a_regular_expression_finds(text: str) -> None:
    found = runs(text.encode(), keeping("abcXYZ-"))

    assert [run.decode() for run in found] == re.findall("[abcXYZ-]+", text)


def test_characters_may_become_others() -> None:
    assert runs(b"a1 22b", keeping("12ab", become="ddll")) == [b"ld", b"ddl"]


@given(st.one_of(ASCII, st.text(max_size=200)))
def test_words_are_found_in_any_text(text: str) -> None:
    assert lowered_words(text) == re.findall(r"\w+", text.lower())
