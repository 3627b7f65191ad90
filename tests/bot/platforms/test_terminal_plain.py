"""Answers through pipes."""

import io

from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.port import NamedFile, Notice
from bot.platforms.terminal_plain import PlainView
from bot.platforms.terminal_text import clean
from routing.errors import AnswerBroken, ModelBusy
from routing.reply import Chosen, Comparing, HandedOver, ReasoningDelta, TextDelta
from tests.fakes.answers import a_finished


class Written:
    """A view and what it wrote where."""

    def __init__(self) -> None:
        self.out, self.notes = io.StringIO(), io.StringIO()
        self.view = PlainView(self.out, self.notes, lambda: None)


@given(st.lists(st.text()))
def test_the_answer_is_written_as_it_is_but_for_control_characters(pieces: list[str]) -> None:
    written = Written()

    for piece in pieces:
        written.view.show(TextDelta(piece))
    text = written.out.getvalue()
    written.view.show(a_finished())

    whole = "".join(pieces)
    assert text == "".join(clean(char) for char in whole)
    assert text == "".join(
        char for char in whole if char in "\n\t" or char.isprintable() or char > "\x9f"
    )
    assert written.out.getvalue() == (text if text.endswith("\n") or not text else f"{text}\n")


def test_half_a_character_is_replaced_since_no_stream_can_take_it() -> None:
    assert clean("\ud83d") == "\ufffd"


def test_only_the_answer_is_written_to_the_output() -> None:
    written = Written()
    broken, busy = AnswerBroken("gpt", "cut"), ModelBusy("llama", "429")

    for event in (
        Chosen("llama"),
        HandedOver(busy, "gpt", is_continuing=False),
        ReasoningDelta("Hm."),
        TextDelta("Half"),
        HandedOver(broken, "deepseek", is_continuing=True),
        TextDelta(" and half"),
        a_finished(),
    ):
        written.view.show(event)

    assert written.out.getvalue() == "Half and half\n"
    assert written.notes.getvalue() == (
        "llama is busy, asking gpt …\n"
        "llama · best value here · 812 in, 301 out · $0.0006 · 2.1 s · not cached\n"
    )


def test_a_notice_is_the_answer_and_a_failure_is_a_note() -> None:
    notice, failure = Written(), Written()

    notice.view.show(Notice("**Chosen**"))
    failure.view.show(Notice("Not \x1b[31mallowed", is_failure=True))

    assert (notice.out.getvalue(), notice.notes.getvalue()) == ("**Chosen**\n", "")
    assert (failure.out.getvalue(), failure.notes.getvalue()) == ("", "Not [31mallowed\n")


def test_while_two_models_are_compared_the_notes_say_what_is_waited_for() -> None:
    written = Written()

    written.view.show(Comparing("llama", "qwen"))

    assert written.out.getvalue() == ""
    assert "llama and qwen" in written.notes.getvalue()


def test_of_files_that_come_with_a_notice_the_words_are_written() -> None:
    written = Written()
    picture = NamedFile("usage.png", b"\x89PNG", "image/png", "a bar for each day")
    unseen = NamedFile("dot.png", b"\x89PNG", "image/png")
    table = NamedFile("usage.csv", b"day\n1\n", "text/csv")

    written.view.show(Notice("Used:", files=(picture, unseen, table)))

    assert written.out.getvalue() == "Used:\na bar for each day\nday\n1\n"
