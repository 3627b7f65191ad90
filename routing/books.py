"""What the chat needs of the books: limits, who changed them, and what was used. Protocols only."""

from collections.abc import AsyncIterator, Container, Iterable, Mapping
from datetime import date, datetime
from typing import Protocol

from config.quotas import Quota
from routing.orders import Realm
from routing.query import Origin
from routing.records import KINDS, Change, Record, TenantLine, UsageLine


class Limits(Protocol):
    """The limits in force, and their changes at run time: each one step, counted from at once on.

    Every method raises StoreUnavailable when the store does not answer; nothing is changed then. A
    change with the same `change_id`, within a day, is made once.
    """

    async def in_force(self) -> tuple[tuple[Quota, bool], ...]:
        """Return every quota, and whether it was set at run time."""
        ...

    async def set(self, quota: Quota, by: str, change_id: str = "") -> Quota | None:
        """Set a limit of one id, or of each of a scope; return the one it replaces.

        Raises:
            LimitsFull: Its tenant has as many as it may have; so with `raise_by`.
        """
        ...

    async def remove(self, quota: Quota, by: str, change_id: str = "") -> Quota | None:
        """Take a limit away, also one of the configuration; return it, None if there was none."""
        ...

    async def raise_by(self, quota: Quota, by: str, change_id: str = "") -> Quota | None:
        """Add a quota's amount to the limit of the same name, or of each; return the new one.

        None: there is no such limit, and only a lifetime's begins with what is granted.
        """
        ...

    async def restore(self, quota: Quota, by: str, change_id: str = "") -> Quota | None:
        """Take a change back: return what the configuration says, None if that is nothing."""
        ...

    async def reset(self, origin: Origin, quota: Quota, by: str, change_id: str = "") -> int | None:
        """Forgive what an origin has spent of a limit; return how much, None if none is there."""
        ...

    async def recount(self, origin: Origin, quota: Quota, by: str = "") -> int | None:
        """Count what an origin has spent of a limit from the records; return it.

        For the audit, `by` says who wants it; nobody where it is part of another change.
        """
        ...

    async def link(self, asker: str, person: str, by: str, change_id: str = "") -> None:
        """Count an asker as another person from now on; an empty one ends that."""
        ...

    async def links(self, asker: str) -> Mapping[str, str]:
        """Return whom each asker is counted as, of all that are one person with this one."""
        ...

    async def persons(self, askers: Iterable[str]) -> Mapping[str, str]:
        """Return who each of some askers is on all platforms."""
        ...


class Audit(Protocol):
    """Knows who changed what at run time: of each server or workspace the last thousands.

    Every method raises StoreUnavailable when the store does not answer.
    """

    async def note(
        self, realm: Realm, what: str, about: str, new: str, by: str, change_id: str
    ) -> None:
        """Write down, once, what was done that does not write itself down.

        Args:
            realm: Whose own it is.
            what: One of `KINDS`.
            about: What was changed.
            new: How it is now.
            by: Who did it.
            change_id: The same one is written down once, within a day.
        """
        ...

    async def last(
        self, at_most: int = 20, tenant: str | None = None, kinds: Container[str] = KINDS
    ) -> tuple[Change, ...]:
        """Return the last changes, newest first; with a tenant, only of what is that one's own."""
        ...


class Accounts(Protocol):
    """Tells what was used. Every method raises StoreUnavailable when the store does not answer."""

    async def of_person(self, origin: Origin, since: date) -> tuple[UsageLine, ...]:
        """Return a person's usage in a tenant, by day and model, oldest day first."""
        ...

    async def of_asker(
        self, platform: str, person: str, since: date, tenant: str = ""
    ) -> tuple[UsageLine, ...]:
        """Return a person's usage in all tenants of a platform, by day and model.

        Earlier versions did not note in which; where somebody is now can be told of all the same.
        """
        ...

    async def of_tenant(self, platform: str, tenant: str, since: date) -> tuple[TenantLine, ...]:
        """Return everybody's usage in a tenant, by day, model, place and person."""
        ...

    async def tenants(self) -> tuple[str, ...]:
        """Return of which tenants any usage is kept, each as `discord:1`, in order."""
        ...

    def records(self, since: datetime) -> AsyncIterator[Record]:
        """Yield what was settled from a moment on, oldest first."""
        ...
