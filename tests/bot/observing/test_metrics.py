import asyncio
import re
from collections.abc import Sequence
from contextlib import aclosing

import pytest

from bot.observing.counted import Counted, CountedAtOnce
from bot.observing.lag import EVERY_S, watch_lag
from bot.observing.metrics import Metrics
from bot.observing.readings import Readings, Traffic
from bot.platforms.port import Message, Notice, OutgoingEvent
from config.settings import Settings
from routing.background import beside
from routing.errors import ModelBusy, NoModelFits, Paused, Superseded
from routing.ports import Completed
from routing.pricing import Usage
from routing.router import Router
from routing.stop import Stop
from tests.bot.office import ScriptedAnswers, a_message
from tests.bot.platforms.recording import Echo
from tests.builders import a_card, a_query, an_origin
from tests.fakes.ports import DictCache, ListLedger, ScriptedCompleter, Step, spending
from tests.fakes.told_time import ToldTime

QUIET = Readings(is_store_up=True, waiting=0, oldest_s=0.0, held_microusd=0, resting={})


def numbers(metrics: Metrics, readings: Readings = QUIET) -> dict[str, float]:
    """Return each number by its name and labels, as Prometheus reads them."""
    lines = metrics.text(readings).decode().splitlines()
    found = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in found}


def a_router(metrics: Metrics, scripts: dict[str, Sequence[Step] | str]) -> Router:
    return Router(
        Settings(models=(a_card("llama"), a_card("gpt", quality={"general": 0.9}))),
        completer=ScriptedCompleter(scripts),
        spending=spending(ListLedger()),
        cache=DictCache(),
        watch=metrics,
    )


async def asked(router: Router, text: str = "What does a pointsman do?") -> None:
    origin = an_origin(tenant="acme", place="C1", person="p17")
    async with aclosing(router.answer(a_query(text, origin=origin))) as events:
        async for _ in events:
            pass


async def test_an_answer_is_counted_with_its_tokens_its_cost_and_its_times() -> None:
    metrics = Metrics()
    used = Usage(input_tokens=100, output_tokens=20, cached_input_tokens=60, reasoning_tokens=5)
    router = a_router(metrics, {"gpt": ["42", Completed("stop", used, 1234)]})

    await asked(router)

    found = numbers(metrics)
    assert found['pointsman_answers_total{model="gpt",outcome="complete"}'] == 1
    assert found['pointsman_tokens_total{kind="input",model="gpt"}'] == 100
    assert found['pointsman_tokens_total{kind="cached_input",model="gpt"}'] == 60
    assert found['pointsman_tokens_total{kind="output",model="gpt"}'] == 20
    assert found['pointsman_tokens_total{kind="reasoning",model="gpt"}'] == 5
    assert found['pointsman_spent_microusd_total{model="gpt"}'] > 0
    assert found["pointsman_first_text_seconds_count"] == 1
    assert found["pointsman_answer_seconds_count"] == 1


async def test_the_same_question_again_is_counted_as_a_hit_that_saves() -> None:
    metrics = Metrics()
    router = a_router(metrics, {"gpt": "42", "llama": "42"})

    await asked(router)
    await asked(router)

    found = numbers(metrics)
    assert found['pointsman_cache_hits_total{tier="exact"}'] == 1
    assert found['pointsman_saved_microusd_total{by="cache"}'] > 0
    assert found['pointsman_answers_total{model="gpt",outcome="complete"}'] == 2


async def test_a_model_that_fails_is_counted_by_what_it_did() -> None:
    metrics = Metrics()
    router = a_router(metrics, {"gpt": [ModelBusy("gpt", "full")], "llama": "42"})

    await asked(router)

    found = numbers(metrics)
    assert found['pointsman_model_failures_total{kind="model_busy",model="gpt"}'] == 1
    assert found['pointsman_answers_total{model="llama",outcome="complete"}'] == 1
    assert set(router.resting) == {"gpt"}


async def test_no_label_names_a_person_a_place_or_what_was_said() -> None:
    metrics = Metrics()
    answers = ScriptedAnswers()
    await received(Counted(answers, metrics), a_message(text="the secret"))
    await asked(a_router(metrics, {"gpt": "42"}), "the secret")

    text = metrics.text(QUIET).decode()

    labels = set(re.findall(r"(\w+)=\"", text))
    of_the_build = {"version", "schema"}
    of_answers = {"platform", "model", "outcome", "kind", "by", "tier", "reason", "le"}
    assert labels <= of_answers | of_the_build
    assert not [each for each in ("secret", "p17", "acme", "C1", "ada", "guild") if each in text]


def test_names_end_in_their_unit_or_in_total() -> None:
    traffic = {"slack": Traffic({"append": 3}, 1, is_heard=True)}
    readings = Readings(
        is_store_up=True,
        waiting=2,
        oldest_s=4.5,
        held_microusd=70,
        resting={"gpt": True},
        traffic=traffic,
        tasks=11,
    )
    metrics = Metrics()
    text = metrics.text(readings).decode()

    kinds = dict(re.findall(r"# TYPE (pointsman_\w+) (\w+)", text))
    counters = {name for name, kind in kinds.items() if kind == "counter"}
    histograms = {name for name, kind in kinds.items() if kind == "histogram"}
    assert {name for name in counters if not name.endswith("_total")} == set()
    assert {name for name in histograms if not name.endswith("_seconds")} == set()
    found = numbers(metrics, readings)
    assert found["pointsman_queue_questions"] == 2
    assert found["pointsman_queue_oldest_seconds"] == 4.5
    assert found["pointsman_held_microusd"] == 70
    assert found["pointsman_loop_tasks"] == 11
    assert found['pointsman_model_resting{model="gpt"}'] == 1
    assert found['pointsman_platform_connected{platform="slack"}'] == 1
    assert found['pointsman_platform_requests_total{kind="append",platform="slack"}'] == 3
    assert found['pointsman_platform_limited_total{platform="slack"}'] == 1


def test_what_the_store_does_not_tell_is_left_out() -> None:
    away = Readings(is_store_up=False, waiting=None, oldest_s=None, held_microusd=0, resting={})

    found = numbers(Metrics(), away)

    assert found["pointsman_store_up"] == 0
    assert "pointsman_queue_questions" not in found
    assert "pointsman_queue_oldest_seconds" not in found


async def received(answers: Counted, message: Message, delivery: int = 1) -> list[OutgoingEvent]:
    async with aclosing(answers.answer(message, Stop(), delivery)) as events:
        return [event async for event in events]


async def test_questions_and_commands_are_told_apart_and_counted_once() -> None:
    metrics = Metrics()
    question = Counted(ScriptedAnswers(), metrics)

    await received(question, a_message())
    await received(question, a_message(), delivery=2)
    await received(Counted(ScriptedAnswers(Notice("nothing")), metrics), a_message(text="/usage"))

    found = numbers(metrics)
    assert found['pointsman_questions_total{platform="discord"}'] == 1
    assert found['pointsman_commands_total{platform="discord"}'] == 1


async def test_a_command_that_is_answered_at_once_is_counted_too() -> None:
    metrics = Metrics()
    answers = CountedAtOnce(Echo(), metrics)

    async with aclosing(answers.answer(a_message(text="/model"), Stop())) as events:
        told = [event async for event in events]

    assert told == [event async for event in Echo().answer(a_message(text="/model"), Stop())]
    assert numbers(metrics)['pointsman_commands_total{platform="discord"}'] == 1


@pytest.mark.parametrize(
    ("error", "reasons"),
    [
        pytest.param(NoModelFits({}), {"no_model_fits": 1}, id="nobody fits"),
        pytest.param(Paused("", is_everywhere=True), {"paused": 1}, id="paused"),
        pytest.param(Superseded(), {}, id="another worker answers, and counts"),
        pytest.param(ValueError("surprise"), {"unforeseen": 1}, id="unforeseen"),
    ],
)
async def test_a_question_without_an_answer_is_counted_by_why(
    error: Exception, reasons: dict[str, int]
) -> None:
    metrics = Metrics()

    with pytest.raises(type(error)):
        await received(Counted(ScriptedAnswers(error), metrics), a_message())

    found = numbers(metrics)
    told = {name: count for name, count in found.items() if "refusals_total{" in name}
    assert told == {f'pointsman_refusals_total{{reason="{each}"}}': 1 for each in reasons}
    assert found["pointsman_questions_running"] == 0


async def test_what_is_being_answered_is_counted_until_it_ends() -> None:
    metrics, gate = Metrics(), asyncio.Event()
    answering = asyncio.create_task(
        received(Counted(ScriptedAnswers(gate, Notice("done")), metrics), a_message())
    )
    await asyncio.sleep(0)
    during = numbers(metrics)["pointsman_questions_running"]
    gate.set()
    await answering

    assert (during, numbers(metrics)["pointsman_questions_running"]) == (1, 0)


async def test_the_loops_lag_is_what_a_sleep_takes_too_long() -> None:
    time, lags = ToldTime(), list[float]()
    late_s = 0.0

    async def sleep(seconds: float) -> None:
        await time.sleep(seconds + late_s)

    async with beside(watch_lag(lags.append, time.clock().elapsed_s, sleep)):
        await time.pass_by(EVERY_S)
        late_s = 0.2
        await time.pass_by(2 * EVERY_S + 0.3)

    assert [round(each, 3) for each in lags] == [0, 0, 0.2]
