"""Comparisons through the handler: told before, blind, voted on; also when a worker dies."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.draft import View
from bot.platforms.port import Message, Notice, OutgoingEvent, Sealed, Waiting
from bot.view_lines import view_from_line, view_to_line
from config.settings import Settings
from routing.backends.stores import Stores, forgetful_stores
from routing.errors import ModelBusy, NoModelFits, NotAdmitted, Paused
from routing.ports import Conversation
from routing.stop import Stop
from routing.votes import House, Verdict
from tests.bot.commands.administered import GPT, LLAMA, Replica
from tests.bot.commands.test_verdicts import embed
from tests.builders import a_card, an_origin
from tests.fakes.ports import Step

QUESTION = "What is 6 x 7?"
PRIVATE = {"handle": {"is_ephemeral": "1"}}
THERE = {"platform": "discord", "tenant": "1", "place": "C0000001", "private": False}


class Bench:
    """Two processes over one store, and what one person after the other says to them."""

    def __init__(self, settings: Settings, stores: Stores, llama: str, gpt: list[Step]) -> None:
        self.stores = stores
        self.first = Replica(settings, stores, llama, gpt=gpt, embed=embed)
        self.second = Replica(settings, stores, llama, gpt=gpt, embed=embed)
        self._said = 0

    def message(self, text: str, *, handle: dict[str, str] | None = None, **given: Any) -> Message:
        """Return what somebody says, in a new conversation."""
        self._said += 1
        about = given.pop("about", "")
        origin = an_origin(**(THERE | given))
        return Message(
            message_id=str(self._said),
            origin=origin,
            conversation=Conversation(
                origin.platform, origin.tenant, origin.place, f"{self._said}"
            ),
            text=text,
            at=datetime.now(UTC),
            about=about,
            handle=handle or {},
        )

    async def say(self, text: str, **given: Any) -> list[OutgoingEvent]:
        events = self.first.handler.answer(self.message(text, **given), Stop())
        return [event async for event in events]

    async def told(self, text: str, **given: Any) -> Notice:
        """Say something and return the one notice it gets in the end."""
        *_, notice = await self.say(text, **given)
        assert isinstance(notice, Notice)
        return notice

    async def proposed(self, question: str = QUESTION, **given: Any) -> str:
        """Return the words by which a comparison starts that was told of."""
        return (await self.told(f"/compare {question}", **given)).confirm_by

    async def spent(self) -> tuple[int, int]:
        """Return what ada has used: answers and micro-dollars."""
        origin = an_origin(**THERE)
        lines = await self.stores.accounts.of_person(origin, datetime.now(UTC).date())
        return sum(line.answers for line in lines), sum(line.cost_microusd for line in lines)


@asynccontextmanager
async def a_bench(llama: str = "42", gpt: list[Step] | None = None) -> AsyncGenerator[Bench]:
    made = Settings.model_validate({"models": (LLAMA, GPT), "house": {"enabled": True}})
    async with forgetful_stores(made) as stores:
        yield Bench(made, stores, llama, gpt or ["43"])


async def test_what_it_costs_at_most_is_told_before_anybody_is_asked() -> None:
    async with a_bench() as bench:
        notice = await bench.told(f"/compare {QUESTION}")

        assert "Together they cost you at most $0.0" in notice.markdown
        assert f"`{notice.confirm_by}` does it" in notice.markdown
        assert "llama" not in notice.markdown
        assert bench.first.completer.calls == []
        assert await bench.spent() == (0, 0)


async def test_both_answers_come_without_a_hint_of_whose_they_are() -> None:
    async with a_bench(llama="42\n```\n6*7") as bench:
        waiting, sealed, notice = await bench.say(await bench.proposed())

        assert isinstance(waiting, Waiting)
        assert isinstance(sealed, Sealed)
        assert isinstance(notice, Notice)
        assert "### Answer A" in notice.markdown
        assert "42\n```\n6*7\n```" in notice.markdown
        said = (waiting.line + notice.markdown).lower()
        assert not any(hint in said for hint in ("llama", "gpt", "$", " ms"))
        assert (await bench.spent())[0] == 2
        assert view_from_line(view_to_line(View.of_notice(notice))).vote_on == notice.vote_on


async def test_it_is_asked_by_whom_it_was_told_and_where_alone() -> None:
    async with a_bench() as bench:
        words = await bench.proposed()

        for given in ({"person": "eve"}, {"place": "C0000002"}, {"tenant": "2"}):
            assert "no such question" in (await bench.told(words, **given)).markdown
        await bench.told("/forget")
        assert "no such question" in (await bench.told(words)).markdown
        assert bench.first.completer.calls == []


async def test_what_costs_more_than_was_told_is_not_asked() -> None:
    async with a_bench() as bench:
        words = await bench.proposed()
        dear = a_card("gpt", weights="closed", input_price=2, output_price=100)
        settings = Settings.model_validate({"models": (LLAMA, dear)})
        bench.first = Replica(settings, bench.stores)

        assert "costs more now" in (await bench.told(words)).markdown
        assert bench.first.completer.calls == []


@pytest.mark.parametrize(
    ("order", "error"),
    [
        ("/pause", Paused),
        ("/models disable gpt", NoModelFits),
        ("/access deny user discord:ada", NotAdmitted),
    ],
)
async def test_orders_given_meanwhile_hold(order: str, error: type[Exception]) -> None:
    async with a_bench() as bench:
        words = await bench.proposed(person="ada")
        await bench.first.ordered(order)

        with pytest.raises(error):
            await bench.say(words, person="ada")
        assert bench.first.completer.calls == []


async def test_a_vote_is_one_on_each_answer_and_shows_its_voter_alone_who_wrote_which() -> None:
    async with a_bench() as bench:
        shown = await bench.told(await bench.proposed())

        aloud = await bench.told("/compare vote b", person="bob")
        alone = await bench.told("/compare vote a", about=shown.vote_on, **PRIVATE)

        assert "llama" not in aloud.markdown
        assert "It counts when I choose models here." in alone.markdown
        assert "**llama**: $" in alone.markdown
        assert "**gpt**: $" in alone.markdown
        _, votes = await bench.stores.votes.load(House("discord", "1"))
        assert votes is not None
        cast = {(vote.voter, vote.reply_id[-1], vote.verdict) for vote in votes}
        assert cast == {
            ("discord:bob", "a", Verdict.LOST),
            ("discord:bob", "b", Verdict.WON),
            ("discord:ada", "a", Verdict.WON),
            ("discord:ada", "b", Verdict.LOST),
        }
        by_letter = {vote.reply_id[-1]: vote.model for vote in votes}
        assert f"A was **{by_letter['a']}**" in alone.markdown


async def test_the_first_vote_of_a_person_stays() -> None:
    async with a_bench() as bench:
        await bench.told(await bench.proposed())

        for words in ("/compare vote bad", "/compare vote a", "/compare vote bad"):
            notice = await bench.told(words, **PRIVATE)

        assert "Noted: both are bad" in notice.markdown
        _, votes = await bench.stores.votes.load(House("discord", "1"))
        assert [vote.verdict for vote in votes or ()] == [Verdict.BAD, Verdict.BAD]


async def test_nobody_elsewhere_votes_on_it() -> None:
    async with a_bench() as bench:
        shown = await bench.told(await bench.proposed())

        for given in ({"place": "C0000002"}, {"tenant": "2"}):
            notice = await bench.told("/compare vote a", about=shown.vote_on, **PRIVATE, **given)
            assert "nothing to vote on" in notice.markdown


async def test_a_comparison_leaves_nothing_in_its_conversation() -> None:
    async with a_bench() as bench:
        message = bench.message(await bench.proposed())

        _ = [event async for event in bench.first.handler.answer(message, Stop())]

        assert (await bench.stores.history.load(message.conversation)).exchanges == ()


async def test_who_died_behind_the_seal_is_finished_without_asking_again() -> None:
    async with a_bench() as bench:
        _, sealed, notice = await bench.say(await bench.proposed())
        before = await bench.spent()
        assert isinstance(sealed, Sealed)

        for _ in range(2):
            view = await bench.second.handler.finish(sealed.line)
            assert isinstance(notice, Notice)
            assert view == View.of_notice(notice)

        assert await bench.spent() == before
        assert bench.second.completer.calls == []


async def test_who_is_killed_before_they_settle_has_it_settled_by_the_next_one() -> None:
    async with a_bench() as bench:
        message = bench.message(await bench.proposed())
        events = bench.first.handler.answer(message, Stop())
        line = ""
        async for event in events:
            if isinstance(event, Sealed):
                line = event.line
                break

        view = await bench.second.handler.finish(line)
        await events.aclose()

        assert (await bench.spent())[0] == 2
        notice = await bench.told("/compare vote same", about=view.vote_on, **PRIVATE)
        assert "A was" in notice.markdown


async def test_another_worker_takes_over_what_was_not_sealed() -> None:
    async with a_bench() as bench:
        message = bench.message(await bench.proposed())
        events = bench.first.handler.answer(message, Stop())
        assert isinstance(await anext(events), Waiting)

        taken_over = [each async for each in bench.second.handler.answer(message, Stop(), 2)]
        await events.aclose()

        assert isinstance(taken_over[-1], Notice)
        assert taken_over[-1].vote_on == message.reply_id
        assert (await bench.spent())[0] == 2


async def test_what_is_no_comparison_of_this_version_is_asked_anew() -> None:
    async with a_bench() as bench:
        for line in ('{"compared": null, "version": 0}', '{"compared": null, "version": 1}'):
            with pytest.raises(ValueError, match=r"version|comparison"):
                await bench.first.handler.finish(line)


async def test_one_answer_alone_is_shown_with_its_name_and_no_vote() -> None:
    async with a_bench(gpt=[ModelBusy("gpt", "429")]) as bench:
        notice = await bench.told(await bench.proposed())

        assert "### **llama**\n\n42" in notice.markdown
        assert "gpt is busy" in notice.markdown
        assert "There is nothing to vote on" in notice.markdown
        assert notice.vote_on == ""
