from typing import Literal

import pytest

from bot.platforms.buttons import custom_id, parse_custom_id
from bot.platforms.discord.listening import Asker, Where, origin_of
from bot.platforms.discord.presses import (
    Under,
    asked_by_in,
    conversation_under,
    may_press,
)
from routing.ports import Conversation
from tests.bot.platforms.discord.saying import ADA, CHANNEL, DM, THREAD

BOB = Asker("12", "Bob")
ADMIN = Asker("13", "Eve", is_admin=True)


@pytest.mark.parametrize("verb", ["stop", "regenerate", "better"])
@pytest.mark.parametrize(
    ("presser", "where", "buttons_for", "may"),
    [
        pytest.param(ADA, CHANNEL, "asker", True, id="the asker"),
        pytest.param(BOB, CHANNEL, "asker", False, id="somebody else"),
        pytest.param(ADMIN, CHANNEL, "asker", True, id="an admin"),
        pytest.param(BOB, CHANNEL, "everyone", True, id="everyone may"),
        pytest.param(BOB, DM, "asker", True, id="alone with the bot"),
    ],
)
def test_what_costs_or_ends_is_the_askers(
    verb: str, presser: Asker, where: Where, buttons_for: Literal["asker", "everyone"], *, may: bool
) -> None:
    assert may_press(verb, presser, "11", where, buttons_for) is may


@pytest.mark.parametrize("verb", ["why", "good", "bad"])
def test_whoever_sees_an_answer_may_judge_it_and_ask_why(verb: str) -> None:
    assert may_press(verb, BOB, "11", CHANNEL, "asker")


def test_where_nobody_knows_who_asked_only_an_admin_may() -> None:
    assert not may_press("stop", ADA, "", CHANNEL, "asker")
    assert may_press("stop", ADMIN, "", CHANNEL, "asker")


@pytest.mark.parametrize(
    ("where", "under", "conversation"),
    [
        pytest.param(
            CHANNEL, Under("90", "80", "11"), Conversation("discord", "40", "50", "r80"), id="reply"
        ),
        pytest.param(CHANNEL, Under("90"), Conversation("discord", "40", "50", "r90"), id="alone"),
        pytest.param(
            CHANNEL,
            Under("90", "80", "11", is_of_command=True),
            Conversation("discord", "40", "50", person="11"),
            id="of a command",
        ),
        pytest.param(
            THREAD, Under("90", "80", "11"), Conversation("discord", "40", "50", "61"), id="thread"
        ),
        pytest.param(DM, Under("90"), Conversation("discord", "dm-12", "70"), id="direct message"),
    ],
)
def test_an_answer_tells_which_conversation_it_is_in(
    where: Where, under: Under, conversation: Conversation
) -> None:
    assert conversation_under(origin_of(where, BOB), under) == conversation


def test_a_button_is_known_by_its_name() -> None:
    assert parse_custom_id(custom_id("why", "abc123")) == ("why", "abc123")
    assert asked_by_in("abc123") == ("abc123", "")
    assert asked_by_in("abc123-11") == ("abc123", "11")
    assert parse_custom_id("another:why:abc") is None
    assert parse_custom_id("pointsman:why:") is None
