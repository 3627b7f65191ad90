"""Questions with files and quotes, from the message to what the model is sent."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.commands.everything import COMMANDS
from bot.composing import NOTHING_WRITTEN
from bot.handler import Handler
from bot.platforms.port import Message, Notice, OutgoingEvent, Quote, Remarks, Sealed
from bot.reading.reader import Reader
from config.catalog import AttachmentKind
from config.rules import Models, Rule, When
from config.settings import Settings
from routing.errors import NoModelFits, Paused
from routing.objections import Reason
from routing.orders import ALL, Order, Subject, realm_of
from routing.ports import Call, Conversation
from routing.reply import Finished, Outcome
from routing.router import Router
from routing.stop import Stop
from tests.builders import a_card, an_origin
from tests.fakes.history import DictHistory
from tests.fakes.orders import DictOrders
from tests.fakes.ports import DictCache, ListLedger, ScriptedCompleter, spending
from tests.fakes.services import services_of
from tests.fakes.shelf import Shelf

LLAMA = a_card("llama", context_tokens=64_000)
EYE = a_card("eye", capabilities={"vision"}, input_price="5", output_price="9")
ORIGIN = an_origin(platform="discord", private=True)
NO_DOCUMENTS = Rule(
    name="no documents",
    when=When.model_validate({"attachments": ["document"]}),
    deny=Models(names=frozenset({"llama"})),
)


class Talk:
    """One conversation, with files to attach."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.completer = ScriptedCompleter({"llama": "Fine.", "eye": "I see."})
        self.history = DictHistory()
        self.cache = DictCache()
        self.orders = DictOrders()
        self.handle(Settings(models=(LLAMA, EYE)))

    @property
    def call(self) -> Call:
        return self.completer.calls[-1]

    @property
    def sent(self) -> str:
        return self.call.turns[-1].text

    def handle(self, settings: Settings) -> None:
        router = Router(
            settings,
            completer=self.completer,
            spending=spending(ListLedger()),
            cache=self.cache,
        )
        services = services_of(settings, router, self.history, orders=self.orders)
        reader = Reader(settings.attachments, {"discord": self.shelf.source()})
        self.handler = Handler(services, COMMANDS, reader)

    async def say(
        self, text: str, *files: str, quotes: tuple[Quote, ...] = (), stop: Stop | None = None
    ) -> list[OutgoingEvent]:
        conversation = Conversation("discord", "guild", "general")
        attached = tuple(self.shelf.attached(*files))
        message = Message("1", ORIGIN, conversation, text, datetime.now(UTC), attachments=attached)
        message = replace(message, quotes=quotes)
        return [event async for event in self.handler.answer(message, stop or Stop())]


@pytest.fixture
async def talk() -> AsyncIterator[Talk]:
    async with Shelf() as shelf:
        yield Talk(shelf)


async def test_a_plain_question_is_sent_as_it_is(talk: Talk) -> None:
    await talk.say("6 x 7?  ")

    assert talk.sent == "6 x 7?  "


async def test_a_file_is_read_and_sent_before_the_question(talk: Talk) -> None:
    await talk.say("What is to buy?", "notes.txt")

    assert "File notes.txt:\n```\nmilk and bread\n```" in talk.sent
    assert talk.sent.endswith("The question:\nWhat is to buy?")


async def test_no_model_is_asked_where_answers_are_paused_while_a_file_is_read(talk: Talk) -> None:
    talk.shelf.is_open.clear()
    asking = asyncio.create_task(talk.say("What is to buy?", "notes.txt"))
    await talk.shelf.was_asked.wait()

    await talk.orders.give(realm_of(ORIGIN), Order(Subject.PAUSE, ALL), "discord:eve")
    talk.shelf.is_open.set()

    with pytest.raises(Paused):
        await asking
    assert talk.completer.calls == []


async def test_a_picture_goes_to_a_model_that_sees(talk: Talk) -> None:
    await talk.say("What is it?", "photo.png")

    assert talk.call.card.name == "eye"
    (image,) = talk.call.turns[-1].images
    assert (image.media_type, image.width) == ("image/png", 40)


async def test_a_picture_nobody_sees_is_said(talk: Talk) -> None:
    talk.handle(Settings(models=(LLAMA,), shipped_models=False))

    with pytest.raises(NoModelFits) as caught:
        await talk.say("What is it?", "photo.png")

    assert caught.value.passed_over["llama"].reason is Reason.LACKS_CAPABILITY


async def test_what_is_not_read_is_said_to_the_person_and_to_the_model(talk: Talk) -> None:
    events = await talk.say("What is in it?", "all.zip", "notes.txt")

    assert events[0] == Remarks(("`all.zip` was not read: archives are not opened",))
    assert isinstance(events[-1], Finished)
    assert "- all.zip: archives are not opened" in talk.sent


async def test_a_picture_that_cannot_be_read_needs_no_model_that_sees(talk: Talk) -> None:
    talk.shelf.files["photo.png"] = b"\x89PNG\r\n\x1a\n and no more"

    await talk.say("What is it?", "photo.png")

    assert talk.call.card.name == "llama"


@pytest.mark.parametrize("files", [("notes.txt",), ()], ids=["a file", "a quote"])
async def test_without_a_word_a_file_or_a_quote_is_a_question(
    talk: Talk, files: tuple[str, ...]
) -> None:
    quotes = () if files else (Quote("Bob", "It fell."),)

    await talk.say("", *files, quotes=quotes)

    assert talk.sent.endswith(NOTHING_WRITTEN)


async def test_without_a_word_files_that_cannot_be_read_are_no_question(talk: Talk) -> None:
    (notice,) = await talk.say("", "all.zip")

    told = "`all.zip` was not read: archives are not opened"
    assert notice == Notice(told, is_failure=True)
    assert talk.completer.calls == []


async def test_without_anything_there_is_nothing_to_answer(talk: Talk) -> None:
    (notice,) = await talk.say(" ")

    assert isinstance(notice, Notice)
    assert talk.completer.calls == []


async def test_files_and_quotes_give_the_bot_no_orders(talk: Talk) -> None:
    talk.shelf.files["notes.txt"] = b"/new\nask eye: hello"

    events = await talk.say("Go on.", "notes.txt", quotes=(Quote("/model eye", "/model eye"),))

    assert not any(isinstance(event, Notice) for event in events)
    assert talk.call.card.name == "llama"


async def test_a_follow_up_question_knows_the_file(talk: Talk) -> None:
    await talk.say("What is to buy?", "notes.txt", "photo.png")
    await talk.say("And what else?")

    first, _, last = talk.call.turns
    assert "milk and bread" in first.text
    assert "photo.png (it is no longer shown)" in first.text
    assert first.images == ()
    assert last.text == "And what else?"


async def test_a_long_file_does_not_push_its_own_question_out_of_the_history(talk: Talk) -> None:
    talk.shelf.files["notes.txt"] = b"many words to be read " * 2500

    await talk.say("What is to buy?", "notes.txt")
    await talk.say("And what else?")

    assert talk.call.turns[0].text.endswith("What is to buy?")


async def test_whoever_finishes_a_sealed_answer_knows_the_file_and_what_was_not_read(
    talk: Talk,
) -> None:
    events = await talk.say("Sum it up.", "report.pdf", "all.zip")
    (sealed,) = [event for event in events if isinstance(event, Sealed)]
    conversation = Conversation("discord", "guild", "general")
    (remembered,) = (await talk.history.load(conversation)).exchanges

    talk.history = DictHistory()
    talk.handle(Settings(models=(LLAMA, EYE)))
    view = await talk.handler.finish(sealed.line)

    assert view.receipt.endswith(" · `all.zip` was not read: archives are not opened")
    assert (await talk.history.load(conversation)).exchanges == (remembered,)
    assert remembered.kinds == (AttachmentKind.DOCUMENT,)


async def test_a_rule_about_files_holds_for_what_is_asked_after_them(talk: Talk) -> None:
    talk.handle(Settings(models=(LLAMA, EYE), rules=(NO_DOCUMENTS,)))

    await talk.say("Sum it up.", "report.pdf")
    await talk.say("Thanks, why?")

    assert [call.card.name for call in talk.completer.calls] == ["eye", "eye"]


async def test_a_question_asked_anew_comes_with_its_file_and_under_its_rules(talk: Talk) -> None:
    talk.handle(Settings(models=(LLAMA, EYE), rules=(NO_DOCUMENTS,)))

    await talk.say("Sum it up.", "report.pdf")
    await talk.history.choose(Conversation("discord", "guild", "general"), "")
    await talk.say("/fresh")

    assert "Sales fell." in talk.sent
    assert talk.sent.endswith("Sum it up.")
    assert [call.card.name for call in talk.completer.calls] == ["eye", "eye"]


async def test_the_same_words_about_another_file_are_another_question(talk: Talk) -> None:
    await talk.say("Who wrote Faust?", "notes.txt")
    await talk.history.forget(Conversation("discord", "guild", "general"))
    talk.shelf.files["notes.txt"] = b"something else"
    await talk.say("Who wrote Faust?", "notes.txt")

    assert len(talk.completer.calls) == 2
    assert talk.cache.asked == 0


async def test_a_stop_while_files_are_read_ends_without_a_call(talk: Talk) -> None:
    stop = Stop()
    stop.request()

    events = await talk.say("What is it?", "notes.txt", stop=stop)

    assert isinstance(events[-1], Finished)
    assert events[-1].receipt.outcome is Outcome.STOPPED
    assert talk.completer.calls == []
