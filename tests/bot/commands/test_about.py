"""Commands that speak of one answer among many, and `/forget`."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from bot.platforms.port import Message, Notice, OutgoingEvent
from routing.ports import Conversation
from routing.reply import Finished
from routing.stop import Stop
from routing.votes import Verdict
from tests.bot.commands.administered import two_replicas
from tests.bot.commands.test_verdicts import Talk
from tests.builders import an_origin

HERE = Conversation("discord", "guild", "general")


class Channel(Talk):
    """A channel several people talk in."""

    async def message(
        self, text: str, *, person: str = "ada", about: str = "", place: str = "general"
    ) -> list[OutgoingEvent]:
        origin = an_origin(platform="discord", tenant="guild", place=place, person=person)
        here = replace(HERE, place=place)
        now = datetime.now(UTC)
        message = Message(uuid4().hex, origin, here, text, now, about=about)
        return [event async for event in self.handler.answer(message, Stop())]

    async def ask(self, text: str, **given: str) -> str:
        """Ask something and return the reply id."""
        *_, finished = await self.message(text, **given)
        assert isinstance(finished, Finished)
        return finished.receipt.reply_id

    async def notice(self, text: str, **given: str) -> Notice:
        """Say something and return the one notice it gets."""
        (notice,) = await self.message(text, **given)
        assert isinstance(notice, Notice)
        return notice

    async def questions(self, place: str = "general") -> list[str]:
        """Return what is remembered to have been asked."""
        transcript = await self.history.load(replace(HERE, place=place))
        return [exchange.question for exchange in transcript.exchanges]


@pytest.mark.parametrize("verdict", [Verdict.GOOD, Verdict.BAD])
async def test_a_thumb_is_for_the_answer_it_is_about(verdict: Verdict) -> None:
    channel = Channel()
    first = await channel.ask("6 x 7?")
    await channel.ask("Why?")

    await channel.notice(f"/{verdict}", about=first)
    assert [vote.reply_id for vote in channel.cast] == [first]

    assert "on that answer" in (await channel.notice(f"/{verdict} undo", about=first)).markdown
    assert channel.cast == []


async def test_why_explains_the_answer_it_is_about() -> None:
    channel = Channel()
    first = await channel.ask("ask gpt: 6 x 7?")
    await channel.ask("ask qwen: why?")

    assert "- gpt: answered" in (await channel.notice("/why", about=first)).markdown
    assert "- qwen: answered" in (await channel.notice("/why")).markdown


@pytest.mark.parametrize("command", ["/better", "/fresh"])
async def test_a_question_is_asked_again_of_the_answer_it_is_about(command: str) -> None:
    channel = Channel()
    first = await channel.ask("6 x 7?")
    await channel.ask("Why?")

    await channel.ask(command, about=first)

    assert await channel.questions() == ["6 x 7?", "Why?", "6 x 7?"]
    assert [vote.reply_id for vote in channel.cast] == [first]


@pytest.mark.parametrize("command", ["/good", "/bad", "/better", "/fresh", "/why"])
async def test_an_answer_that_is_forgotten_is_not_taken_for_the_last(command: str) -> None:
    channel = Channel()
    await channel.ask("6 x 7?")

    notice = await channel.notice(command, about="forgotten")

    assert notice.is_failure
    assert "no longer remember" in notice.markdown
    assert channel.cast == []


async def test_forget_takes_what_somebody_asked_everywhere_and_their_votes() -> None:
    channel = Channel()
    await channel.ask("mine")
    await channel.ask("bob's", person="bob")
    await channel.ask("mine, too", place="other")
    await channel.notice("/good")
    await channel.notice("/good", person="bob")

    told = (await channel.notice("/forget")).markdown

    assert told.startswith("Forgotten: 2 questions of yours")
    assert await channel.questions() == ["bob's"]
    assert await channel.questions("other") == []
    assert [vote.voter for vote in channel.cast] == ["discord:bob"]
    assert "0 questions" in (await channel.notice("/forget")).markdown


async def test_forgetting_one_question_says_one() -> None:
    channel = Channel()
    await channel.ask("mine")

    assert "1 question of yours" in (await channel.notice("/forget")).markdown


@pytest.mark.parametrize("command", ["/better", "/fresh"])
async def test_a_question_somebody_else_asks_anew_stays_its_askers(command: str) -> None:
    channel = Channel()
    first = await channel.ask("6 x 7?")
    second = await channel.ask(command, about=first, person="bob")
    await channel.ask(command, about=second, person="bob")
    await channel.ask("Why?", person="bob")

    again = (await channel.history.load(HERE)).exchanges[1:3]
    assert [(each.person, each.again_of) for each in again] == [("ada", first)] * 2
    await channel.notice("/forget")

    assert await channel.questions() == ["Why?"]


async def test_who_asks_about_nothing_where_others_read_along_is_told_how_to_point_at_it() -> None:
    async with two_replicas() as (here, _):
        alone = await here.told("/why", private=True)
        among_others = await here.told("/why")

    assert alone == "There is no answer to explain yet."
    assert among_others == (
        "There is no answer to explain yet. Each mention opens a conversation of its own: to speak "
        "of an answer, press a button below it, or reply to it with a mention of me and the "
        "command."
    )


async def test_untold_why_is_of_the_last_answer_to_who_asks_there_wherever_it_was_given() -> None:
    async with two_replicas() as (here, there):
        await here.say("ask gpt: 6 x 7?", topic="r1")
        await here.say("ask llama: 6 x 7?", topic="r2", person="bob")
        await here.say("ask llama: 6 x 7?", topic="r3", place="C0000002")
        await here.say("ask llama: 6 x 7?", topic="r4", tenant="2")

        untold = await there.told("/why", topic="r5")
        spoken_in = await there.told("/why", topic="r2")
        nobodys = await there.told("/why", topic="r6", person="eve")

    assert untold.startswith("The last answer to you here. Taken for")
    assert "- gpt: answered" in untold
    assert spoken_in.startswith("Taken for")
    assert "- llama: answered" in spoken_in
    assert nobodys.startswith("There is no answer to explain yet. Each mention")


async def test_what_one_asked_by_commands_is_not_explained_before_a_later_mention() -> None:
    async with two_replicas() as (here, there):
        await here.say("ask llama: 6 x 7?", topic="", own=True)
        await here.say("ask gpt: 6 x 7?", topic="r1")

        assert "- gpt: answered" in await there.told("/why", topic="", own=True)

        await here.say("ask llama: and 6 x 8?", topic="", own=True)

        assert "- llama: answered" in await there.told("/why", topic="", own=True)


async def test_of_a_thread_is_told_outside_of_it_only_where_nobody_else_sees_it() -> None:
    async with two_replicas() as (here, there):
        await here.say("ask gpt: 6 x 7?", topic="77")

        alone = await there.told("/why", topic="r1")
        among_others = await there.told("/why", topic="r2", handle={})
        in_another = await there.told("/why", topic="78", handle={})
        in_it = await there.told("/why", topic="77", handle={})

    assert "- gpt: answered" in alone
    assert "- gpt: answered" in in_it
    assert among_others.startswith("There is no answer to explain yet.")
    assert in_another.startswith("There is no answer to explain yet.")


@pytest.mark.parametrize("handle", [{}, {"is_ephemeral": "1"}])
async def test_in_a_thread_without_an_answer_none_of_the_channel_is_explained(
    handle: dict[str, str],
) -> None:
    async with two_replicas() as (here, there):
        await here.say("ask gpt: 6 x 7?", topic="r1")

        told = await there.told("/why", topic="77", handle=handle)

    assert told.startswith("There is no answer to explain yet. Each mention")


async def test_a_mention_that_opens_a_thread_is_of_the_channel_it_stands_in() -> None:
    async with two_replicas() as (here, there):
        await here.say("ask gpt: 6 x 7?", topic="77")

        hidden = {"is_ephemeral": "1", "opens_thread": "1"}
        assert "- gpt: answered" in await there.told("/why", topic="78", handle=hidden)


async def test_in_a_direct_message_the_last_answer_is_explained_in_whatever_thread() -> None:
    async with two_replicas() as (here, there):
        await here.say("ask gpt: 6 x 7?", topic="77", private=True)

        assert "- gpt: answered" in await there.told("/why", topic="78", private=True)


async def test_what_is_forgotten_is_not_found_to_be_explained() -> None:
    async with two_replicas() as (here, there):
        await here.say("6 x 7?", topic="r1")
        await there.told("/forget", topic="r2")

        assert (await here.told("/why", topic="r3")).startswith("There is no answer to explain")
