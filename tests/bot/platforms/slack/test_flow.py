"""How an answer is dealt out to messages that only grow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.rendering import rendered
from bot.platforms.slack.flow import Flow, TextChanged
from bot.platforms.slack.limits import POST_WEIGHT, weight_of
from bot.platforms.slack.rendering import SLACK
from tests.bot.platforms.slack.reading import BITS

LINES = st.lists(
    st.sampled_from(
        ["some words here", "", "```py", "```", "- item **bold", "> quoted", "x" * 300]
    ),
    max_size=40,
)


def dealt(text: str, step: int, cut_every: int) -> list[str]:
    """Return what each message shows, when the text comes in steps and time runs out often."""
    flow, messages, current = Flow(most_posts=5), [], ""
    for count, end in enumerate(range(step, len(text) + step, step)):
        flow.take(text[:end], is_whole=end >= len(text))
        if count % cut_every == cut_every - 1 and (cut := flow.cut(is_pressing=True)):
            messages.append(current + cut.rest)
            assert messages[-1] == cut.shown
            flow.begin_after(cut)
            current = ""
        current += flow.next()
        flow.was_sent()
    return [*messages, current]


def marks_apart(text: str) -> str:
    return "".join(text.replace("```py", "").replace("**", "").replace("`", "").split())


@given(lines=LINES, step=st.integers(1, 90), cut_every=st.integers(1, 9))
def test_whatever_ends_a_message_nothing_is_lost_and_nothing_sent_is_changed(
    lines: list[str], step: int, cut_every: int
) -> None:
    text = "\n".join(["w", *lines, "end"])
    whole = Flow(most_posts=5)
    whole.take(text, is_whole=True)

    messages = dealt(text, step, cut_every)

    assert marks_apart("".join(messages)).replace(">", "") == marks_apart(whole.shown).replace(
        ">", ""
    )


@given(bits=st.lists(BITS, max_size=40))
def test_what_is_appended_bit_by_bit_is_what_a_whole_text_shows(bits: list[str]) -> None:
    flow, text, message = Flow(most_posts=5), "", ""

    for place, bit in enumerate([*bits, "."]):
        text += bit
        flow.take(text, is_whole=place == len(bits))
        message += flow.next()
        flow.was_sent()

    assert message == rendered(text, SLACK)


def test_a_message_ends_at_a_line_once_it_is_nearly_full() -> None:
    flow = Flow(most_posts=5)
    flow.take("word " * 1_750)
    flow.was_sent()
    flow.take("word " * 1_750 + "end of it\nnext line\n")

    cut = flow.cut(is_pressing=False)

    assert flow.is_due
    assert not flow.is_over
    assert cut
    assert cut.rest.endswith("end of it\nnext line")
    assert weight_of(cut.shown) < POST_WEIGHT


def test_in_the_middle_of_a_line_a_message_ends_only_when_it_must() -> None:
    flow = Flow(most_posts=5)
    flow.take("a line\n" + "word " * 100)
    flow.was_sent()

    assert flow.cut(is_pressing=False) is None
    assert flow.cut(is_pressing=True)


def test_a_message_takes_no_more_than_an_update_would() -> None:
    flow, sent = Flow(most_posts=5), []
    flow.take("<&> word " * 3_000, is_whole=True)

    while flow.is_over and (cut := flow.cut(is_pressing=True)):
        sent.append(cut.shown)
        flow.begin_after(cut)
    sent.append(flow.next())

    assert len(sent) > 3
    assert all(weight_of(each) > POST_WEIGHT / 2 for each in sent[:-1])
    assert all(weight_of(each) <= POST_WEIGHT for each in sent)


def test_what_would_be_too_long_is_shown_up_to_there() -> None:
    flow = Flow(most_posts=1)
    flow.take("start\n")

    flow.take("start\n" + "word\n" * 10_000, is_whole=True)

    assert 9_000 < weight_of(flow.shown) <= POST_WEIGHT
    cut = flow.cut(is_pressing=True)
    assert cut
    flow.begin_after(cut)
    assert weight_of(flow.shown) < POST_WEIGHT / 10


def test_half_a_character_waits_for_its_other_half() -> None:
    flow = Flow(most_posts=1)
    flow.take("line\n\ud83d")

    flow.take("line\n\ud83d\ude00 smile\n")

    assert flow.shown == "line\n😀 smile\n"


def test_another_text_than_that_of_before_is_told_apart() -> None:
    flow = Flow(most_posts=1)
    flow.take("one\n")

    with pytest.raises(TextChanged):
        flow.take("two\n")
