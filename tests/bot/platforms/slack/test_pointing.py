"""Somebody points at what was said, and asks about it."""

import json
from typing import Any

from bot.platforms.presses import ABOUT_ABOVE
from bot.platforms.slack.addresses import ASK_ABOUT
from tests.bot.platforms.slack.saying import BOT, TEAM, THREAD, TS, Ear, a_message, give


def a_shortcut(channel: str = "C50", text: str = "tea &amp; milk?", **changes: Any) -> Any:
    message = {"ts": TS, "user": "U12", "text": text, "type": "message"}
    return {
        "type": "message_action",
        "callback_id": ASK_ABOUT,
        "team": {"id": TEAM},
        "user": {"id": "U11"},
        "channel": {"id": channel},
        "message": message,
        "trigger_id": "13347.738.80889310",
        "response_url": "https://hooks.slack.com/app/1",
        **changes,
    }


def sent(view: dict[str, Any], question: str) -> dict[str, Any]:
    """Build the form as Slack gives it back."""
    return {
        "type": "view_submission",
        "team": {"id": TEAM},
        "user": {"id": "U11"},
        "trigger_id": "13348.738.80889311",
        "view": {
            **json.loads(json.dumps(view)),
            "id": "V1",
            "state": {"values": {"question": {"question": {"value": question}}}},
        },
    }


async def test_what_somebody_points_at_is_asked_about_in_its_thread() -> None:
    ear = Ear()
    file = {"id": "F1", "name": "tea.txt", "mimetype": "text/plain", "url_private": "https://x"}
    shortcut = a_shortcut()
    shortcut["message"]["files"] = [file]

    await give(ear, shortcut)
    ((trigger_id, form),) = ear.web.opened
    await give(ear, sent(dict(form), "who is right?"))

    assert trigger_id == "13347.738.80889310"
    assert ABOUT_ABOVE in json.dumps(form)
    (message,) = ear.intake.taken
    assert message.text == "who is right?"
    assert [(quote.author, quote.text) for quote in message.quotes] == [("Bob", "tea & milk?")]
    assert [(each.name, each.reference) for each in message.attachments] == [("tea.txt", "T01//F1")]
    assert message.conversation == THREAD
    assert message.handle["thread"] == TS
    assert "is_ephemeral" not in message.handle
    assert not message.is_addressed


async def test_where_the_bot_is_not_the_answer_is_for_the_person_alone() -> None:
    ear = Ear()

    await give(ear, a_shortcut("C52"))
    await give(ear, sent(dict(ear.web.opened[0][1]), "who is right?"))

    (message,) = ear.intake.taken
    assert message.handle["is_ephemeral"] == "1"
    assert message.handle["response_url"] == "https://hooks.slack.com/app/1"
    assert message.handle["expires_at"] == "2026-11-24T12:30:00+00:00"
    assert message.handle["thread"] == ""


async def test_a_long_message_comes_through_the_form_whole() -> None:
    ear = Ear()
    text = "word " * 2400

    await give(ear, a_shortcut(text=text))
    form = dict(ear.web.opened[0][1])
    await give(ear, sent(form, "what?"))

    assert len(form["private_metadata"]) <= 3000
    assert all(len(block["text"]["text"]) <= 3000 for block in form["blocks"] if "text" in block)
    assert ear.intake.taken[0].quotes[0].text == text


async def test_a_question_pointed_at_the_bots_own_words_knows_them() -> None:
    ear = Ear()
    shortcut = a_shortcut(api_app_id="A1")
    shortcut["message"] |= {"user": BOT, "app_id": "A1", "bot_id": "B900"}

    await give(ear, shortcut)
    await give(ear, sent(dict(ear.web.opened[0][1]), "why?"))

    assert ear.intake.taken[0].quotes[0].is_ours


async def test_another_form_or_menu_is_somebody_elses() -> None:
    ear = Ear()

    await give(ear, a_shortcut(callback_id="another"))
    await give(ear, {**sent({}, ""), "view": {"callback_id": "another"}})

    assert (ear.web.opened, ear.intake.taken) == ([], [])


async def test_the_bot_goes_on_in_a_thread_it_was_pointed_to() -> None:
    ear = Ear()
    await give(ear, a_shortcut())
    await give(ear, sent(dict(ear.web.opened[0][1]), "who is right?"))

    await ear.hear(a_message("why?", ts="1764072060.000100", thread_ts=TS))

    assert ear.texts == ["who is right?", "why?"]
