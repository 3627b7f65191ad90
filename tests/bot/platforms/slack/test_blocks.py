import pytest

from bot.platforms.buttons import Button
from bot.platforms.slack.blocks import button, context, divider, header, mrkdwn, plain, section
from bot.platforms.slack.limits import HEADER_CHARS, LABEL_CHARS, cut, weight_of, whole


def test_in_mrkdwn_slack_looks_for_no_names_of_its_own() -> None:
    assert mrkdwn("a") == {"type": "mrkdwn", "text": "a", "verbatim": True}
    assert context("a", "b")["elements"] == [mrkdwn("a"), mrkdwn("b")]


def test_a_section_may_have_something_to_press() -> None:
    press = button(Button("pointsman:why:r", "Why?"), style="primary")

    assert section("a", press) == {"type": "section", "text": mrkdwn("a"), "accessory": press}
    assert section("a") == {"type": "section", "text": mrkdwn("a")}
    assert press["style"] == "primary"
    assert press["value"] == press["action_id"] == "pointsman:why:r"


def test_titles_and_labels_are_cut_to_what_slack_takes() -> None:
    long = button(Button("pointsman:why:r", "word " * 40, "🔄"))

    assert len(header("word " * 100)["text"]["text"]) <= HEADER_CHARS
    assert len(long["text"]["text"]) <= LABEL_CHARS
    assert long["text"]["text"].startswith("🔄 word")
    assert divider() == {"type": "divider"}


def test_no_text_object_is_empty() -> None:
    assert mrkdwn("")["text"] == plain("")["text"] == " "


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        pytest.param("abc", 3, id="letters"),
        pytest.param("a<b>&", 16 - 1, id="escaped"),
        pytest.param("é深😀", 2 + 3 + 4, id="bytes"),
        pytest.param("\ud83d", 3, id="half a character"),
    ],
)
def test_a_text_weighs_its_bytes_when_escaped(text: str, weight: int) -> None:
    assert weight_of(text) == weight


def test_what_stands_alone_weighs_as_the_blocks_it_makes() -> None:
    assert weight_of("# \u200ba") > 400
    assert weight_of("```\na\n```") > 400
    assert weight_of("# a comment") == len("# a comment")


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        pytest.param("one two", 7, "one two", id="fits"),
        pytest.param("one two three", 12, "one two…", id="between words"),
        pytest.param("深深深深", 9, "深深…", id="within a word"),
        pytest.param("a & b & c", 12, "a &…", id="escaped"),
    ],
)
def test_a_text_is_cut(text: str, most: int, shown: str) -> None:
    assert cut(text, most) == shown


def test_halves_of_characters_are_put_together() -> None:
    assert whole("\ud83d\ude00 \ud83d") == "😀 �"
