import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.message_lines import MessageUnreadable, message_from_line, message_to_line
from bot.platforms.port import Message, Quote
from config.catalog import AttachmentKind
from routing.ports import Conversation
from routing.query import Attachment, Origin
from tests.bot.office import a_message

TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=20)
MOMENTS = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))]))
ATTACHMENTS = st.builds(
    Attachment,
    kind=st.sampled_from(AttachmentKind),
    name=TEXT,
    media_type=TEXT,
    size_bytes=st.integers(0),
    url=TEXT,
    reference=TEXT,
)
MESSAGES = st.builds(
    Message,
    message_id=TEXT,
    origin=st.builds(Origin, roles=st.frozensets(TEXT, max_size=3)),
    conversation=st.builds(Conversation, *[TEXT] * 5),
    text=TEXT,
    at=MOMENTS,
    wanted=TEXT,
    is_alone=st.booleans(),
    is_admin=st.booleans(),
    attachments=st.lists(ATTACHMENTS, max_size=3).map(tuple),
    author=TEXT,
    quotes=st.lists(st.builds(Quote, TEXT, TEXT, st.booleans()), max_size=3).map(tuple),
    lasting=st.none() | st.builds(Conversation, *[TEXT] * 5),
    about=TEXT,
    handle=st.dictionaries(TEXT, TEXT, max_size=3),
)


@given(MESSAGES)
def test_a_message_reads_as_it_was_written(message: Message) -> None:
    line = message_to_line(message)

    assert message_from_line(line) == message
    assert line.isascii()
    assert "\n" not in line


def test_every_field_of_a_message_is_written() -> None:
    names = {each.name for each in fields(Message)}

    assert json.loads(message_to_line(a_message())).keys() == names | {"v"}


def test_what_a_newer_version_adds_is_passed_over() -> None:
    record = json.loads(message_to_line(a_message()))
    record["mood"] = "sunny"
    record["origin"]["planet"] = "Mars"
    record["attachments"] = [{"kind": "image", "smell": "roses"}]

    read = message_from_line(json.dumps(record))

    assert read == a_message(attachments=(Attachment(AttachmentKind.IMAGE),))


def test_what_an_older_version_did_not_write_has_its_default() -> None:
    record = json.loads(message_to_line(a_message()))
    for name in ("author", "quotes", "about", "handle", "attachments"):
        del record[name]

    assert message_from_line(json.dumps(record)) == a_message()


@pytest.mark.parametrize("line", ["", "[]", "{", '{"v": 1}', '{"v": 2}', "null"])
def test_what_is_no_message_of_this_version_is_said_to_be_unreadable(line: str) -> None:
    with pytest.raises(MessageUnreadable):
        message_from_line(line)


def test_a_moment_keeps_its_zone() -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)

    assert message_from_line(message_to_line(a_message(at=at))).at.utcoffset() == timedelta(0)
