"""Rules: who may be answered by what. A rule only ever shrinks or orders the set of models.

All rules that apply hold together:

- `allow` and `deny` are about what a model is and where it runs; `require` is about what it can do,
  and asks for all of it. A model that any rule takes away stays away.
- `pin` leaves one model, or the hosts of one, whatever the asker wants; where that cannot answer,
  nobody does. To fall back on others, prefer it.
- `ceiling` takes away, question by question, what might cost more for one answer at worst.
- `prefer` takes nothing away. What is preferred comes first whatever the scores, or by a bonus on
  its score; a preset sets what quality is worth instead, unless the asker chose one.

In file order: the rule after which no model is left is the one to blame, what an earlier rule
prefers outweighs what a later one does, and after a preset nothing else is preferred.
"""

from decimal import Decimal
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from config.catalog import (
    MICROUSD,
    AttachmentKind,
    Capability,
    ModelCard,
    ModelName,
    Preset,
    Strict,
    TaskClass,
    UsdPerAnswer,
    UsdPerMtok,
)
from config.hours import Hours
from config.patterns import checked_pattern, ready, word_pattern

Language = Literal[
    "ar", "de", "el", "en", "es", "fr", "he", "hi", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv",
    "th", "tr", "uk", "zh",
]  # fmt: skip
"""What the language of a question can be told to be, by its ISO 639-1 code."""


def _has_letters(phrase: str) -> str:
    if not phrase.strip():
        raise ValueError("must not be empty")
    return phrase


Phrase = Annotated[str, AfterValidator(_has_letters)]
Pattern = Annotated[str, Field(min_length=1), AfterValidator(checked_pattern)]
Share = Annotated[float, Field(ge=0, le=1)]


_ORIGIN: Final = frozenset({"platforms", "tenants", "places", "private", "roles", "askers"})


class When(Strict):
    """The circumstances a rule is for; all that are given must hold, one of each list is enough."""

    platforms: frozenset[str] = Field(default=frozenset(), description="discord, slack, terminal")
    tenants: frozenset[str] = Field(default=frozenset(), description="server or workspace ids")
    places: frozenset[str] = Field(default=frozenset(), description="channel ids")
    private: bool | None = Field(default=None, description="true: only in direct messages")
    roles: frozenset[str] = Field(default=frozenset(), description="role ids of the asker")
    askers: frozenset[str] = Field(default=frozenset(), description="such as `discord:1234`")
    words: frozenset[Phrase] = Field(
        default=frozenset(),
        description="whole words or phrases in the question, its files or its history",
    )
    patterns: frozenset[Pattern] = Field(
        default=frozenset(),
        description="RE2 patterns, found in the question, its files or its history",
    )
    languages: frozenset[Language] = Field(
        default=frozenset(), description="of the question, where they can be told: en, de, zh, …"
    )
    attachments: frozenset[AttachmentKind] = Field(
        default=frozenset(), description="kinds of what comes with the question, or did earlier"
    )
    tasks: frozenset[TaskClass] = Field(
        default=frozenset(), description="what the question is taken for, as quality is declared"
    )
    min_tokens: int | None = Field(default=None, ge=0, description="the question has at least")
    max_tokens: int | None = Field(default=None, ge=0, description="the question has at most")
    min_chars: int | None = Field(default=None, ge=0, description="the question has at least")
    max_chars: int | None = Field(default=None, ge=0, description="the question has at most")
    hours: Hours | None = Field(default=None, description="when it is asked")
    min_budget_used: Share | None = Field(
        default=None, description="of the tightest budget, at least this share is used: 0 to 1"
    )
    last_models: frozenset[ModelName] = Field(
        default=frozenset(), description="names or aliases; who answered last in the conversation"
    )

    @property
    def is_about_origin(self) -> bool:
        """Tell whether it is only about who asks and where."""
        return self.model_fields_set <= _ORIGIN

    @model_validator(mode="after")
    def _can_be_searched(self) -> Self:
        if self.words:
            ready(word_pattern(self.words))
        return self


def _is_at_most(price: Decimal, limit: Decimal | None) -> bool:
    return limit is None or price <= limit


class Models(Strict):
    """Some of the models; all that is given must hold, one of each list is enough."""

    names: frozenset[ModelName] = Field(default=frozenset(), description="names or aliases")
    weights: Literal["open", "closed"] | None = Field(default=None, description="open or closed")
    licences: frozenset[str] = Field(default=frozenset(), description="as on the card")
    hosting: Literal["self", "vendor"] | None = Field(default=None, description="self or vendor")
    jurisdictions: frozenset[str] = Field(default=frozenset(), description="as on the card")
    max_input_price: UsdPerMtok | None = Field(
        default=None, description="at most this many US dollars per million input tokens"
    )
    max_output_price: UsdPerMtok | None = Field(
        default=None, description="at most this many US dollars per million output tokens"
    )

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("say which models are meant")
        return self

    def include(self, card: ModelCard) -> bool:
        """Tell whether a model is meant: everything that is named here holds for it."""
        return (
            (not self.names or not self.names.isdisjoint({card.name, card.alias}))
            and self.weights in {None, card.weights}
            and (not self.licences or card.licence in self.licences)
            and self.hosting in {None, card.hosting}
            and (not self.jurisdictions or card.jurisdiction in self.jurisdictions)
            and _is_at_most(card.input_price, self.max_input_price)
            and _is_at_most(card.output_price, self.max_output_price)
        )


class Abilities(Strict):
    """What a model must be able to do, whoever made it and wherever it runs; all of it."""

    capabilities: frozenset[Capability] = Field(
        default=frozenset(), description="all of these: vision, tools, reasoning, json"
    )
    context_tokens: int = Field(default=0, ge=0, description="question and answer together")

    def are_met_by(self, card: ModelCard) -> bool:
        """Tell whether a model can do all of it."""
        return self.capabilities <= card.capabilities and card.context_tokens >= self.context_tokens


class Preference(Models):
    """Which models come first; it never takes one away."""

    worth_usd: UsdPerAnswer | None = Field(
        default=None,
        description="what it is worth for one answer, in US dollars; none: they come first always",
    )
    preset: Preset | None = Field(
        default=None, description="how much quality is worth, unless the asker chose a preset"
    )

    @property
    def worth_microusd(self) -> int | None:
        """Return what it is worth in micro-dollars; None where it comes first always."""
        return None if self.worth_usd is None else int(self.worth_usd * MICROUSD)

    @property
    def names_models(self) -> bool:
        """Tell whether it says which models come first."""
        return bool(self.model_fields_set - {"worth_usd", "preset"})

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if self.names_models == (self.preset is not None):
            raise ValueError("say either which models are preferred, or a preset")
        if self.preset is not None and self.worth_usd is not None:
            raise ValueError("worth_usd goes with models, a preset has its own value")
        return self


_ACTIONS: Final = ("allow", "deny", "require", "prefer", "pin", "ceiling")


class Rule(Strict):
    """One rule: what holds for the models where its circumstances do."""

    name: str = Field(min_length=1, max_length=80, description="shown when the rule decides")
    when: When = Field(default=When(), description="empty: always")
    allow: Models | None = Field(default=None, description="only these may answer")
    deny: Models | None = Field(default=None, description="these may not answer")
    require: Abilities | None = Field(default=None, description="only who can do this may answer")
    prefer: Preference | None = Field(default=None, description="these come first")
    pin: ModelName | None = Field(
        default=None, description="a name or alias; nothing else answers, whatever is asked for"
    )
    ceiling: UsdPerAnswer | None = Field(
        default=None, description="US dollars an answer may cost at worst"
    )

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if all(getattr(self, action) is None for action in _ACTIONS):
            raise ValueError(f"a rule needs one of {', '.join(_ACTIONS)}")
        return self

    @property
    def ceiling_microusd(self) -> int | None:
        """Return what an answer may cost at worst, in micro-dollars; None is no limit."""
        return None if self.ceiling is None else int(self.ceiling * MICROUSD)

    def forbids(self, card: ModelCard) -> bool:
        """Tell whether the rule, where it applies, takes a model away whatever an answer costs."""
        if self.deny is not None and self.deny.include(card):
            return True
        if self.pin is not None and self.pin not in {card.name, card.alias}:
            return True
        if self.require is not None and not self.require.are_met_by(card):
            return True
        return self.allow is not None and not self.allow.include(card)
