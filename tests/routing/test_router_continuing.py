"""An answer that broke off is continued by another model, or marked as cut."""

import pytest

from routing.answering import CONTINUE
from routing.errors import AnswerBroken, ModelBusy
from routing.ports import ReasoningPart
from routing.pricing import Usage
from routing.query import Turn
from routing.reply import HandedOver, Outcome
from tests.fakes.ports import Step
from tests.routing.scripted import Bench, receipt_of, text_of


async def test_a_broken_answer_is_continued_by_the_next_model_and_nothing_is_repeated() -> None:
    broken = AnswerBroken("llama", "cut", billed=True)
    bench = Bench({
        "llama": ["The answer to this old question ", "is forty-", broken],
        "deepseek": ["old question is forty-two, of course."],
    })  # fmt: skip

    events = await bench.ask()

    assert text_of(events) == "The answer to this old question is forty-two, of course."
    assert HandedOver(broken, "deepseek", is_continuing=True) in events
    assert receipt_of(events).outcome is Outcome.COMPLETE
    assert bench.completer.calls[1].turns[-2:] == (
        Turn("assistant", "The answer to this old question is forty-"),
        Turn("user", CONTINUE),
    )


async def test_a_broken_answer_nobody_continues_is_marked_as_cut() -> None:
    bench = Bench({
        "llama": ["It is ", AnswerBroken("llama", "cut", billed=True)],
        "deepseek": [ModelBusy("deepseek", "429")],
    })  # fmt: skip

    events = await bench.ask()

    assert text_of(events) == "It is "
    assert receipt_of(events).outcome is Outcome.CUT


async def test_a_broken_answer_is_not_continued_where_the_operator_does_not_want_it() -> None:
    bench = Bench(
        {"llama": ["It is ", AnswerBroken("llama", "cut")], "deepseek": "42"},
        routing={"continue_cut_answers": False},
    )

    events = await bench.ask()

    assert (text_of(events), receipt_of(events).outcome) == ("It is ", Outcome.CUT)
    assert [call.card.name for call in bench.completer.calls] == ["llama"]


async def test_a_continuation_that_starts_over_is_not_shown() -> None:
    told = "word " * 100
    bench = Bench({
        "llama": [told, AnswerBroken("llama", "cut")],
        "deepseek": [told[:300] + "and something else entirely " * 10],
    })  # fmt: skip

    events = await bench.ask()

    assert text_of(events) == told
    assert receipt_of(events).outcome is Outcome.CUT
    assert receipt_of(events).attempts[1].failure == "started over"


@pytest.mark.parametrize(
    "continuation",
    [
        pytest.param([ReasoningPart("hmm")], id="only thinks"),
        pytest.param(["The capital of "], id="repeats"),
        pytest.param(["The capital of France is, well, a town."], id="tells it anew"),
    ],
)
async def test_a_continuation_that_adds_nothing_leaves_the_answer_cut(
    continuation: list[Step],
) -> None:
    bench = Bench({
        "llama": ["The capital of France is ", AnswerBroken("llama", "cut", billed=True)],
        "deepseek": continuation,
    })  # fmt: skip

    events = await bench.ask()

    assert text_of(events) == "The capital of France is "
    receipt = receipt_of(events)
    assert (receipt.outcome, receipt.model) == (Outcome.CUT, "llama")
    assert receipt.attempts[1].usage == Usage(100, 20)


async def test_what_is_held_back_of_a_continuation_is_shown_when_it_breaks_too() -> None:
    bench = Bench({
        "llama": ["Paris is", AnswerBroken("llama", "cut")],
        "deepseek": [" the capital of France", AnswerBroken("deepseek", "cut")],
    })  # fmt: skip

    assert text_of(await bench.ask()) == "Paris is the capital of France"
