import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.slack.mrkdwn import mrkdwn_within
from tests.bot.platforms.slack.reading import BITS, live_in_mrkdwn, words_of


def mrkdwn_of(markdown: str) -> str:
    """Return all of it, as it is where there is room."""
    return mrkdwn_within(markdown, 100_000)


@given(st.lists(BITS, max_size=40))
@settings(max_examples=120, deadline=None)
def test_nothing_is_live_but_links(bits: list[str]) -> None:
    assert live_in_mrkdwn(mrkdwn_of("".join(bits))) == []


@given(st.lists(BITS, max_size=40), st.integers(160, 900))
@settings(max_examples=80, deadline=None)
def test_a_beginning_is_as_safe_and_fits(bits: list[str], most_bytes: int) -> None:
    beginning = mrkdwn_within("".join(bits), most_bytes)

    assert live_in_mrkdwn(beginning) == []
    assert len(beginning.encode()) <= most_bytes


_WORDS = st.lists(st.sampled_from(["apple", "birch", "cedar", "daisy", "elder"]), min_size=1)
_LINES = st.tuples(
    st.sampled_from(["", "# ", "- ", "  - ", "1. ", "> ", "#### ", "| "]),
    st.sampled_from(["", "**", "_", "~~", "`", "***"]),
    _WORDS,
).map(lambda parts: f"{parts[0]}{parts[1]}{' '.join(parts[2])}{parts[1]}")


@given(st.lists(_LINES, max_size=12))
@settings(max_examples=80, deadline=None)
def test_no_word_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)

    assert _letters(mrkdwn_of(text)) == _letters(text)


def _letters(text: str) -> list[str]:
    return [word for word in words_of(text.replace("_", " ")) if word.isalpha()]


@given(st.text(alphabet="ab <>&*_~@!#|\n", min_size=1, max_size=60))
@settings(max_examples=80, deadline=None)
def test_code_is_only_escaped(code: str) -> None:
    shown = mrkdwn_of(f"```\n{code}\n```")

    escaped = code.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert shown == f"```\n{escaped}\n```"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("**b** *i* ~~s~~ `c`", "*b* _i_ ~s~ `c`", id="marks"),
        pytest.param("**b *i* b**", "*b _i_ b*", id="nested"),
        pytest.param("***both***", "_*both*_", id="both"),
        pytest.param("un**believ**able", "un\u200b*believ*\u200bable", id="within a word"),
        pytest.param("**one\ntwo**", "*one two*", id="over the end of a line"),
        pytest.param("# A **b** c", "*A b c*", id="heading"),
        pytest.param("- a\n  - b\n    1. c", "• a\n    • b\n        1. c", id="lists"),
        pytest.param("3. a\n4. b", "3. a\n4. b", id="numbers"),
        pytest.param("> a\n> b", "> a\n> b", id="quote"),
        pytest.param("[x](https://a.b/?c&d)", "<https://a.b/?c&amp;d|x>", id="link"),
        pytest.param("[a|b>](https://a.b/|)", "<https://a.b/%7C|a¦b&gt;>", id="bars"),
        pytest.param("see https://a.b/c.", "see <https://a.b/c>.", id="bare address"),
        pytest.param("<x@a.example>", "<mailto:x@a.example|x@a.example>", id="mail"),
        pytest.param("![cat](https://a.b/c.png)", "<https://a.b/c.png|cat>", id="image"),
        pytest.param("[x](javascript:y)", "[x](javascript:y)", id="script"),
        pytest.param("[x](docs/y)", "x (docs/y)", id="link to nowhere"),
        pytest.param("<b>a</b> & c", "&lt;b&gt;a&lt;/b&gt; &amp; c", id="HTML"),
        pytest.param("<!channel> @here", "&lt;!channel&gt; @\u200bhere", id="everybody"),
        pytest.param("``a`b``", "a`b", id="backtick in code"),
        pytest.param("---", "──────────", id="rule"),
        pytest.param("| a | b |\n|--|--|\n| **1** | 2 |", "```\na  b\n─  ─\n1  2\n```", id="table"),
        pytest.param(
            f"| a | b |\n|--|--|\n| x | {'word ' * 14}|",
            f"• *a:* x\n    • *b:* {('word ' * 14).strip()}",
            id="wide table",
        ),
        pytest.param("", "", id="nothing"),
    ],
)
def test_markdown_becomes_mrkdwn(text: str, shown: str) -> None:
    assert mrkdwn_of(text) == shown


def test_a_beginning_is_of_whole_blocks() -> None:
    assert mrkdwn_within(f"# One\n\n**two**\n\n{'three ' * 40}", 160) == "*One*\n\n*two*\n\n…"


def test_a_long_paragraph_is_cut_between_words() -> None:
    beginning = mrkdwn_within("word " * 100, 160)

    assert beginning.endswith("word…")
    assert beginning.count("word") > 15
