"""A worker dies while it answers, and another finishes: through the handler."""

from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.commands.everything import COMMANDS
from bot.draft import Draft, View
from bot.handler import Handler
from bot.platforms.port import Message, OutgoingEvent, Sealed
from bot.written import from_line
from config.settings import Settings
from routing.ports import Conversation, ReasoningPart, Transcript
from routing.reply import Chosen, Ended, Finished, TextDelta
from routing.router import Router
from routing.stop import Stop
from tests.builders import a_card, an_origin
from tests.fakes.history import DictHistory
from tests.fakes.ports import DictCache, ListLedger, ScriptedCompleter, ToldClock, spending
from tests.fakes.services import services_of

LLAMA = a_card("llama", input_price="0.1", output_price="0.2")
HERE = Conversation("discord", "guild", "general")
ASKED = Message(
    message_id="1234",
    origin=an_origin(platform="discord", tenant="guild", place="general", person="77"),
    conversation=HERE,
    text="Why 6 x 7? \ud83d",
    at=datetime(2026, 11, 24, tzinfo=UTC),
)


class Shared:
    """What all workers share: a ledger and a history."""

    def __init__(self) -> None:
        self.ledger = ListLedger()
        self.history = DictHistory()

    def worker(self) -> "Worker":
        return Worker(self)


class Worker:
    """One process of several."""

    def __init__(self, shared: Shared) -> None:
        settings = Settings(models=(LLAMA,))
        self.completer = ScriptedCompleter({"llama": [ReasoningPart("hm, "), "forty", "-two"]})
        router = Router(
            settings,
            completer=self.completer,
            spending=spending(shared.ledger),
            cache=DictCache(),
            clock=ToldClock().clock(),
        )
        services = services_of(settings, router, shared.history, ledger=shared.ledger)
        self.handler = Handler(services, COMMANDS)

    async def answer(self, message: Message = ASKED, delivery: int = 1) -> list[OutgoingEvent]:
        return [event async for event in self.handler.answer(message, Stop(), delivery)]


async def sealed_and_not_settled(message: Message = ASKED) -> str:
    """Return what a worker wrote down that died right after."""
    events = await Shared().worker().answer(message)
    (sealed,) = [event for event in events if isinstance(event, Sealed)]
    return sealed.line


def shown(events: list[OutgoingEvent]) -> View:
    """Return what is to be seen in the end."""
    draft = Draft()
    for event in events:
        draft.take(event)
    return draft.view()


async def test_an_answer_is_sealed_when_its_text_is_whole_and_before_it_is_settled() -> None:
    shared = Shared()
    pieces: list[str] = []

    async with aclosing(shared.worker().handler.answer(ASKED, Stop())) as events:
        async for event in events:
            assert not isinstance(event, Ended)
            if isinstance(event, TextDelta):
                pieces.append(event.text)
            if isinstance(event, Sealed):
                assert shared.ledger.settlements == []
                assert from_line(event.line).text == "".join(pieces) == "forty-two"

    assert len(shared.ledger.settlements) == 1


async def test_finishing_shows_settles_and_remembers_what_the_dead_worker_would_have() -> None:
    undisturbed, shared = Shared(), Shared()
    events = await undisturbed.worker().answer()
    heir = shared.worker()

    view = await heir.handler.finish(await sealed_and_not_settled())

    assert view == shown(events)
    assert (view.text, view.reasoning, view.is_final) == ("forty-two", "hm, ", True)
    assert shared.ledger.spent == undisturbed.ledger.spent
    assert await shared.history.load(HERE) == await undisturbed.history.load(HERE)
    assert await shared.history.explanation(HERE, view.reply_id)
    assert heir.completer.calls == []


async def test_finishing_again_changes_nothing() -> None:
    shared = Shared()
    events = await shared.worker().answer()
    before = (shared.ledger.spent, await shared.history.load(HERE))
    (sealed,) = [event for event in events if isinstance(event, Sealed)]

    for _ in range(2):
        assert await shared.worker().handler.finish(sealed.line) == shown(events)

    assert (shared.ledger.spent, await shared.history.load(HERE)) == before


async def test_who_stops_listening_once_it_is_sealed_has_it_settled_all_the_same() -> None:
    shared = Shared()

    async with aclosing(shared.worker().handler.answer(ASKED, Stop())) as events:
        async for event in events:
            if isinstance(event, Sealed):
                break

    assert [each.spent.answers for each in shared.ledger.settlements] == [1]


async def test_what_stands_alone_is_finished_and_not_remembered() -> None:
    shared = Shared()

    line = await sealed_and_not_settled(replace(ASKED, is_alone=True))
    view = await shared.worker().handler.finish(line)

    assert view.text == "forty-two"
    assert await shared.history.load(HERE) == Transcript()


async def test_a_message_has_one_reply_id_whoever_answers_it() -> None:
    ids = []
    for message in (ASKED, ASKED, replace(ASKED, message_id="1235")):
        *_, finished = await Shared().worker().answer(message)
        assert isinstance(finished, Finished)
        ids.append(finished.receipt.reply_id)

    assert ids[0] == ids[1] != ids[2]
    assert {len(each) for each in ids} == {32}


async def test_a_later_worker_answers_anew_and_counts_the_question_once() -> None:
    shared = Shared()
    dying = shared.worker()
    answering = dying.handler.answer(ASKED, Stop())
    assert isinstance(await anext(answering), Chosen)

    await shared.worker().answer(delivery=2)

    assert (shared.ledger.spent.requests, shared.ledger.spent.answers) == (0, 1)
    assert [each.delivery for each in shared.ledger.lapsed] == [1]
    (exchange,) = (await shared.history.load(HERE)).exchanges
    assert exchange.person == "77"
    await answering.aclose()


async def test_without_the_history_an_answer_is_finished_all_the_same() -> None:
    shared = Shared()
    shared.history.is_away = True

    view = await shared.worker().handler.finish(await sealed_and_not_settled())

    assert view.text == "forty-two"
    assert shared.ledger.spent.answers == 1


@pytest.mark.parametrize("line", ["", "{}", "[]", '{"version": 9}', '{"version": 1, "text": "x"}'])
async def test_what_is_no_sealed_answer_is_refused(line: str) -> None:
    shared = Shared()

    with pytest.raises(ValueError, match=r"."):
        await shared.worker().handler.finish(line)

    assert shared.ledger.settlements == []
