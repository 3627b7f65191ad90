from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.backends.litellm_thinking import ThinkTags
from routing.ports import ReasoningPart, TextPart


def split(pieces: list[str]) -> tuple[str, str]:
    """Return the thinking and the answer of a text that came in pieces."""
    tags = ThinkTags()
    parts = [part for piece in pieces for part in tags.feed(piece)] + list(tags.close())
    assert all(part.text for part in parts)
    thinking = [part.text for part in parts if isinstance(part, ReasoningPart)]
    answer = [part.text for part in parts if isinstance(part, TextPart)]
    return "".join(thinking), "".join(answer)


TEXTS = {
    "thinking, then an answer": ("<think>Hm.</think>\n\nYes.", "Hm.", "Yes."),
    "only an answer": ("Yes.", "", "Yes."),
    "no thinking": ("<think>\n</think>Yes.", "\n", "Yes."),
    "white space before": ("\n <think>Hm.</think>Yes.", "Hm.", "Yes."),
    "tags later on": ("Use <think>x</think>.", "", "Use <think>x</think>."),
    "tags again": ("<think>a</think>b<think>c</think>", "a", "b<think>c</think>"),
    "never closed": ("<think>Hm. </thin", "Hm. </thin", ""),
    "almost a tag": ("<thinking>Yes.", "", "<thinking>Yes."),
    "half a tag": ("<thi", "", "<thi"),
    "comparison": ("<think>a < b</think>a", "a < b", "a"),
    "nothing": (" \n", "", ""),
}


@pytest.mark.parametrize(("text", "thinking", "answer"), TEXTS.values(), ids=TEXTS.keys())
@given(cuts=st.sets(st.integers(1, 40)))
def test_the_border_is_found_wherever_the_text_is_cut(
    text: str, thinking: str, answer: str, cuts: set[int]
) -> None:
    borders = [0, *sorted(cut for cut in cuts if cut < len(text)), len(text)]
    pieces = [text[start:end] for start, end in pairwise(borders)]

    assert split(pieces) == (thinking, answer)


def test_text_is_passed_on_as_soon_as_it_cannot_be_a_tag() -> None:
    tags = ThinkTags()

    assert list(tags.feed("<")) == []
    assert list(tags.feed("b>")) == [TextPart("<b>")]
    assert list(tags.feed("<think>")) == [TextPart("<think>")]
