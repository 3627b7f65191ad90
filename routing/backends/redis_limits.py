"""Changes of budgets at run time, in Redis: one step each, with who, when, old and new."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, cast
from uuid import uuid4

from config.quotas import Quota, Unit, Window
from config.settings import UsageSettings
from routing.backends.keys import Keys
from routing.backends.redis import Connection, Script
from routing.backends.redis_accounts import RedisAccounts
from routing.backends.redis_audit import audit_bounds
from routing.backends.redis_ledger import RedisLedger
from routing.backends.redis_policies import Policy, RedisPolicies
from routing.errors import LimitsFull, StoreUnavailable
from routing.query import Origin
from routing.quota import MOST_LIMITS, Limit, counts_against, identity_of, raised
from routing.quota_lines import from_line, to_line
from routing.records import Record

_TRIES: Final = 20
_NONE: Final = ""


@dataclass(frozen=True, slots=True)
class _Step:
    """One change of a field.

    Attributes:
        where: Limits or links.
        field: Which.
        new: What is to be there; empty for nothing.
        by: Who changes it.
        change_id: The same one is made once; empty for one that is made but here.
    """

    where: str
    field: str
    new: str
    by: str
    change_id: str = ""

    @property
    def tenant(self) -> str:
        """Return whose own change it is; of what is the operator's, nobody's."""
        return self.field.split("\n")[1] if self.where == "limits" else ""


class RedisLimits:
    """The limits of one deployment."""

    def __init__(
        self,
        connection: Connection,
        keys: Keys,
        policies: RedisPolicies,
        ledger: RedisLedger,
        accounts: RedisAccounts,
        usage: UsageSettings,
    ) -> None:
        self._connection = connection
        self._keys = keys
        self._policies = policies
        self._ledger = ledger
        self._accounts = accounts
        self._audited = audit_bounds(usage)
        self._change = Script("audit", "policy_change")

    def adopt(self, usage: UsageSettings) -> None:
        """Keep the changes from now on for as long as other settings say."""
        self._audited = audit_bounds(usage)

    async def in_force(self) -> tuple[tuple[Quota, bool], ...]:
        """Return every quota, and whether it was set at run time."""
        policy = await self._policies.reload()
        overrides = policy.overrides.by_identity
        return tuple((quota, identity_of(quota) in overrides) for quota in policy.quotas)

    async def set(self, quota: Quota, by: str, change_id: str = "") -> Quota | None:
        """Set a limit of one id, or of each of a scope; return the one it replaces.

        Raises:
            LimitsFull: Its tenant has as many as it may have; so with `raise_by`.
        """
        _require_room(quota, await self._policies.reload())
        return await self._changed(quota, to_line(quota), by, change_id)

    async def remove(self, quota: Quota, by: str, change_id: str = "") -> Quota | None:
        """Take a limit away, also one of the configuration; return it, None if there was none."""
        return await self._changed(quota, to_line(None), by, change_id)

    async def restore(self, quota: Quota, by: str, change_id: str = "") -> Quota | None:
        """Take a change back: return what the configuration says, None if that is nothing."""
        await self._changed(quota, _NONE, by, change_id)
        return self._policies.current.quota_named(identity_of(quota))

    async def raise_by(self, quota: Quota, by: str, change_id: str = "") -> Quota | None:
        """Add a quota's amount to the limit of the same name, or of each; return the new one."""
        identity = identity_of(quota)
        of_each = identity_of(quota.model_copy(update={"ids": frozenset()}))
        for _ in range(_TRIES):
            policy = await self._policies.reload()
            _require_room(quota, policy)
            before = policy.quota_named(identity) or policy.quota_named(of_each)
            if before is None and quota.per is not Window.LIFETIME:
                return None
            higher = quota if before is None else raised(before, quota)
            override = policy.overrides.by_identity.get(identity, _NONE)
            expected = _NONE if override == _NONE else to_line(cast("Quota | None", override))
            text = to_line(higher)
            step = _Step("limits", identity, text, by, change_id)
            done = await self._try_change(step, expected=expected, configured=before)
            if done is not None:
                # Not what was to be written: it may have been added before.
                return (await self._policies.reload()).quota_named(identity)
        raise StoreUnavailable("others change the same limit all the time: try again")

    async def reset(self, origin: Origin, quota: Quota, by: str, change_id: str = "") -> int | None:
        """Forgive what an origin has spent of a limit; return how much, None if none is there."""
        await self._policies.reload()
        if (limit := self._ledger.limit_of(origin, quota)) is None:
            return None
        about = json.dumps({"by": by, "platform": origin.platform, "tenant": origin.tenant})
        change_id = change_id or uuid4().hex
        name = identity_of(quota)
        return await self._ledger.reset(limit, change_id, about=about, by=by, name=name)

    async def recount(self, origin: Origin, quota: Quota, by: str = "") -> int | None:
        """Count what an origin has spent of a limit from the records; return it."""
        await self._policies.reload()
        if (limit := self._ledger.limit_of(origin, quota)) is None:
            return None
        if limit.unit is Unit.AT_ONCE:
            return 0
        for _ in range(_TRIES):
            last, sums, is_all = await self._counted(limit)
            whose = (by, identity_of(quota))
            spent = await self._ledger.recount(limit, last, sums, is_all=is_all, whose=whose)
            if spent is not None:
                return spent
        raise StoreUnavailable("answers are settled faster than they can be counted: try again")

    async def link(self, asker: str, person: str, by: str, change_id: str = "") -> None:
        """Count an asker as another person from now on; an empty one ends that."""
        await self._try_change(_Step("links", asker, person, by, change_id))
        await self._policies.reload()

    async def links(self, asker: str) -> Mapping[str, str]:
        """Return whom each asker is counted as, of all that are one person with this one."""
        policy = await self._policies.reload()
        person = policy.person_of(asker)
        return {
            each: counted_as
            for each, counted_as in policy.persons.items()
            if policy.person_of(each) == person
        }

    async def persons(self, askers: Iterable[str]) -> Mapping[str, str]:
        """Return who each of some askers is on all platforms."""
        policy = await self._policies.reload()
        return {asker: policy.person_of(asker) for asker in askers}

    async def _counted(self, limit: Limit) -> tuple[str, dict[int, int], bool]:
        """Return the last record's id, what counts at which moment, and whether that is all."""
        counter, since = self._ledger.counter_of(limit)
        is_all = await self._accounts.reach_back_to(since)
        sums: defaultdict[int, int] = defaultdict(int)
        last = _NONE
        async for record in self._accounts.records(since):
            last = record.record_id
            if record.kind == "reset" and record.call_id == counter:
                # Not taken off: of a rolling window it would stay when what it forgave has left.
                sums.clear()
                is_all = True
            elif record.kind != "reset" and self._counts(limit, counter, record):
                sums[record.at_ms] += record.amounts[_name_of(limit.unit)]
        return last or await self._accounts.last_record_id(), sums, is_all

    def _counts(self, limit: Limit, counter: str, record: Record) -> bool:
        at = datetime.fromtimestamp(record.at_ms / 1000, UTC)
        if self._keys.counter(limit.counter(at)) != counter:
            return False  # settled in this window, but reserved in the one before
        person = self._policies.current.person_of(str(record.facts["asker"]))
        return counts_against(limit, record.facts, person)

    async def _changed(self, quota: Quota, new: str, by: str, change_id: str) -> Quota | None:
        """Change a limit whatever is there; return what held before."""
        identity = identity_of(quota)
        before = (await self._policies.reload()).quota_named(identity)
        step = _Step("limits", identity, new, by, change_id)
        old = await self._try_change(step, configured=before)
        await self._policies.reload()
        return from_line(old) if old else None

    async def _try_change(
        self, step: _Step, *, expected: str = "*", configured: Quota | None = None
    ) -> str | None:
        """Change a field; return what was there, None when it was not what is expected.

        Args:
            step: The change.
            expected: What must be there; `*` for anything.
            configured: What the configuration says of it, for the audit.
        """
        said = _NONE if configured is None else to_line(configured)
        keys = (
            self._keys.ledger("version"),
            self._keys.ledger(step.where),
            self._keys.audit(step.tenant),
        )
        version, what = uuid4().hex, step.where.removesuffix("s")
        found = await self._connection.run(
            self._change,
            (*keys, self._keys.change(step.change_id or version), self._keys.ledger("audits")),
            (step.field, step.new, expected, what, step.by, version, said, *self._audited),
        )
        is_done, before = cast("tuple[int, bytes]", found)
        return before.decode() if is_done else None


def _require_room(quota: Quota, policy: Policy) -> None:
    """Return if a limit may be set beside those there are; the operator's may always.

    Raises:
        LimitsFull: Its tenant has as many as it may have.
    """
    if not quota.tenant or identity_of(quota) in policy.overrides.by_identity:
        return
    theirs = (identity.split("\n")[1] for identity in policy.overrides.by_identity)
    if sum(tenant == quota.tenant for tenant in theirs) >= MOST_LIMITS:
        raise LimitsFull(f"{MOST_LIMITS} limits")


def _name_of(unit: Unit) -> str:
    return "cost_microusd" if unit is Unit.MICROUSD else unit
