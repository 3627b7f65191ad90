"""What is asked, by whom and where. Pure values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from config.catalog import AttachmentKind, Capability
from routing.tokens import TURN_TOKENS, estimate_tokens


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a question comes from; ids are the platform's own, never names.

    Attributes:
        platform: `terminal`, `discord` or `slack`.
        tenant: The guild or workspace.
        place: The channel or direct message.
        thread: The thread within the place, or empty.
        person: Who asks.
        roles: Role or user-group ids of the person.
        private: Whether nobody but the person reads along.
        is_public: Whether everybody of the tenant may read along.
    """

    platform: str
    tenant: str
    place: str
    person: str
    thread: str = ""
    roles: frozenset[str] = frozenset()
    private: bool = False
    is_public: bool = False

    @property
    def asker(self) -> str:
        """Return platform and person joined by a colon: `discord:1234`."""
        return f"{self.platform}:{self.person}"


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing said before, by the asker or by the bot."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something that comes with a question."""

    kind: AttachmentKind


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """Which model answered last in the conversation, and what its host still has of it.

    Attributes:
        model: The card's name.
        alias: The card's alias.
        cached_tokens: Of what would be sent again, the tokens its host is expected to have cached.
    """

    model: str
    alias: str
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Query:
    """One question and all that shapes its answer.

    Attributes:
        text: The question.
        origin: Who asks, where.
        history: Earlier turns, oldest first.
        system_prompt: What the model is told about its part.
        needs: Capabilities the question demands.
        wanted: A model, alias or family the asker insists on, or a preset; empty for no wish.
        is_fresh: Whether an answer from the cache is not wanted.
        attachments: What comes with the question.
        asked_at: Aware and in UTC; None while nobody has looked at the clock.
        last_answer: Who answered before; None where a conversation begins.
        reply_id: Of the answer's receipt, the same for all who are to answer; empty: made up.
        delivery: Which worker it is, from 1, that is to answer: each takes over from those before.
    """

    text: str
    origin: Origin
    history: tuple[Turn, ...] = ()
    system_prompt: str = ""
    needs: frozenset[Capability] = frozenset()
    wanted: str = ""
    is_fresh: bool = False
    attachments: tuple[Attachment, ...] = ()
    asked_at: datetime | None = None
    last_answer: LastAnswer | None = None
    reply_id: str = ""
    delivery: int = 1


def latest_turns(history: Sequence[Turn], max_tokens: int) -> tuple[Turn, ...]:
    """Return the longest tail of whole turns within a token limit that opens with the asker's."""
    kept: list[Turn] = []
    tokens = 0
    for turn in reversed(history):
        tokens += estimate_tokens(turn.text) + TURN_TOKENS
        if tokens > max_tokens:
            break
        kept.append(turn)
    while kept and kept[-1].role != "user":
        kept.pop()
    return tuple(reversed(kept))
