"""Rules: who may be answered by what. A rule only ever shrinks the set of models."""

from typing import Literal, Self

from pydantic import Field, model_validator

from config.catalog import ModelCard, ModelName, Strict, UsdPerMtok


class When(Strict):
    """The circumstances a rule is for; all that are given must hold, one of each list is enough."""

    platforms: frozenset[str] = Field(default=frozenset(), description="discord, slack, terminal")
    tenants: frozenset[str] = Field(default=frozenset(), description="server or workspace ids")
    places: frozenset[str] = Field(default=frozenset(), description="channel ids")
    private: bool | None = Field(default=None, description="true: only in direct messages")
    roles: frozenset[str] = Field(default=frozenset(), description="role ids of the asker")
    askers: frozenset[str] = Field(default=frozenset(), description="such as `discord:1234`")
    words: frozenset[str] = Field(
        default=frozenset(), description="whole words or phrases in the question or its history"
    )


class Models(Strict):
    """Some of the models; all that is given must hold, one of each list is enough."""

    names: frozenset[ModelName] = Field(default=frozenset(), description="names or aliases")
    weights: Literal["open", "closed"] | None = Field(default=None, description="open or closed")
    licences: frozenset[str] = Field(default=frozenset(), description="as on the card")
    hosting: Literal["self", "vendor"] | None = Field(default=None, description="self or vendor")
    jurisdictions: frozenset[str] = Field(default=frozenset(), description="as on the card")
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
            and (self.max_output_price is None or card.output_price <= self.max_output_price)
        )


class Rule(Strict):
    """One rule: when it holds, only `allow` may answer, and `deny` may not."""

    name: str = Field(min_length=1, max_length=80, description="shown when the rule decides")
    when: When = Field(default=When(), description="empty: always")
    allow: Models | None = Field(default=None, description="only these may answer")
    deny: Models | None = Field(default=None, description="these may not answer")

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.allow is None and self.deny is None:
            raise ValueError("a rule needs `allow` or `deny`")
        return self

    def forbids(self, card: ModelCard) -> bool:
        """Tell whether the rule, where it applies, takes a model away."""
        if self.deny is not None and self.deny.include(card):
            return True
        return self.allow is not None and not self.allow.include(card)
