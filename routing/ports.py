"""What the core needs of the outside: protocols only; implementations do not inherit from them."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol

from config.catalog import AttachmentKind, ModelCard
from routing.cache import CachedAnswer, CacheHit, CacheKeys, CacheTurn
from routing.holds import Entry, Hold, Level, Reservation, Spent, Standing
from routing.pricing import Usage
from routing.query import Origin, Turn


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
        is_absurd: Whether it reported what cannot be true.
    """

    finish: Literal["stop", "length", "content_filter"]
    usage: Usage | None
    cost_microusd: int | None = None
    is_absurd: bool = False


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


BEGUN_BY: Final = "r"
"""Stands before the id of a message that began a conversation; no thread's id begins so."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Which transcript: every field is part of its key, so none is ever shared by accident.

    Attributes:
        thread: The thread; or, behind `BEGUN_BY`, the message that began it in the place itself.
        person: Whose transcript it is; empty when everybody in the place shares it.
    """

    platform: str
    tenant: str
    place: str
    thread: str = ""
    person: str = ""

    @property
    def is_in_thread(self) -> bool:
        """Tell whether it is held in a thread, which fewer people may read than the place."""
        return bool(self.thread) and not self.thread.startswith(BEGUN_BY)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and what came of it.

    Attributes:
        question: What was asked.
        answer: What was visible in the end.
        reply_id: Of its receipt.
        asked_at: Aware and in UTC.
        model: The card that gave the answer; empty when that is not known.
        person: The platform's id of who asked first; empty when that is not known.
        material: What is still known of what came with the question; it stood before it.
        kinds: What was attached and is still in the material.
        again_of: The reply id of the exchange that first asked this; empty for a new question.
    """

    question: str
    answer: str
    reply_id: str
    asked_at: datetime
    model: str = ""
    person: str = ""
    material: str = ""
    kinds: tuple[AttachmentKind, ...] = ()
    again_of: str = ""

    @property
    def turns(self) -> tuple[Turn, Turn]:
        """Return what a model is sent of it."""
        asked = Turn("user", self.material + self.question, frozenset(self.kinds))
        return asked, Turn("assistant", self.answer)


@dataclass(frozen=True, slots=True)
class Transcript:
    """What is remembered of a conversation.

    Attributes:
        exchanges: Oldest first.
        wanted: The model or preset chosen for it; empty for the router's choice.
    """

    exchanges: tuple[Exchange, ...] = ()
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was forgotten of somebody.

    Attributes:
        questions: How many.
        conversations: Where they had asked something lately.
    """

    questions: int = 0
    conversations: tuple[Conversation, ...] = ()


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
        """Remember an exchange, once, and, as JSON, the explanation of its decision."""
        ...

    async def revise(self, conversation: Conversation, reply_id: str, question: str) -> bool:
        """Replace the question of an exchange, and where it was asked anew; False if forgotten."""
        ...

    async def retract(self, conversation: Conversation, reply_id: str) -> bool:
        """Forget one exchange and its explanation; False when there is none."""
        ...

    async def retract_question(self, conversation: Conversation, reply_id: str) -> None:
        """Forget an exchange, and those that asked its question anew."""
        ...

    async def explanation(self, conversation: Conversation, reply_id: str) -> str | None:
        """Return the explanation kept with a reply of this conversation; None when forgotten."""
        ...

    async def asked_in(self, platform: str, person: str) -> tuple[Conversation, ...]:
        """Return where somebody asked something lately; much of it may be forgotten."""
        ...

    async def newest(
        self, person: str, conversations: Sequence[Conversation]
    ) -> tuple[Conversation, Exchange] | None:
        """Return what somebody asked last in any of some conversations; None for nothing.

        What others asked in between may hide it, where that was much.
        """
        ...

    async def choose(self, conversation: Conversation, wanted: str) -> None:
        """Remember the model or preset chosen for a conversation; empty takes the choice back."""
        ...

    async def forget(self, conversation: Conversation) -> None:
        """Forget the exchanges and explanations; the choice of a model stays."""
        ...

    async def forget_person(self, platform: str, person: str, at: datetime) -> Forgotten:
        """Forget every exchange somebody asked up to a moment, wherever.

        What is still being answered then is not remembered when it ends.
        """
        ...


class Ledger(Protocol):
    """Keeps budgets. Every method raises StoreUnavailable when the store does not answer in time.

    Every call may be made again with the same ids: it then changes nothing.
    """

    async def standing(self, origin: Origin) -> Standing:
        """Return how far each limit is used that holds for somebody somewhere."""
        ...

    async def reserve(self, reservation: Reservation) -> Hold:
        """Set aside what a call may use, in every limit or in none, before it is made.

        It counts as used at once, so two calls racing for the last cent cannot both pass. Where
        not all of it fits, the answer is shortened as far as the reservation allows.

        A later delivery takes over from those before: what an earlier one's call is known to have
        used is charged, its hold ends, and the request it counted is not counted again.

        Raises:
            QuotaExceeded: Not even the shortest answer fits; nothing is held.
            CallOver: An earlier delivery settled this call: the next one is due.
            Superseded: A later delivery has reserved something for the same reply.
        """
        ...

    async def renew(self, hold: Hold, known: Spent) -> None:
        """Go on holding. Unless renewed or settled a hold lapses, and `known` is charged."""
        ...

    async def settle(self, hold: Hold, spent: Spent, entry: Entry) -> tuple[Level, ...]:
        """Write down what a call used, in the windows of its reservation.

        Only the first time counts. A hold that had lapsed, or was taken over, is corrected. What
        is above the hold counts in full. Once a later delivery has begun, only it counts the
        answer, and no request is taken back.

        Returns:
            How far the hold's limits are used now, in their order; nothing when it is settled.
        """
        ...

    async def sweep(self, at_most: int = 100) -> int:
        """Let the holds lapse whose holders died; return how many there were."""
        ...


class Unsettled(Protocol):
    """Keeps on this machine's disk what could not be settled, until the store answers again."""

    async def admit(self, reservation: Reservation) -> bool:
        """Grant a call while the store is away, if the emergency allowance covers it."""
        ...

    async def keep(self, hold: Hold, spent: Spent, entry: Entry) -> None:
        """Keep what a call used; the same call again replaces it."""
        ...

    async def settled(self, call_id: str, delivery: int) -> None:
        """Forget a call that was admitted or kept; one that was not changes nothing."""
        ...

    async def replay(self, ledger: Ledger) -> int:
        """Settle all that is kept; return how many there were.

        Raises:
            StoreUnavailable: The store is still away; what is not settled stays kept.
        """
        ...


class Cache(Protocol):
    """Keeps answers. To all but a purge, trouble of the store is a miss, never an error.

    `ask` then gives the lead with a generation under which nothing is kept; the rest do nothing.

    Attributes:
        turn_s: How long a turn to lead lasts after its last renewal.
    """

    turn_s: float

    async def ask(self, keys: CacheKeys, caller: str) -> CacheHit | CacheTurn:
        """Look an answer up; without one, lead the search for it or learn that another does.

        One round trip, one script. A leader's turn ends with `keep`, `release`, or `turn_s`
        after its last `renew`, so that a killed leader is succeeded.
        """
        ...

    async def renew(self, keys: CacheKeys, caller: str) -> None:
        """Go on leading, while the answer is being streamed."""
        ...

    async def keep(
        self, keys: CacheKeys, caller: str, answer: CachedAnswer, *, generation: int, ttl_s: int
    ) -> bool:
        """Keep an answer under both keys and end the caller's turn; tell whether it is kept.

        An answer begun before a purge of its scope is not kept.
        """
        ...

    async def release(self, keys: CacheKeys, caller: str) -> None:
        """End the caller's turn without an answer; a second time changes nothing."""
        ...

    async def open(self, keys: CacheKeys, caller: str) -> None:
        """End the caller's turn without an answer, and let all who wait seek one at once.

        So that nobody waits, one after the other, for answers that are not kept.
        """
        ...

    async def remove(self, keys: CacheKeys) -> None:
        """Forget an answer wherever it is kept, also under the words it was first asked in."""
        ...

    async def purge(self, scope: str) -> None:
        """Forget every answer of a scope, also those being made now.

        Raises:
            StoreUnavailable: They may all still be there.
        """
        ...
