"""What is said may be said otherwise later, or taken back."""

import asyncio

from tests.bot.platforms.recording import RecordingIntake
from tests.bot.platforms.slack.saying import (
    BOT,
    LATER,
    MENTION,
    NAME,
    TEAM,
    TS,
    Ear,
    a_message,
    changed,
    deleted,
    enveloped,
)


async def test_an_edit_reaches_the_question_and_a_preview_does_not() -> None:
    ear = Ear()
    asked = a_message(MENTION)

    await ear.hear(
        asked,
        changed(asked, attachments=[{"from_url": "https://a.org"}]),
        changed(asked, text=f"{MENTION} there"),
        changed(asked, text="never mind"),
        changed(a_message("to others"), text="to all others"),
    )

    assert [(each.identity, each.text) for each in ear.intake.changed] == [
        (f"slack:{NAME}", "hello there"),
        (f"slack:{NAME}", "never mind"),
    ]
    assert ear.texts == ["hello"]


async def test_a_deletion_reaches_questions_and_answers_by_their_names() -> None:
    ear = Ear()
    answer = a_message("42", user=BOT, bot_id="B900", ts=LATER)

    await ear.hear(
        deleted(a_message(MENTION)),
        deleted(answer),
        deleted(a_message("whose?"), previous_message=None),
    )

    assert ear.intake.gone == [
        ("slack", "C50", NAME),
        ("slack", "C50", LATER),
        ("slack", "C50", NAME),
        ("slack", "C50", TS),
    ]


async def test_a_deletion_does_not_overtake_its_message() -> None:
    gate = asyncio.Event()
    ear = Ear(intake=RecordingIntake(gate=gate))
    hearing = ear.hearing()

    asking = asyncio.create_task(hearing.event(TEAM, "", enveloped(a_message(MENTION))))
    await asyncio.sleep(0)
    deleting = asyncio.create_task(hearing.event(TEAM, "", enveloped(deleted(a_message(MENTION)))))
    await asyncio.sleep(0)
    gone_before = list(ear.intake.gone)
    gate.set()
    await asyncio.gather(asking, deleting)

    assert gone_before == []
    assert ear.texts == ["hello"]
    assert ear.intake.gone == [("slack", "C50", NAME)]
