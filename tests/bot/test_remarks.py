"""What the bot says beside an answer is seen wherever the answer is, and where there is none."""

from io import StringIO

import pytest

from bot.composing import remarks_on_wish
from bot.draft import Draft
from bot.platforms.port import Remarks
from bot.platforms.terminal_plain import PlainView
from routing.reply import Finished, Outcome, Receipt, TextDelta
from tests.builders import a_card

NOT_READ = Remarks(("`a.zip` was not read: archives are not opened",))
FINISHED = Finished(Receipt("r1", "llama", "best value here", Outcome.COMPLETE, ()), None)


@pytest.mark.parametrize("text", ["", "So"])
def test_remarks_stand_below_an_answer_and_below_the_reason_for_none(text: str) -> None:
    done, failed = Draft(), Draft()
    for draft in (done, failed):
        draft.take(NOT_READ)
        if text:
            draft.take(TextDelta(text))

    done.take(FINISHED)
    failed.fail("No model answered.")

    assert done.view().receipt.endswith(" · `a.zip` was not read: archives are not opened")
    view = failed.view()
    shown = view.receipt if text else view.text
    assert shown.startswith("No model answered.")
    assert "archives are not opened" in shown


def test_without_remarks_nothing_is_added() -> None:
    draft = Draft()

    draft.fail("No model answered.")

    assert draft.view().text == "No model answered."


def test_a_plain_terminal_shows_remarks_beside_the_answer() -> None:
    out, notes = StringIO(), StringIO()
    view = PlainView(out, notes, lambda: None)

    view.show(NOT_READ)
    view.show(TextDelta("So."))

    assert out.getvalue() == "So."
    assert "archives are not opened" in notes.getvalue()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ask lama: why?", "no model is called `lama`, so I chose one. Did you mean `llama`?"),
        ("ask gtp: why?", "no model is called `gtp`, so I chose one. Did you mean `gpt`?"),
        ("ask bob: why?", "no model is called `bob`, so I chose one. `/model` lists them."),
    ],
)
def test_who_asks_for_nobody_is_told_so_below_the_answer(text: str, told: str) -> None:
    catalog = (a_card("llama-a", alias="llama"), a_card("gpt-luna"))

    assert remarks_on_wish(text, catalog) == (told,)
    assert remarks_on_wish("ask llama: why?", catalog) == ()
