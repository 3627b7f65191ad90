import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.slack.listening import NO_GUESTS
from config.settings import Settings
from routing.inbox import Admission, Admitted
from tests.bot.platforms.recording import RecordingIntake
from tests.bot.platforms.slack.saying import (
    BOT,
    LATER,
    MENTION,
    NAME,
    TEAM,
    TS,
    Ear,
    a_command,
    a_mention,
    a_message,
    changed,
    deleted,
    enveloped,
)

FIELDS = (
    *("event", "type", "subtype", "channel", "channel_type", "user", "ts", "thread_ts", "message"),
    *("previous_message", "files", "attachments", "authorizations", "actions", "view", "team"),
    *("trigger_id", "command", "channel_id", "user_id", "callback_id", "tokens", "tab"),
)
KINDS: tuple[dict[str, Any], ...] = (
    {},
    {"type": "app_mention"},
    {"type": "message", "subtype": "message_changed"},
    {"type": "message", "subtype": "message_deleted"},
    {"type": "agent_session_stopped"},
    {"type": "app_home_opened"},
    {"type": "tokens_revoked"},
)


async def test_the_two_events_of_a_mention_are_one_question() -> None:
    ear = Ear()

    await ear.hear(a_mention(MENTION), a_message(MENTION), a_message(MENTION))

    (message,) = ear.intake.taken
    assert message.identity == f"slack:{NAME}"
    assert message.text == "hello"
    assert message.is_addressed
    assert message.origin.is_public
    assert message.origin.roles == {"S31"}
    assert message.author == "Ada"
    assert not message.is_admin
    assert message.handle["user_team"] == TEAM


async def test_both_events_of_a_mention_read_the_same() -> None:
    one, other = Ear(), Ear()

    await one.hear(a_mention(f"{MENTION} <@U12>", files=[{"id": "F1", "name": "a.txt"}]))
    await other.hear(a_message(f"{MENTION} <@U12>", files=[{"id": "F1", "name": "a.txt"}]))

    assert one.intake.taken == other.intake.taken


async def test_in_a_thread_it_takes_part_in_no_mention_is_needed() -> None:
    ear = Ear()
    follow_up = a_message("and 7 x 8?", ts=LATER, thread_ts=TS)
    elsewhere = a_message("and 7 x 8?", ts=LATER, thread_ts="1764070000.000100")

    await ear.hear(a_message(MENTION), follow_up, elsewhere)
    another_process = Ear(posts=ear.posts)
    await another_process.hear(follow_up)

    assert ear.texts == ["hello", "and 7 x 8?"]
    assert another_process.intake.taken == [ear.intake.taken[1]]
    assert "joins" not in ear.intake.taken[1].handle
    assert not ear.intake.taken[1].is_addressed


async def test_a_thread_is_not_followed_where_the_operator_does_not_want_it() -> None:
    ear = Ear()

    await ear.hear(
        a_message(MENTION),
        a_message("and 7 x 8?", ts=LATER, thread_ts=TS),
        follow_threads=False,
    )

    assert ear.texts == ["hello"]


async def test_a_channel_may_need_no_mention() -> None:
    ear = Ear()

    await ear.hear(a_message("hello"), always_answer=["C50000"])
    await ear.hear(
        a_message("hello there", channel="C50000"),
        always_answer=["C50000"],
    )

    assert ear.texts == ["hello there"]


async def test_other_settings_count_from_the_next_event_on() -> None:
    ear = Ear()
    hearing = ear.hearing()
    chosen = {"always_answer": ["C50000"], "guests": False}

    await hearing.event(TEAM, "", enveloped(a_message("one", channel="C50000")))
    await hearing.event(TEAM, "", enveloped(a_message(MENTION)))
    hearing.adopt(Settings.model_validate({"slack": chosen}))
    await hearing.event(TEAM, "", enveloped(a_message("two", channel="C50000", ts=LATER)))
    await hearing.event(TEAM, "", enveloped(a_message(MENTION, user="U13", ts=LATER)))
    await hearing.command(a_command("/usage", user_id="U13", trigger_id="t2"))
    await hearing.settled()
    await hearing.aclose()

    assert ear.texts == ["hello", "two"]
    assert ear.shown == [NO_GUESTS]


async def test_every_message_of_a_direct_message_opens_a_conversation() -> None:
    ear = Ear()

    await ear.hear(
        a_message("one", channel="D70"),
        a_message("two", channel="D70", ts=LATER),
        a_message("three", channel="D70", ts="1764072120.000100", thread_ts=TS),
    )

    threads = [message.conversation.thread for message in ear.intake.taken]
    assert threads == [TS, LATER, TS]
    assert all(message.handle["is_dm"] and message.is_addressed for message in ear.intake.taken)


@pytest.mark.parametrize("text", ["usage", "quota show", "/quota", "/nonsense"])
async def test_a_private_command_by_mention_is_answered_to_its_author_alone(text: str) -> None:
    ear = Ear()

    await ear.hear(
        a_message(f"<@{BOT}> {text}", ts=LATER, thread_ts=TS),
        a_message(f"<@{BOT}> {text}", channel="D70"),
        a_message("and now?", ts="1764072120.000100", thread_ts=TS),
    )

    in_thread, direct = ear.intake.taken
    assert in_thread.is_answered_alone
    assert not in_thread.is_between_us
    assert direct.is_between_us
    assert "is_ephemeral" not in direct.handle


@pytest.mark.parametrize("text", ["/fresh", "/fresh what is tea?", "what is tea?"])
async def test_what_a_model_answers_by_mention_all_see(text: str) -> None:
    ear = Ear()

    await ear.hear(a_message(f"<@{BOT}> {text}"))

    (message,) = ear.intake.taken
    assert not message.is_answered_alone


async def test_what_nobody_said_to_it_asks_slack_nothing() -> None:
    ear = Ear()

    await ear.hear(
        a_message("hello"),
        a_message(MENTION, bot_id="B1"),
        a_message("an answer", user=BOT, channel="D70"),
        {"type": "member_joined_channel", "channel": "C50", "user": "U11"},
        {"type": "message"},
        {},
    )

    assert ear.intake.taken == []
    assert ear.web.asked == []


async def test_its_own_words_growing_ask_nobody_anything() -> None:
    ear = Ear()
    ear.posts.is_away = True
    answer = a_message("4", user=BOT, bot_id="B900", ts=LATER, thread_ts=TS)

    await ear.hear(changed(answer, text="42"))

    assert (ear.intake.changed, ear.web.asked) == ([], [])


async def test_threads_do_not_wait_for_one_another() -> None:
    gate = asyncio.Event()
    ear = Ear(intake=RecordingIntake(gate=gate))
    hearing = ear.hearing()

    first = asyncio.create_task(hearing.event(TEAM, "", enveloped(a_message(MENTION))))
    await asyncio.sleep(0)
    await hearing.event(TEAM, "", enveloped(deleted(a_message("another", ts=LATER))))
    gone_before = list(ear.intake.gone)
    gate.set()
    await first

    assert gone_before == [("slack", "C50", f"T01:C50:{LATER}")]


async def test_with_the_index_away_a_mention_is_answered_all_the_same() -> None:
    ear = Ear()
    ear.posts.is_away = True

    await ear.hear(
        a_message(MENTION, thread_ts="1764070000.000100"),
        a_message("and?", ts=LATER, thread_ts="1764070000.000100"),
    )

    assert ear.texts[0] == "hello"


async def test_the_native_stop_ends_what_was_asked_in_its_thread() -> None:
    ear = Ear()
    stop = {"type": "agent_session_stopped", "channel": "C50", "thread_ts": TS, "user": "U11"}

    await ear.hear(a_message(MENTION), a_message("and?", ts=LATER, thread_ts=TS), stop)
    another_process = Ear(posts=ear.posts)
    await another_process.hear(stop, {**stop, "thread_ts": "1764070000.000100"})

    assert ear.intake.stopped == [f"slack:{NAME}", f"slack:T01:C50:{LATER}"]
    assert another_process.intake.stopped == ear.intake.stopped


async def test_a_workspace_without_the_bot_is_forgotten() -> None:
    ear = Ear()

    await ear.hear(
        {"type": "tokens_revoked", "tokens": {"oauth": ["U11"]}},
        {"type": "tokens_revoked", "tokens": {"bot": [BOT]}},
        {"type": "app_uninstalled"},
    )

    assert ear.uninstalled == [(TEAM, ""), (TEAM, "")]


async def test_an_opened_conversation_offers_what_the_operator_set() -> None:
    ear = Ear()
    opened = {"type": "app_home_opened", "user": "U11", "channel": "D70", "tab": "messages"}

    await ear.hear(opened, prompts=["What can you do?"])

    assert ear.web.prompts == [("D70", ("What can you do?",))]


async def test_what_is_refused_once_is_not_asked_again_by_its_other_event() -> None:
    ear = Ear(intake=RecordingIntake(refuses=Admitted(Admission.FULL, is_to_be_told=True)))
    hearing = ear.hearing()

    await hearing.event(TEAM, "", enveloped(a_mention(MENTION)))
    ear.intake.refuses = None
    await hearing.event(TEAM, "", enveloped(a_message(MENTION)))
    await hearing.event(TEAM, "", enveloped(a_message("and?", ts=LATER, thread_ts=TS)))

    assert ear.intake.taken == []


JUNK = st.recursive(
    st.none() | st.integers(-1, 9) | st.sampled_from(["", "T01", "1.2", "message", "/ask"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(FIELDS), inner),
    max_leaves=6,
)


@settings(max_examples=40, derandomize=True)
@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(FIELDS), JUNK))
def test_whatever_slack_sends_the_next_question_is_heard(
    kind: dict[str, Any], junk: dict[str, Any]
) -> None:
    async def hear() -> list[str]:
        ear = Ear()
        hearing = ear.hearing()
        await hearing.event(TEAM, "", {**enveloped({**a_message(MENTION), **kind, **junk}), **junk})
        for taking in (hearing.command, hearing.action, hearing.view, hearing.shortcut):
            await taking({**kind, **junk})
        await hearing.event(TEAM, "", enveloped(a_message("hello", channel="D70", ts="9.9")))
        await hearing.settled()
        await hearing.aclose()
        return ear.texts

    assert asyncio.run(hear())[-1] == "hello"
