import re
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.splitting import LEAST_LIMIT, Piece, Splitter, split

_BITS = st.sampled_from(
    [
        "word ",
        "a ",
        "\n",
        "\n\n",
        "**",
        "*",
        "_",
        "~~",
        "||",
        "`",
        "``",
        "\n```python\n",
        "\n```\n",
        "\n> quoted ",
        "\n- item ",
        "\n  - nested ",
        "\n1. first ",
        "\n### Heading\n",
        "    ",
        "https://example.com/" + "x" * 40 + " ",
        "[a link](https://example.com/y) ",
        "<@1234567890>",
        "\n~~~\n",
        "\\*",
        "\n| a | b |\n",
        "é",
        "中文字符。",
        "👩‍👩‍👧",
        "🇩🇪",
        "e\u0301",
        "x" * 90,
        "\u2028",
        "\r\n",
    ]
)
_MARKDOWN = st.lists(_BITS, max_size=120).map("".join) | st.text(max_size=600)
_LIMITS = st.integers(LEAST_LIMIT, 400)


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _is_fence_open(shown: str) -> bool:
    """Read fences as CommonMark does, in a quote and out of it."""
    marker = ""
    for line in shown.split("\n"):
        row = re.match(
            r"[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?(`{3,8}|~{3,8})([^`]{0,60})[^\S\n]*$", line
        )
        if row and not marker:
            marker = row[1]
        elif row and row[1].startswith(marker) and not row[2].strip():
            marker = ""
    return bool(marker)


@given(_MARKDOWN, _LIMITS)
@settings(max_examples=300, deadline=None)
def test_every_piece_fits_and_together_they_are_the_text(text: str, limit: int) -> None:
    pieces = split(text, limit, _utf16)

    assert "".join(piece.source for piece in pieces) == text
    assert all(_utf16(piece.shown) <= limit for piece in pieces)
    assert all(piece.source for piece in pieces)


@given(_MARKDOWN, _LIMITS)
@settings(max_examples=300, deadline=None)
def test_all_that_can_be_seen_is_shown(text: str, limit: int) -> None:
    for piece in split(text, limit):
        shown = iter(piece.shown)

        assert all(each in shown for each in piece.source if not each.isspace())


@given(st.lists(_BITS, min_size=1, max_size=200), _LIMITS)
@settings(max_examples=300, deadline=None)
def test_a_growing_text_never_changes_a_filled_piece(bits: list[str], limit: int) -> None:
    whole, splitter = split("".join(bits), limit), Splitter(limit)

    for bit in bits:
        splitter.feed(bit)

        assert whole[: len(splitter.filled)] == splitter.filled
    assert (*splitter.filled, *splitter.rest()) == whole


@given(_MARKDOWN, _LIMITS)
@settings(max_examples=300, deadline=None)
def test_no_piece_leaves_a_fence_open(text: str, limit: int) -> None:
    # A spoiler goes on past code, and is closed right behind it; CommonMark knows no spoilers.
    pieces = split(text.replace("|", ""), limit)

    assert not any(_is_fence_open(piece.shown) for piece in pieces)


@given(st.lists(st.sampled_from(["x = 1", "", "    # note", "y" * 70]), max_size=60), _LIMITS)
def test_code_is_a_block_of_code_in_every_piece(lines: list[str], limit: int) -> None:
    code = "\n".join(lines)

    pieces = split(f"Before:\n```python\n{code}\n```\nAfter.", limit)

    assert not any(_is_fence_open(piece.shown) for piece in pieces)
    assert all("```python\n" in piece.shown for piece in pieces[1:-1])


@pytest.mark.parametrize(
    ("text", "opener", "closer"),
    [
        pytest.param("**" + "bold " * 50 + "end**", "**", "**", id="bold"),
        pytest.param("*" + "leaning " * 50 + "end*", "*", "*", id="italic"),
        pytest.param("***" + "both " * 50 + "end***", "***", "***", id="bold and italic"),
        pytest.param("~~" + "struck " * 50 + "end~~", "~~", "~~", id="strike"),
        pytest.param("||" + "secret " * 50 + "end||", "||", "||", id="spoiler"),
        pytest.param("||" + "secret\n\n" * 50 + "end||", "||", "||", id="spoiler of paragraphs"),
        pytest.param("`" + "code " * 50 + "end`", "`", "`", id="inline code"),
        pytest.param("> " + "said " * 50 + "end", "> ", "", id="quote"),
        pytest.param("> **" + "said " * 50 + "end**", "> **", "**", id="bold in a quote"),
        pytest.param("```py\n" + "x = 1\n" * 50 + "```", "```py\n", "\n```", id="fence"),
        pytest.param("~~~\n" + "x = 1\n" * 50 + "~~~", "~~~\n", "\n~~~", id="fence of tildes"),
        pytest.param(
            "> ```py\n" + "> x = 1\n" * 50 + "> ```", "> ```py\n> x", "\n> ```", id="quoted fence"
        ),
    ],
)
def test_what_is_open_is_closed_and_opened_again(text: str, opener: str, closer: str) -> None:
    pieces = split(text, LEAST_LIMIT)

    assert len(pieces) > 1
    assert all(piece.shown.startswith(opener) for piece in pieces)
    assert all(piece.shown.endswith(closer) for piece in pieces)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("2 * 3 * 4 = 24, and " + "word " * 60, id="stars with space around"),
        pytest.param("snake_case and other_name " + "word " * 60, id="underscores within words"),
        pytest.param("5 *note: never closed, " + "word " * 60, id="star never closed"),
        pytest.param("a ` b, " + "word " * 60, id="backtick never closed"),
    ],
)
def test_what_is_no_mark_is_not_closed(text: str) -> None:
    pieces = split(text, LEAST_LIMIT)

    assert "".join(piece.shown.strip() + " " for piece in pieces) == text


def test_it_breaks_at_a_paragraph_rather_than_a_line_rather_than_a_word() -> None:
    paragraph, line = "word " * 19 + "end.", "word " * 9 + "end."

    by_paragraph = split(f"{paragraph}\n\n{line}\n{line}\n{line}", LEAST_LIMIT)
    by_line = split(f"{line}\n{paragraph} word word word", LEAST_LIMIT)
    by_word = split("word " * 60, LEAST_LIMIT)

    assert by_paragraph[0] == Piece(f"{paragraph}\n\n", paragraph)
    assert by_line[0] == Piece(f"{line}\n", line)
    assert by_word[0].shown.endswith("word")


@pytest.mark.parametrize(
    "whole",
    [
        pytest.param("https://example.com/" + "x" * 100, id="address"),
        pytest.param("[a text of words](https://example.com/" + "x" * 60 + ")", id="link"),
        pytest.param("<@1234567890123456789>", id="mention"),
    ],
)
def test_a_link_and_a_mention_stay_whole(whole: str) -> None:
    for before in range(LEAST_LIMIT):
        pieces = split("x" * before + " " + whole + " and more", LEAST_LIMIT)

        assert any(whole in piece.shown for piece in pieces)


@pytest.mark.parametrize("character", ["👩‍👩‍👧", "🇩🇪", "e\u0301", "👍🏽", "🏴\U000e0067\U000e007f"])
def test_what_is_seen_as_one_character_stays_whole(character: str) -> None:
    for before in range(8):
        pieces = split("x" * before + character * 100, LEAST_LIMIT)

        cuts = accumulate(len(piece.source) for piece in pieces[:-1])
        assert all((cut - before) % len(character) == 0 for cut in cuts)


def test_a_nested_list_stays_one_list_where_a_post_begins_inside_it() -> None:
    text = "- top\n" + "".join(f"  - nested item {i}\n" for i in range(20)) + "- next"

    second = split(text, LEAST_LIMIT)[1].shown.split("\n")

    assert all(line.startswith("- nested") for line in second)


def test_a_break_makes_no_block_of_the_middle_of_a_line() -> None:
    text = "word " * 31 + "# no heading, " + "word " * 31 + "- no item, " + "word " * 31 + "1. no"

    assert not any(re.match(r"[-#]|1\.", piece.shown) for piece in split(text, LEAST_LIMIT))


@pytest.mark.parametrize(
    "bit",
    [
        "word ",
        "**a** ",
        "```\ncode\n```\n",
        "x",
        "*a ",
        "` ",
        "|| ",
        "\n",
        "> ",
        "[",
        "https://a.b ",
    ],
)
def test_work_grows_with_the_text_no_faster(bit: str) -> None:
    def work(size: int) -> int:
        measured = 0

        def measure(text: str) -> int:
            nonlocal measured
            measured += len(text) + 1
            return len(text)

        split((bit * size)[:size], 500, measure)
        return measured

    assert work(40_000) <= 2.2 * work(20_000) + 2000
    assert work(20_000) <= 20 * 20_000


def test_pieces_that_hold_no_markdown_are_refused() -> None:
    with pytest.raises(ValueError, match="10"):
        Splitter(10)
