"""Quotas: how much may be spent, by whom, in which time.

A quota is counted for each tenant, place or asker it is for. Of those that speak of the same unit
and window, the one that names somebody wins over the one for each of them; between them stand the
roles, of which the most generous wins. All that are left hold together.
"""

from collections import Counter
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from config.catalog import MICROUSD, Strict
from config.zones import ZoneName

_MOST: Final = 10**12
"""No amount is larger: all sums stay exact in the store's numbers, which are doubles."""


class Scope(StrEnum):
    """Whose spending is counted together."""

    EVERYONE = "everyone"
    TENANT = "tenant"
    PLACE = "place"
    ROLE = "role"
    ASKER = "asker"


class Unit(StrEnum):
    """What is counted."""

    MICROUSD = "microusd"
    TOKENS = "tokens"
    REQUESTS = "requests"
    AT_ONCE = "at_once"


class Window(StrEnum):
    """In which time: the last minute or hour, the running day, week or month, or all time."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    LIFETIME = "lifetime"


Amount = Annotated[int, Field(ge=0, le=_MOST)]
Usd = Annotated[Decimal, Field(ge=0, le=_MOST // MICROUSD)]


class Quota(Strict):
    """At most so much of one unit, for one kind of scope, in one window."""

    of: Scope = Field(description="whose spending: everyone, tenant, place, role or asker")
    ids: frozenset[str] = Field(
        default=frozenset(), description="only these, by the platform's id; none: each of them"
    )
    tenant: str = Field(
        default="", description="only in this server or workspace, and counted there alone"
    )
    usd: Usd | None = Field(default=None, description="at most so many US dollars")
    tokens: Amount | None = Field(default=None, description="or tokens, in and out")
    requests: Amount | None = Field(default=None, description="or questions")
    at_once: Amount | None = Field(default=None, description="or answers at the same time")
    per: Window | None = Field(
        default=None, description="minute, hour, day, week, month or lifetime; not for at_once"
    )
    zone: ZoneName | None = Field(
        default=None, description="where its days begin; none: as quotas.zone"
    )

    @model_validator(mode="after")
    def _is_one_limit(self) -> Self:
        units = (self.usd, self.tokens, self.requests, self.at_once)
        if sum(each is not None for each in units) != 1:
            raise ValueError("give exactly one of usd, tokens, requests, at_once")
        if self.at_once is None and self.per is None:
            raise ValueError("say `per` what: minute, hour, day, week, month or lifetime")
        if self.at_once is not None and self.per is not None:
            raise ValueError("`per` goes with usd, tokens and requests, not with at_once")
        if self.of is Scope.EVERYONE and self.ids:
            raise ValueError("a quota of everyone has no ids")
        if self.of is Scope.ROLE and not self.ids:
            raise ValueError("a quota of a role needs ids")
        if "" in self.ids:
            raise ValueError("an id must not be empty")
        if self.of is Scope.ASKER and any(":" not in each for each in self.ids):
            raise ValueError("askers are written with their platform, such as discord:1234")
        return self

    @property
    def unit(self) -> Unit:
        """Return what is counted."""
        if self.usd is not None:
            return Unit.MICROUSD
        if self.tokens is not None:
            return Unit.TOKENS
        return Unit.REQUESTS if self.requests is not None else Unit.AT_ONCE

    @property
    def amount(self) -> int:
        """Return how much: micro-dollars, tokens, questions or answers."""
        if self.usd is not None:
            return int(self.usd * MICROUSD)
        return next(each for each in (self.tokens, self.requests, self.at_once) if each is not None)


class QuotaSettings(Strict):
    """What may be spent."""

    limits: tuple[Quota, ...] = Field(
        default=(), description="what may be spent, until changed in the chat"
    )
    zone: ZoneName = Field(default="UTC", description="where days, weeks and months begin")
    warn_at: float = Field(
        default=0.8, gt=0, le=1, description="the share of a quota from which people are told"
    )
    floor_output_tokens: int = Field(
        default=256, ge=16, le=1_000_000, description="answers are not shortened below by a budget"
    )
    lease_s: float = Field(
        default=30.0, ge=1, le=3600, description="after which a dead process's answers are charged"
    )
    emergency_usd: Usd = Field(
        default=Decimal(0), description="may be spent while the store is away; 0: nothing"
    )
    records: int = Field(
        default=200_000, ge=1000, le=100_000_000, description="answers kept in the exact ledger"
    )

    @model_validator(mode="after")
    def _says_each_once(self) -> Self:
        named = Counter(
            (quota.of, quota.tenant, who, quota.unit, quota.per)
            for quota in self.limits
            for who in quota.ids or {""}
        )
        twice = sorted(f"{of} {who}".strip() for (of, _, who, _, _), n in named.items() if n > 1)
        if twice:
            raise ValueError(f"two limits speak of the same thing: {', '.join(twice)}")
        return self
