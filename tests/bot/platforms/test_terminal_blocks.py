"""Where a streaming Markdown text is cut."""

from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.platforms.terminal_blocks import Blocks

# What Markdown is made of, so that random texts have fences, lists and quotes in all orders.
_MARKS: Final = ("```", "~~~", "````", "- ", "1. ", "> ", "    ", "  ", "\t", "# ", "|", "---", "`")
_PIECES: Final = st.one_of(st.sampled_from(("\n", "\n", "\n\n", "x", "words ", *_MARKS)), st.text())
_TEXTS: Final = st.lists(_PIECES, max_size=30).map("".join).map(lambda text: text.replace("\r", ""))


def pieces_of(text: str, chunk_chars: int = 1) -> list[str]:
    blocks = Blocks()
    chunks = [text[start : start + chunk_chars] for start in range(0, len(text), chunk_chars)]
    return [*(block for chunk in chunks for block in blocks.feed(chunk)), blocks.rest()]


def fences_of(text: str) -> list[tuple[int, int]]:
    """Return first and last line of each code fence, as a Markdown parser sees the whole."""
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(text)
    return [(each.map[0], each.map[1]) for each in tokens if each.type == "fence" and each.map]


@given(_TEXTS, st.integers(1, 7))
@example("- a\n  ```\n  b\n\ntext\n\n```\nx\n\ny\n```\n", 1)
@example("text\n2. foo\n   ```\n   code\nplain\n\nmore\n   ```\nend", 3)
@example("```\n````\n\nx\n```\n\nafter", 1)
def test_pieces_join_to_the_text_and_never_split_a_fence(text: str, chunk_chars: int) -> None:
    pieces = pieces_of(text, chunk_chars)

    cuts = {sum(piece.count("\n") for piece in pieces[:end]) for end in range(1, len(pieces))}
    assert "".join(pieces) == text
    for first, end in fences_of(text):
        assert not any(first < cut < end for cut in cuts), (pieces, first, end)


@given(_TEXTS)
def test_the_cuts_do_not_depend_on_how_the_text_comes(text: str) -> None:
    assert pieces_of(text, 1) == pieces_of(text, 1000)


@pytest.mark.parametrize(
    ("text", "finished"),
    [
        pytest.param("one\ntwo\n\nthree", ["one\ntwo\n\n"], id="a paragraph"),
        pytest.param("one\n\n", [], id="a gap that may go on"),
        pytest.param("```\nx\n\ny\n```\n", ["```\nx\n\ny\n```\n"], id="a closed fence"),
        pytest.param("so:\n```\nx\n\ny", ["so:\n"], id="an open fence"),
        pytest.param("- a\n- b\n\nc", ["- a\n- b\n\n"], id="a list"),
        pytest.param("- a\n\n  more\n\nc", ["- a\n\n  more\n\n"], id="an item of two paragraphs"),
        pytest.param("1. a\n   ```\n   x\n   ```\n", [], id="a fence in a list that may go on"),
    ],
)
def test_a_block_is_finished_once_nothing_can_belong_to_it(text: str, finished: list[str]) -> None:
    assert pieces_of(text)[:-1] == finished


def test_a_preview_is_bounded_and_keeps_the_fence_line() -> None:
    blocks = Blocks()
    blocks.feed("```python\n" + "".join(f"line {number}\n" for number in range(1000)))

    preview = blocks.preview(rows=3, columns=80)

    assert preview == "```python\nline 997\nline 998\nline 999\n"


def test_a_preview_of_a_table_keeps_its_head() -> None:
    blocks = Blocks()
    blocks.feed("| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 100)

    assert blocks.preview(rows=1, columns=80) == "| a | b |\n|---|---|\n| 1 | 2 |\n"


def test_a_preview_of_one_endless_line_is_its_end() -> None:
    blocks = Blocks()
    blocks.feed("x" * 10_000 + "end")

    assert blocks.preview(rows=2, columns=10) == "x" * 17 + "end"
