"""A message as one line of JSON, for whoever answers it: maybe a later or an older version of us.

What a newer version adds is passed over; what an older one did not write has its default. The
number changes only when that would be wrong.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from bot.platforms.port import Message, Quote
from config.catalog import AttachmentKind
from routing.ports import Conversation
from routing.query import Attachment, Origin
from routing.read_back import read_as

_VERSION: Final = 1

_ADDRESS: Final = ("message_id", "origin", "conversation", "at", "handle")
"""What says where an answer goes: of the same form in every version."""


class MessageUnreadable(Exception):
    """A line is no message, or one of a version that this one cannot read."""


def message_to_line(message: Message) -> str:
    """Write a message down, in ASCII."""
    record = asdict(message)
    record["at"] = message.at.isoformat()
    record["origin"]["roles"] = sorted(message.origin.roles)
    return json.dumps({"v": _VERSION, **record})


def message_from_line(line: str) -> Message:
    """Read a message.

    Raises:
        MessageUnreadable: It cannot be read by this version.
    """
    try:
        record = json.loads(line)
        if record["v"] != _VERSION:
            raise MessageUnreadable(f"version {record['v']} of messages is not known here")
        return _message(record)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MessageUnreadable(f"{type(error).__name__} while reading a message") from error


def address_from_line(line: str) -> Message:
    """Read of a message of any version where its answer goes, and nothing of what it says.

    Raises:
        MessageUnreadable: Not even that can be read.
    """
    try:
        record = json.loads(line)
        return _message({"text": "", **{name: record[name] for name in _ADDRESS}})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MessageUnreadable(f"{type(error).__name__} while reading an address") from error


def _message(record: dict[str, Any]) -> Message:
    origin = record["origin"]
    read = {
        "at": datetime.fromisoformat(record["at"]),
        "origin": read_as(Origin, origin, roles=frozenset(origin["roles"])),
        "conversation": read_as(Conversation, record["conversation"]),
        "lasting": read_as(Conversation, lasting) if (lasting := record.get("lasting")) else None,
        "attachments": tuple(map(_attachment, record.get("attachments", ()))),
        "quotes": tuple(read_as(Quote, each) for each in record.get("quotes", ())),
    }
    return read_as(Message, record, **read)


def _attachment(record: Mapping[str, Any]) -> Attachment:
    return read_as(Attachment, record, kind=AttachmentKind(record["kind"]))
