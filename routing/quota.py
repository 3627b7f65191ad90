"""Which limits one answer counts against, and how much of each it needs. Pure.

A limit is a quota made out to somebody. What is counted against it stands in one counter in the
store, named by everything that sets it apart: scope, who, unit, window, zone and period.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from config.catalog import MICROUSD
from config.quotas import Quota, QuotaSettings, Scope, Unit, Window
from config.zones import zone_named
from routing.periods import Period, period_of
from routing.query import Origin

MOST_LIMITS: Final = 500
"""That the admins of one tenant may set; every process has all of them in memory."""

_OWN: Final = frozenset({Scope.ASKER, Scope.ROLE})


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so much, for one somebody.

    Attributes:
        scope: Whose spending is counted together; a role's is each member's own.
        who: Which one, as parts of a name; empty for everyone.
        tenant: Counted in this tenant alone; empty for all of the deployment.
        unit: What is counted.
        window: In which time; None for answers at once.
        zone: Whose calendar, as an IANA name.
        amount: Micro-dollars, tokens, questions or answers.
        role: The role it comes from; empty when it is no role's.
    """

    scope: Scope
    who: tuple[str, ...]
    tenant: str
    unit: Unit
    window: Window | None
    zone: str
    amount: int
    role: str = ""

    @property
    def is_own(self) -> bool:
        """Tell whether only the asker's own spending counts against it."""
        return self.scope in _OWN

    @property
    def is_calendar(self) -> bool:
        """Tell whether it begins anew at midnight of some day."""
        return self.window in {Window.DAY, Window.WEEK, Window.MONTH}

    def period(self, at: datetime) -> Period | None:
        """Return the calendar period of a moment; None where no calendar counts."""
        if self.window is None or not self.is_calendar:
            return None
        return period_of(self.window, zone_named(self.zone), at)

    def counter(self, at: datetime) -> tuple[str, ...]:
        """Name the counter that holds at a moment: no two limits share one."""
        scope = Scope.ASKER if self.scope is Scope.ROLE else self.scope
        window = self.window or "at-once"
        parts = (scope, self.tenant, str(len(self.who)), *self.who, self.unit, window)
        if (period := self.period(at)) is None:
            return parts
        return (*parts, self.zone, f"{period.starts_at:%Y-%m-%dT%H:%M:%S}")


@dataclass(frozen=True, slots=True)
class Overrides:
    """What admins changed at run time: by identity, None where a limit was taken away."""

    by_identity: Mapping[str, Quota | None] = field(default_factory=dict)

    def applied_to(self, settings: QuotaSettings) -> tuple[Quota, ...]:
        """Return the quotas in force: the settings', each override in place of what it names."""
        kept = [
            replaced
            for quota in settings.limits
            for each in one_by_one(quota)
            if (replaced := self.by_identity.get(identity_of(each), each)) is not None
        ]
        known = {identity_of(each) for each in kept}
        added = (
            quota
            for identity, quota in sorted(self.by_identity.items())
            if quota is not None and identity not in known
        )
        return (*kept, *added)


def identity_of(quota: Quota) -> str:
    """Name what a quota speaks about, but not how much: an override replaces by this name.

    Args:
        quota: Of one id or of each.
    """
    who = next(iter(quota.ids), "")
    return "\n".join((quota.of, quota.tenant, who, quota.unit, quota.per or ""))


def one_by_one(quota: Quota) -> Iterator[Quota]:
    """Yield a quota for each of its ids, in order; itself when it is for each of the scope."""
    if len(quota.ids) < 2:  # noqa: PLR2004 # nothing to part
        yield quota
        return
    for who in sorted(quota.ids):
        yield quota.model_copy(update={"ids": frozenset({who})})


def limits_of(origin: Origin, person: str, quotas: Iterable[Quota], zone: str) -> tuple[Limit, ...]:
    """Return every limit that an answer counts against.

    Args:
        origin: Who asks, where.
        person: Who that is on all platforms: an asker, of whom all linked ones are one.
        quotas: Those in force.
        zone: Whose calendar counts where a quota names none.
    """
    found: dict[tuple[object, ...], tuple[tuple[int, int], Limit]] = {}
    for quota in quotas:
        if (limit := _limit(quota, origin, person, zone)) is None:
            continue
        about = (_counted_as(limit.scope), limit.tenant, limit.unit, limit.window)
        rank = (_rank(quota), limit.amount)
        if about not in found or rank > found[about][0]:
            found[about] = (rank, limit)
    return tuple(limit for _, limit in found.values())


def _rank(quota: Quota) -> int:
    """Order by how closely a quota says whom it means: by name, by role, each of them."""
    if not quota.ids:
        return 0
    return 1 if quota.of is Scope.ROLE else 2


def _counted_as(scope: Scope) -> Scope:
    return Scope.ASKER if scope is Scope.ROLE else scope


def _limit(quota: Quota, origin: Origin, person: str, zone: str) -> Limit | None:
    if quota.tenant not in {"", origin.tenant}:
        return None
    ids, who = _meant(quota.of, origin, person)
    matching = sorted(quota.ids & ids)
    if quota.ids and not matching:
        return None
    return Limit(
        scope=quota.of,
        who=who,
        tenant=quota.tenant,
        unit=quota.unit,
        window=quota.per,
        zone=quota.zone or zone,
        amount=quota.amount,
        role=matching[0] if quota.of is Scope.ROLE else "",
    )


def _meant(scope: Scope, origin: Origin, person: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the ids by which a quota of a scope may mean this origin, and who is counted then."""
    tenant = (origin.platform, origin.tenant)
    match scope:
        case Scope.EVERYONE:
            return frozenset(), ()
        case Scope.TENANT:
            return frozenset({origin.tenant, ":".join(tenant)}), tenant
        case Scope.PLACE:
            place = (*tenant, origin.place)
            return frozenset({origin.place, ":".join(place)}), place
        case Scope.ROLE:
            return origin.roles, (person,)
        case Scope.ASKER:
            return frozenset({origin.asker, person}), (person,)


def raised(quota: Quota, by: Quota) -> Quota:
    """Return a quota for whom another is, with that one's amount more.

    Raises:
        ValueError: That is more than any limit may be.
    """
    field = "usd" if quota.unit is Unit.MICROUSD else quota.unit.value
    total = quota.amount + by.amount
    value = Decimal(total) / MICROUSD if quota.unit is Unit.MICROUSD else total
    return Quota.model_validate(quota.model_dump() | {field: value, "ids": by.ids})


def counts_against(limit: Limit, facts: Mapping[str, str | int | bool], person: str) -> bool:
    """Tell whether a record counts against a limit, its time aside.

    Args:
        limit: Which.
        facts: The record's.
        person: Who its asker is on all platforms.
    """
    if limit.tenant not in {"", facts["tenant"]}:
        return False
    tenant = (facts["platform"], facts["tenant"])
    match limit.scope:
        case Scope.EVERYONE:
            return True
        case Scope.TENANT:
            return limit.who == tenant
        case Scope.PLACE:
            return limit.who == (*tenant, facts["place"])
        case Scope.ROLE | Scope.ASKER:
            return limit.who == (person,)
