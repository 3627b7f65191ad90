from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.rendering import rendered
from bot.platforms.slack.limits import MARKDOWN_CHARS, post_weight
from bot.platforms.slack.rendering import SLACK
from bot.platforms.slack.streamed import Streamed
from tests.bot.platforms.slack.reading import BITS, live_in_markdown, words_of

_LONG = st.sampled_from(
    [
        "word " * 300,
        "\n\n",
        "\n```python\n" + "x = 1  # code\n" * 200,
        "\n```\n",
        "# Heading\n\ntext\n\n" * 12,
        "深" * 2000,
        "x" * 11_000,
        "**bold " + "word " * 200 + "**",
        "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 40,
        "\n",
    ]
)


@given(st.lists(BITS, max_size=40))
@settings(max_examples=100, deadline=None)
def test_what_was_appended_is_the_text_and_never_live(bits: list[str]) -> None:
    streamed, text, message = Streamed(), "", ""

    for bit in bits:
        text += bit
        (new,) = streamed.take(text)
        message += new
        assert live_in_markdown(message) == []
    (new,) = streamed.take(text, is_final=True)

    assert message + new == rendered(text, SLACK)
    assert streamed.messages == (message + new,)


@given(st.lists(_LONG, max_size=10))
@settings(max_examples=40, deadline=None)
def test_no_message_holds_more_than_slack_takes_and_no_word_is_lost(parts: list[str]) -> None:
    streamed, text, messages = Streamed(), "", [""]

    for part in [*parts, ""]:
        text += part
        first, *more = streamed.take(text, is_final=part == "")
        assert all(len(each) <= MARKDOWN_CHARS for each in (first, *more))
        messages[-1] += first
        messages += more

    assert streamed.messages == tuple(messages)
    assert all(post_weight(message) <= MARKDOWN_CHARS for message in messages)
    shown = "".join(words_of("".join(messages))).replace("python", "")
    assert shown == "".join(words_of(rendered(text, SLACK))).replace("python", "")


def test_what_is_open_at_a_turn_is_closed_and_opened_again() -> None:
    streamed = Streamed()
    streamed.take("Look:\n```python\nx = 1\ny")

    closer = streamed.turn()
    (more,) = streamed.take("Look:\n```python\nx = 1\ny = 2\n```\nDone", is_final=True)

    assert closer == "\n```"
    assert more == "```python\ny = 2\n```\nDone"
    assert streamed.messages == ("Look:\n```python\nx = 1\n\n```", more)


def test_half_a_character_waits_for_its_other_half() -> None:
    streamed = Streamed()
    streamed.take("word " * 40 + "\ud83d")

    streamed.take("word " * 40 + "\ud83d\ude00 ok\n", is_final=True)

    assert streamed.messages == ("word " * 40 + "😀 ok\n",)
