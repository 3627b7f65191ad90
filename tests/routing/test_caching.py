"""The cache as the router uses it: found, waited for, led and kept."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from config.settings import Settings
from routing.caching import NO_PLACE, WAITED_LONG, Caching, Lead
from routing.errors import AllModelsFailed, ModelBusy
from routing.query import Turn
from routing.reply import Finished, Outcome, Receipt, ReplyEvent, TextDelta
from routing.router import Router
from routing.stop import Stop
from tests.builders import a_card, a_query, an_origin
from tests.fakes.ports import DictCache, ListLedger, ScriptedCompleter, Step, ToldClock, spending

QUESTION = "What is the capital of France?"


class House:
    """A router with a cache, over one scripted model."""

    def __init__(self, script: Sequence[Step] | str, **settings: object) -> None:
        self.completer = ScriptedCompleter({"llama": script})
        self.ledger = ListLedger()
        self.clock = ToldClock()
        self.cache = DictCache()
        self.router = self.made(**settings)

    def made(self, **settings: object) -> Router:
        self.settings = Settings.model_validate({"models": (a_card(),)} | settings)
        return Router(
            self.settings,
            completer=self.completer,
            spending=spending(self.ledger),
            cache=self.cache,
            clock=self.clock.clock(),
        )

    async def ask(self, text: str = QUESTION, **query: object) -> tuple[str, Receipt]:
        return told([event async for event in self.router.answer(a_query(text, **query))])


def told(events: Sequence[ReplyEvent]) -> tuple[str, Receipt]:
    """Return the text and the receipt of an answer's events."""
    assert isinstance(events[-1], Finished)
    text = "".join(event.text for event in events if isinstance(event, TextDelta))
    return text, events[-1].receipt


async def until(condition: Callable[[], bool]) -> None:
    """Let the other tasks go on until a condition holds."""
    while not condition():  # noqa: ASYNC110 # nothing is slept: they only take turns
        await asyncio.sleep(0)


@pytest.mark.parametrize("again", [QUESTION, "Please tell me, what is the capital of France?"])
async def test_the_same_question_is_answered_from_the_cache_for_nothing(again: str) -> None:
    house = House("Paris")
    _, first = await house.ask()
    house.clock.advance(7200)

    text, receipt = await house.ask(again)

    assert text == "Paris"
    assert (receipt.cost_microusd, receipt.saved_microusd) == (0, first.cost_microusd)
    assert receipt.cached_age_s == 7200
    assert len(house.completer.calls) == 1
    assert [each.entry.model for each in house.ledger.settlements] == ["llama", "llama"]


async def test_a_hundred_who_ask_at_once_make_one_call() -> None:
    held = asyncio.Event()
    house = House([held, "Paris"])

    asking = [asyncio.create_task(house.ask()) for _ in range(100)]
    await until(lambda: house.cache.asked >= 100)
    held.set()
    answers = await asyncio.gather(*asking)

    assert {text for text, _ in answers} == {"Paris"}
    assert len(house.completer.calls) == 1
    (paid,) = {receipt.cost_microusd for _, receipt in answers} - {0}
    spent = [each.spent for each in house.ledger.settlements]
    assert [each.requests for each in spent] == [1] * 100
    assert sorted(each.cost_microusd for each in spent) == [0] * 99 + [paid]
    assert [each.saved_microusd for each in spent if not each.cost_microusd] == [paid] * 99


async def test_when_the_one_who_leads_fails_one_who_waits_asks_next() -> None:
    held = asyncio.Event()
    house = House([held, ModelBusy("llama", "429")], cooldown={"failures": 100})
    leading = asyncio.create_task(house.ask())
    await until(lambda: bool(house.completer.calls))

    waiting = asyncio.create_task(house.ask())
    await until(lambda: house.cache.asked >= 2)
    held.set()

    with pytest.raises(AllModelsFailed):
        await leading
    with pytest.raises(Exception, match="llama"):
        await waiting


async def test_one_who_waits_may_stop_and_owes_nothing() -> None:
    held, stop = asyncio.Event(), Stop()
    house = House([held, "Paris"])
    leading = asyncio.create_task(house.ask())
    await until(lambda: bool(house.completer.calls))
    asyncio.get_running_loop().call_soon(stop.request)

    text, receipt = told([event async for event in house.router.answer(a_query(QUESTION), stop)])

    assert (text, receipt.outcome, receipt.cost_microusd) == ("", Outcome.STOPPED, 0)
    held.set()
    await leading


async def test_nobody_waits_for_ever_for_anothers_answer() -> None:
    house, origin = House("Paris"), a_query(QUESTION)
    caching = Caching(house.settings, house.cache, patience_s=0.0)
    assert isinstance(await caching.find(origin, Stop()), Lead)

    assert await caching.find(origin, Stop()) == WAITED_LONG


async def test_asking_anew_forgets_the_answer_also_when_more_was_said_since() -> None:
    house = House("Paris")
    await house.ask()
    since = (Turn("user", QUESTION), Turn("assistant", "Paris"))

    await house.ask(history=since, is_fresh=True)

    assert not (await house.ask())[1].is_cached


async def test_a_place_not_everybody_may_read_shares_with_no_other_whatever_is_set() -> None:
    house = House("Paris", cache={"shared_in_tenant": True})
    group = an_origin(private=False, place="group", person="ada")
    await house.ask(origin=group)

    assert not (await house.ask(origin=replace(group, place="channel")))[1].is_cached
    assert not (await house.ask(origin=replace(group, is_public=True)))[1].is_cached
    assert (await house.ask(origin=replace(group, person="eve")))[1].is_cached


async def test_public_places_share_within_their_tenant_when_that_is_set() -> None:
    house = House("Paris", cache={"shared_in_tenant": True})
    here = an_origin(private=False, is_public=True, place="here")
    await house.ask(origin=here)

    assert (await house.ask(origin=replace(here, place="there")))[1].is_cached
    assert not (await house.ask(origin=replace(here, tenant="other")))[1].is_cached


async def test_asking_anew_calls_a_model_and_keeps_its_answer() -> None:
    house = House("Paris")
    await house.ask()

    _, receipt = await house.ask(is_fresh=True)

    assert not receipt.is_cached
    assert len(house.completer.calls) == 2
    assert (await house.ask())[1].is_cached


@pytest.mark.parametrize(
    ("text", "note"),
    [
        pytest.param("What is my name?", "it is about the person asking", id="personal"),
        pytest.param("What is the weather in Paris today?", "changes with time", id="time"),
        pytest.param(QUESTION, "kept", id="eligible"),
    ],
)
async def test_the_receipt_says_what_the_cache_did(text: str, note: str) -> None:
    house = House("Paris")

    _, receipt = await house.ask(text)

    assert note in receipt.cache_note


async def test_an_answer_that_was_cut_is_not_kept() -> None:
    house = House(["Par", ModelBusy("llama", "529", billed=True)])

    await house.ask()
    house.clock.advance(3600)
    await house.ask()

    assert len(house.completer.calls) == 2


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"origin": an_origin(person="eve")}, id="another person"),
        pytest.param({"origin": an_origin(tenant="other")}, id="another tenant"),
        pytest.param({"system_prompt": "Answer in verse."}, id="another persona"),
        pytest.param({"wanted": "best"}, id="another preset"),
    ],
)
async def test_nobody_is_served_what_was_answered_elsewhere(other: dict[str, Any]) -> None:
    house = House("Paris")
    await house.ask()

    _, receipt = await house.ask(**other)

    assert not receipt.is_cached


async def test_a_change_of_the_catalogue_asks_anew() -> None:
    house = House("Paris")
    await house.ask()
    house.router = house.made(models=(a_card(quality={"general": 0.9}),))

    assert not (await house.ask())[1].is_cached


async def test_switched_off_the_cache_is_never_asked() -> None:
    house = House("Paris", cache={"enabled": False})

    await house.ask()

    assert house.cache.asked == 0


async def test_an_answer_the_store_had_no_place_for_is_not_said_to_be_kept() -> None:
    held = asyncio.Event()
    house = House([held, "Paris"])
    asking = asyncio.create_task(house.ask())
    await until(lambda: bool(house.completer.calls))

    await house.router.caching.purge(an_origin())
    held.set()

    _, receipt = await asking
    assert receipt.cache_note == NO_PLACE
    assert receipt.kept_under is None


async def test_who_waits_for_an_answer_that_is_not_kept_is_let_go_with_all_others() -> None:
    held, later = asyncio.Event(), asyncio.Event()
    script: list[Step] = [held, "Call +49 171 1234567"]
    house = House(script)
    asking = [asyncio.create_task(house.ask())]
    await until(lambda: bool(house.completer.calls))
    asking += [asyncio.create_task(house.ask()) for _ in range(9)]
    await until(lambda: house.cache.asked >= 10)

    script.insert(1, later)  # whoever asks after the first is kept until all do
    held.set()
    await until(lambda: len(house.completer.calls) == 10)
    later.set()

    assert {text for text, _ in await asyncio.gather(*asking)} == {"Call +49 171 1234567"}
