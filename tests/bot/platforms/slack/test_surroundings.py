from typing import Any

import pytest

from bot.platforms.port import Message, Quote
from bot.platforms.slack.errors import Crowded, Refused, SlackFailed
from bot.platforms.slack.listening import Heard, asked
from bot.platforms.slack.people import People
from bot.platforms.slack.reading import said_in
from bot.platforms.slack.surroundings import MOST_QUOTES, Surroundings
from bot.platforms.surface import QuestionGone
from tests.bot.platforms.slack.saying import ADA, BOT, CHANNEL, US, ToldWeb, a_message, a_world
from tests.fakes.told_time import ToldTime

ROOT = "1764072000.000100"


def in_thread(minute: int, text: str, **changes: Any) -> dict[str, Any]:
    """Build what is said in the thread, a minute after its beginning or more."""
    return a_message(text, ts=f"{1764072000 + 60 * minute}.000100", thread_ts=ROOT, **changes)


def a_question(minute: int = 3, *, is_followed: bool = False) -> Message:
    said = said_in(in_thread(minute, f"<@{BOT}> who is right?"), US)
    return asked(Heard(said, CHANNEL, US, is_followed=is_followed), ADA, {})


def around(web: ToldWeb) -> Surroundings:
    return Surroundings(web, People(web, ToldTime().clock()))


async def test_called_into_a_thread_it_hears_what_was_said_there() -> None:
    web = a_world()
    file = {"id": "F1", "name": "tea.txt", "mimetype": "text/plain"}
    web.threads[ROOT] = [
        in_thread(0, "tea &amp; milk?", files=[file]),
        in_thread(1, "no, <@U11>!", user="U12"),
        in_thread(2, "42", user=BOT, bot_id="B900"),
        in_thread(3, f"<@{BOT}> who is right?"),
        in_thread(4, "well?", user="U12"),
    ]

    message = await around(web).around(a_question())

    assert message.quotes == (
        Quote("Ada", "tea & milk?"),
        Quote("Bob", "no, @Ada!"),
        Quote("Pointsman", "42", is_ours=True),
    )
    assert [each.name for each in message.attachments] == ["tea.txt"]


async def test_where_it_takes_part_slack_is_asked_nothing() -> None:
    web = a_world()

    message = await around(web).around(a_question(is_followed=True))

    assert message == a_question(is_followed=True)
    assert web.asked == []


@pytest.mark.parametrize(
    "error", [Crowded(60), Refused("conversations.replies", "thread_not_found")]
)
async def test_without_the_thread_the_question_is_answered_all_the_same(error: SlackFailed) -> None:
    web = a_world()
    web.fails = error

    assert await around(web).around(a_question()) == a_question()
    assert len(web.asked) == 1


async def test_of_a_long_thread_the_beginning_and_the_latest_are_heard() -> None:
    web = a_world()
    web.threads[ROOT] = [in_thread(minute, f"number {minute}") for minute in range(31)]

    message = await around(web).around(a_question(30))

    assert len(message.quotes) == MOST_QUOTES
    assert [quote.text for quote in message.quotes][:2] == ["number 0", "number 21"]
    assert message.quotes[-1].text == "number 29"


async def test_a_question_that_is_gone_from_its_thread_is_not_answered() -> None:
    web = a_world()
    web.threads[ROOT] = [in_thread(0, "tea?"), in_thread(4, "well?")]

    with pytest.raises(QuestionGone):
        await around(web).around(a_question())
