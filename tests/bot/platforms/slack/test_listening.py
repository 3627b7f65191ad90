from dataclasses import replace
from typing import Any

import pytest

from bot.platforms.presses import ABOUT_ABOVE
from bot.platforms.slack.listening import (
    NO_GUESTS,
    NO_STRANGERS,
    Asker,
    Heard,
    Where,
    asked,
    is_for_us,
    placed,
    unwelcome,
)
from bot.platforms.slack.reading import said_in
from routing.ports import Conversation
from tests.bot.platforms.slack.saying import (
    ADA,
    BOT,
    CHANNEL,
    DM,
    GROUP,
    PRIVATE,
    TS,
    US,
    a_message,
)

ROOT = "1764070000.000100"
MENTION = f"<@{BOT}> hello"


def heard(text: str, where: Where = CHANNEL, *, is_followed: bool = False, **changes: Any) -> Heard:
    return Heard(said_in(a_message(text, **changes), US), where, US, is_followed=is_followed)


@pytest.mark.parametrize(
    ("message", "is_ours"),
    [
        pytest.param(heard("hello", DM), True, id="direct message"),
        pytest.param(heard(MENTION), True, id="mention"),
        pytest.param(heard(f"hello <@{BOT}|bot>"), True, id="mention within"),
        pytest.param(heard("hello"), False, id="among others"),
        pytest.param(heard("hello", GROUP), False, id="group message"),
        pytest.param(heard(MENTION, GROUP), True, id="mention in a group message"),
        pytest.param(heard("hello", replace(CHANNEL, channel="C77")), True, id="always there"),
        pytest.param(heard("and?", thread_ts=ROOT, is_followed=True), True, id="its thread"),
        pytest.param(heard("and?", thread_ts=ROOT), False, id="another thread"),
        pytest.param(
            heard("<@U12> and?", thread_ts=ROOT, is_followed=True), False, id="to somebody else"
        ),
        pytest.param(
            heard("and?", thread_ts=ROOT, parent_user_id=BOT), True, id="under its own words"
        ),
        pytest.param(heard("<!channel> hello"), False, id="to all"),
        pytest.param(heard(f"&lt;@{BOT}&gt; hello"), False, id="no mention, only looks like one"),
        pytest.param(heard("", DM), False, id="nothing"),
        pytest.param(heard("", DM, files=[{"id": "F1", "name": "a.txt"}]), True, id="a file alone"),
        pytest.param(heard(MENTION, bot_id="B1"), False, id="a bot"),
        pytest.param(heard(MENTION, user=BOT), False, id="itself"),
        pytest.param(heard("hello", DM, user="USLACKBOT"), False, id="Slack itself"),
        pytest.param(heard(MENTION, user=None), False, id="nobody"),
        pytest.param(heard(MENTION, subtype="bot_message"), False, id="a webhook"),
        pytest.param(heard(MENTION, subtype="channel_topic"), False, id="a new topic"),
        pytest.param(heard(MENTION, hidden=True), False, id="hidden"),
        pytest.param(heard(MENTION, subtype="file_share"), True, id="with a file"),
        pytest.param(heard(MENTION, subtype="thread_broadcast"), True, id="also to the channel"),
        pytest.param(heard(MENTION, subtype="me_message"), True, id="of oneself"),
    ],
)
def test_the_bot_answers_people_who_address_it(message: Heard, *, is_ours: bool) -> None:
    assert is_for_us(message, {"C77"}) is is_ours


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(f"<@{BOT}>, what is 6 x 7?", "what is 6 x 7?", id="mention in front"),
        pytest.param(f"what is 6 x 7? <@{BOT}|bot>", "what is 6 x 7?", id="mention behind"),
        pytest.param(f"is <@{BOT}> a bot?", "is @Pointsman a bot?", id="mention within"),
        pytest.param(f"<@{BOT}> who is <@U12>?", "who is @Bob?", id="somebody else"),
        pytest.param(f"<@{BOT}> quota of <@U12> &amp; me", "quota of <@U12> & me", id="a command"),
        pytest.param("/quota reset <@U12>", "/quota reset <@U12>", id="a command with its slash"),
    ],
)
def test_what_is_asked_is_the_text_without_the_bots_name(text: str, told: str) -> None:
    message = asked(heard(text, DM), ADA, {"U12": "Bob"}, {"quota"})

    assert message.text == told


def test_where_nobody_says_who_it_is_no_thread_is_its_own() -> None:
    unknown = replace(heard("and?", thread_ts=ROOT), us=replace(US, user_id=""))

    assert not is_for_us(unknown, ())


def test_what_is_quoted_or_named_is_never_the_question() -> None:
    """A command in them would be one of whoever wrote it, or of nobody."""
    shared = {"is_share": True, "author_name": "/quota reset", "text": "/forget"}
    preview = {"title": "/forget", "text": "/forget", "from_url": "https://a.org"}
    file = {"id": "F1", "name": "/forget", "title": "/forget", "mimetype": "text/plain"}
    said = heard("", DM, attachments=[shared, preview], files=[file])

    message = asked(said, replace(ADA, name="/forget"), {}, {"forget"})

    assert message.text == ""
    assert [(quote.author, quote.text) for quote in message.quotes] == [("/quota reset", "/forget")]
    assert asked(heard("", DM, attachments=[shared]), ADA, {}, {"forget"}).text == ABOUT_ABOVE
    named = asked(heard(f"<@{BOT}> &gt; /forget"), ADA, {}, {"forget"})
    assert named.text == "> /forget"
    person = asked(heard(f"<@{BOT}> <@U12>"), ADA, {"U12": "/forget"}, {"forget"})
    assert person.text == "@/forget"


@pytest.mark.parametrize(
    ("said", "conversation", "thread", "joins"),
    [
        pytest.param(
            heard(MENTION), Conversation("slack", "T01", "C50", TS), TS, "", id="opens a thread"
        ),
        pytest.param(
            heard(MENTION, thread_ts=ROOT),
            Conversation("slack", "T01", "C50", ROOT),
            ROOT,
            "1",
            id="called into a thread",
        ),
        pytest.param(
            heard("and?", thread_ts=ROOT, parent_user_id=BOT),
            Conversation("slack", "T01", "C50", ROOT),
            ROOT,
            "1",
            id="under what it said elsewhere",
        ),
        pytest.param(
            heard(MENTION, thread_ts=ROOT, is_followed=True),
            Conversation("slack", "T01", "C50", ROOT),
            ROOT,
            "",
            id="in its thread",
        ),
        pytest.param(
            heard("hi", DM, channel="D70"),
            Conversation("slack", "T01", "D70", TS),
            TS,
            "",
            id="direct message",
        ),
        pytest.param(
            heard("hi", DM, thread_ts=ROOT),
            Conversation("slack", "T01", "D70", ROOT),
            ROOT,
            "",
            id="reply in a direct message",
        ),
    ],
)
def test_a_thread_is_a_conversation(
    said: Heard, conversation: Conversation, thread: str, joins: str
) -> None:
    message = asked(said, ADA, {})

    assert message.conversation == conversation
    assert message.origin.thread == message.handle["thread"] == thread
    assert message.handle.get("joins", "") == joins
    assert message.opens_thread is (thread == TS)
    assert message.identity == f"slack:T01:{said.where.channel}:{TS}"


def test_a_lasting_choice_is_the_persons_own_in_a_place() -> None:
    in_channel = asked(heard(MENTION, thread_ts=ROOT), ADA, {})
    in_private = asked(heard("hi", DM), ADA, {})

    assert in_channel.lasting == Conversation("slack", "T01", "C50", person="U11")
    assert in_private.lasting == Conversation("slack", "T01", "D70")


def test_who_reads_along_is_told_by_the_kind_of_place() -> None:
    def reads(where: Where) -> tuple[bool, bool]:
        origin = asked(heard("hi", where), ADA, {}).origin
        return origin.private, origin.is_public

    assert reads(DM) == (True, False)
    assert reads(CHANNEL) == (False, True)
    assert reads(PRIVATE) == reads(GROUP) == (False, False)


GUEST = replace(ADA, is_guest=True)
STRANGER = replace(ADA, is_stranger=True)
UNKNOWN = Asker("U15")
SHARED = replace(CHANNEL, is_shared=True)


@pytest.mark.parametrize(
    ("asker", "where", "why_not"),
    [
        pytest.param(ADA, SHARED, "", id="one of ours"),
        pytest.param(GUEST, CHANNEL, NO_GUESTS, id="guest"),
        pytest.param(STRANGER, SHARED, NO_STRANGERS, id="stranger"),
        pytest.param(UNKNOWN, SHARED, NO_STRANGERS, id="who knows, among strangers"),
        pytest.param(UNKNOWN, CHANNEL, NO_GUESTS, id="who knows"),
        pytest.param(placed(UNKNOWN, "T99", US), CHANNEL, NO_STRANGERS, id="of another workspace"),
        pytest.param(placed(UNKNOWN, "T01", US), SHARED, NO_GUESTS, id="of this workspace"),
    ],
)
def test_who_may_not_be_answered_is_not(asker: Asker, where: Where, why_not: str) -> None:
    assert unwelcome(asker, where, guests=False, strangers=False) == why_not
    assert unwelcome(asker, where, guests=True, strangers=True) == ""
