"""How long a deployment's own answers are is measured, and heard from the thirtieth on."""

from dataclasses import replace

import pytest

from config.catalog import TaskClass
from routing.measuring import Measuring
from routing.pricing import Usage
from routing.reply import Attempt, Outcome, Receipt
from tests.fakes.lengths import ListLengths
from tests.fakes.ports import ToldClock

WHOLE = Attempt("gpt", Usage(10, 700, reasoning_tokens=600), 1, is_reported=True)
RECEIPT = Receipt("r1", "gpt", "", Outcome.COMPLETE, (WHOLE,))


class Bench:
    """Measuring over a list and a clock that is told the time."""

    def __init__(self) -> None:
        self.lengths, self.clock = ListLengths(), ToldClock()
        self.measuring = Measuring(self.lengths, self.clock.clock())

    async def answered(self, times: int, receipt: Receipt = RECEIPT) -> None:
        for _ in range(times):
            await self.measuring.note(receipt, TaskClass.MATH)

    async def known(self, after_s: float = 61) -> dict[str, int]:
        self.clock.advance(after_s)
        await self.measuring.recall()
        return dict(self.measuring.measured.get(TaskClass.MATH, {}))


async def test_from_thirty_answers_on_their_mean_is_known_for_their_kind_of_question() -> None:
    bench = Bench()

    await bench.answered(29)
    assert await bench.known() == {}
    await bench.answered(1)
    assert await bench.known() == {"gpt": 700}
    assert TaskClass.CODE not in bench.measuring.measured


async def test_it_is_looked_for_now_and_then() -> None:
    bench = Bench()
    await bench.known(after_s=0)
    await bench.answered(30)

    assert await bench.known(after_s=59) == {}
    assert await bench.known(after_s=1) == {"gpt": 700}
    assert bench.lengths.loads == 2


@pytest.mark.parametrize(
    "receipt",
    [
        pytest.param(replace(RECEIPT, outcome=Outcome.STOPPED), id="stopped"),
        pytest.param(replace(RECEIPT, outcome=Outcome.CUT), id="cut"),
        pytest.param(
            replace(RECEIPT, outcome=Outcome.LIMIT, is_shortened=True), id="short of money"
        ),
        pytest.param(replace(RECEIPT, attempts=(replace(WHOLE, is_reported=False),)), id="guessed"),
        pytest.param(replace(RECEIPT, attempts=(replace(WHOLE, failure="429"), WHOLE)), id="two"),
        pytest.param(replace(RECEIPT, attempts=(replace(WHOLE, usage=Usage()),)), id="nothing"),
    ],
)
async def test_what_is_not_whole_or_only_guessed_is_not_counted(receipt: Receipt) -> None:
    bench = Bench()

    await bench.answered(1, receipt)

    assert bench.lengths.noted == []


async def test_an_answer_that_met_the_limit_and_both_of_a_panel_are_counted() -> None:
    bench = Bench()
    other = replace(WHOLE, model="llama")

    await bench.answered(1, replace(RECEIPT, outcome=Outcome.LIMIT, attempts=(WHOLE, other)))

    assert bench.lengths.noted == [("gpt", TaskClass.MATH, 700), ("llama", TaskClass.MATH, 700)]


async def test_with_the_store_away_what_was_known_holds_on() -> None:
    bench = Bench()
    await bench.answered(30)
    before = await bench.known()

    bench.lengths.is_away = True
    await bench.answered(1)

    assert await bench.known() == before == {"gpt": 700}
