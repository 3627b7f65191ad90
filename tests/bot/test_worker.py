"""What a worker makes of a question, come what may."""

import asyncio
from dataclasses import replace

import pytest

from bot.platforms.port import Notice, Sealed
from bot.platforms.surface import NotShown
from bot.wording import UNEXPECTED
from config.chats import IntakeSettings
from routing.errors import ModelBusy, Superseded
from routing.inbox import Whereabouts, Wish
from routing.reply import TextDelta
from tests.bot.office import (
    FlakyClient,
    Office,
    ScriptedAnswers,
    a_message,
    an_office,
    finished,
)
from tests.routing.backends.letters import a_parcel


async def until_shown(office: Office, text: str, at_most_s: float = 120) -> None:
    await office.time.until(lambda: any(text in each for each in office.shown), at_most_s)


async def until_idle(office: Office) -> None:
    await office.time.until(lambda: all(worker.running == 0 for worker in office.tasks))


async def test_a_question_gets_a_placeholder_then_its_answer_in_the_same_post() -> None:
    async with an_office() as office:
        office.start()

        await office.intake.accept(a_message())
        await office.time.until(lambda: bool(office.memory.told))

        assert office.wall.history[0] == "…"
        assert len(office.wall.posts) == 1
        assert office.shown[0].startswith("42 [llama")
        assert office.memory.told == [("answered", "1", "r1", "post-1")]
        await until_idle(office)
        assert await office.inbox.waiting() == 0


async def test_nothing_is_begun_while_there_is_no_room_to_show_it() -> None:
    async with an_office() as office:
        office.wall.has_room = False
        office.start()

        await office.intake.accept(a_message())
        await office.time.pass_by(5)
        begun_while_crowded = list(office.answers.asked)
        office.wall.has_room = True
        await until_shown(office, "42")

        assert begun_while_crowded == []


async def test_a_question_is_looked_at_where_it_stands_before_it_is_answered() -> None:
    async with an_office() as office:
        office.wall.deleted.add("discord:1")
        office.start()

        await office.intake.accept(a_message())
        await office.time.pass_by(1)

        assert office.answers.asked == []
        assert office.shown == []
        await until_idle(office)


@pytest.mark.parametrize(
    ("steps", "shown"),
    [
        pytest.param([ModelBusy("llama", "429")], "llama is busy: 429", id="foreseen"),
        pytest.param([ValueError("secret")], UNEXPECTED, id="unforeseen"),
        pytest.param([TextDelta("4"), ModelBusy("llama", "429")], "4 [llama is busy", id="midway"),
        pytest.param([TextDelta("4")], "4 [Something went wrong", id="no end"),
    ],
)
async def test_a_failure_is_shown(steps: list[TextDelta | Exception], shown: str) -> None:
    async with an_office() as office:
        office.start(ScriptedAnswers(*steps))

        await office.intake.accept(a_message())
        await until_shown(office, shown)

        await until_idle(office)
        assert len(office.shown) == 1


async def test_questions_are_answered_side_by_side_up_to_the_limit() -> None:
    async with an_office(at_once=2) as office:
        gate = asyncio.Event()
        answers = ScriptedAnswers(gate, finished())
        worker = office.start(answers)
        for number in range(3):
            origin = a_message().origin
            one_each = type(origin)(origin.platform, origin.tenant, origin.place, f"p{number}")
            await office.intake.accept(a_message(number, origin=one_each))

        await office.time.pass_by(1)
        assert worker.running == 2
        gate.set()
        await office.time.until(lambda: len(answers.asked) == 3)


async def test_how_many_that_are_may_change_while_it_answers() -> None:
    async with an_office(at_once=1, at_once_per_asker=1) as office:
        gate = asyncio.Event()
        worker = office.start(ScriptedAnswers(gate, finished()))
        for number in range(2):
            origin = replace(a_message().origin, person=f"p{number}")
            await office.intake.accept(a_message(number, origin=origin))
        await office.time.pass_by(1)
        before = worker.running

        worker.adopt(IntakeSettings(at_once=2))
        await office.time.pass_by(1)

        assert (before, worker.running) == (1, 2)
        gate.set()


async def test_a_killed_workers_question_is_answered_by_another_in_the_same_post() -> None:
    async with an_office() as office:
        never = ScriptedAnswers(TextDelta("4"), asyncio.Event())
        first = office.start(never)
        await office.intake.accept(a_message())
        await until_shown(office, "4")
        await office.kill(first)

        office.start()
        await until_shown(office, "42 [llama", at_most_s=14)

        assert office.answers.asked == [("1", 2)]
        assert "interrupted, starting again …" in office.wall.history
        assert len(office.wall.posts) == 1


async def test_a_worker_killed_before_its_placeholder_leaves_no_trace() -> None:
    async with an_office() as office:
        await office.intake.accept(a_message())
        await office.inbox.claim("the dead", 1)

        office.start()
        await until_shown(office, "42 [llama")

        assert office.answers.asked == [("1", 2)]
        assert office.wall.history[0] == "…"


async def test_a_sealed_answer_is_settled_and_shown_and_no_model_asked_again() -> None:
    async with an_office() as office:
        sealed = ScriptedAnswers(TextDelta("42"), Sealed("the line"), asyncio.Event())
        first = office.start(sealed)
        await office.intake.accept(a_message())
        await until_shown(office, "42")
        await office.kill(first)

        office.start()
        await until_shown(office, "the line [settled]")

        assert office.answers.asked == []
        assert office.answers.finished == ["the line"]
        assert len(office.wall.posts) == 1


async def test_a_command_that_was_carried_out_is_not_carried_out_again() -> None:
    async with an_office() as office:
        office.wall.trouble = [NotShown("503", is_final=False)] * 50
        first = office.start(ScriptedAnswers(Notice("raised by $2")))
        await office.intake.accept(a_message())
        await office.time.pass_by(1)
        await office.kill(first)
        office.wall.trouble = []

        office.start()
        await until_shown(office, "raised by $2")

        assert office.answers.asked == []


async def test_a_question_that_workers_die_of_is_given_up() -> None:
    async with an_office() as office:
        await office.intake.accept(a_message())
        for _ in range(5):
            await office.inbox.claim("the dead", 1)
            await office.time.pass_by(13)

        office.start()
        await until_shown(office, UNEXPECTED)

        assert office.answers.asked == []


async def test_a_question_on_which_everybody_breaks_off_is_ended_after_some_tries() -> None:
    async with an_office() as office:
        office.memory.is_broken = True
        office.start()
        await office.intake.accept(a_message())
        await until_shown(office, "42 [llama")

        await office.time.pass_by(80)

        assert len(office.answers.finished) == 5  # each time shown again, never asked again
        assert len(office.answers.asked) == 1
        assert await office.inbox.claim("another", 1) == []


async def test_a_worker_cut_off_from_the_store_writes_nothing_more() -> None:
    async with an_office() as office:
        gate = asyncio.Event()
        cut_off = FlakyClient(office.client)
        slow = ScriptedAnswers(TextDelta("4"), gate, TextDelta("3"), Sealed("43"), finished())
        office.start(slow, cut_off)
        await office.intake.accept(a_message())
        await until_shown(office, "4")

        cut_off.is_away = True
        await office.time.pass_by(11)
        gate.set()
        await office.time.pass_by(0.5)
        assert office.shown == ["4"]
        office.start()
        await until_shown(office, "42 [llama")
        cut_off.is_away = False
        await office.time.pass_by(30)

        assert len(office.shown) == 1
        assert office.shown[0].startswith("42 [llama")
        assert slow.closed == 1


async def test_with_the_store_away_for_a_moment_the_answer_waits_and_goes_on() -> None:
    async with an_office() as office:
        gate = asyncio.Event()
        office.start(ScriptedAnswers(TextDelta("4"), gate, TextDelta("2"), Sealed("x"), finished()))
        await office.intake.accept(a_message())
        await until_shown(office, "4")

        office.client.is_away = True
        await office.time.pass_by(20)
        gate.set()
        await office.time.pass_by(1)
        assert office.shown == ["4"]
        office.client.is_away = False
        await until_shown(office, "42 [llama", at_most_s=5)

        await until_idle(office)
        assert office.memory.told == [("answered", "1", "r1", "post-1")]


async def test_an_end_that_cannot_be_shown_is_shown_later_and_not_asked_again() -> None:
    async with an_office() as office:
        office.wall.trouble = [NotShown("503", is_final=False)] * 6
        office.start()
        await office.intake.accept(a_message())

        await until_shown(office, "42 [llama")

        assert office.answers.asked == [("1", 1)]
        await until_idle(office)


async def test_where_nothing_can_be_shown_the_question_is_done_and_the_answer_ends() -> None:
    async with an_office() as office:
        office.wall.trouble = [NotShown("403", is_final=True)] * 9
        answers = ScriptedAnswers(TextDelta("4"), asyncio.Event(), finished())
        office.start(answers)

        await office.intake.accept(a_message())
        await office.time.until(lambda: answers.closed == 1)

        await until_idle(office)
        assert office.shown == []
        await office.time.pass_by(60)
        assert answers.asked == [("1", 1)]


async def test_stop_ends_an_answer_with_what_is_there() -> None:
    async with an_office() as office:
        office.start(ScriptedAnswers(TextDelta("4"), asyncio.Event()))
        await office.intake.accept(a_message())
        await until_shown(office, "4")

        assert await office.intake.stop("discord:1") is Whereabouts.RUNNING
        await until_shown(office, "4 [llama", at_most_s=2)

        assert "stopped" in office.shown[0]


async def test_a_deleted_question_ends_its_answer_and_takes_it_away() -> None:
    async with an_office() as office:
        answers = ScriptedAnswers(TextDelta("4"), asyncio.Event())
        office.start(answers)
        await office.intake.accept(a_message())
        await until_shown(office, "4")

        await office.intake.deleted("discord", "general", "1")
        await office.time.until(lambda: not office.wall.posts, at_most_s=3)

        assert answers.closed == 1
        await until_idle(office)
        assert office.memory.told == [("withdrawn", "1", "r1")]


async def test_a_question_deleted_at_the_very_end_of_its_answer_takes_it_along() -> None:
    async with an_office() as office:
        office.start()
        office.wall.on_final = lambda: office.inbox.wish("discord:1", Wish.CANCEL)

        await office.intake.accept(a_message())
        await office.time.until(lambda: len(office.memory.told) == 2, at_most_s=0.9)

        assert office.wall.history[-1].startswith("42 [llama")
        assert office.shown == []
        assert office.memory.told[-1] == ("withdrawn", "1", "r1")


async def test_told_to_end_a_worker_finishes_what_it_has_and_begins_nothing() -> None:
    async with an_office(grace_s=20) as office:
        gate = asyncio.Event()
        answers = ScriptedAnswers(TextDelta("4"), gate, TextDelta("2"), Sealed("x"), finished())
        worker = office.start(answers)
        await office.intake.accept(a_message(1))
        await until_shown(office, "4")

        worker.end()
        await office.intake.accept(a_message(2))
        await office.time.pass_by(15)
        gate.set()
        await asyncio.wait_for(office.tasks[worker], 5)

        assert office.shown[0].startswith("42 [llama")
        assert answers.asked == [("1", 1)]
        assert await office.inbox.waiting() == 1


async def test_what_does_not_end_within_the_grace_is_handed_over_at_once() -> None:
    async with an_office(grace_s=5) as office:
        never = ScriptedAnswers(TextDelta("4"), asyncio.Event())
        worker = office.start(never)
        await office.intake.accept(a_message(1))
        await until_shown(office, "4")

        worker.end()
        await office.time.pass_by(6)
        await asyncio.wait_for(office.tasks.pop(worker), 5)
        assert never.closed == 1
        office.start()
        await until_shown(office, "42 [llama", at_most_s=1)

        assert office.answers.asked == [("1", 2)]
        assert len(office.wall.posts) == 1


async def test_a_message_of_another_version_is_left_to_another_worker() -> None:
    async with an_office() as office:
        office.start()
        await office.inbox.add(a_parcel(content='{"v": 2}'))
        await office.time.pass_by(1)

        (claim,) = await office.inbox.claim("newer", 1)

        assert claim.delivery == 2
        assert office.shown == []


async def test_an_answer_that_another_worker_has_begun_meanwhile_is_not_shown_to_fail() -> None:
    async with an_office() as office:
        answers = ScriptedAnswers(Superseded("a later worker answers"))
        office.start(answers)

        await office.intake.accept(a_message())
        await office.time.pass_by(5)

        assert office.shown == ["…"]
        assert answers.closed == 1
