"""What the bot says beside an answer is seen wherever the answer is, and where there is none."""

from io import StringIO

import pytest

from bot.draft import Draft
from bot.platforms.port import Remarks
from bot.platforms.terminal_plain import PlainView
from routing.reply import Finished, Outcome, Receipt, TextDelta

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
