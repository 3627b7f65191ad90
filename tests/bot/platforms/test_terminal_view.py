"""An answer on a screen, seen through a terminal in memory."""

import io
from typing import Final, Literal

from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.console import Console

from bot.platforms.port import NamedFile, Notice, OutgoingEvent
from bot.platforms.terminal_view import RichView
from routing.errors import AnswerBroken, ModelBusy
from routing.reply import Chosen, Finished, HandedOver, ReasoningDelta, TextDelta
from tests.fakes.answers import a_finished
from tests.fakes.screen import Screen

ANSWER: Final = """\
# Title

Some *text* with a [link](https://example.com/a), <b>HTML</b> and [red]no markup[/red] :smile:

- one
- two

  with more

```python
def double(x):

    return 2 * x
```

| a | b |
|---|---|
| 1 | 2 |

The end, see [here][1] and ![a cat](https://example.com/cat.png).

[1]: https://example.com/reference
"""

SHOWN: Final = """\
Title

Some text with a link (https://example.com/a), <b>HTML</b> and [red]no
markup[/red] :smile:

 • one
 • two
   with more

 def double(x):

     return 2 * x

 a  b
 ────
 1  2

The end, see [here][1] and !a cat (https://example.com/cat.png).

[1]: https://example.com/reference

llama · best value here · 812 in, 301 out · $0.0006 · 2.1 s · not cached"""


class Watched:
    """A view, the screen it draws on and a clock to turn."""

    def __init__(
        self, reasoning: Literal["folded", "shown", "hidden"] = "folded", rows: int = 24
    ) -> None:
        self.now_s = 0.0
        self.written = io.StringIO()
        self.screen = Screen(rows)
        console = Console(
            file=self.written,
            force_terminal=True,
            color_system="truecolor",
            width=80,
            height=rows,
            markup=False,
            emoji=False,
            highlight=False,
        )
        self.view = RichView(console, console, reasoning, lambda: self.now_s)

    def show(self, *events: OutgoingEvent) -> str:
        """Show events, drawing after each; return what is on the screen."""
        for event in events:
            self.view.show(event)
            self.view.draw()
        return self.seen()

    def seen(self) -> str:
        """Return what is on the screen and its scroll-back."""
        self.screen.feed(self.written.getvalue().replace("\n", "\r\n"))
        self.written.seek(0)
        self.written.truncate()
        return self.screen.text

    def finish(self, event: Finished | None = None) -> str:
        """End the answer; return the final text."""
        self.view.show(event or a_finished())
        self.view.close()
        return self.seen()


@settings(max_examples=30)
@given(st.lists(st.integers(1, 40), min_size=1), st.integers(6, 40))
@example([1], 6)
@example([1000], 24)
def test_however_it_comes_the_final_text_is_whole_and_each_block_stands_once(
    chunk_chars: list[int], rows: int
) -> None:
    watched = Watched(rows=rows)
    position = turn = 0
    while position < len(ANSWER):
        chars = chunk_chars[turn % len(chunk_chars)]
        watched.show(TextDelta(ANSWER[position : position + chars]))
        position, turn = position + chars, turn + 1

    assert watched.finish() == SHOWN
    assert not watched.screen.strange
    assert watched.screen.is_cursor_shown


def test_a_code_block_longer_than_the_screen_stands_once() -> None:
    lines = [f"line {number}" for number in range(100)]
    watched = Watched(rows=10)

    watched.show(*(TextDelta(f"{line}\n") for line in ["```", *lines, "```"]))

    shown = watched.finish().splitlines()
    assert [line.strip() for line in shown[:100]] == lines


def test_a_live_tail_shows_its_end_within_the_screen() -> None:
    watched = Watched(rows=10)

    seen = watched.show(TextDelta("word " * 1000 + "end"))

    assert seen.endswith("word word\nend")
    assert len(seen.splitlines()) < 10


def test_nothing_is_written_until_it_is_drawn() -> None:
    watched = Watched()

    for _ in range(1000):
        watched.view.show(TextDelta("word "))

    assert not watched.written.getvalue()


def test_nothing_is_drawn_where_nothing_changed() -> None:
    watched = Watched()
    watched.show(TextDelta("word"))

    watched.view.draw()

    assert not watched.written.getvalue()


@given(st.text(st.characters(max_codepoint=0xFF), min_size=1))
@example(
    "\x1b]0;title\x07 \x1b[31mred \x9b2J \r over &#27;[31m &#13; `\x1b[1m`\n\n```\x1b\n\x1b[2J"
)
def test_a_model_cannot_reach_the_terminal(text: str) -> None:
    watched = Watched()

    watched.view.show(ReasoningDelta(text))
    watched.view.show(TextDelta(text))
    watched.view.close()

    written = watched.written.getvalue()
    watched.seen()
    assert "\r" not in written
    assert not watched.screen.strange


def test_while_nothing_comes_the_model_that_is_asked_is_named() -> None:
    watched = Watched()

    assert watched.show(Chosen("deepseek-flash")) == "⠋ deepseek-flash"
    watched.now_s = 0.1
    watched.view.draw()
    assert watched.seen() == "⠙ deepseek-flash"
    assert watched.show(TextDelta("Hello")) == "Hello"


def test_thinking_is_folded_into_a_line_once_the_answer_begins() -> None:
    watched = Watched("folded")

    thinking = watched.show(ReasoningDelta("Let me "), ReasoningDelta("see.\nHm."))
    watched.now_s = 3.2
    answering = watched.show(TextDelta("42"))

    assert thinking == "Let me see.\nHm."
    assert answering == "▸ thought for 3.2 s · 4 words\n\n42"


def test_thinking_that_is_shown_stays() -> None:
    watched = Watched("shown")

    watched.show(ReasoningDelta("Let me "), ReasoningDelta("see.\nHm."), TextDelta("42"))

    assert watched.finish().startswith("Let me see.\nHm.\n\n42\n")


def test_thinking_that_is_hidden_is_only_waited_for() -> None:
    watched = Watched("hidden")

    thinking = watched.show(Chosen("llama"), ReasoningDelta("Secret."))
    answering = watched.show(TextDelta("42"))

    assert thinking == "⠋ llama"
    assert answering == "42"


def test_a_hand_over_before_the_answer_is_told_on_a_line() -> None:
    busy = ModelBusy("llama-cerebras", "429")
    watched = Watched()

    watched.show(Chosen("llama-cerebras"), HandedOver(busy, "llama-ollama", is_continuing=False))
    seen = watched.show(TextDelta("Hello"))

    assert seen == "llama-cerebras is busy, asking llama-ollama …\n\nHello"


def test_a_hand_over_amid_a_block_is_told_below_it() -> None:
    broken = HandedOver(AnswerBroken("llama", "cut"), "deepseek", is_continuing=True)
    watched = Watched()

    waiting = watched.show(TextDelta("```\nx = "), broken)
    watched.show(TextDelta("1\n```\nDone."))

    remark = "llama gave no whole answer, deepseek continues …"
    assert waiting == f" x =\n{remark}\n⠋ deepseek"
    assert watched.finish().startswith(f" x = 1\n\n{remark}\n\nDone.\n")


def test_a_notice_is_markdown_and_a_failure_is_told_as_it_is() -> None:
    notice, failure = Watched(), Watched()

    notice.view.show(Notice("**Model** chosen"))
    failure.view.show(Notice("*No* model", is_failure=True))

    assert notice.seen() == "Model chosen"
    assert failure.seen() == "*No* model"


def test_what_came_before_a_failure_stays() -> None:
    watched = Watched()

    watched.show(TextDelta("Half an ans"))
    watched.view.fail("Something went wrong.")

    assert watched.seen() == "Half an ans\n\nSomething went wrong."


def test_a_table_that_comes_with_a_notice_is_shown_line_by_line() -> None:
    watched = Watched()
    table = NamedFile("usage.csv", b"day,model\n1,gpt\n", "text/csv")

    watched.view.show(Notice("Used:", files=(table, NamedFile("a.png", b"\x89", "image/png"))))

    assert [line.strip() for line in watched.seen().splitlines() if line.strip()] == [
        "Used:", "day,model", "1,gpt",
    ]  # fmt: skip
