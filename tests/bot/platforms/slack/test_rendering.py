import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.rendering import Rendering, rendered
from bot.platforms.slack.rendering import SLACK
from tests.bot.platforms.slack.reading import BITS, live_in_markdown


@given(st.lists(BITS, max_size=40))
@settings(max_examples=200, deadline=None)
def test_nothing_that_a_model_writes_is_live(bits: list[str]) -> None:
    assert live_in_markdown(rendered("".join(bits), SLACK)) == []


@given(st.lists(BITS, max_size=30), st.lists(st.integers(0, 60), max_size=30))
@settings(max_examples=200, deadline=None)
def test_however_a_text_comes_apart_the_same_is_settled(bits: list[str], cuts: list[int]) -> None:
    text = "".join(bits)
    rendering, start, settled = Rendering(SLACK), 0, ""

    for cut in cuts:
        settled += rendering.feed(text[start : start + cut])
        start += cut
        assert live_in_markdown(settled) == []
    settled += rendering.feed(text[start:])

    assert settled + rendering.rest() == rendered(text, SLACK)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("#### Deep ##", "#### \u200bDeep", id="heading, marked to be counted"),
        pytest.param("> # <p>", "> # \u200b&lt;p>", id="heading in a quote"),
        pytest.param("a\n===\nb", "a\n\\===\nb", id="underlined heading"),
        pytest.param("a\n\n---\nb", "a\n\n──────────\nb", id="rule"),
        pytest.param("![a cat](https://x.y/c.png)", "[a cat](https://x.y/c.png)", id="image"),
        pytest.param("<b>a</b> <s>c</s>", "**a** ~~c~~", id="marks in HTML"),
        pytest.param("the <p> element", "the &lt;p> element", id="HTML would vanish"),
        pytest.param("<https://x.y/?a=1&b=2>", "https://x.y/?a=1&b=2", id="address in brackets"),
        pytest.param("a < b && c > d", "a &lt; b && c > d", id="less and greater"),
        pytest.param("- [ ] a\n- [x] b", "- ☐ a\n- ☑ b", id="tasks"),
        pytest.param("<!channel>", "&lt;\u200b!channel>", id="everybody"),
        pytest.param("<!subteam^S1|x>", "&lt;\u200b!subteam^S1|x>", id="group"),
        pytest.param("hi <@U12> there", "hi &lt;\u200b@U12> there", id="person"),
        pytest.param("&lt;!here&gt;", "&lt;\u200b!here&gt;", id="escaped by the model"),
        pytest.param("\\<!here>", "&lt;\u200b!here>", id="behind a backslash"),
        pytest.param("<\\!here>", "&lt;\u200b\\!here>", id="with a backslash within"),
        pytest.param("@channel @Here", "@\u200bchannel @\u200bHere", id="bare names"),
        pytest.param("&#64;here &commat;here", "@\u200bhere @\u200bhere", id="spelt at"),
        pytest.param("@ch&#97;nnel", "@ch&amp;#97;nnel", id="spelt letter"),
        pytest.param("a@here.example", "a@\u200bhere.example", id="within an address"),
        pytest.param("`a < b @here`", "`a < b @here`", id="code stays"),
        pytest.param("_@here_", "_@\u200bhere_", id="in emphasis"),
        pytest.param("`a ```@here`", "`a ```@here`", id="backticks in code"),
        pytest.param("`<!here>`", "`<\u200b!here>`", id="but calls nobody"),
        pytest.param(
            "```html\n<!DOCTYPE html>\n<#if x><@U1>\n```",
            "```html\n<!DOCTYPE html>\n<#if x><\u200b@U1>\n```",
            id="block of code",
        ),
        pytest.param("- a\n  ```py\n  1\n    2\n  ```", "- a\n```py\n1\n  2\n```", id="in a list"),
        pytest.param("- ```\n  1\n 2\n  ```", "```\n1\n2\n```", id="code alone in a list"),
        pytest.param(
            "1. ```py\nif a:\n    b\n```\nc",
            "1.\n```py\nif a:\n    b\n```\nc",
            id="code that would end its list",
        ),
        pytest.param("```\na\n    ```\nb", "```\na\n```\nb", id="an end that is indented"),
        pytest.param("> - ```\n> a\n> ```", "> ```\n> a\n> ```", id="code in a list in a quote"),
        pytest.param(
            f"| <@U1> |\n|--|\n| {'word ' * 16}|",
            f"- **&lt;\u200b@U1>:** {('word ' * 16).strip()}",
            id="title of a wide table",
        ),
        pytest.param("a || b", "a \\|\\| b", id="bars"),
        pytest.param("[x](javascript:a)", "[x](javascript\u200b:a)", id="script"),
        pytest.param("data: 12", "data: 12", id="a word is no script"),
        pytest.param("> | a |\n> |---|", "> | a |\n> \\|---|", id="no table but ours"),
    ],
)
def test_what_slack_reads_otherwise_is_put_into_its_words(text: str, shown: str) -> None:
    assert rendered(text, SLACK) == shown


def test_what_begins_with_words_is_shown_before_its_line_ends() -> None:
    rendering = Rendering(SLACK)

    shown = rendering.feed("It is certain by now that this is a part of a paragraph, so")

    assert shown == "It is certain by now that this is a part of a paragraph, "


def test_the_head_of_a_table_waits_for_what_is_below() -> None:
    rendering = Rendering(SLACK)

    assert rendering.feed("Model | Price\n--|--\n") == ""
    assert rendering.feed("llama | 1\n\n") == "```\nModel  Price\n─────  ─────\nllama  1\n```\n\n"
    assert [table.head for table in rendering.tables.values()] == [("Model", "Price")]
