"""What is asked, by whom and where. Pure values."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from config.catalog import AttachmentKind, Capability, ModelCard, Preset
from routing.tokens import image_tokens, turn_tokens


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
        is_closed: Whether fewer people may read the thread than its place.
    """

    platform: str
    tenant: str
    place: str
    person: str
    thread: str = ""
    roles: frozenset[str] = frozenset()
    private: bool = False
    is_public: bool = False
    is_closed: bool = False

    @property
    def asker(self) -> str:
        """Return platform and person joined by a colon: `discord:1234`."""
        return f"{self.platform}:{self.person}"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture as a model is shown it.

    Attributes:
        media_type: `image/png` or `image/jpeg`, which every model that sees can take.
        content: The file; it never prints.
        width: In pixels.
        height: In pixels.
    """

    media_type: str
    content: bytes = field(repr=False)
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing said, by the asker or by the bot.

    Attributes:
        role: Who said it.
        text: What was said.
        kinds: What came with it and is still in its text.
        images: What is shown along with it.
    """

    role: Literal["user", "assistant"]
    text: str
    kinds: frozenset[AttachmentKind] = frozenset()
    images: tuple[Image, ...] = ()

    @property
    def tokens(self) -> int:
        """Estimate the tokens it is sent as; 0 only for an empty one."""
        said = turn_tokens(self.text)
        if not self.images:
            return said
        return said + sum(image_tokens(image.width, image.height) for image in self.images)


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something that comes with a question; what it claims to be is not believed.

    Attributes:
        kind: What it is taken for.
        name: What its owner calls it.
        media_type: What it claims to be.
        size_bytes: How large it claims to be; 0 when it does not.
        url: Where it can be fetched, maybe for a while only.
        reference: By which its platform finds a fresh URL; opaque here.
    """

    kind: AttachmentKind
    name: str = ""
    media_type: str = ""
    size_bytes: int = 0
    url: str = ""
    reference: str = ""


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
class Answered:
    """An earlier answer of the conversation, without its words.

    Attributes:
        reply_id: Of its receipt.
        alias: Of the card that gave it.
        is_redone: Whether its question was asked again.
    """

    reply_id: str
    alias: str
    is_redone: bool = False


@dataclass(frozen=True, slots=True)
class Ordered:
    """What admins ordered while the bot runs, as far as it is for a question.

    Attributes:
        switched_off: Names of models that may not answer.
        preset: What is used when the asker chose nothing; None: as configured.
        persona: What a model is told about its part, after its system prompt.
        notes: Where that comes from, in words, for the explanation.
    """

    switched_off: frozenset[str] = frozenset()
    preset: Preset | None = None
    persona: str = ""
    notes: tuple[str, ...] = ()


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
        material: What was quoted and read of attachments, as text; it is sent before the question.
        images: What is shown along with the question.
        asked_at: Aware and in UTC; None while nobody has looked at the clock.
        last_answer: Who answered before; None where a conversation begins.
        answered: The latest answers of the conversation by known models, oldest first.
        reply_id: Of the answer's receipt, the same for all who are to answer; empty: made up.
        delivery: Which worker it is, from 1, that is to answer: each takes over from those before.
        ordered: What admins ordered that is for it.
        is_compared: Whether it is answered to be compared: the cache has no part in it.
    """

    text: str
    origin: Origin
    history: tuple[Turn, ...] = ()
    system_prompt: str = ""
    needs: frozenset[Capability] = frozenset()
    wanted: str = ""
    is_fresh: bool = False
    attachments: tuple[Attachment, ...] = ()
    material: str = ""
    images: tuple[Image, ...] = ()
    asked_at: datetime | None = None
    last_answer: LastAnswer | None = None
    answered: tuple[Answered, ...] = ()
    reply_id: str = ""
    delivery: int = 1
    ordered: Ordered = Ordered()
    is_compared: bool = False

    def prompt_for(self, card: ModelCard) -> str:
        """Return what a model is told about its part; may be empty."""
        parts = (card.system_prompt or self.system_prompt, self.ordered.persona)
        return "\n\n".join(part for part in parts if part)

    @property
    def turn(self) -> Turn:
        """Return what a model is sent: the question, after the material it is about."""
        text = self.material + self.text
        return Turn("user", text, frozenset(each.kind for each in self.attachments), self.images)


def latest_turns(history: Sequence[Turn], max_tokens: int) -> tuple[Turn, ...]:
    """Return the longest tail of whole turns within a token limit that opens with the asker's."""
    kept: list[Turn] = []
    tokens = 0
    for turn in reversed(history):
        tokens += turn.tokens
        if tokens > max_tokens:
            break
        kept.append(turn)
    while kept and kept[-1].role != "user":
        kept.pop()
    return tuple(reversed(kept))
