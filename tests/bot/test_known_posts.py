"""What leads to an answer before it is there, for those who are quick to reply or press."""

import asyncio

from bot.intake import WAITS
from bot.platforms.port import Sealed
from routing.reply import TextDelta
from tests.bot.office import ScriptedAnswers, a_message, an_office, finished

MESSAGE = a_message()


async def test_question_and_post_are_known_while_the_answer_is_made() -> None:
    async with an_office() as office:
        office.start(ScriptedAnswers(TextDelta("4"), asyncio.Event()))
        await office.intake.accept(MESSAGE)
        await office.time.until(lambda: "4" in office.shown)

        assert office.memory.early == [("1", "post-1")]
        assert office.memory.told == []


async def test_what_is_known_early_is_not_written_down_again_at_the_end() -> None:
    async with an_office() as office:
        end = finished(MESSAGE.reply_id)
        worker = office.start(ScriptedAnswers(TextDelta("42"), Sealed("42"), end))

        await office.intake.accept(MESSAGE)
        await office.time.until(lambda: bool(office.shown) and worker.running == 0)

        assert office.memory.early == [("1", "post-1")]
        assert office.memory.told == []


async def test_what_cannot_be_known_early_delays_nothing_and_is_known_in_the_end() -> None:
    async with an_office() as office:
        gate = asyncio.Event()
        end = finished(MESSAGE.reply_id)
        office.start(ScriptedAnswers(TextDelta("42"), gate, Sealed("42"), end))
        office.memory.is_away = True

        await office.intake.accept(MESSAGE)
        await office.time.until(lambda: "42" in office.shown, at_most_s=1)
        gate.set()
        await office.time.until(lambda: bool(office.memory.told))

        assert office.memory.early == []
        assert office.memory.told == [("answered", "1", MESSAGE.reply_id, "post-1")]


async def test_who_takes_over_makes_known_what_was_posted_before() -> None:
    async with an_office() as office:
        first = office.start(ScriptedAnswers(TextDelta("4"), asyncio.Event()))
        office.memory.is_away = True
        await office.intake.accept(MESSAGE)
        await office.time.until(lambda: "4" in office.shown)
        await office.kill(first)
        office.memory.is_away = False

        office.start(ScriptedAnswers(TextDelta("4"), asyncio.Event()))
        await office.time.until(lambda: bool(office.memory.early), at_most_s=14)

        assert office.memory.early == [("1", "post-1")]


async def test_the_line_that_says_one_waits_is_known_as_well() -> None:
    async with an_office() as office:
        office.start(ScriptedAnswers(TextDelta("4"), asyncio.Event()))
        await office.intake.accept(MESSAGE)
        await office.time.until(lambda: "4" in office.shown)

        await office.intake.accept(a_message(2, conversation=MESSAGE.conversation))
        await office.intake.settled()

        assert WAITS in office.shown
        assert office.memory.early[-1] == ("2", "post-2")
