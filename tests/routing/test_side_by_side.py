"""Two models at one question, in a whole router."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import pytest

from config.rules import Models, Rule
from config.settings import Settings
from routing.comparisons import is_turned
from routing.errors import ModelBusy, NoModelFits, QuotaExceeded, RoutingError, Superseded
from routing.holds import Standing
from routing.query import Ordered, Query
from routing.reply import Outcome
from routing.router import Router
from routing.side_by_side import Pair, SideBySide, both_asked, pair_for, price_of
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
from tests.routing.test_agreeing import in_the_meantime

LLAMA = a_card("llama", input_price="0.1", output_price="0.2")
LLAMA_TOO = a_card("llama-b", alias="llama", input_price="0.1", output_price="0.2")
DEEPSEEK = a_card("deepseek", input_price="0.2", output_price="0.4", quality={"general": 0.7})
GPT = a_card("gpt", input_price="20", output_price="90", quality={"general": 0.9})
CARDS = (LLAMA, LLAMA_TOO, DEEPSEEK, GPT)
NOBODY = Standing("terminal:ada")
ASKED = a_query("6 x 7?", reply_id="r1", is_compared=True)
BOTH = ("llama", "deepseek")


class Bench:
    """A router over scripted models and a ledger in lists."""

    def __init__(self, *rules: Rule, **scripts: Sequence[Step] | str) -> None:
        self.settings = Settings(models=CARDS, rules=rules)
        self.completer = ScriptedCompleter({"llama": "42", "deepseek": "43"} | scripts)
        self.ledger = ListLedger()
        self.cache = DictCache()
        self.router = Router(
            self.settings,
            completer=self.completer,
            spending=spending(self.ledger),
            cache=self.cache,
            clock=ToldClock().clock(),
        )

    @asynccontextmanager
    async def asked(
        self, query: Query = ASKED, stop: Stop | None = None
    ) -> AsyncGenerator[SideBySide]:
        async with both_asked(self.router, query, BOTH, CARDS, stop or Stop()) as both:
            yield both

    @property
    def called(self) -> set[str]:
        return {call.card.name for call in self.completer.calls}

    @property
    def calls_settled(self) -> list[str]:
        return sorted(each.hold.reservation.call_id for each in self.ledger.settlements)


def pair(bench: Bench, query: Query = ASKED, named: tuple[str, str] | None = None) -> Pair | None:
    return pair_for(bench.router, query, NOBODY, named)


def test_the_router_s_choice_is_compared_with_the_next_model_that_is_another() -> None:
    found = pair(Bench())

    assert found is not None
    assert found.models == ("llama", "deepseek")
    assert found.most_microusd == price_of(Bench().router, ASKED, NOBODY, BOTH, CARDS) > 0


def test_rules_and_orders_take_models_away() -> None:
    no_deepseek = Rule(name="no deepseek", deny=Models(names=frozenset({"deepseek"})))
    query = a_query("6 x 7?", ordered=Ordered(switched_off=frozenset({"gpt"})))

    ruled, ordered = pair(Bench(no_deepseek)), pair(Bench(), query)

    assert ruled is not None
    assert ordered is not None
    assert (ruled.models, ordered.models) == (("llama", "gpt"), ("llama", "deepseek"))
    assert pair(Bench(no_deepseek), query) is None


def test_models_are_compared_that_are_named_unless_they_are_one() -> None:
    bench = Bench()

    found = pair(bench, named=("gpt", "llama"))

    assert found is not None
    assert found.models == ("gpt", "llama")
    assert pair(bench, named=("llama", "llama-b")) is None


def test_who_is_named_and_not_allowed_is_not_compared() -> None:
    bench = Bench(Rule(name="no gpt", deny=Models(names=frozenset({"gpt"}))))

    with pytest.raises(NoModelFits):
        pair(bench, named=("gpt", "llama"))
    with pytest.raises(NoModelFits):
        price_of(bench.router, ASKED, NOBODY, ("llama", "gpt"), CARDS)


async def test_nothing_is_settled_before_both_have_ended_then_each_is_once() -> None:
    bench = Bench()

    async with bench.asked() as both:
        await both.ended()
        assert bench.ledger.settlements == []
        await both.settle()
        await both.settle()

    one, other = both.sides
    assert {one.text, other.text} == {"42", "43"}
    assert one.is_whole
    assert other.is_whole
    assert bench.calls_settled == ["r1a:0", "r1b:0"]
    spent = bench.ledger.spent
    assert (spent.requests, spent.answers) == (2, 2)
    receipts = [side.receipt for side in both.sides if side.receipt]
    assert sum(receipt.cost_microusd for receipt in receipts) == spent.cost_microusd > 0


@pytest.mark.parametrize("reply_id", ["r1", "r2", "r3", "r4"])
async def test_who_is_a_follows_from_the_reply_alone(reply_id: str) -> None:
    query = a_query("6 x 7?", reply_id=reply_id)

    async with Bench().asked(query) as both:
        await both.ended()

    assert both.sides[0].text == ("43" if is_turned(reply_id) else "42")


def test_by_chance_either_may_be_a() -> None:
    assert {is_turned(f"r{number}") for number in range(20)} == {True, False}


async def test_without_room_for_both_neither_is_asked_and_nothing_is_spent() -> None:
    bench = Bench()
    bench.ledger.at_once = 1

    async with bench.asked() as both:
        with pytest.raises(QuotaExceeded):
            await both.ended()

    assert bench.called == set()
    assert len(bench.ledger.settlements) == 1
    assert bench.ledger.spent == type(bench.ledger.spent)()


async def test_when_one_fails_the_other_one_answers_alone() -> None:
    bench = Bench(llama=[ModelBusy("llama", "429")])

    async with bench.asked() as both:
        await both.ended()
        await both.settle()

    assert sorted(side.is_whole for side in both.sides) == [False, True]
    assert {side.text for side in both.sides} == {"", "43"}
    assert bench.calls_settled == ["r1a:0", "r1b:0"]


async def test_when_both_fail_there_is_no_answer() -> None:
    bench = Bench(llama=[ModelBusy("llama", "429")], deepseek=[ModelBusy("deepseek", "429")])

    async with bench.asked() as both:
        with pytest.raises(RoutingError):
            await both.ended()

    assert bench.calls_settled == ["r1a:0", "r1b:0"]


async def test_stopped_both_end_with_what_is_there_and_are_paid_for() -> None:
    bench, stop = Bench(llama=["4", asyncio.Event()], deepseek=["4", asyncio.Event()]), Stop()

    async with bench.asked(stop=stop) as both:
        await in_the_meantime()
        assert {side.text for side in both.sides} == {"4"}
        stop.request()
        await both.ended()
        await both.settle()

    assert not any(side.is_whole for side in both.sides)
    receipts = [side.receipt for side in both.sides if side.receipt]
    assert [receipt.outcome for receipt in receipts] == [Outcome.STOPPED, Outcome.STOPPED]
    assert bench.calls_settled == ["r1a:0", "r1b:0"]


async def test_left_midway_both_calls_are_closed_and_settled() -> None:
    bench = Bench(llama=["4", asyncio.Event()], deepseek=["4", asyncio.Event()])

    async with bench.asked() as both:
        await in_the_meantime()
        assert {side.text for side in both.sides} == {"4"}

    assert sorted(bench.completer.closed) == ["deepseek", "llama"]
    assert bench.calls_settled == ["r1a:0", "r1b:0"]


async def test_a_later_worker_takes_over_and_an_earlier_one_is_told() -> None:
    bench = Bench()
    async with bench.asked(a_query("6 x 7?", reply_id="r1", delivery=2)) as both:
        await both.ended()
        await both.settle()

    async with bench.asked() as late:
        with pytest.raises(Superseded):
            await late.ended()

    assert len(bench.completer.calls) == 2
    assert bench.ledger.spent.requests == 2


async def test_the_cache_has_no_part_in_it() -> None:
    bench = Bench()
    async with bench.asked() as both:
        await both.ended()
        await both.settle()

    _ = [event async for event in bench.router.answer(a_query("6 x 7?"))]

    assert len(bench.completer.calls) == 3
