import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.discord.rendering import DISCORD, small
from bot.platforms.rendering import Rendering, rendered

_BITS = st.sampled_from(
    [
        "word ",
        "\n",
        "\n\n",
        "| a | b |\n",
        "|---|---|\n",
        "| 1 | 2 |",
        "```",
        "\n```python\n",
        "\n~~~\n",
        "`",
        "``",
        "#### deep\n",
        "![alt](https://example.com/a.png)",
        "<br>",
        "<b>bold</b>",
        "<@123>",
        "@everyone",
        "-# ",
        ">>> ",
        "\r\n",
        "\n> ",
        "\n> ```\n",
        "- [x] done",
        "---\n",
        "\\",
        "<",
        "[",
        "word " * 40,
    ]
)


@given(st.lists(_BITS, max_size=60))
@settings(max_examples=300, deadline=None)
def test_a_growing_text_ends_as_it_is_shown_at_once(bits: list[str]) -> None:
    rendering = Rendering(DISCORD)

    settled = "".join(rendering.feed(bit) for bit in bits)

    assert settled + rendering.rest() == rendered("".join(bits), DISCORD)


@given(st.lists(_BITS, max_size=60))
def test_a_text_can_neither_mention_nor_print_small_nor_quote_all(bits: list[str]) -> None:
    text = "".join(bits)

    outside = re.sub(
        r"(?s)```.*?(?:```|\Z)|(`+)(?!`)[^\n]+?(?<!`)\1(?!`)", "code", rendered(text, DISCORD)
    )

    assert not re.search(r"<@\d|@everyone", outside)
    assert not re.search(r"(?m)^[ \t>]*(?:-# |>>> )", outside)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("#### Deep", "**Deep**", id="deep heading"),
        pytest.param("##### **Deep** one ##", "**Deep one**", id="deep heading in bold"),
        pytest.param("### Flat", "### Flat", id="heading Discord knows"),
        pytest.param("a\n\n---\nb", "a\n\n──────────\nb", id="rule"),
        pytest.param("![a cat](https://x.y/c.png)", "[a cat](https://x.y/c.png)", id="image"),
        pytest.param('![](https://x.y/c.png "t")', "[image](https://x.y/c.png)", id="bare image"),
        pytest.param("one<br/>two", "one\ntwo", id="line break"),
        pytest.param("<strong>yes</strong>", "**yes**", id="bold in HTML"),
        pytest.param("the <p> element", "the <p> element", id="a tag alone stays"),
        pytest.param("`<b>a</b>`", "`<b>a</b>`", id="tags in code stay"),
        pytest.param("- [ ] a\n- [x] b", "- ☐ a\n- ☑ b", id="tasks"),
        pytest.param("~~~js\n1\n~~~", "```js\n1\n```", id="fence of tildes"),
        pytest.param("````\n```\n````", "```\n``\u200b`\n```", id="fence in a fence"),
        pytest.param("```js title=a.js\n1\n```", "```js\n1\n```", id="title of code"),
        pytest.param("```so it is\n1\n```", "```\nso it is\n1\n```", id="words for a language"),
        pytest.param("```\r\n1\r\n```\r\n2", "```\n1\n```\n2", id="lines of Windows"),
        pytest.param("> ```\n> 1\n<@2>", "> ```\n> 1\n> ```\n<\u200b@2>", id="quote over"),
        pytest.param("- a\n  ```py\n  1\n  ```", "- a\n  ```py\n  1\n  ```", id="fence in a list"),
        pytest.param("hi <@123> there", "hi <\u200b@123> there", id="mention"),
        pytest.param(
            "<#12> </ask:12> <:a:1>", "<\u200b#12> <\u200b/ask:12> <\u200b:a:1>", id="ids"
        ),
        pytest.param("@everyone @here", "@\u200beveryone @\u200bhere", id="everyone"),
        pytest.param("`@everyone <@1>`", "`@everyone <@1>`", id="in code nothing is live"),
        pytest.param("-# llama · $0.01", "\\-# llama · $0.01", id="forged receipt"),
        pytest.param("> -# llama", "> \\-# llama", id="forged receipt in a quote"),
        pytest.param("a ` b\n`<@1>`", "a \\` b\n`<@1>`", id="backtick alone"),
        pytest.param("a < b and c > d", "a < b and c > d", id="less and greater"),
    ],
)
def test_what_discord_reads_otherwise_is_put_into_its_words(text: str, shown: str) -> None:
    assert rendered(text, DISCORD) == shown


def test_a_table_becomes_code_with_even_columns() -> None:
    table = "| Model | Price |\n|:--|--:|\n| **llama** | 1 |\n| 深度 | `2` |\n\nAfter."

    shown = rendered(table, DISCORD)

    assert shown == ("```\nModel  Price\n─────  ─────\nllama  1\n深度   2\n```\n\nAfter.")


def test_a_wide_table_becomes_a_list_and_loses_nothing() -> None:
    wide = "word " * 12

    shown = rendered(
        f"| Name | What | Why |\n|---|---|---|\n| <@1> | {wide}| |\n| b | c | d |", DISCORD
    )

    assert shown == (
        f"- **Name:** <\u200b@1>\n  - **What:** {wide.strip()}\n"
        "- **Name:** b\n  - **What:** c\n  - **Why:** d"
    )


def test_half_a_table_is_a_table_already_and_settles_when_it_ends() -> None:
    rendering = Rendering(DISCORD)

    settled = rendering.feed("Before.\n| a | b |\n|---|---|\n| 1 |")
    shown = rendering.rest()

    assert settled == "Before.\n"
    assert shown == "```\na  b\n─  ─\n1\n```"
    assert rendering.feed(" 2 |\nAfter.\n") == "```\na  b\n─  ─\n1  2\n```\nAfter.\n"


def test_a_paragraph_settles_before_it_ends() -> None:
    rendering = Rendering(DISCORD)

    settled = rendering.feed("word " * 100)

    assert len(settled) > 400


def test_code_settles_line_by_line_and_three_backticks_cannot_end_it() -> None:
    rendering = Rendering(DISCORD)

    settled = rendering.feed("```python\nx = '```'\ny")

    assert settled == "```python\nx = '``\u200b`'\n"
    assert rendering.rest() == "y"


def test_small_print_has_no_empty_lines() -> None:
    assert small("one\n\ntwo") == "-# one\n-# two"
