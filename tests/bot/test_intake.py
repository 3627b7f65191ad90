"""How questions are taken in, refused, revised and taken back."""

import asyncio
from dataclasses import replace

import pytest

from bot.intake import WAITS
from bot.loop_breaker import MOST_A_MINUTE
from bot.platforms.port import Message
from bot.platforms.surface import NotShown
from routing.inbox import Admission, Whereabouts
from routing.ports import Conversation
from routing.query import Origin
from routing.reply import TextDelta
from tests.bot.office import Office, ScriptedAnswers, a_message, an_office
from tests.builders import an_origin

TALK = Conversation("discord", "guild", "general", thread="talk")


def in_talk(number: int) -> Message:
    return a_message(number, conversation=TALK)


async def answering(office: Office) -> None:
    """Let a worker be busy with the first question of a conversation."""
    office.start(ScriptedAnswers(TextDelta("4"), asyncio.Event()))
    await office.intake.accept(in_talk(1))
    await office.time.until(lambda: "4" in office.shown)


async def test_a_question_behind_another_says_that_it_waits_and_is_answered_there() -> None:
    async with an_office() as office:
        gate = asyncio.Event()
        office.start(ScriptedAnswers(gate, *ScriptedAnswers().steps))
        await office.intake.accept(in_talk(1))
        await office.time.pass_by(0.2)

        admitted = await office.intake.accept(in_talk(2))
        await office.intake.settled()
        assert admitted.admission is Admission.WAITING
        assert office.shown == ["…", WAITS]
        gate.set()
        await office.time.until(lambda: len(office.memory.told) == 2)

        assert [each[1] for each in office.memory.told] == ["1", "2"]
        assert len(office.wall.posts) == 2
        assert all(each.startswith("42 [llama") for each in office.shown)


async def test_the_same_event_twice_is_one_question() -> None:
    async with an_office() as office:
        for _ in range(2):
            await office.intake.accept(a_message())
        office.start()
        await office.time.until(lambda: bool(office.memory.told))

        assert (await office.intake.accept(a_message())).admission is Admission.AGAIN
        await office.time.pass_by(1)

        assert office.answers.asked == [("1", 1)]
        assert len(office.wall.posts) == 1


async def test_who_asks_too_much_is_told_so_once() -> None:
    async with an_office(waiting_per_asker=2) as office:
        for number in range(1, 6):
            await office.intake.accept(a_message(number))

        assert office.wall.refusals == [
            "3: Too many questions wait already. Ask again in a moment."
        ]
        assert set(office.refused) == {"inbox_full"}


async def test_a_loop_of_bots_is_broken_and_told_so_once() -> None:
    async with an_office(waiting=100, waiting_per_asker=100) as office:
        for number in range(MOST_A_MINUTE + 5):
            await office.intake.accept(a_message(number))

        (refusal,) = office.wall.refusals
        assert refusal.startswith(f"{MOST_A_MINUTE}: Those were more questions")
        assert await office.inbox.waiting() == MOST_A_MINUTE
        assert office.refused == ["too_fast"] * 5


async def test_with_the_store_away_for_a_moment_the_question_is_kept_when_it_is_back() -> None:
    async with an_office() as office:
        office.client.is_away = True
        accepting = asyncio.create_task(office.intake.accept(a_message()))
        await office.time.pass_by(10)
        office.client.is_away = False
        await office.time.until(accepting.done)

        assert accepting.result().admission is Admission.READY
        assert office.wall.refusals == []


async def test_a_refusal_whose_answer_is_lost_in_the_store_is_told_all_the_same() -> None:
    async with an_office(waiting_per_asker=1) as office:
        await office.intake.accept(a_message(1))
        office.client.loses_answers = True
        accepting = asyncio.create_task(office.intake.accept(a_message(2)))
        await office.time.pass_by(1)
        office.client.loses_answers = False
        await office.time.until(accepting.done)

        assert accepting.result().admission is Admission.FULL
        assert office.wall.refusals == [
            "2: Too many questions wait already. Ask again in a moment."
        ]


async def test_with_the_store_away_for_long_the_asker_is_told_and_it_is_not_answered() -> None:
    async with an_office() as office:
        await office.intake.accept(a_message(9))  # so that there is something to be away from
        office.client.loses_answers = True
        accepting = asyncio.create_task(office.intake.accept(a_message(1)))
        await office.time.until(accepting.done)

        assert accepting.result().admission is Admission.FULL
        (refusal,) = office.wall.refusals
        assert refusal.startswith("1: I cannot take questions in at the moment")
        assert office.refused == ["store_away"]
        office.client.loses_answers = False
        await office.time.pass_by(2)
        assert (await office.intake.accept(a_message(1))).admission is Admission.AGAIN
        office.start()
        await office.time.pass_by(5)

        assert office.answers.asked == [("9", 1)]


async def test_more_than_can_be_held_while_the_store_is_away_is_refused_at_once() -> None:
    async with an_office() as office:
        office.client.is_away = True
        accepting = []
        for number in range(501):
            origin = replace(a_message().origin, person=f"person {number}")
            message = a_message(number, origin=origin)
            accepting.append(asyncio.create_task(office.intake.accept(message)))
        await office.time.pass_by(0)

        assert accepting[500].done()
        assert not accepting[0].done()
        await office.time.until(lambda: all(each.done() for each in accepting))
        assert len(office.wall.refusals) == 501


async def test_what_is_refused_while_the_store_is_away_does_not_add_up_to_work() -> None:
    async with an_office() as office:
        office.client.loses_answers = True
        before = len(asyncio.all_tasks())
        for number in range(50):
            origin = replace(a_message().origin, person=f"person {number}")
            accepting = asyncio.create_task(office.intake.accept(a_message(number, origin=origin)))
            await office.time.until(accepting.done)

        assert len(asyncio.all_tasks()) <= before + 1
        office.client.loses_answers = False
        await office.time.pass_by(2)
        await office.intake.settled()
        assert await office.inbox.waiting() == 0


async def test_a_question_deleted_before_its_turn_is_never_answered() -> None:
    async with an_office() as office:
        await answering(office)
        await office.intake.accept(in_talk(2))
        await office.intake.settled()
        assert WAITS in office.shown

        await office.intake.deleted("discord", "general", "2")

        assert office.shown == ["4"]
        assert await office.inbox.waiting() == 0
        assert office.memory.told == []


async def test_a_question_deleted_while_it_begins_to_say_that_it_waits_leaves_no_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with an_office() as office:
        await answering(office)
        office.wall.is_slow_at = WAITS
        await office.intake.accept(in_talk(2))
        await office.time.pass_by(0)
        assert WAITS in office.shown

        await office.intake.deleted("discord", "general", "2")
        office.wall.go_on.set()
        await office.intake.settled()

        assert office.shown == ["4"]
        assert "still says" not in caplog.text


async def test_a_deleted_question_that_is_answered_is_forgotten() -> None:
    async with an_office() as office:
        await office.intake.deleted("discord", "general", "7")

        assert office.memory.told == [("deleted", "discord", "general", "7")]


async def test_an_edit_before_its_turn_is_what_is_asked() -> None:
    async with an_office() as office:
        await office.intake.accept(a_message(1, text="6 x 7?"))

        await office.intake.edited(a_message(1, text="7 x 8?"))
        office.start()
        await office.time.until(lambda: bool(office.memory.told))

        assert office.answers.texts == ["7 x 8?"]


async def test_an_edit_after_the_answer_is_what_is_remembered() -> None:
    async with an_office() as office:
        await office.intake.edited(a_message(1, text="7 x 8?"))

        assert office.memory.told == [("revised", "1", "7 x 8?")]


async def test_to_stop_a_question_that_waits_takes_it_back() -> None:
    async with an_office() as office:
        await answering(office)
        await office.intake.accept(in_talk(2))
        await office.intake.settled()

        assert await office.intake.stop("discord:2") is Whereabouts.WAITING

        assert office.shown == ["4"]
        assert await office.intake.stop("discord:2") is not Whereabouts.RUNNING


async def test_a_question_begun_meanwhile_does_not_go_on_saying_that_it_waits() -> None:
    async with an_office() as office:
        await office.intake.accept(in_talk(1))
        (first,) = await office.inbox.claim("another", 1)
        await office.intake.accept(in_talk(2))
        await office.inbox.done(first)
        (second,) = await office.inbox.claim("another", 1)
        await office.intake.settled()
        assert office.shown == [WAITS]

        await office.inbox.hand_over(second)
        office.start()
        await office.time.until(lambda: bool(office.memory.told))

        (shown,) = office.shown
        assert shown.startswith("42 [llama")


async def test_a_platform_that_cannot_say_that_one_waits_loses_nothing() -> None:
    async with an_office() as office:
        await answering(office)
        office.wall.trouble = [NotShown("403", is_final=True)]

        admitted = await office.intake.accept(in_talk(2))
        await office.intake.settled()

        assert admitted.admission is Admission.WAITING
        assert office.shown == ["4"]


async def test_that_one_waits_is_said_later_where_other_posts_go_first() -> None:
    async with an_office() as office:
        await answering(office)
        office.wall.trouble = [NotShown("crowded", is_final=False)] * 2

        await office.intake.accept(in_talk(2))
        await office.time.pass_by(2.5)
        assert office.shown == ["4"]
        await office.time.pass_by(1)

        assert office.shown == ["4", WAITS]
        assert office.wall.optional == [WAITS]


async def test_nor_is_it_said_later_when_it_waits_no_more() -> None:
    async with an_office() as office:
        await answering(office)
        office.wall.trouble = [NotShown("crowded", is_final=False)]

        await office.intake.accept(in_talk(2))
        await office.intake.stop("discord:2")
        await office.time.pass_by(20)

        assert office.shown == ["4"]


async def test_a_question_that_no_worker_has_room_for_says_within_a_second_that_it_waits() -> None:
    async with an_office(at_once=1) as office:
        await answering(office)

        admitted = await office.intake.accept(a_message(2))
        await office.time.pass_by(0.6)
        assert admitted.admission is Admission.READY
        assert office.shown == ["4"]
        await office.time.pass_by(0.4)

        assert office.shown == ["4", WAITS]
        await office.time.pass_by(60)
        assert office.wall.history.count(WAITS) == 1


async def test_a_question_begun_at_once_is_looked_after_no_more() -> None:
    async with an_office() as office:
        office.start(ScriptedAnswers(TextDelta("4"), asyncio.Event()))
        await office.intake.accept(a_message())
        await office.time.until(lambda: "4" in office.shown, at_most_s=0.5)

        office.client.asked.clear()
        await office.time.pass_by(0.9)

        assert "HGET" not in office.client.asked
        assert WAITS not in office.wall.history


async def test_a_question_another_process_has_begun_does_not_say_that_it_waits() -> None:
    async with an_office() as office:
        await office.intake.accept(a_message())
        await office.inbox.claim("another", 1)

        await office.time.pass_by(5)

        assert office.client.asked.count("HGET") == 1
        assert office.shown == []


async def test_with_the_store_away_nothing_is_said_of_who_waits() -> None:
    async with an_office() as office:
        await office.intake.accept(a_message())
        office.client.is_away = True

        await office.time.pass_by(5)

        assert office.shown == []


async def test_the_same_event_again_does_not_say_again_that_it_waits() -> None:
    async with an_office() as office:
        for _ in range(2):
            await office.intake.accept(a_message())
            await office.time.pass_by(5)

        assert office.shown == [WAITS]
        assert office.wall.history == [WAITS]


async def test_there_is_room_for_what_was_missed_while_few_wait_and_the_store_answers() -> None:
    async with an_office() as office:
        before = await office.intake.has_room()
        for number in range(5):
            await office.intake.accept(a_message(number, origin=someone(number)))
        beside_five = await office.intake.has_room()
        office.client.is_away = True

        assert before
        assert not beside_five
        assert not await office.intake.has_room()


def someone(number: int) -> Origin:
    """Return where somebody else asks."""
    return an_origin(platform="discord", tenant="guild", place="general", person=f"p{number}")
