"""An answer as a line of JSON, written down before it is settled, for whoever finds it later."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from config.catalog import AttachmentKind
from routing.bill_lines import bill_from_value, bill_to_value
from routing.ports import Conversation, Exchange
from routing.read_back import read_as
from routing.reply import Bill

VERSION: Final = 1
"""Counts the forms of a line: raise it when a reader of the last one would go wrong."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of an answer.

    Attributes:
        conversation: In which transcript.
        exchange: The question and what came of it.
        explanation: Of the decision, as a line.
    """

    conversation: Conversation
    exchange: Exchange
    explanation: str


@dataclass(frozen=True, slots=True)
class Written:
    """An answer whose text is whole and whose cost is known, but not settled yet.

    Attributes:
        text: The answer; empty when it was stopped before there was any.
        reasoning: What the model thought.
        receipt: The line under it, without what only settling tells.
        reply_id: Of the receipt.
        memory: What is to be remembered; None for nothing.
        bill: What is to be settled; None for nothing.
    """

    text: str
    reasoning: str
    receipt: str
    reply_id: str
    memory: Memory | None
    bill: Bill | None


def to_line(written: Written) -> str:
    """Return what was written as one line of JSON."""
    memory = written.memory
    value = {
        "version": VERSION,
        "text": written.text,
        "reasoning": written.reasoning,
        "receipt": written.receipt,
        "reply_id": written.reply_id,
        "memory": memory and _memory_value(memory),
        "bill": written.bill and bill_to_value(written.bill),
    }
    return json.dumps(value, separators=(",", ":"))


def from_line(line: str) -> Written:
    """Read what was written.

    Raises:
        ValueError: It is nothing of ours, or of another version: the question is to be asked anew.
    """
    given = json.loads(line)
    if not isinstance(given, Mapping) or given.get("version") != VERSION:
        raise ValueError("no answer, or of another version")
    try:
        return Written(
            **{name: given[name] for name in ("text", "reasoning", "receipt", "reply_id")},
            memory=_memory(given["memory"]) if given["memory"] else None,
            bill=bill_from_value(given["bill"]) if given["bill"] else None,
        )
    except (KeyError, TypeError) as error:
        raise ValueError("not an answer") from error


def _memory_value(memory: Memory) -> dict[str, Any]:
    exchange = memory.exchange
    return {
        "conversation": asdict(memory.conversation),
        "exchange": asdict(exchange) | {"asked_at": exchange.asked_at.isoformat()},
        "explanation": memory.explanation,
    }


def _memory(given: Mapping[str, Any]) -> Memory:
    exchange = given["exchange"]
    asked_at = datetime.fromisoformat(exchange["asked_at"])
    kinds = tuple(map(AttachmentKind, exchange.get("kinds", ())))
    return Memory(
        read_as(Conversation, given["conversation"]),
        read_as(Exchange, exchange, asked_at=asked_at, kinds=kinds),
        given["explanation"],
    )
