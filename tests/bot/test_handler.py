from contextlib import aclosing
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from bot.commands.everything import COMMANDS
from bot.handler import Handler
from bot.platforms.port import Message, Notice, OutgoingEvent
from bot.platforms.terminal_identity import terminal_conversation
from bot.wording import sentence
from config.catalog import AttachmentKind
from config.references import Unset
from config.rules import Models, Preference, Rule, When
from config.settings import Settings
from routing.errors import AllModelsFailed, ModelBusy, NoModelFits
from routing.objections import Reason
from routing.ports import Exchange
from routing.query import Attachment
from routing.reply import Chosen, Finished, TextDelta
from routing.router import Router
from routing.stop import Stop
from tests.builders import a_card, an_origin
from tests.fakes.history import DictHistory
from tests.fakes.ports import DictCache, ListLedger, ScriptedCompleter, spending
from tests.fakes.services import services_of

LLAMA = a_card("llama-a", alias="llama")
GPT = a_card("gpt", input_price=2, output_price=10)
CLAUDE = a_card("claude", api_key=Unset("env:ANTHROPIC_API_KEY"))
PICTURE = AttachmentKind.IMAGE


class Talk:
    """One conversation with a handler over scripted models."""

    def __init__(self, *rules: Rule) -> None:
        self.completer = ScriptedCompleter({"llama-a": "forty-two", "gpt": "42"})
        self.history = DictHistory()
        self.ledger = ListLedger()
        self.handle(Settings(models=(LLAMA, GPT, CLAUDE), rules=rules))

    def handle(self, settings: Settings) -> None:
        budgets = spending(self.ledger)
        router = Router(settings, completer=self.completer, spending=budgets, cache=DictCache())
        services = services_of(settings, router, self.history, ledger=self.ledger)
        self.handler = Handler(services, COMMANDS)

    async def say(self, text: str, about: str = "") -> list[OutgoingEvent]:
        origin = an_origin()
        here, now = terminal_conversation(origin), datetime.now(UTC)
        message = Message(uuid4().hex, origin, here, text, now, about=about)
        return [event async for event in self.handler.answer(message, Stop())]

    async def told(self, text: str) -> str:
        """Say something and return the one notice it gets."""
        (notice,) = await self.say(text)
        assert isinstance(notice, Notice)
        return notice.markdown


async def test_a_question_is_answered_and_remembered() -> None:
    talk = Talk()

    events = await talk.say("6 x 7?")
    await talk.say("sure?")

    assert events[0] == Chosen("llama-a")
    assert isinstance(events[-1], Finished)
    said = [turn.text for turn in talk.completer.calls[1].turns]
    assert said == ["6 x 7?", "forty-two", "sure?"]


async def test_an_empty_message_gets_a_sentence_and_no_model() -> None:
    talk = Talk()

    assert "write a question" in await talk.told("  \n ")
    assert talk.completer.calls == []


async def test_a_question_is_answered_without_history_when_the_store_is_away() -> None:
    talk = Talk()
    talk.history.is_away = True

    events = await talk.say("6 x 7?")

    assert TextDelta("forty-two") in events


async def test_a_failure_comes_out_as_an_error_and_is_not_remembered() -> None:
    talk = Talk()
    talk.completer = ScriptedCompleter({
        "llama-a": [ModelBusy("llama-a", "429")], "gpt": [ModelBusy("gpt", "429")],
    })  # fmt: skip
    talk.handle(Settings(models=(LLAMA, GPT)))

    with pytest.raises(AllModelsFailed):
        await talk.say("6 x 7?")

    assert "no answer to explain" in await talk.told("/why")


async def test_new_forgets_the_conversation_but_not_the_chosen_model() -> None:
    talk = Talk()
    await talk.told("/model gpt")
    await talk.say("6 x 7?")

    await talk.told("/new")
    await talk.say("sure?")

    assert talk.completer.calls[-1].card.name == "gpt"
    assert [turn.text for turn in talk.completer.calls[-1].turns] == ["sure?"]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        pytest.param("/model gpt", "**gpt** answers here", id="by name"),
        pytest.param("/model LLAMA", "**llama** answers here", id="by alias, case ignored"),
        pytest.param("/model best", "preset **best**", id="by preset"),
        pytest.param("/model auto", "I choose the model", id="back to the router"),
        pytest.param("/model gtp", "Did you mean `gpt`?", id="mistyped"),
        pytest.param("/model claude", "needs `env:ANTHROPIC_API_KEY`", id="not set up"),
        pytest.param("/model llam", "Did you mean `llama`?", id="part of a family's name"),
        pytest.param("/model", "not set up: claude", id="without a name: what there is"),
        pytest.param("/mdoel gpt", "Did you mean `/model`?", id="mistyped command"),
        pytest.param("/help", "`/model [MODEL]`: who answers here", id="help"),
        pytest.param("/why", "no answer to explain", id="why before any answer"),
    ],
)
async def test_a_command_is_answered_without_a_model(said: str, answer: str) -> None:
    talk = Talk()

    assert answer in await talk.told(said)
    assert talk.completer.calls == []


@pytest.mark.parametrize("text", ["/etc/passwd is what?", "/ 2", "//", "a /model b"])
async def test_a_path_or_a_slash_elsewhere_is_no_command(text: str) -> None:
    talk = Talk()

    assert isinstance((await talk.say(text))[0], Chosen)


async def test_why_shows_the_decision_of_the_last_answer() -> None:
    talk = Talk()
    await talk.say("6 x 7?")

    why = await talk.told("/why")

    assert "| llama-a | 0.80 |" in why
    assert "| claude | | | | not set up (needs env:ANTHROPIC_API_KEY) |" in why
    assert "- llama-a: answered" in why


async def test_why_names_the_answer_as_the_log_does() -> None:
    talk = Talk()
    finished = (await talk.say("6 x 7?"))[-1]

    assert isinstance(finished, Finished)
    assert f"In the log it is `{finished.receipt.reply_id[:8]}`." in await talk.told("/why")


async def test_closing_an_answer_early_closes_the_call() -> None:
    talk = Talk()
    origin = an_origin()
    message = Message(uuid4().hex, origin, terminal_conversation(origin), "hi", datetime.now(UTC))

    async with aclosing(talk.handler.answer(message, Stop())) as events:
        async for event in events:
            if isinstance(event, TextDelta):
                break

    assert talk.completer.closed == ["llama-a"]
    assert len(talk.ledger.settlements) == 1


async def test_a_question_that_stands_alone_neither_reads_nor_leaves_a_turn() -> None:
    talk = Talk()
    await talk.say("6 x 7?")
    origin = an_origin()
    here = terminal_conversation(origin)
    alone = Message(uuid4().hex, origin, here, "sure?", datetime.now(UTC), is_alone=True)

    _ = [event async for event in talk.handler.answer(alone, Stop())]

    assert [turn.text for turn in talk.completer.calls[1].turns] == ["sure?"]
    assert len((await talk.history.load(here)).exchanges) == 1


async def test_fresh_asks_the_last_question_of_a_model_again() -> None:
    talk = Talk()
    assert "no question to ask anew" in await talk.told("/fresh")
    await talk.say("What is the capital of France?")

    events = await talk.say("/fresh")

    assert isinstance(events[0], Chosen)
    assert talk.completer.calls[1].turns[-1].text == "What is the capital of France?"


async def test_a_question_asked_again_does_not_see_its_old_answers_nor_what_came_after() -> None:
    talk = Talk()
    await talk.say("first")
    first = (await talk.history.load(terminal_conversation(an_origin()))).exchanges[0]
    await talk.say("second")

    await talk.say("/fresh", about=first.reply_id)
    await talk.say("/fresh", about=first.reply_id)
    await talk.say("third")

    sent = [
        [turn.text for turn in call.turns if turn.role == "user"] for call in talk.completer.calls
    ]
    assert sent[2:4] == [["first"], ["first"]]
    assert sent[4] == ["second", "first", "third"]


async def test_who_was_asked_again_is_less_believed_in_the_same_conversation() -> None:
    talk = Talk()
    await talk.say("first")
    await talk.say("/fresh")

    assert "conversation" in await talk.told("/why")
    await talk.told("/new")
    await talk.say("second")
    assert "conversation" not in await talk.told("/why")


async def test_a_message_may_say_whom_it_is_for() -> None:
    talk = Talk()
    await talk.told("/model llama")

    await talk.say("Ask GPT: 6 x 7?")
    await talk.say("ask Bob, he knows")

    assert [call.card.name for call in talk.completer.calls] == ["gpt", "llama-a"]
    assert talk.completer.calls[0].turns[-1].text == "6 x 7?"
    assert talk.completer.calls[1].turns[0].text == "6 x 7?"
    assert talk.completer.calls[1].turns[-1].text == "ask Bob, he knows"


NO_GPT = Rule(name="no gpt here", deny=Models(names=frozenset({"gpt"})))


async def test_a_model_that_a_rule_forbids_here_cannot_be_chosen() -> None:
    told = await Talk(NO_GPT).told("/model gpt")

    assert told.startswith('The rule "no gpt here" does not allow **gpt** here.')


async def test_a_model_that_a_rule_forbids_for_some_questions_can_be_chosen() -> None:
    long = NO_GPT.model_copy(update={"when": When(min_chars=1000)})

    assert "**gpt** answers here" in await Talk(long).told("/model gpt")


async def test_asking_for_what_a_rule_forbids_says_so() -> None:
    talk = Talk(NO_GPT)

    with pytest.raises(NoModelFits) as caught:
        await talk.say("ask gpt: 6 x 7?")

    assert sentence(caught.value) == (
        'The rule "no gpt here" does not allow **gpt** here. Ask for another one, or without '
        "naming one; what was chosen with `/model` ends with `/model auto`."
    )
    assert talk.completer.calls == []


async def test_why_says_what_would_have_made_the_second_model_win() -> None:
    talk = Talk(Rule(name="open first", prefer=Preference(weights="open", worth_usd=Decimal(0))))
    await talk.say("6 x 7?")

    why = await talk.told("/why")

    assert "- rules that are for it: open first" in why
    assert "- score of llama-a in micro-dollars: quality: card +16,000.0, price -" in why
    assert "- next: gpt, " in why
    assert " behind; it would answer with a quality of 0." in why


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        pytest.param('{"task":"math","models":[]}', "another version of me", id="an older one's"),
        pytest.param("", "the explanation is gone", id="none"),
    ],
)
async def test_why_declines_politely_what_it_cannot_read(kept: str, told: str) -> None:
    talk = Talk()
    here = terminal_conversation(an_origin())
    await talk.history.append(here, Exchange("hi", "hello", "r1", datetime.now(UTC)), kept)

    assert told in await talk.told("/why")


async def test_a_conversation_remembers_which_model_answered() -> None:
    talk = Talk()
    await talk.say("6 x 7?")

    (exchange,) = (await talk.history.load(terminal_conversation(an_origin()))).exchanges

    assert exchange.model == "llama-a"


async def test_a_rule_may_speak_of_the_threads_last_model() -> None:
    after = When(last_models=frozenset({"llama"}))
    talk = Talk(Rule(name="a change", when=after, pin="gpt"))

    await talk.say("6 x 7?")
    await talk.say("sure?")

    assert [call.card.name for call in talk.completer.calls] == ["llama-a", "gpt"]


async def test_what_comes_with_a_message_is_part_of_the_question() -> None:
    talk = Talk(Rule(name="no pictures", when=When(attachments=frozenset({PICTURE})), pin="gpt"))
    origin = an_origin()
    with_picture = Message(
        "1", origin, terminal_conversation(origin), "What is this?", datetime.now(UTC),
        attachments=(Attachment(PICTURE),),
    )  # fmt: skip

    with pytest.raises(NoModelFits) as caught:
        await anext(talk.handler.answer(with_picture, Stop()))

    assert caught.value.passed_over["gpt"].reason is Reason.LACKS_CAPABILITY
    assert caught.value.passed_over["llama-a"].rule == "no pictures"
