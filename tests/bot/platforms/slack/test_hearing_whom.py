"""Who is listened to, and as whom."""

import pytest

from bot.platforms.slack.errors import Unreachable
from bot.platforms.slack.listening import NO_GUESTS, NO_STRANGERS
from tests.bot.platforms.slack.saying import (
    BOT,
    LATER,
    MENTION,
    TEAM,
    TS,
    Ear,
    a_message,
    enveloped,
)


@pytest.mark.parametrize(
    ("person", "setting", "why_not"),
    [
        pytest.param("U13", {"guests": False}, NO_GUESTS, id="guest"),
        pytest.param("U14", {"strangers": False}, NO_STRANGERS, id="stranger"),
    ],
)
async def test_who_is_not_answered_is_told_so_once_in_a_while(
    person: str, setting: dict[str, bool], why_not: str
) -> None:
    ear = Ear()
    first = a_message(MENTION, user=person)
    second = a_message(MENTION, user=person, ts=LATER)

    await ear.hear(first, second, **setting)

    assert ear.intake.taken == []
    assert ear.shown == [why_not]
    (message, _) = ear.surface.shown[0]
    assert message.handle["is_ephemeral"] == "1"
    assert message.origin.person == person


async def test_guests_and_strangers_are_answered_where_the_operator_wants_it() -> None:
    ear = Ear()

    await ear.hear(
        a_message(MENTION, user="U13"),
        a_message(MENTION, user="U14", ts=LATER, team="T99", user_team="T99"),
        guests=True,
        strangers=True,
    )

    assert [message.origin.person for message in ear.intake.taken] == ["U13", "U14"]
    assert ear.intake.taken[1].handle["user_team"] == "T99"
    assert ear.intake.taken[1].origin.tenant == TEAM


async def test_a_question_does_not_wait_for_slack_to_say_who_asks() -> None:
    ear = Ear()
    ear.web.is_slow = True

    await ear.hear(a_message(MENTION, user="U12"), wait_s=0)

    (message,) = ear.intake.taken
    assert message.text == "hello"
    assert not message.is_admin


async def test_an_admin_is_one_for_as_long_as_slack_says_so() -> None:
    ear = Ear()
    hearing = ear.hearing()

    for minute in range(3):
        event = a_message(MENTION, user="U12", ts=f"176407200{minute}.000100")
        await hearing.event(TEAM, "", enveloped(event))
        ear.web.fails = Unreachable("away")
        await ear.time.pass_by(200)

    assert [message.is_admin for message in ear.intake.taken] == [True, True, False]
    assert [message.author for message in ear.intake.taken] == ["Bob"] * 3
    assert ear.web.asked.count(("user", TEAM, "U12")) == 3


async def test_names_are_read_where_slack_tells_them() -> None:
    ear = Ear()

    await ear.hear(a_message(f"<@{BOT}> is <@U12> or <@U99> right?"))

    assert ear.texts == ["is @Bob or @U99 right?"]


async def test_another_workspaces_bot_in_a_shared_channel_is_somebody_else() -> None:
    ear = Ear()
    await ear.hear(a_message("<@U901> hello", ts=TS))

    await ear.hear(a_message("and?", ts=LATER, thread_ts=TS))

    assert ear.intake.taken == []
