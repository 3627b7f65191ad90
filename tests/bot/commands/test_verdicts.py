"""What people say of answers, in a whole conversation."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from bot.commands.everything import COMMANDS
from bot.handler import Handler
from bot.platforms.port import Message, Notice, OutgoingEvent
from bot.platforms.terminal_identity import terminal_conversation
from config.settings import Settings
from routing.embedding import VECTOR_SIZE, Vector
from routing.learning import Learning
from routing.reply import Finished
from routing.router import Router
from routing.stop import Stop
from routing.votes import Verdict, Vote
from tests.builders import a_card, an_origin
from tests.fakes.comparisons import DictComparisons
from tests.fakes.history import DictHistory
from tests.fakes.ports import DictCache, ListLedger, ListVotes, ScriptedCompleter, spending
from tests.fakes.services import services_of

LLAMA = a_card("llama", input_price=0, output_price=0)
QWEN = a_card("qwen", input_price=0.01, output_price=0.01)
GPT = a_card("gpt", input_price=2, output_price=10, quality={"general": 0.9})


def embed(_text: str) -> "Vector | None":
    """Take all questions for alike."""
    return np.full(VECTOR_SIZE, VECTOR_SIZE**-0.5, dtype=np.float32)


class Talk:
    """A conversation with a handler that learns, over scripted models."""

    def __init__(self, *, is_on: bool = True) -> None:
        settings = Settings.model_validate({
            "models": (LLAMA, QWEN, GPT), "house": {"enabled": is_on},
        })  # fmt: skip
        self.votes = ListVotes()
        learning = Learning(settings, self.votes, embed)
        completer = ScriptedCompleter({"llama": "41", "qwen": "42", "gpt": "42, surely"})
        self.history, ledger = DictHistory(), ListLedger()
        router = Router(
            settings,
            completer=completer,
            spending=spending(ledger),
            cache=DictCache(),
            learning=learning,
        )
        services = services_of(
            settings,
            router,
            self.history,
            ledger=ledger,
            learning=learning,
            comparisons=DictComparisons(),
        )
        self.handler = Handler(services, COMMANDS)

    async def say(self, text: str, **origin: Any) -> list[OutgoingEvent]:
        asker = an_origin(**origin)
        message = Message(uuid4().hex, asker, terminal_conversation(asker), text, datetime.now(UTC))
        return [event async for event in self.handler.answer(message, Stop())]

    async def told(self, text: str) -> Notice:
        """Say something and return the one notice it gets."""
        (notice,) = await self.say(text)
        assert isinstance(notice, Notice)
        return notice

    async def answered_by(self, text: str) -> str:
        """Ask something and return which model answered."""
        *_, finished = await self.say(text)
        assert isinstance(finished, Finished)
        return finished.receipt.model

    @property
    def cast(self) -> list[Vote]:
        return [vote for votes in self.votes.cast_in.values() for vote in votes.values()]


@pytest.mark.parametrize("verdict", [Verdict.GOOD, Verdict.BAD])
async def test_a_thumb_is_a_vote_on_the_model_that_gave_the_last_answer(verdict: Verdict) -> None:
    talk = Talk()
    await talk.say("6 x 7?")

    notice = await talk.told(f"/{verdict}")

    assert "**llama**" in notice.markdown
    (vote,) = talk.cast
    assert (vote.model, vote.verdict, vote.voter) == ("llama", verdict, "terminal:ada")


async def test_a_second_thumb_takes_the_place_of_the_first() -> None:
    talk = Talk()
    await talk.say("6 x 7?")

    await talk.told("/bad")
    await talk.told("/good")

    assert [vote.verdict for vote in talk.cast] == [Verdict.GOOD]


async def test_a_thumb_is_taken_back() -> None:
    talk = Talk()
    await talk.say("6 x 7?")
    await talk.told("/bad")

    notice = await talk.told("/bad undo")

    assert "Taken back" in notice.markdown
    assert talk.cast == []


async def test_bad_answers_bring_another_model_for_like_questions() -> None:
    talk = Talk()

    models = []
    for number in range(8):
        models.append(await talk.answered_by(f"{number} x 7?"))
        await talk.told("/bad")

    assert models[0] == "llama"
    assert set(models) > {"llama"}


async def test_better_asks_the_best_model_and_says_that_the_answer_was_not_good_enough() -> None:
    talk = Talk()
    await talk.say("6 x 7?")

    model = await talk.answered_by("/better")

    assert model == "gpt"
    assert [(vote.model, vote.verdict) for vote in talk.cast] == [("llama", Verdict.BETTER_WANTED)]


async def test_asking_again_is_a_small_vote() -> None:
    talk = Talk()
    await talk.say("6 x 7?")

    await talk.say("/fresh")

    assert [vote.verdict for vote in talk.cast] == [Verdict.REGENERATED]


@pytest.mark.parametrize("command", ["/good", "/bad", "/better"])
async def test_before_any_answer_there_is_nothing_to_judge(command: str) -> None:
    talk = Talk()

    notice = await talk.told(command)

    assert notice.is_failure
    assert talk.cast == []


async def test_where_learning_is_off_a_thumb_says_so_and_better_works() -> None:
    talk = Talk(is_on=False)
    await talk.say("6 x 7?")

    notice = await talk.told("/good")
    model = await talk.answered_by("/better")

    assert "house.enabled" in notice.markdown
    assert model == "gpt"
    assert talk.cast == []
