"""Questions that a worker cannot answer: of another version, or of another chat service."""

import asyncio
import json
from dataclasses import replace

import pytest

from bot.intake import parcel_of
from bot.platforms.port import Sealed
from bot.wording import NOT_UNDERSTOOD
from tests.bot.office import (
    READ_WITHIN_S,
    UNREADABLE,
    Office,
    ScriptedAnswers,
    a_message,
    an_office,
)
from tests.bot.test_worker import until_idle, until_shown


async def take_in(office: Office, content: str, number: int = 1) -> None:
    """Take in a question as another version wrote it, one of a single conversation."""
    parcel = replace(parcel_of(a_message(number)), content=content, lane="talk")
    await office.inbox.add(parcel)


def newer_line() -> str:
    """Return a question as a version writes it that changed what is said, not where."""
    line = json.loads(parcel_of(a_message()).content)
    said = {"text": [{"say": line.pop("text")}], "handle": {**line["handle"], "more": "1"}}
    return json.dumps(line | said | {"v": 2})


async def test_a_question_of_another_chat_service_goes_to_who_can_answer_there() -> None:
    async with an_office() as office:
        for _ in range(7):  # more than may die of a question
            office.start(platform="slack")
        await office.intake.accept(a_message())
        await office.time.pass_by(2)
        assert office.wall.history == []

        office.start()
        await until_shown(office, "42 [llama", at_most_s=1)

        ((number, delivery),) = office.answers.asked
        assert (number, delivery) == ("1", 8)  # each other worker had it once
        await until_idle(office)


async def test_a_question_nobody_there_can_answer_waits_as_if_nobody_was_there() -> None:
    async with an_office() as office:
        office.start(platform="slack")
        await office.intake.accept(a_message())
        await office.time.pass_by(2.1 * READ_WITHIN_S)

        office.start()
        await until_shown(office, "42 [llama", at_most_s=1)

        assert office.answers.asked == [("1", 4)]  # it was looked at three times
        await until_idle(office)


async def test_a_question_of_a_newer_version_that_none_is_there_to_answer_is_refused_once() -> None:
    async with an_office() as office:
        office.start()
        await take_in(office, newer_line())
        await take_in(office, parcel_of(a_message(2)).content, number=2)

        await office.time.pass_by(READ_WITHIN_S - 1)
        assert office.wall.history == []
        await until_shown(office, NOT_UNDERSTOOD, at_most_s=2)
        await until_shown(office, "42 [llama", at_most_s=2)

        assert office.answers.asked == [("2", 1)]
        assert len(office.shown) == 2
        await until_idle(office)


async def test_a_question_nobody_can_read_at_all_ends_and_lets_those_behind_it_go_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with an_office() as office:
        office.start()
        await take_in(office, "{")
        await take_in(office, parcel_of(a_message(2)).content, number=2)

        await until_shown(office, "42 [llama", at_most_s=READ_WITHIN_S + 2)

        assert office.answers.asked == [("2", 1)]
        assert "discord:1 is lost: nobody can read where it is answered" in caplog.text
        await until_idle(office)


async def leave_sealed(office: Office) -> None:
    """Let a worker of a newer version die with an answer sealed and shown in part."""
    first = office.start(ScriptedAnswers(Sealed(UNREADABLE), asyncio.Event()))
    await office.intake.accept(a_message())
    await office.time.pass_by(1)
    await office.kill(first)


async def test_what_a_newer_version_sealed_is_finished_by_one_that_can_read_it() -> None:
    async with an_office() as office:
        await leave_sealed(office)
        office.start()
        await office.time.pass_by(15)
        newer = ScriptedAnswers()
        newer.is_newer = True
        office.start(newer)

        await until_shown(office, "unreadable [settled", at_most_s=5)

        assert (office.answers.asked, newer.asked) == ([], [])
        assert len(office.shown) == 1
        await until_idle(office)


async def test_what_nobody_there_can_finish_is_asked_anew() -> None:
    async with an_office() as office:
        await leave_sealed(office)
        office.start()

        await until_shown(office, "42 [llama")

        assert office.answers.asked == [("1", 3)]
        assert len(office.shown) == 1
        await until_idle(office)
