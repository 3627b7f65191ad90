from dataclasses import replace
from typing import Any

import pytest

from bot.platforms.discord.errors import DiscordFailed, Forbidden, Gone, Unreachable
from bot.platforms.discord.hearing import asked
from bot.platforms.discord.listening import Said, Where
from bot.platforms.discord.surroundings import Surroundings
from bot.platforms.port import Message, Quote
from bot.platforms.surface import QuestionGone
from config.chats import DiscordSettings
from routing.ports import Conversation
from routing.posts import Posted
from tests.bot.platforms.discord.saying import (
    ADA,
    CHANNEL,
    DM,
    OUR_THREAD,
    THREAD,
    US,
    ListedRest,
    a_known_post,
    a_said,
    ours,
    raw,
    replying,
)

BOB = {"author": {"id": "12", "username": "bob", "global_name": None}}


def heard(said: Said, where: Where = CHANNEL, posted: Posted | None = None) -> Message:
    return asked(said, where, US, ADA, DiscordSettings(), posted)


async def test_what_the_asker_said_just_before_is_quoted_by_one_request() -> None:
    rest = ListedRest({"50": [raw(98, "old", **BOB), raw(99, "I like tea."), raw(100, "<@900> ?")]})

    message = await Surroundings(rest).around(heard(a_said("<@900> ?")))

    assert message.quotes == (Quote("Ada", "I like tea."),)
    assert rest.asked == [("before", "50", "101")]


async def test_a_chain_of_replies_is_quoted_oldest_first_by_two_requests() -> None:
    question = raw(100, "<@900> right?", **replying(99))
    rest = ListedRest({"50": [raw(98, "b", **BOB, **replying(7)), raw(99, "c", **replying(98))]})
    rest.channels["50"] += [raw(7, "a"), *(raw(n, "…", **BOB) for n in range(70, 90)), question]

    message = await Surroundings(rest).around(heard(a_said("<@900> right?", answers="99")))

    assert [(each.author, each.text) for each in message.quotes] == [
        ("Ada", "a"),
        ("bob", "b"),
        ("Ada", "c"),
    ]
    assert rest.asked == [("before", "50", "101"), ("message", "50", "7")]


async def test_a_question_reads_as_it_does_now_with_files_where_they_are_now() -> None:
    file = {"id": "5", "filename": "a.png", "url": "https://cdn/new", "size": 7}
    now = raw(100, "<@900> coffee?", attachments=[{**file, "content_type": "image/png"}])

    message = await Surroundings(ListedRest({"50": [now]})).around(heard(a_said("<@900> tea?")))

    assert message.text == "coffee?"
    assert message.attachments[0].url == "https://cdn/new"
    assert message.attachments[0].reference == "50/100/5"


async def test_text_that_is_kept_from_the_bot_does_not_empty_the_question() -> None:
    rest = ListedRest({"50": [raw(100)]})

    message = await Surroundings(rest).around(heard(a_said("<@900> tea?")))

    assert message.text == "tea?"


@pytest.mark.parametrize("channels", [[], [raw(99, "before")]], ids=["empty", "others"])
async def test_a_deleted_question_is_gone(channels: list[dict[str, Any]]) -> None:
    rest = ListedRest({"50": list(channels)})

    with pytest.raises(QuestionGone):
        await Surroundings(rest).around(heard(a_said()))


async def test_so_is_one_in_a_deleted_channel() -> None:
    rest = ListedRest(fails=Gone("unknown channel"))

    with pytest.raises(QuestionGone):
        await Surroundings(rest).around(heard(a_said()))


@pytest.mark.parametrize("error", [Forbidden("no history"), Unreachable("503")], ids=str)
async def test_what_cannot_be_had_is_left_out(error: DiscordFailed) -> None:
    message = heard(a_said("<@900> tea?", answers="99", answered=a_said("came along")))

    assert await Surroundings(ListedRest(fails=error)).around(message) == message
    assert message.quotes == (Quote("Ada", "came along"),)


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(heard(a_said(), DM), id="direct message"),
        pytest.param(
            heard(
                a_said(answers="90", answered=ours()),
                CHANNEL,
                a_known_post(Conversation("discord", "40", "50", "r7")),
            ),
            id="reply to a known answer",
        ),
        pytest.param(replace(heard(a_said()), handle={"token": "t"}), id="command"),
    ],
)
async def test_nothing_is_asked_where_the_transcript_has_what_came_before(
    message: Message,
) -> None:
    rest = ListedRest()

    assert await Surroundings(rest).around(message) == message
    assert rest.asked == []


async def test_a_thread_is_quoted_with_its_title_and_its_beginning() -> None:
    rest = ListedRest({"61": [raw(100, "<@900> so?")], "50": [raw(61, "Which tea?", **BOB)]})

    message = await Surroundings(rest).around(heard(a_said("<@900> so?"), THREAD))

    assert message.quotes == (Quote("title of the thread", "Tea"), Quote("bob", "Which tea?"))
    assert rest.asked == [("before", "61", "101"), ("message", "50", "61")]


async def test_a_thread_of_the_bots_own_began_with_what_it_remembers() -> None:
    rest = ListedRest({"60": [raw(100, "so?")]})

    message = await Surroundings(rest).around(heard(a_said("so?"), OUR_THREAD))

    assert message.quotes == ()
    assert len(rest.asked) == 1
