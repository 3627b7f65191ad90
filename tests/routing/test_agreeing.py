"""The agreement step, in a whole router."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from decimal import Decimal
from typing import Any

import pytest

from config.settings import Settings
from routing.agreeing import AGREED, DISAGREED
from routing.errors import (
    AllModelsFailed,
    ModelBusy,
    ModelsDisagreed,
    ModelUnreachable,
    QueryRefused,
)
from routing.ports import Call, Part, ReasoningPart
from routing.reply import (
    Comparing,
    Finished,
    HandedOver,
    Outcome,
    Receipt,
    ReplyEvent,
    TextDelta,
)
from routing.router import Router
from routing.stop import Stop
from tests.builders import a_card, a_query
from tests.fakes.ports import (
    DictCache,
    ListLedger,
    ScriptedCompleter,
    Step,
    ToldClock,
    spending,
)

LLAMA = a_card("llama", input_price="0.1", output_price="0.2", quality={"general": 0.7})
DEEPSEEK = a_card("deepseek", input_price="0.2", output_price="0.4", quality={"general": 0.75})
GPT = a_card("gpt", input_price="20", output_price="90", quality={"general": 0.95})
SUM = "Ada has 6 boxes of 7 pens. How many pens does she have?"
CARDS = (LLAMA, DEEPSEEK, GPT)


class Bench:
    """A router with the agreement step on in one place, and what came of one question."""

    def __init__(self, models: dict[str, Sequence[Step] | str], **routing: object) -> None:
        self.completer = ScriptedCompleter(models)
        self.ledger = ListLedger()
        settings = Settings.model_validate({
            "models": [card for card in CARDS if card.name in models],
            "routing": {
                "agreement": {"places": ["terminal"]},
                "value_usd": {"balanced": "0.5"},
            } | routing,
        })  # fmt: skip
        self.router = Router(
            settings,
            completer=self.completer,
            spending=spending(self.ledger),
            cache=DictCache(),
            clock=ToldClock().clock(),
        )

    async def ask(
        self, text: str = SUM, stop: Stop | None = None, **query: object
    ) -> list[ReplyEvent]:
        return [event async for event in self.router.answer(a_query(text, **query), stop)]

    @property
    def called(self) -> list[str]:
        return [call.card.name for call in self.completer.calls]

    @property
    def charged_microusd(self) -> int:
        return sum(each.spent.cost_microusd for each in self.ledger.settlements)


def text_of(events: Sequence[ReplyEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def receipt_of(events: Sequence[ReplyEvent]) -> Receipt:
    assert isinstance(events[-1], Finished)
    return events[-1].receipt


async def in_the_meantime() -> None:
    """Let everything happen that waits for nothing outside."""
    for _ in range(50):
        await asyncio.sleep(0)


async def test_when_two_cheap_models_agree_the_better_one_s_text_is_the_answer() -> None:
    bench = Bench({"llama": "42", "deepseek": ["6 x 7 ", "= 42"], "gpt": "never"})

    events = await bench.ask()

    assert events[:2] == [Comparing("deepseek", "llama"), TextDelta("6 x 7 = 42")]
    receipt = receipt_of(events)
    assert (receipt.model, receipt.reason) == ("deepseek", AGREED)
    assert receipt.outcome is Outcome.COMPLETE
    assert sorted(bench.called) == ["deepseek", "llama"]
    assert sorted(each.model for each in receipt.attempts) == ["deepseek", "llama"]


async def test_when_they_differ_the_better_model_decides() -> None:
    bench = Bench({"llama": "42", "deepseek": "41", "gpt": "It is 42."})

    events = await bench.ask()

    assert text_of(events) == "It is 42."
    handed_over = events[1]
    assert isinstance(handed_over, HandedOver)
    assert isinstance(handed_over.failure, ModelsDisagreed)
    receipt = receipt_of(events)
    assert (receipt.model, receipt.reason) == ("gpt", DISAGREED)
    assert len(receipt.attempts) == 3


@pytest.mark.parametrize("deepseek", ["42", "41"])
async def test_every_call_is_settled_once_and_the_sum_is_the_receipt_s(deepseek: str) -> None:
    bench = Bench({"llama": "42", "deepseek": deepseek, "gpt": "42"})

    receipt = receipt_of(await bench.ask())

    assert bench.charged_microusd == receipt.cost_microusd
    assert len({each.hold.reservation.call_id for each in bench.ledger.settlements}) == len(
        receipt.attempts
    )
    assert sum(each.spent.requests for each in bench.ledger.settlements) == 1
    assert sum(each.spent.answers for each in bench.ledger.settlements) == 1


@pytest.mark.parametrize("failing", ["llama", "deepseek"])
async def test_when_one_of_the_two_fails_the_better_model_answers(failing: str) -> None:
    models: dict[str, Sequence[Step] | str] = {"llama": "42", "deepseek": "42", "gpt": "42!"}
    bench = Bench(models | {failing: [ModelBusy(failing, "429")]})

    events = await bench.ask()

    assert text_of(events) == "42!"
    assert receipt_of(events).model == "gpt"


async def test_when_both_fail_and_the_rest_too_nobody_answers() -> None:
    models = {name: [ModelUnreachable(name, "down")] for name in ("llama", "deepseek", "gpt")}
    bench = Bench(dict(models))

    with pytest.raises(AllModelsFailed):
        await bench.ask()

    assert sorted(bench.called) == ["deepseek", "gpt", "llama"]


async def test_the_other_model_is_asked_alone_when_all_better_ones_fail() -> None:
    failing = {name: [ModelBusy(name, "429")] for name in ("deepseek", "gpt")}
    bench = Bench({"llama": "42"} | dict(failing))

    events = await bench.ask()

    assert text_of(events) == "42"
    assert receipt_of(events).model == "llama"


async def test_a_held_back_answer_is_better_than_none() -> None:
    bench = Bench({"llama": "42", "deepseek": "41", "gpt": [ModelBusy("gpt", "429")]})

    events = await bench.ask()

    assert text_of(events) == "41"
    receipt = receipt_of(events)
    assert (receipt.model, receipt.outcome) == ("deepseek", Outcome.COMPLETE)
    assert bench.called.count("deepseek") == 1
    assert bench.charged_microusd == receipt.cost_microusd


async def test_a_refused_question_is_refused_at_once() -> None:
    bench = Bench({"llama": "42", "deepseek": [QueryRefused("deepseek", "no")], "gpt": "42"})

    with pytest.raises(QueryRefused):
        await bench.ask()

    assert "gpt" not in bench.called


async def test_a_stop_ends_both_and_settles_both() -> None:
    waiting, stop = asyncio.Event(), Stop()
    bench = Bench({"llama": ["4", waiting], "deepseek": ["4", waiting], "gpt": "never"})
    asking = asyncio.create_task(bench.ask(stop=stop))
    await in_the_meantime()

    stop.request()
    events = await asking

    receipt = receipt_of(events)
    assert receipt.outcome is Outcome.STOPPED
    assert text_of(events) == ""
    assert sorted(bench.completer.closed) == ["deepseek", "llama"]
    assert [each.usage.output_tokens for each in receipt.attempts] == [1, 1]
    assert bench.charged_microusd == receipt.cost_microusd > 0


async def test_cancelling_the_answer_ends_both_and_settles_both() -> None:
    waiting = asyncio.Event()
    bench = Bench({"llama": ["4", waiting], "deepseek": ["4", waiting], "gpt": "never"})
    asking = asyncio.create_task(bench.ask())
    await in_the_meantime()

    asking.cancel()
    await asyncio.wait([asking])

    assert asking.cancelled()
    assert sorted(bench.completer.closed) == ["deepseek", "llama"]
    assert len(bench.ledger.settlements) == 2


async def test_no_text_is_shown_before_both_are_done_and_reasoning_stays_hidden() -> None:
    waiting = asyncio.Event()
    bench = Bench({"llama": [waiting, "42"], "deepseek": [ReasoningPart("hm"), "42"], "gpt": "no"})
    seen: list[ReplyEvent] = []

    async def watch() -> None:
        async for event in bench.router.answer(a_query(SUM)):
            seen.append(event)  # noqa: PERF401 # seen while it runs

    watching = asyncio.create_task(watch())
    await in_the_meantime()
    before = list(seen)
    waiting.set()
    await watching

    assert before == [Comparing("deepseek", "llama")]
    assert text_of(seen) == "42"


@pytest.mark.parametrize(
    ("text", "query"),
    [
        pytest.param("Write a poem about 7 pens", {}, id="no short answer"),
        pytest.param(SUM, {"wanted": "gpt"}, id="a model was asked for"),
    ],
)
async def test_one_model_is_asked_where_agreement_says_nothing(
    text: str, query: dict[str, Any]
) -> None:
    bench = Bench({"llama": "42", "deepseek": "42", "gpt": "42"})

    events = await bench.ask(text, **query)

    assert len(bench.called) == 1
    assert receipt_of(events).reason not in {AGREED, DISAGREED}


async def test_elsewhere_one_model_is_asked() -> None:
    bench = Bench({"llama": "42", "deepseek": "42", "gpt": "42"}, agreement={"places": ["other"]})

    await bench.ask()

    assert len(bench.called) == 1


async def test_two_are_not_asked_where_both_may_cost_more_than_an_answer_may() -> None:
    alone_microusd = 4096 * Decimal("0.4")
    bench = Bench(
        {"llama": "42", "deepseek": "42", "gpt": "42"},
        max_usd_per_answer=alone_microusd * Decimal("1.1") / 1_000_000,
    )

    await bench.ask()

    assert len(bench.called) == 1


async def test_a_panel_s_second_call_is_settled_though_the_first_fails_before_it_begins() -> None:
    class Refusing(ScriptedCompleter):
        async def stream(self, call: Call) -> AsyncGenerator[Part]:
            if call.card.name == "deepseek":
                raise ModelBusy("deepseek", "429")
            async for part in super().stream(call):
                yield part

    bench = Bench({"llama": "42", "deepseek": "42", "gpt": "42"})
    bench.router._completer = Refusing({"llama": "42", "gpt": "42"})  # noqa: SLF001 # too quick for a script

    await bench.ask()

    reserved = {each.call_id for each in bench.ledger.reservations}
    assert reserved == {each.hold.reservation.call_id for each in bench.ledger.settlements}


async def test_without_room_for_the_second_the_first_answers_alone() -> None:
    bench = Bench({"llama": "42", "deepseek": "42", "gpt": "42"})
    bench.ledger.at_once = 1

    events = await bench.ask()

    assert bench.called == ["deepseek"]
    assert receipt_of(events).outcome is Outcome.COMPLETE
