"""What the router makes of decisions: what it logs of them, and what it holds itself to."""

import json
from collections.abc import Sequence
from contextlib import suppress
from math import fsum
from typing import Any

import pytest

from config.catalog import TaskClass
from routing.answering import ONLY_ALLOWED
from routing.errors import AllModelsFailed, AnswerBroken, ModelBusy, NoModelFits
from routing.explain import Explanation, explain
from routing.explanation_lines import replay
from routing.objections import Reason
from routing.ports import Exchange
from routing.pricing import Usage
from routing.query import Answered, Turn
from routing.reply import Finished, Outcome
from routing.votes import Verdict
from tests.builders import a_level, an_origin
from tests.fakes.ports import Step
from tests.routing.scripted import Bench, receipt_of

# Two points of quality are worth a little more than what gpt costs above llama.
VALUE = {"value_usd": {"balanced": "0.15"}}


def all_logged(caplog: pytest.LogCaptureFixture, what: str) -> list[dict[str, Any]]:
    return [each.__dict__["fields"] for each in caplog.records if each.getMessage() == what]


def logged(caplog: pytest.LogCaptureFixture, what: str) -> dict[str, Any]:
    (fields,) = all_logged(caplog, what)
    return fields


async def told_by(bench: Bench, text: str, **query: object) -> Explanation:
    """Ask, and explain who answers."""
    (*_, last) = await bench.ask(text, **query)
    assert isinstance(last, Finished)
    assert last.decision is not None
    return explain(last.decision)


def check_sums(told: Explanation) -> None:
    for model in told.models:
        total = fsum(amount for _, amount in model.contributions)
        assert total == pytest.approx(model.score_microusd, abs=1e-6)


def quality_parts(told: Explanation, name: str) -> list[str]:
    (model,) = (each for each in told.models if each.model == name)
    return [part for part, _ in model.contributions if part.startswith("quality")]


async def test_the_log_has_the_decision_as_a_line_it_replays_from_without_content(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    bench = Bench({"llama": "42", "gpt": "42"})

    events = await bench.ask("What is the secret of the pointsman?", origin=an_origin(person="p17"))

    fields = logged(caplog, "decided")
    line = json.dumps(fields)
    assert isinstance(events[-1], Finished)
    assert events[-1].decision is not None
    assert replay(line) == explain(events[-1].decision)
    assert fields["reply_id"] == receipt_of(events).reply_id
    assert "secret" not in line
    assert "p17" not in line


async def test_the_log_says_who_was_passed_over_when_nobody_fits(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    bench = Bench({"llama": "42"}, rules=[{"name": "none", "deny": {"weights": "open"}}])

    with pytest.raises(NoModelFits):
        await bench.ask()

    told = replay(json.dumps(logged(caplog, "nobody fits")))
    assert told.because == "none"
    assert [model.objection for model in told.models] == ["a rule forbids it (none)"]


async def test_a_rules_ceiling_holds_for_whoever_takes_over() -> None:
    broken = AnswerBroken("llama", "cut", billed=True, usage=Usage(10, 10_000))  # for $0.002
    scripts: dict[str, Sequence[Step] | str] = {"llama": ["4", broken], "deepseek": "2"}
    dear = Bench(scripts, rules=[{"name": "r", "ceiling": "0.01"}])
    tight = Bench(scripts, rules=[{"name": "r", "ceiling": "0.0045"}])

    assert receipt_of(await dear.ask()).model == "deepseek"
    assert receipt_of(await tight.ask()).outcome is Outcome.CUT
    assert [call.card.name for call in tight.completer.calls] == ["llama"]


async def test_a_question_is_asked_when_the_clock_says_if_nobody_said_when() -> None:
    rule = {"name": "noon", "when": {"hours": {"begin": "12:00", "end": "12:01"}}, "pin": "gpt"}
    bench = Bench({"llama": "42", "gpt": "42"}, rules=[rule])

    at_noon = receipt_of(await bench.ask("6 x 7?", is_fresh=True))
    bench.clock.advance(60)
    later = receipt_of(await bench.ask("6 x 8?", is_fresh=True))

    assert (at_noon.model, later.model) == ("gpt", "llama")


async def test_a_receipt_says_whether_rules_leave_one_model_or_there_is_only_one() -> None:
    pinned = Bench({"llama": "42", "gpt": "42"}, rules=[{"name": "ours", "pin": "llama"}])

    assert receipt_of(await pinned.ask()).reason == ONLY_ALLOWED
    assert receipt_of(await Bench({"llama": "42"}).ask()).reason == "only model available"


async def test_a_rule_is_not_blamed_for_what_rests_besides() -> None:
    rule = {"name": "no gpt", "deny": {"names": ["gpt"]}}
    broken = [ModelBusy("deepseek", "429")] * 9
    bench = Bench({"llama": "42", "deepseek": broken, "gpt": "42"}, rules=[rule])
    with suppress(NoModelFits):  # from then on it rests
        for number in range(9):
            with suppress(AllModelsFailed):
                await bench.ask(f"6 x {number}?", wanted="deepseek", is_fresh=True)

    *_, finished = await bench.ask("5 x 5?")

    assert isinstance(finished, Finished)
    assert finished.decision
    assert finished.decision.passed_over["deepseek"].reason is Reason.RESTING
    assert finished.receipt.reason == "only model available"


async def test_a_receipt_says_when_the_budget_changed_who_answers() -> None:
    calm, pressed = (Bench({"llama": "42", "gpt": "42"}, routing=VALUE) for _ in range(2))
    calm.ledger.standing_levels = (a_level(spent=500_000),)
    pressed.ledger.standing_levels = (a_level(spent=1_000_000),)

    assert receipt_of(await calm.ask()).reason == "best answer expected"
    assert receipt_of(await pressed.ask()).reason == "budget is running low"


async def test_where_an_answer_was_found_wanting_another_model_is_asked_and_says_why() -> None:
    bench = Bench({"llama": "41", "gpt": "42"}, routing={"value_usd": {"balanced": "0.08"}})

    before = receipt_of(await bench.ask(answered=(Answered("r1", "llama"),)))
    after = receipt_of(await bench.ask("6x8?", answered=(Answered("r1", "llama", is_redone=True),)))

    assert (before.model, before.reason) == ("llama", "cheapest good enough")
    assert (after.model, after.reason) == ("gpt", "another one disappointed")


async def test_a_model_is_priced_by_the_answers_it_gave_here() -> None:
    bench = Bench({"llama": "42", "gpt": "42"}, routing={"value_usd": {"balanced": "0.4"}})
    before = receipt_of(await bench.ask("Solve 6 x 7."))
    assert bench.lengths.noted == [(before.model, TaskClass.MATH, 20)]

    bench.lengths.noted = [("gpt", TaskClass.MATH, 3_000)] * 30
    bench.clock.advance(60)
    events = await bench.ask("Solve 6 x 8.")

    assert before.model == "gpt"
    assert receipt_of(events).model == "llama"
    assert isinstance(events[-1], Finished)
    assert events[-1].decision is not None
    by = {each.card.name: each.offer for each in events[-1].decision.candidates}
    assert (by["gpt"].output_tokens, by["gpt"].length_by) == (3_000, "answers measured here")
    assert by["llama"].length_by == ""


async def test_a_decision_within_a_conversation_replays_from_its_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    bench = Bench({"llama": "42", "gpt": "42"})

    told = await told_by(
        bench,
        "and with 8?",
        history=(Turn("user", "Solve 6 x 7, please."), Turn("assistant", "42")),
        answered=(Answered("r1", "llama", is_redone=True),),
    )

    assert replay(json.dumps(logged(caplog, "decided"))) == told
    assert (told.task, told.goes_on) == ("math", True)
    check_sums(told)
    doubted = {model.model for model in told.models if "conversation" in str(model.contributions)}
    assert doubted == {"llama"}


async def test_a_vote_against_an_answer_of_the_conversation_counts_once_and_replays(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    bench = Bench({"llama": "41", "gpt": "42"}, house={"enabled": True})
    ours, theirs = an_origin(person="ada"), an_origin(person="bo")
    wrong = Exchange("6x7?", "41", "r1", bench.clock.at, model="llama")
    await bench.learning.vote(ours, wrong, Verdict.BAD)

    once = await told_by(bench, "6x8?", origin=ours, answered=(Answered("r1", "llama"),))
    elsewhere = await told_by(bench, "6x9?", origin=ours)
    await bench.learning.vote(theirs, wrong, Verdict.BAD)
    both = await told_by(bench, "6x6?", origin=ours, answered=(Answered("r1", "llama"),))

    card, house, here = "quality: card", "quality: house", "quality: conversation"
    assert quality_parts(once, "llama") == [card, here]
    assert quality_parts(elsewhere, "llama") == [card, house]
    assert quality_parts(both, "llama") == [card, house, here]
    told = [once, elsewhere, both]
    assert [replay(json.dumps(line)) for line in all_logged(caplog, "decided")] == told
    for each in told:
        check_sums(each)
