"""What a budget does to an answer, from the outside of the router."""

import asyncio
from contextlib import aclosing

import pytest

from config.settings import Settings
from routing.errors import ModelBusy, QuotaExceeded, SpendingClosed, StoreUnavailable
from routing.holds import Hold, Reservation, Spent
from routing.ports import Completed
from routing.pricing import Usage
from routing.reply import Chosen, Outcome
from routing.router import Router
from tests.builders import a_card, a_query
from tests.fakes.ports import ListLedger, spending
from tests.routing.scripted import Bench, receipt_of, text_of

FREE = a_card("free", input_price=0, output_price=0, quality={"general": 0.1})


async def test_all_that_an_answer_may_cost_is_set_aside_before_a_model_is_asked() -> None:
    bench = Bench({"llama": "42"})

    await bench.ask()

    (reservation,) = bench.ledger.reservations
    assert reservation.output_tokens == bench.completer.calls[0].max_output_tokens == 4096
    assert reservation.most.cost_microusd > 4096 * 0.2
    assert reservation.known.usage.output_tokens == 0
    assert reservation.least.usage.output_tokens == 256


async def test_where_not_all_fits_the_answer_is_shortened_and_says_so() -> None:
    bench = Bench({"llama": "42"})
    bench.ledger.most_microusd = 100

    events = await bench.ask()

    assert bench.completer.calls[0].max_output_tokens == 256
    assert receipt_of(events).is_shortened


async def test_a_model_without_room_hands_over_to_one_that_has_it() -> None:
    bench = Bench({"llama": "42", "gpt": "forty-two"})
    bench.ledger.most_microusd = 1000

    events = await bench.ask(wanted="best")

    assert [event for event in events if isinstance(event, Chosen)] == [Chosen("llama")]
    assert receipt_of(events).reason == "within the budget"


async def test_without_room_for_any_model_the_refusal_names_the_limit() -> None:
    bench = Bench({"llama": "42", "gpt": "42"})
    bench.ledger.most_microusd = 1

    with pytest.raises(QuotaExceeded):
        await bench.ask()

    assert bench.completer.calls == []
    assert bench.ledger.settlements == []


async def test_each_call_of_an_answer_is_settled_once_and_the_request_counts_once() -> None:
    bench = Bench({
        "llama": ["It is ", ModelBusy("llama", "429", usage=Usage(50, 10), billed=True)],
        "deepseek": "42",
    })  # fmt: skip

    events = await bench.ask()

    first, second = bench.ledger.settlements
    assert (first.spent, second.entry.model) == (Spent(7, Usage(50, 10), requests=1), "deepseek")
    assert (second.spent.requests, second.spent.answers) == (0, 1)
    assert bench.ledger.spent.cost_microusd == receipt_of(events).cost_microusd
    assert {
        each.hold.reservation.call_id.partition(":")[0] for each in bench.ledger.settlements
    } == {receipt_of(events).reply_id}


async def test_a_call_that_never_reached_its_host_is_no_request_yet() -> None:
    bench = Bench({"llama": [ModelBusy("llama", "429")], "deepseek": "42"})

    await bench.ask()

    assert [each.spent.requests for each in bench.ledger.settlements] == [0, 1]


async def test_text_that_stays_after_its_model_failed_is_an_answer_all_the_same() -> None:
    bench = Bench(
        {"llama": ["It is ", ModelBusy("llama", "429", billed=True)], "deepseek": "42"},
        routing={"continue_cut_answers": False},
    )

    events = await bench.ask()

    assert receipt_of(events).outcome is Outcome.CUT
    assert bench.ledger.spent.answers == 1


async def test_with_the_store_away_a_model_that_costs_money_is_not_asked() -> None:
    bench = Bench({"llama": "42"})
    bench.ledger.is_away = True

    with pytest.raises(SpendingClosed):
        await bench.ask()

    assert bench.completer.calls == []


async def test_with_the_store_away_a_free_model_answers_and_is_settled_later() -> None:
    bench = Bench({"llama": "42", "free": "forty-two"})
    bench.router = bench.made({"models": [a_card("llama"), FREE]})
    bench.ledger.is_away = True

    assert text_of(await bench.ask()) == "forty-two"

    (kept,) = bench.unsettled.kept
    assert (kept.entry.model, kept.spent.requests, kept.spent.answers) == ("free", 1, 1)


async def test_with_the_store_away_an_emergency_allowance_covers_what_it_can() -> None:
    bench = Bench({"llama": "42"})
    bench.ledger.is_away, bench.unsettled.admits = True, True

    assert text_of(await bench.ask()) == "42"

    (kept,) = bench.unsettled.kept
    assert kept.spent.cost_microusd == 14


async def test_a_store_that_goes_away_during_an_answer_takes_nothing_from_it() -> None:
    bench = Bench({"llama": "42"})
    events = []

    async with aclosing(bench.router.answer(a_query())) as answer:
        async for event in answer:
            bench.ledger.is_away = True
            events.append(event)

    assert text_of(events) == "42"
    assert [each.spent.cost_microusd for each in bench.unsettled.kept] == [14]


@pytest.mark.parametrize("said", [-5, 10**15], ids=["negative", "absurd"])
async def test_a_price_nobody_can_believe_is_charged_as_what_was_set_aside(said: int) -> None:
    bench = Bench({"llama": ["42", Completed("stop", Usage(100, 20), cost_microusd=said)]})

    await bench.ask()

    (settled,) = bench.ledger.settlements
    assert settled.spent.cost_microusd == settled.hold.reservation.most.cost_microusd > 0


async def test_tokens_nobody_can_believe_are_charged_as_what_was_set_aside() -> None:
    bench = Bench({"llama": ["42", Completed("stop", None, is_absurd=True)]})

    receipt = receipt_of(await bench.ask())

    (settled,) = bench.ledger.settlements
    assert settled.spent.cost_microusd == settled.hold.reservation.most.cost_microusd > 0
    assert not receipt.is_reported


class LosingLedger(ListLedger):
    """Carries the first reservation out, and loses its answer."""

    async def reserve(self, reservation: Reservation) -> Hold:
        hold = await super().reserve(reservation)
        if len(self.reservations) == 1:
            raise StoreUnavailable("the answer was lost")
        return hold


async def test_a_reservation_without_an_answer_is_no_other_call_s_and_is_given_back() -> None:
    bench = Bench({"llama": "42", "gpt": "42"})
    bench.ledger = LosingLedger()
    budgets = spending(bench.ledger)
    bench.router = Router(
        Settings.model_validate({"models": [a_card("llama"), a_card("gpt")]}),
        completer=bench.completer,
        spending=budgets,
        cache=bench.cache,
        clock=bench.clock.clock(),
    )

    await bench.ask()
    assert await budgets.clear_up() == 1

    lost, asked = bench.ledger.reservations
    assert lost.call_id != asked.call_id
    given_back = bench.ledger.settlements[-1]
    assert (given_back.hold.reservation.call_id, given_back.spent) == (lost.call_id, Spent())


async def test_a_question_cancelled_while_money_is_set_aside_gives_it_back() -> None:
    bench = Bench({"llama": "42"})
    task = asyncio.create_task(bench.ask())
    await bench.ledger.is_asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert [each.spent for each in bench.ledger.settlements] == [Spent()]


async def test_a_price_of_nothing_is_believed_of_a_free_model_only() -> None:
    bench = Bench({"llama": ["42", Completed("stop", Usage(100, 20), cost_microusd=0)]})

    assert receipt_of(await bench.ask()).cost_microusd == 14


async def test_an_answer_another_would_have_given_but_for_the_budget_is_not_kept() -> None:
    bench = Bench({"llama": "42", "gpt": "forty-two"})
    bench.ledger.most_microusd = 1000
    assert receipt_of(await bench.ask(wanted="best")).is_second_choice

    bench.ledger.most_microusd = None

    assert text_of(await bench.ask(wanted="best")) == "forty-two"


async def test_a_shortened_answer_is_charged_at_most_what_was_granted_for_it() -> None:
    bench = Bench({"llama": ["42", Completed("stop", None, is_absurd=True)]})
    bench.ledger.most_microusd = 100

    receipt = receipt_of(await bench.ask())

    (settled,) = bench.ledger.settlements
    reservation = settled.hold.reservation
    assert receipt.cost_microusd == settled.entry.held_microusd
    assert 0 < receipt.cost_microusd <= reservation.least.cost_microusd


async def test_what_running_calls_may_cost_is_known_until_they_are_settled() -> None:
    gate = asyncio.Event()
    bench = Bench({"llama": ["4", gate, "2"]})
    budgets = spending(bench.ledger)
    bench.router = Router(
        Settings.model_validate({"models": [a_card("llama")]}),
        completer=bench.completer,
        spending=budgets,
        cache=bench.cache,
    )

    asking = asyncio.create_task(bench.ask())
    await bench.ledger.is_asked.wait()
    await asyncio.sleep(0)
    held_microusd = budgets.held_microusd
    gate.set()
    await asking

    assert held_microusd == bench.ledger.reservations[0].most.cost_microusd > 0
    assert budgets.held_microusd == 0
