import asyncio
from collections.abc import Sequence
from contextlib import aclosing

import pytest

from config.catalog import ModelCard
from routing.errors import (
    AllModelsFailed,
    AnswerBroken,
    ModelBusy,
    ModelUnreachable,
    NoModelFits,
    QueryRefused,
)
from routing.holds import Spent
from routing.ports import Completed, ReasoningPart
from routing.pricing import Usage, cost_microusd
from routing.query import Turn
from routing.reply import Chosen, HandedOver, Outcome, ReasoningDelta, TextDelta
from routing.stop import Stop
from tests.builders import a_card, a_query
from tests.fakes.ports import Step
from tests.routing.scripted import GPT, LLAMA, Bench, receipt_of, text_of


async def test_the_cheapest_good_enough_model_answers_and_the_receipt_says_so() -> None:
    bench = Bench({"llama": ["4", "2"], "gpt": "42"})

    events = await bench.ask()

    assert events[:3] == [Chosen("llama"), TextDelta("4"), TextDelta("2")]
    receipt = receipt_of(events)
    assert (receipt.model, receipt.reason) == ("llama", "cheapest good enough")
    assert receipt.outcome is Outcome.COMPLETE
    assert receipt.cost_microusd == 14  # 100 x 0.1 + 20 x 0.2
    assert receipt.best_model == "gpt"
    assert receipt.saved_microusd == cost_microusd(GPT, receipt.usage) - 14
    (settled,) = bench.ledger.settlements
    assert settled.spent == Spent(14, Usage(100, 20), 1, 1, receipt.saved_microusd)
    assert (settled.entry.model, settled.entry.outcome) == ("llama", Outcome.COMPLETE)


async def test_reasoning_stays_apart_from_the_answer() -> None:
    bench = Bench({"llama": [ReasoningPart("hmm"), "42"]})

    events = await bench.ask()

    assert ReasoningDelta("hmm") in events
    assert text_of(events) == "42"


async def test_a_busy_model_hands_over_to_the_next_cheapest() -> None:
    busy = ModelBusy("llama", "429")
    bench = Bench({"llama": [busy], "deepseek": "42"})

    events = await bench.ask()

    assert events[:2] == [Chosen("llama"), HandedOver(busy, "deepseek", is_continuing=False)]
    assert text_of(events) == "42"
    receipt = receipt_of(events)
    assert [attempt.model for attempt in receipt.attempts] == ["llama", "deepseek"]
    assert receipt.attempts[0].cost_microusd == 0
    assert receipt.reason == "next after a failure"


async def test_a_model_that_may_have_billed_is_paid_although_another_answers() -> None:
    bench = Bench({"llama": [ModelUnreachable("llama", "late", billed=True)], "deepseek": "42"})

    receipt = receipt_of(await bench.ask("word " * 200))

    assert receipt.attempts[0].usage.input_tokens > 200
    assert receipt.attempts[0].cost_microusd > 0
    assert not receipt.is_reported


async def test_no_candidate_is_asked_after_a_stop() -> None:
    stop, held = Stop(), asyncio.Event()
    bench = Bench({"llama": [held, ModelBusy("llama", "429")], "deepseek": "42"})
    stop.request()
    stop.request()

    events = [event async for event in bench.router.answer(a_query(), stop)]

    assert bench.completer.calls == []
    assert receipt_of(events).cost_microusd == 0


async def test_all_calls_together_stay_below_the_ceiling() -> None:
    bench = Bench(
        {
            "llama": [AnswerBroken("llama", "odd", usage=Usage(0, 48_000))],
            "deepseek": "42",
            "gpt": "42",
        },
        routing={"max_usd_per_answer": "0.01", "max_output_tokens": 500},
    )

    with pytest.raises(AllModelsFailed):
        await bench.ask()

    assert bench.ledger.spent.cost_microusd == 9600
    assert [call.card.name for call in bench.completer.calls] == ["llama"]


async def test_a_failed_question_counts_as_nobodys_answer() -> None:
    bench = Bench({"llama": [ModelBusy("llama", "429")]})

    with pytest.raises(AllModelsFailed):
        await bench.ask()

    assert bench.ledger.spent == Spent()


async def test_nothing_is_saved_against_a_model_that_failed() -> None:
    bench = Bench({"llama": "42", "gpt": [ModelUnreachable("gpt", "refused")]})

    receipt = receipt_of(await bench.ask(wanted="best"))

    assert (receipt.model, receipt.best_model, receipt.saved_microusd) == ("llama", "", 0)


async def test_an_absurd_price_a_host_states_is_charged_as_what_was_set_aside() -> None:
    bench = Bench({"llama": ["42", Completed("stop", Usage(100, 20), cost_microusd=10**300)]})

    (held,) = (await bench.ask(), bench.ledger.reservations)[1]
    assert bench.ledger.spent.cost_microusd == held.most.cost_microusd


async def test_a_prompt_of_the_models_own_is_counted() -> None:
    wordy = a_card("llama", system_prompt="word " * 9000)
    bench = Bench({"llama": "42"})
    bench.router = bench.made({"models": [wordy]})

    with pytest.raises(NoModelFits):
        await bench.ask()


async def test_an_answer_at_the_output_limit_is_not_called_complete() -> None:
    bench = Bench({"llama": ["It is", Completed("length", Usage(10, 2))]})

    assert receipt_of(await bench.ask()).outcome is Outcome.LIMIT


async def test_an_answer_the_provider_filters_is_not_called_complete() -> None:
    bench = Bench({"llama": ["It is", Completed("content_filter", Usage(10, 2))]})

    assert receipt_of(await bench.ask()).outcome is Outcome.FILTERED


async def test_a_model_that_only_thinks_until_its_limit_hands_over_and_is_paid() -> None:
    thought = Completed("length", Usage(10, 1000, reasoning_tokens=1000))
    bench = Bench({"llama": [ReasoningPart("hmm"), thought], "deepseek": "42"})

    events = await bench.ask()

    assert text_of(events) == "42"
    assert receipt_of(events).attempts[0].usage == thought.usage
    assert receipt_of(events).attempts[0].is_reported


async def test_usage_nobody_reported_is_counted_and_marked_so() -> None:
    bench = Bench({"llama": ["forty-two " * 50, Completed("stop", None)]})

    receipt = receipt_of(await bench.ask())

    assert not receipt.is_reported
    assert 100 <= receipt.usage.output_tokens <= 250


async def test_the_price_a_host_states_is_believed() -> None:
    bench = Bench({"llama": ["42", Completed("stop", Usage(10, 2), cost_microusd=17)]})

    assert receipt_of(await bench.ask()).cost_microusd == 17


async def test_a_refused_query_is_asked_of_nobody_else() -> None:
    bench = Bench({"llama": [QueryRefused("llama", "filter")], "deepseek": "42"})

    with pytest.raises(QueryRefused):
        await bench.ask()

    assert [call.card.name for call in bench.completer.calls] == ["llama"]
    assert bench.settled.entry.outcome == Outcome.FAILED


async def test_when_every_model_fails_each_failure_is_told_in_order() -> None:
    bench = Bench({
        "llama": [ModelBusy("llama", "429")],
        "deepseek": [ModelUnreachable("deepseek", "refused")],
    })  # fmt: skip

    with pytest.raises(AllModelsFailed) as caught:
        await bench.ask()

    assert [failure.model for failure in caught.value.failures] == ["llama", "deepseek"]
    assert bench.ledger.spent == Spent()


async def test_a_stop_keeps_the_text_and_its_cost_and_closes_the_call() -> None:
    stop, never = Stop(), asyncio.Event()
    bench = Bench({"llama": ["forty-", never, "two"]})
    events = []

    async for event in bench.router.answer(a_query(), stop):
        events.append(event)
        if isinstance(event, TextDelta):
            asyncio.get_running_loop().call_soon(stop.request)

    assert text_of(events) == "forty-"
    assert receipt_of(events).outcome is Outcome.STOPPED
    assert receipt_of(events).cost_microusd > 0
    assert bench.completer.closed == ["llama"]
    assert bench.settled.spent.cost_microusd == receipt_of(events).cost_microusd


async def test_a_stop_before_the_first_token_ends_without_trying_another() -> None:
    stop = Stop()
    bench = Bench({"llama": [asyncio.Event()], "deepseek": "42"})
    events = []

    async for event in bench.router.answer(a_query(), stop):
        events.append(event)
        asyncio.get_running_loop().call_soon(stop.request)

    assert receipt_of(events).outcome is Outcome.STOPPED
    assert [call.card.name for call in bench.completer.calls] == ["llama"]


async def test_closing_the_stream_settles_what_was_streamed() -> None:
    bench = Bench({"llama": ["forty-", asyncio.Event()]})

    async with aclosing(bench.router.answer(a_query())) as events:
        async for event in events:
            if isinstance(event, TextDelta):
                break

    assert bench.settled.entry.outcome == Outcome.STOPPED
    assert bench.settled.spent.cost_microusd > 0
    assert bench.completer.closed == ["llama"]


@pytest.mark.parametrize("times", [1, 3])
async def test_an_answer_is_settled_once_however_often_it_is_cancelled(times: int) -> None:
    bench = Bench({"llama": ["forty-", asyncio.Event()]})
    shown = asyncio.Event()

    async def ask() -> None:
        async for event in bench.router.answer(a_query()):
            if isinstance(event, TextDelta):
                shown.set()

    task = asyncio.create_task(ask())
    await shown.wait()
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await task

    assert bench.settled.entry.outcome == Outcome.STOPPED
    assert bench.settled.spent.usage.output_tokens > 0
    assert bench.ledger.spent.answers == 1
    assert bench.ledger.spent.cost_microusd > 0


async def test_a_model_that_keeps_failing_rests_and_comes_back() -> None:
    scripts: dict[str, Sequence[Step] | str] = {
        "llama": [ModelBusy("llama", "429", retry_after_s=20)],
        "deepseek": "42",
    }
    bench = Bench(scripts)
    await bench.ask()
    scripts["llama"] = "forty-two"

    assert (await bench.ask("6 x 8?"))[0] == Chosen("deepseek")
    bench.clock.advance(21)
    assert (await bench.ask("6 x 9?"))[0] == Chosen("llama")


async def test_a_wish_for_a_preset_changes_what_quality_is_worth() -> None:
    bench = Bench({"llama": "42", "gpt": "42"})

    assert (await bench.ask(wanted="best"))[0] == Chosen("gpt")
    assert (await bench.ask(wanted="thrifty"))[0] == Chosen("llama")


async def test_a_wish_for_a_model_is_granted_and_said() -> None:
    bench = Bench({"llama": "42", "gpt": "42"})

    assert receipt_of(await bench.ask(wanted="gpt")).reason == "you asked for it"


async def test_without_any_model_nothing_is_settled() -> None:
    bench = Bench({})

    with pytest.raises(NoModelFits):
        await bench.ask()

    assert bench.ledger.settlements == []


async def test_history_is_shortened_to_what_the_model_holds() -> None:
    small = a_card("llama", context_tokens=1500, max_output_tokens=1000)
    bench = Bench({"llama": "42"})
    bench.router = bench.made({"models": [small]})
    history = tuple(
        turn for n in range(50) for turn in (Turn("user", f"{n}?"), Turn("assistant", "yes " * 40))
    )

    await bench.ask(history=history)

    sent = bench.completer.calls[0].turns
    assert 3 <= len(sent) < 30
    assert sent[0].role == "user"
    assert sent[-1] == Turn("user", "6 x 7?")


async def test_the_longest_answer_is_always_sent_and_never_above_what_the_host_allows() -> None:
    bench = Bench({"llama": "42"})
    bench.router = bench.made({"models": [ModelCard.model_validate(
        LLAMA.model_dump() | {"max_output_tokens": 77, "api_key": LLAMA.api_key}
    )]})  # fmt: skip

    await bench.ask()

    assert bench.completer.calls[0].max_output_tokens == 77
