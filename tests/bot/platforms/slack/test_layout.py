import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.draft import View
from bot.platforms.beside import File
from bot.platforms.buttons import parse_custom_id
from bot.platforms.slack.blocks import FEEDBACK, Block, Outgoing
from bot.platforms.slack.layout import Layout, message_of
from bot.platforms.slack.limits import (
    BLOCKS,
    BLOCKS_CHARS,
    MARKDOWN_CHARS,
    SECTION_CHARS,
    UPDATE_BYTES,
)
from tests.bot.platforms.slack.reading import live_in_markdown, live_in_mrkdwn

_PARTS = st.sampled_from(
    [
        "word " * 200,
        "\n\n",
        "\n```python\n" + "x = 1  # code <@U12>\n" * 120,
        "```\n",
        "\n| a | b |\n|---|---|\n" + "| 1 | <!here> |\n" * 60,
        "\n| **long** | b |\n|---|---|\n" + f"| {'cell ' * 20}| 2 |\n" * 8,
        "深度" * 900,
        "https://example.com/" + "x" * 500 + " ",
        "**bold " + "word " * 400 + "**",
        "- item & <!channel>\n  - nested\n" * 60,
        "# Heading\n\ntext\n\n" * 15,
        "x" * 5000,
    ]
)


def _layout(*, most_posts: int = 5, is_single: bool = False) -> Layout:
    return Layout("T1:C1:17.5", "U1", most_posts=most_posts, is_single=is_single)


def _said(part: Any) -> str:
    """Return all that a part of a message says."""
    if isinstance(part, dict):
        own = part["text"] if isinstance(part.get("text"), str) else ""
        return own + "".join(_said(each) for each in part.values() if not isinstance(each, str))
    return "".join(map(_said, part)) if isinstance(part, list | tuple) else ""


def _made_of(markdown: str) -> int:
    """Count the blocks that Slack makes of Markdown at most."""
    alone = len(re.findall(r"(?m)^#{1,6} \u200b", markdown)) + markdown.count("```") / 2
    return int(2 * alone) + 2


def _check(post: Outgoing) -> None:
    """Make sure that Slack takes a post, and that nothing in it is live."""
    texts = [block["text"] for block in post.blocks if block["type"] == "markdown"]
    tables = [block for block in post.blocks if block["type"] == "table"]
    assert post.blocks
    assert 0 < len(post.text.encode()) <= UPDATE_BYTES
    assert sum(map(len, texts)) <= MARKDOWN_CHARS
    assert len(_said(post.blocks)) <= BLOCKS_CHARS
    assert len(tables) <= 1
    assert sum(map(_made_of, texts)) + len(post.blocks) - len(texts) <= BLOCKS
    assert live_in_mrkdwn(post.text) == []
    for text in texts:
        assert text
        assert live_in_markdown(text) == []
    for small in _small(post):
        assert 0 < len(small) <= SECTION_CHARS
        assert live_in_mrkdwn(small) == []


@given(st.lists(_PARTS, max_size=12), st.booleans(), st.text(max_size=600), st.text(max_size=900))
@settings(max_examples=20, deadline=None)
def test_slack_takes_every_post(
    parts: list[str], is_single: bool, reasoning: str, receipt: str
) -> None:
    layout = _layout(is_single=is_single)
    text = ""

    for part in parts:
        text += part
        for post in layout.posts(View(text, reasoning, "asking llama …")):
            _check(post)
    final = layout.posts(View(text, reasoning, receipt=receipt, reply_id="r", is_final=True))

    for post in final:
        _check(post)
    assert len(final) == 1 if is_single else len(final) <= 5


@given(st.lists(_PARTS, min_size=1, max_size=10))
@settings(max_examples=12, deadline=None)
def test_posts_that_are_full_stay_as_they_are(parts: list[str]) -> None:
    layout, text = _layout(most_posts=50), ""
    full: list[Outgoing] = []

    for part in parts:
        text += part
        shown = layout.posts(View(text))
        assert list(shown[: len(full)]) == full
        full = list(shown[:-1])
    final = layout.posts(View(text, is_final=True))

    assert list(final[: len(full)]) == full


def _small(post: Outgoing) -> list[str]:
    contexts = [block for block in post.blocks if block["type"] == "context"]
    return [element["text"] for block in contexts for element in block["elements"]]


def test_while_there_is_no_text_the_status_stands_alone_with_a_way_to_stop() -> None:
    (post,) = _layout().posts(View(status="asking llama …"))

    assert post.text == "asking llama …"
    assert _small(post) == ["asking llama …"]
    assert post == _layout().status("asking llama …")
    (row,) = [block for block in post.blocks if block["type"] == "actions"]
    assert [parse_custom_id(each["value"]) for each in row["elements"]] == [
        ("stop", "T1:C1:17.5-U1")
    ]


def test_under_an_answer_are_receipt_buttons_and_slacks_own_thumbs() -> None:
    view = View("Hi", receipt="llama · `$0.01`", reply_id="r1", is_final=True)

    (post,) = _layout().posts(view)

    kinds = [block["type"] for block in post.blocks]
    assert kinds == ["markdown", "context", "actions", "context_actions"]
    assert _small(post) == ["llama · `$0.01`"]
    assert [each["value"] for each in post.blocks[2]["elements"]] == [
        "pointsman:regenerate:r1-U1",
        "pointsman:better:r1-U1",
        "pointsman:why:r1-U1",
    ]
    (thumbs,) = post.blocks[3]["elements"]
    assert thumbs["action_id"] == FEEDBACK
    assert thumbs["positive_button"]["value"] == "pointsman:good:r1-U1"
    assert thumbs["negative_button"]["value"] == "pointsman:bad:r1-U1"
    assert post.blocks[1:] == _layout().end_blocks(view)


def test_a_notice_has_no_buttons() -> None:
    view = View("No budget is left.", is_final=True, is_notice=True, is_failure=True)

    assert _layout().posts(view) == (
        Outgoing("No budget is left.", ({"type": "markdown", "text": "No budget is left."},)),
    )


def test_an_answer_of_too_many_posts_comes_as_a_file_behind_its_beginning() -> None:
    text = "word " * 8000
    layout = _layout(most_posts=2)

    growing = layout.posts(View(text))
    posts = layout.posts(View(text, is_final=True))

    assert _small(growing[-1]) == ["… it goes on; all of it comes as a file"]
    assert len(posts) == len(growing) == 2
    assert posts[-1].files == (File("answer.md", text),)
    assert _small(posts[-1]) == ["The whole answer is in the file `answer.md`."]


def test_where_no_file_can_be_attached_all_of_it_is_posted() -> None:
    text = "word " * 8000

    posts = _layout(most_posts=2).posts(View(text, is_final=True), has_files=False)

    assert len(posts) > 2
    assert not any(post.files for post in posts)
    assert _small(posts[-1]) == [
        "Files cannot be attached here, so not all is shown: I lack `files:write`."
    ]


@pytest.mark.parametrize(
    ("reasoning", "small", "files"),
    [
        pytest.param("<!here> *a*\nb", ["Thoughts: &lt;!here&gt; *a* b", "r"], (), id="short"),
        pytest.param("a " * 200, ["r"], (File("reasoning.md", "a " * 200),), id="long"),
    ],
)
def test_thoughts_are_small_or_a_file(
    reasoning: str, small: list[str], files: tuple[File, ...]
) -> None:
    (post,) = _layout().posts(View("Hi", reasoning, receipt="r", is_final=True))

    assert _small(post) == small
    assert post.files == files


def test_an_answer_without_text_says_so() -> None:
    (post,) = _layout().posts(View("<details>\n</details>", receipt="r", is_final=True))

    assert post.text == "(The answer has no text.)"
    assert _small(post) == ["(The answer has no text.)", "r"]


def _kinds(blocks: tuple[Block, ...]) -> list[str]:
    return [block["type"] for block in blocks]


def test_the_first_table_of_a_post_is_a_table_and_others_are_code() -> None:
    table = "| a | b |\n|--|--|\n| {} | 2 |\n"
    text = f"One:\n\n{table.format('x')}\nTwo:\n\n{table.format('y')}"

    (post,) = _layout().posts(View(text, is_final=True))

    assert _kinds(post.blocks) == ["markdown", "table", "markdown"]
    assert post.blocks[0]["text"] == "One:"
    assert post.blocks[1]["rows"][1][0] == {"type": "raw_text", "text": "x"}
    assert post.blocks[2]["text"] == "Two:\n\n```\na  b\n─  ─\ny  2\n```"


def test_a_model_can_forge_neither_receipt_nor_buttons() -> None:
    text = "-# llama · free\n\n:thumbsup: [Why?](https://a.b)\n\n> llama · $0.00"

    (post,) = _layout().posts(View(text, receipt="gpt · $1", reply_id="r", is_final=True))

    assert _kinds(post.blocks) == ["markdown", "context", "actions", "context_actions"]
    assert _small(post) == ["gpt · $1"]


def test_what_was_streamed_can_be_posted_as_it_is() -> None:
    post = message_of("**a**", ({"type": "divider"},))

    assert post == Outgoing("*a*", ({"type": "markdown", "text": "**a**"}, {"type": "divider"}))


def test_long_small_print_fits_into_a_section() -> None:
    (post,) = _layout().posts(View("Hi", receipt="word " * 2000, is_final=True))

    (line,) = _small(post)
    assert 1300 < len(line) <= SECTION_CHARS
    assert line.endswith("word…")
