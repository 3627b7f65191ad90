"""What the core needs of the outside: protocols only; implementations do not inherit from them."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from config.catalog import ModelCard
from routing.cache import CachedAnswer, CacheHit, CacheKeys, CacheTurn
from routing.pricing import Usage
from routing.query import Origin, Turn
from routing.reply import Receipt


@dataclass(frozen=True, slots=True)
class Call:
    """One request to one model.

    Attributes:
        card: The model.
        system_prompt: May be empty.
        turns: Earlier turns and the question, oldest first; the last one is the user's.
        max_output_tokens: Always sent.
    """

    card: ModelCard
    system_prompt: str
    turns: tuple[Turn, ...]
    max_output_tokens: int


@dataclass(frozen=True, slots=True)
class TextPart:
    """A piece of the answer; never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningPart:
    """A piece of the model's thinking; never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Completed:
    """The host said it is done: the last part of a stream.

    Attributes:
        finish: Why it ended: by itself, at the output limit, or by a content filter.
        usage: What the host reported; None when it reported nothing believable.
        cost_microusd: What the host says it charged; None when it does not say.
    """

    finish: Literal["stop", "length", "content_filter"]
    usage: Usage | None
    cost_microusd: int | None = None


Part = TextPart | ReasoningPart | Completed


class Completer(Protocol):
    """Calls models."""

    def stream(self, call: Call) -> AsyncGenerator[Part]:
        """Yield the parts of one answer; the last one is `Completed`, or it raises.

        Closing the generator early ends the call at the host, which saves its tokens.

        Raises:
            ModelFailed: The subclass says what to do next.
        """
        ...


@dataclass(frozen=True, slots=True)
class Conversation:
    """Which transcript: every field is part of its key, so none is ever shared by accident.

    Attributes:
        person: Whose transcript it is; empty when everybody in the place shares it.
    """

    platform: str
    tenant: str
    place: str
    thread: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and what came of it."""

    question: str
    answer: str
    reply_id: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Transcript:
    """What is remembered of a conversation.

    Attributes:
        exchanges: Oldest first.
        wanted: The model or preset chosen for it; empty for the router's choice.
    """

    exchanges: tuple[Exchange, ...] = ()
    wanted: str = ""


class History(Protocol):
    """Remembers conversations. Every method raises StoreUnavailable when the store does not answer.

    Transcripts are bounded in length and forgotten after a time, both by setting.
    """

    async def load(self, conversation: Conversation) -> Transcript:
        """Return what is remembered; an unknown conversation is an empty transcript."""
        ...

    async def append(
        self, conversation: Conversation, exchange: Exchange, explanation: str
    ) -> None:
        """Remember an exchange and, as JSON, the explanation of its decision."""
        ...

    async def explanation(self, conversation: Conversation, reply_id: str) -> str | None:
        """Return the explanation kept with a reply of this conversation; None when forgotten."""
        ...

    async def choose(self, conversation: Conversation, wanted: str) -> None:
        """Remember the model or preset chosen for a conversation; empty takes the choice back."""
        ...

    async def forget(self, conversation: Conversation) -> None:
        """Forget the exchanges and explanations; the choice of a model stays."""
        ...


@dataclass(frozen=True, slots=True)
class Settlement:
    """What one answer really used, to be written down exactly once.

    Attributes:
        receipt: Its `reply_id` is the identity: settling it again changes nothing.
        origin: Who asked, where.
        at: When the question came, aware and in UTC; its day is the day of the usage.
    """

    receipt: Receipt
    origin: Origin
    at: datetime


@dataclass(frozen=True, slots=True)
class UsageLine:
    """What one person used of one model on one day."""

    day: date
    model: str
    answers: int
    usage: Usage
    cost_microusd: int
    saved_microusd: int


class Ledger(Protocol):
    """Counts what is spent. Every method raises StoreUnavailable when the store does not answer."""

    async def settle(self, settlement: Settlement) -> None:
        """Write down what an answer used; a second time with the same reply id does nothing."""
        ...

    async def usage(self, origin: Origin, since: date) -> tuple[UsageLine, ...]:
        """Return a person's usage in a tenant, by day and model, oldest day first."""
        ...


class Cache(Protocol):
    """Keeps answers. To all but a purge, trouble of the store is a miss, never an error.

    `ask` then gives the lead with a generation under which nothing is kept; the rest do nothing.
    """

    async def ask(self, keys: CacheKeys, caller: str) -> CacheHit | CacheTurn:
        """Look an answer up; without one, lead the search for it or learn that another does.

        One round trip, one script. A leader's turn ends with `keep`, `release`, or a few seconds
        after its last `renew`, so that a killed leader is succeeded.
        """
        ...

    async def renew(self, keys: CacheKeys, caller: str) -> None:
        """Go on leading, while the answer is being streamed."""
        ...

    async def keep(
        self, keys: CacheKeys, caller: str, answer: CachedAnswer, *, generation: int, ttl_s: int
    ) -> None:
        """Keep an answer under both keys and end the caller's turn.

        An answer begun before a purge of its scope is not kept.
        """
        ...

    async def release(self, keys: CacheKeys, caller: str) -> None:
        """End the caller's turn without an answer; a second time changes nothing."""
        ...

    async def remove(self, keys: CacheKeys) -> None:
        """Forget one answer, under both keys."""
        ...

    async def purge(self, scope: str) -> None:
        """Forget every answer of a scope, also those being made now.

        Raises:
            StoreUnavailable: They may all still be there.
        """
        ...
