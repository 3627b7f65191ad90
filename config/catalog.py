"""The models a deployment knows: one card is one model at one host."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, model_validator

from config.references import Address, Secret, refuse_plain_http

MICROUSD: Final = 1_000_000
"""Micro-dollars in a dollar."""

UsdPerMtok = Annotated[
    Decimal, Field(ge=0, lt=1_000_000, description="US dollars per million tokens")
]
UsdPerAnswer = Annotated[Decimal, Field(ge=0, le=1000)]
Quality = Annotated[float, Field(ge=0, le=1)]
ModelName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=64)]
Preset = Literal["thrifty", "balanced", "best"]

# What Pointsman itself puts into every request; a card may not override it.
_OUR_PARAMETERS: Final = frozenset(
    {"model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens"}
    | {"api_key", "api_base", "base_url", "timeout", "num_retries", "max_retries", "fallbacks"}
)


class Capability(StrEnum):
    """What a query may need of a model beyond text in, text out."""

    VISION = "vision"
    TOOLS = "tools"
    REASONING = "reasoning"
    JSON = "json"


class TaskClass(StrEnum):
    """The kinds of question quality is declared for."""

    GENERAL = "general"
    WRITING = "writing"
    KNOWLEDGE = "knowledge"
    CODE = "code"
    MATH = "math"
    EXTRACTION = "extraction"


class AttachmentKind(StrEnum):
    """What may come with a message; an image demands a model that sees."""

    IMAGE = "image"
    TEXT = "text"
    DOCUMENT = "document"
    AUDIO = "audio"
    VIDEO = "video"
    OTHER = "other"


class Strict(BaseModel):
    """A frozen part of the configuration in which an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class KeyCheck(Strict):
    """How `pointsman check` learns whether a key works: a GET that costs nothing."""

    url: Annotated[str, AfterValidator(refuse_plain_http)] = Field(
        pattern=r"^https?://", description="lists the provider's models"
    )
    header: str = Field(
        default="Authorization", description="which header carries the key; Bearer is added here"
    )


class ModelCard(Strict):
    """One model at one host, as the operator describes it."""

    name: ModelName = Field(description="what people type, such as `deepseek-flash`")
    alias: ModelName = Field(
        default_factory=lambda given: str(given["name"]),
        description="shared by all hosts of the same model; none: as name",
    )
    litellm_id: str = Field(
        min_length=1, description="what LiteLLM calls it, such as `deepseek/deepseek-v4-flash`"
    )
    enabled: bool = Field(default=True, description="false takes the model out")
    api_key: Secret | None = Field(default=None, description="the provider's key, by reference")
    api_base: Address | None = Field(default=None, description="where it answers, if not usual")
    needs: tuple[Secret, ...] = Field(
        default=(), description="further variables LiteLLM reads itself, such as AWS credentials"
    )
    check: KeyCheck | None = Field(default=None, description="how `check` tries the key")
    parameters: Mapping[str, JsonValue] = Field(
        default_factory=dict,
        repr=False,
        description="sent with every request, such as reasoning_effort",
    )
    system_prompt: str = Field(
        default="", max_length=100_000, description="told to this model in place of the general one"
    )
    input_price: UsdPerMtok
    cached_input_price: UsdPerMtok | None = Field(
        default=None, description="US dollars per million cached tokens; none: as input_price"
    )
    output_price: UsdPerMtok
    context_tokens: int = Field(gt=0, description="question, history and answer together")
    max_output_tokens: int = Field(gt=0, description="the longest answer the host allows")
    capabilities: frozenset[Capability] = Field(default=frozenset())
    weights: Literal["open", "closed"] = Field(description="whether anyone may run the model")
    licence: str = Field(default="unknown", description="of the weights, or the vendor's terms")
    hosting: Literal["self", "vendor"] = Field(description="self: on machines of the operator's")
    jurisdiction: str = Field(
        pattern=r"^([A-Z]{2}|local)$",
        description="country code of who runs the host; local: this machine",
    )
    first_token_s: float = Field(default=1.0, gt=0, description="expected wait for the first token")
    output_tokens_per_s: float = Field(default=60.0, gt=0, description="expected speed")
    quality: Mapping[TaskClass, Quality] = Field(
        description="declared share of good answers by task class; `general` stands for the rest"
    )
    reasoning_tokens: Mapping[TaskClass, Annotated[int, Field(ge=0, le=1_000_000)]] = Field(
        default_factory=dict,
        description="declared tokens of thought before an answer by task class; "
        "`general` stands for the rest",
    )
    learned_as: str = Field(
        default="",
        description="the model's name among recorded outcomes, if its answers were ever recorded",
    )
    retires_on: date | None = Field(default=None, description="when the host takes it away")
    embedded: bool = Field(default=False, description="the small model that ships with Pointsman")

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if TaskClass.GENERAL not in self.quality:
            raise ValueError("quality needs at least `general`")
        if ours := sorted(_OUR_PARAMETERS & self.parameters.keys()):
            raise ValueError(f"parameters may not set {', '.join(ours)}: Pointsman sends it")
        return self

    @property
    def missing(self) -> tuple[str, ...]:
        """Name the references that lead nowhere, such as `env:DEEPSEEK_API_KEY`."""
        references = (self.api_key, self.api_base, *self.needs)
        return tuple([ref.reference for ref in references if ref is not None and not ref.is_set])

    @property
    def cached_price(self) -> Decimal:
        """Return the price of a cached input token in micro-dollars."""
        return self.input_price if self.cached_input_price is None else self.cached_input_price

    def quality_for(self, task: TaskClass) -> float:
        """Return the declared quality for a task class, 0 to 1."""
        declared = self.quality.get(task)
        return self.quality[TaskClass.GENERAL] if declared is None else declared

    def reasoning_for(self, task: TaskClass) -> int:
        """Return the tokens declared to be thought before an answer to a task class."""
        if not self.reasoning_tokens:
            return 0
        return self.reasoning_tokens.get(task, self.reasoning_tokens.get(TaskClass.GENERAL, 0))


Catalog = tuple[ModelCard, ...]
"""Every card in the operator's order; names are unique."""


@dataclass(frozen=True, slots=True)
class PublishedModel:
    """What is publicly known of a model, to fill what a card leaves out.

    Prices are US dollars per million tokens; None is unknown.
    """

    input_price: Decimal | None = None
    cached_input_price: Decimal | None = None
    output_price: Decimal | None = None
    context_tokens: int | None = None
    max_output_tokens: int | None = None
    capabilities: frozenset[Capability] = field(default_factory=frozenset)
    retires_on: date | None = None


PublishedModels = Callable[[str], PublishedModel | None]
"""Looks a LiteLLM id up; None when nothing is known of it."""
