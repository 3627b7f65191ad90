from datetime import UTC, datetime

import pytest

from bot.platforms.slack.listening import Kind, Us
from bot.platforms.slack.reading import (
    asker_in,
    change_in,
    said_in,
    thread_of,
    us_in,
    where_in,
    where_of,
)
from config.catalog import AttachmentKind
from tests.bot.platforms.slack.saying import (
    TS,
    US,
    a_message,
    a_user,
    changed,
    deleted,
    enveloped,
)


def test_who_the_bot_is_stands_on_the_envelope() -> None:
    person = {"team_id": "T01", "user_id": "U1", "is_bot": False}
    bot = {"team_id": "T01", "user_id": "U900", "is_bot": True}

    assert us_in("T01", "E1", enveloped({}, authorizations=[person, bot])) == Us(
        "T01", "E1", "U900"
    )
    assert us_in("T01", "", enveloped({}, authorizations=None)) == Us("T01")


def test_a_message_has_its_moment_its_thread_and_its_files() -> None:
    file = {
        "id": "F1",
        "name": "a.png",
        "mimetype": "image/png",
        "size": 7,
        "url_private": "https://files.slack.com/a",
        "url_private_download": "https://files.slack.com/a/download",
    }
    gone = {"id": "F2", "mode": "tombstone"}

    said = said_in(a_message("hi", thread_ts="1764070000.000100", files=[file, gone]), US)

    assert said.at == datetime(2025, 11, 25, 12, 0, 0, 100, tzinfo=UTC)
    assert (said.ts, said.root) == (TS, "1764070000.000100")
    (attachment,) = said.attachments
    assert attachment.kind is AttachmentKind.IMAGE
    assert (attachment.name, attachment.size_bytes) == ("a.png", 7)
    assert attachment.url == "https://files.slack.com/a/download"
    assert attachment.reference == "T01//F1"


def test_the_first_message_of_a_thread_stands_in_none() -> None:
    assert said_in(a_message(thread_ts=TS), US).thread == ""


def test_a_changed_text_is_a_change_and_a_preview_is_none() -> None:
    before = a_message("hello")

    edit = change_in(changed(before, text="hullo"), US)
    preview = change_in(changed(before, attachments=[{"from_url": "https://a.org"}]), US)

    assert edit is not None
    assert edit.is_by_person
    assert preview is not None
    assert not preview.is_by_person
    assert change_in(before, US) is None


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(deleted(a_message("hello")), id="gone"),
        pytest.param(
            changed(a_message("hello"), subtype="tombstone", user="USLACKBOT", text="deleted"),
            id="a stone where a thread began",
        ),
    ],
)
def test_a_deleted_message_is_gone(event: dict[str, object]) -> None:
    change = change_in(event, US)

    assert change is not None
    assert change.ts == TS
    assert change.after is None
    assert change.before is not None
    assert change.before.author_id == "U11"


@pytest.mark.parametrize(
    ("message", "thread"),
    [
        pytest.param(a_message(), TS, id="opens one"),
        pytest.param(a_message(thread_ts="1764070000.000100"), "1764070000.000100", id="in one"),
    ],
)
def test_all_that_happens_to_a_message_happens_in_its_thread(
    message: dict[str, object], thread: str
) -> None:
    events = [message, changed(message, text="hullo"), deleted(message)]

    assert {thread_of(event) for event in events} == {thread}
    assert thread_of(deleted(message, previous_message=None)) == TS


def test_a_place_is_what_slack_says_and_private_where_it_does_not() -> None:
    assert where_in("D1", "") == where_in("D1", "im")
    assert where_in("C1", "") is None
    assert where_of({"id": "C1"}).kind is Kind.PRIVATE
    assert where_of({"id": "C1", "is_private": False}).kind is Kind.CHANNEL
    assert where_of({"id": "G1", "is_mpim": True, "is_private": True}).kind is Kind.GROUP
    assert where_of({"id": "C1", "is_private": False, "is_ext_shared": True}).is_shared


@pytest.mark.parametrize(
    ("changes", "facts"),
    [
        pytest.param({}, (False, False, False, False), id="anybody"),
        pytest.param({"is_admin": True}, (True, False, False, False), id="admin"),
        pytest.param({"is_owner": True}, (True, False, False, False), id="owner"),
        pytest.param({"is_restricted": True}, (False, True, False, False), id="guest"),
        pytest.param({"is_ultra_restricted": True}, (False, True, False, False), id="visitor"),
        pytest.param({"team_id": "T99"}, (False, False, True, False), id="of elsewhere"),
        pytest.param(
            {"team_id": "T99", "is_admin": True}, (False, False, True, False), id="admin elsewhere"
        ),
        pytest.param(
            {"team_id": "T99", "enterprise_user": {"teams": ["T01"]}},
            (False, False, False, False),
            id="of the same organisation",
        ),
        pytest.param({"is_bot": True}, (False, False, False, True), id="bot"),
        pytest.param(
            {"deleted": True, "is_admin": True}, (False, False, False, True), id="who has left"
        ),
    ],
)
def test_a_person_is_what_slack_says(
    changes: dict[str, object], facts: tuple[bool, bool, bool, bool]
) -> None:
    asker = asker_in(a_user("U11", "Ada", **changes), US)

    assert (asker.is_admin, asker.is_guest, asker.is_stranger, asker.is_no_person) == facts
    assert asker.name == "Ada"
