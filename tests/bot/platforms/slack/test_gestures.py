from datetime import timedelta
from typing import Any

import pytest

from bot.draft import View
from bot.platforms.buttons import TOO_LATE, confirm_buttons, custom_id
from bot.platforms.slack.gestures import NOT_YOURS
from bot.platforms.slack.given import confirmed_in
from bot.platforms.slack.layout import Layout
from bot.platforms.slack.listening import NO_GUESTS
from routing.inbox import Admission, Admitted
from routing.ports import Conversation
from routing.posts import Posted
from tests.bot.platforms.recording import RecordingIntake
from tests.bot.platforms.slack.saying import TEAM, THREAD, TS, Ear, a_command, a_press, give

OWN = Conversation("slack", TEAM, "C50", person="U11")


async def test_ask_is_a_question_for_all_to_see() -> None:
    ear = Ear()

    await give(ear, a_command("/ask", "6 x 7 &lt; 43, <@U12|bob>?"))

    (message,) = ear.intake.taken
    assert message.text == "6 x 7 < 43, @bob?"
    assert message.identity == "slack:T01:13345.738.80889308"
    assert message.conversation == OWN
    assert message.handle["response_url"] == "https://hooks.slack.com/commands/1"
    assert message.handle["expires_at"] == "2026-11-24T12:30:00+00:00"
    assert "is_ephemeral" not in message.handle
    assert message.handle["thread"] == ""


@pytest.mark.parametrize(
    ("name", "words", "text"),
    [
        pytest.param("/model", "llama", "/model llama", id="for everyone"),
        pytest.param(
            "/quota", "set user <@U12|bob> $5", "/quota set user <@U12|bob> $5", id="by id"
        ),
        pytest.param("/Quota", "", "/quota", id="alone"),
        pytest.param("/nonsense", "x", "/nonsense x", id="unknown here"),
    ],
)
async def test_a_command_is_answered_at_once_to_who_gave_it(
    name: str, words: str, text: str
) -> None:
    ear = Ear()

    await give(ear, a_command(name, words))

    ((message, view),) = ear.surface.shown
    assert ear.intake.taken == []
    assert message.text == text
    assert message.handle["is_ephemeral"] == "1"
    assert view.text == f"{text} of U11"


async def test_a_command_that_asks_a_model_waits_its_turn() -> None:
    ear = Ear()

    await give(ear, a_command("/fresh", "6 x 7?"))

    assert ear.texts == ["/fresh 6 x 7?"]
    assert not ear.intake.taken[0].is_answered_alone
    assert ear.shown == []


async def test_who_gives_a_command_is_an_admin_by_slacks_word() -> None:
    ear = Ear()

    await give(ear, a_command("/quota", "show", user_id="U12", user_name="ada"))

    ((message, _),) = ear.surface.shown
    assert message.is_admin
    assert message.author == "Bob"


async def test_an_admin_is_one_though_slack_takes_longer_to_say_so_than_it_waits_itself() -> None:
    ear = Ear()
    ear.web.takes_s = 0.05

    hearing = ear.hearing(wait_s=0.001)
    await hearing.command(a_command("/quota", "show", user_id="U12"))
    await hearing.settled()

    ((message, _),) = ear.surface.shown
    assert message.is_admin


async def test_a_command_that_comes_twice_is_taken_once() -> None:
    ear = Ear()
    hearing = ear.hearing()

    for name in ("/model", "/ask", "/model", "/ask"):
        await hearing.command(a_command(name, "x", trigger_id=f"1.2.{name[1:]}"))
    await hearing.settled()

    assert len(ear.shown) == len(ear.intake.taken) == 1


async def test_a_command_that_another_process_has_taken_is_not_taken_again() -> None:
    ear = Ear()
    twin = Ear(posts=ear.posts)

    await give(ear, a_command("/quota", "grant asker $5 per day"))
    await give(twin, a_command("/quota", "grant asker $5 per day"))

    assert len(ear.shown) == 1
    assert twin.shown == []


async def test_a_command_that_is_being_answered_is_answered_before_all_ends() -> None:
    ear = Ear()
    hearing = ear.hearing()

    await hearing.command(a_command("/quota"))
    await hearing.aclose()

    assert ear.shown == ["/quota of U11"]


async def test_a_guest_may_give_no_command_where_guests_are_not_answered() -> None:
    ear = Ear()

    await give(ear, a_command("/usage", user_id="U13"), guests=False)
    await give(ear, a_press(custom_id("why", "r1-U13"), user={"id": "U13"}), guests=False)

    assert ear.shown == [NO_GUESTS, NO_GUESTS]


@pytest.mark.parametrize("verb", ["why", "good", "bad"])
async def test_a_judgement_is_answered_to_who_pressed_and_about_that_answer(verb: str) -> None:
    ear = Ear()
    pressed = custom_id(verb, "r1-U11")

    await give(ear, a_press(pressed, user={"id": "U12"}))

    ((message, _),) = ear.surface.shown
    assert message.text == f"/{verb}"
    assert message.about == "r1"
    assert message.conversation == THREAD
    assert message.handle["is_ephemeral"] == "1"
    assert message.handle["user"] == "U12"


async def test_slacks_own_thumbs_judge_too() -> None:
    ear = Ear()
    thumbs = {"type": "feedback_buttons", "action_id": "pointsman:feedback"}

    await give(ear, a_press("", actions=[{**thumbs, "value": custom_id("bad", "r1-U11")}]))

    ((message, _),) = ear.surface.shown
    assert (message.text, message.about) == ("/bad", "r1")


async def test_another_answer_is_asked_for_in_the_thread_by_who_asked() -> None:
    ear = Ear()

    await give(ear, a_press(custom_id("better", "r1-U11")))

    (message,) = ear.intake.taken
    assert (message.text, message.about) == ("/better", "r1")
    assert message.conversation == THREAD
    assert message.handle["thread"] == TS
    assert "response_url" not in message.handle
    assert "is_ephemeral" not in message.handle


async def test_a_button_belongs_to_the_conversation_its_answer_was_given_in() -> None:
    ear = Ear()
    ear.posts.known["C50", "1764072001.000200"] = Posted(OWN, "r1")
    ear.posts.known["C50", "1764072002.000200"] = Posted(
        Conversation("slack", "T02", "C50", TS), "r2"
    )
    foreign = {"type": "message", "message_ts": "1764072002.000200", "thread_ts": TS}

    await give(ear, a_press(custom_id("regenerate", "r1-U11")))
    other = a_press(custom_id("regenerate", "r2-U11"), container=foreign, trigger_id="2.2.2")
    await give(ear, other)

    assert [message.conversation for message in ear.intake.taken] == [OWN, THREAD]


async def test_an_answer_only_one_saw_is_followed_by_one_only_they_see() -> None:
    ear = Ear()
    container = {"type": "message", "message_ts": "1.2", "channel_id": "C50", "is_ephemeral": True}

    await give(ear, a_press(custom_id("regenerate", "r1-U11"), container=container, message=None))

    (message,) = ear.intake.taken
    assert message.handle["is_ephemeral"] == "1"
    assert message.handle["response_url"]


@pytest.mark.parametrize("verb", ["stop", "regenerate", "better"])
async def test_nobody_but_the_asker_may_end_or_spend(verb: str) -> None:
    ear = Ear()

    await give(ear, a_press(custom_id(verb, "r1-U99")))

    assert ear.shown == [NOT_YOURS]
    assert (ear.intake.taken, ear.intake.stopped) == ([], [])


async def test_the_asker_an_admin_or_everyone_may_stop() -> None:
    ear = Ear()
    pressed = custom_id("stop", f"T01:C50:{TS}-U11")

    await give(ear, a_press(pressed))
    await give(ear, a_press(pressed, user={"id": "U12"}))
    await give(ear, a_press(pressed, user={"id": "U15"}))
    await give(ear, a_press(pressed, user={"id": "U15"}), buttons_for="everyone")

    assert ear.intake.stopped == [f"slack:T01:C50:{TS}"] * 3
    assert ear.shown == [NOT_YOURS]


async def test_a_press_on_what_is_not_ours_does_nothing() -> None:
    ear = Ear()

    await give(ear, a_press("another-app:why:r1"))
    await give(ear, a_press(custom_id("nonsense", "r1-U11")))
    await give(ear, a_press("", actions=[]))

    assert (ear.shown, ear.intake.taken) == ([], [])


def a_confirmation(ear: Ear, minutes: int = 0, **changes: Any) -> dict[str, Any]:
    """Build a press on what asks first, so many minutes after it was asked."""
    (button,) = confirm_buttons("/quota set everyone $5 confirm", "U11")
    asked_at = ear.time.clock().now() - timedelta(minutes=minutes)
    post = {"type": "message", "message_ts": f"{asked_at.timestamp():.6f}", "is_ephemeral": True}
    return a_press(button.custom_id, container=post, message=None, **changes)


def test_what_asks_first_has_the_button_that_confirms_it() -> None:
    view = View("Many would feel it.", is_final=True, is_notice=True, confirm_by="/pause confirm")

    (post,) = Layout("m1", "U11", most_posts=5).posts(view)

    (row,) = [block for block in post.blocks if block["type"] == "actions"]
    assert [confirmed_in({"actions": [each]}) for each in row["elements"]] == [
        ("U11", "/pause confirm")
    ]


async def test_what_asked_first_is_done_when_it_is_confirmed() -> None:
    ear = Ear()
    hearing = ear.hearing()

    for press in ("1.1.1", "2.2.2"):
        await hearing.action(a_confirmation(ear, trigger_id=press))
    await hearing.settled()

    ((message, _),) = ear.surface.shown
    assert message.text == "/quota set everyone $5 confirm"
    assert message.handle["is_ephemeral"] == "1"
    assert message.conversation == OWN


async def test_nobody_else_confirms_and_nobody_too_late() -> None:
    ear = Ear()

    await give(ear, a_confirmation(ear, user={"id": "U12"}))
    await give(ear, a_confirmation(ear, minutes=11))

    assert ear.shown == [NOT_YOURS, TOO_LATE]


async def test_a_gesture_that_is_refused_is_always_told() -> None:
    ear = Ear(intake=RecordingIntake(refuses=Admitted(Admission.FULL)))

    await give(ear, a_command("/ask", "6 x 7?"))

    assert len(ear.shown) == 1
