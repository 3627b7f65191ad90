from hypothesis import given
from hypothesis import strategies as st

from routing.tokens import _of_any, _of_ascii, estimate_tokens


@given(st.text(st.characters(max_codepoint=127)))
def test_what_is_fast_for_ascii_counts_what_the_careful_way_counts(text: str) -> None:
    assert _of_ascii(text) == _of_any(text)


@given(st.text())
def test_only_nothing_has_no_tokens(text: str) -> None:
    assert (estimate_tokens(text) == 0) == (text == "")
