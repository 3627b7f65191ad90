"""What admins changed at run time: limits, and which askers are one person. Kept in Redis.

Every replica has a copy and the number of its version; the ledger's scripts compare the number, so
that a change counts from the next question on everywhere, at no cost to the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from config.quotas import Quota, QuotaSettings
from routing.backends.keys import Keys
from routing.backends.redis import Connection, Script
from routing.errors import StoreNotUnderstood
from routing.quota import Overrides, identity_of, one_by_one
from routing.quota_lines import from_line


@dataclass(frozen=True, slots=True)
class Policy:
    """The limits and persons of one version.

    Attributes:
        version: As the store names it.
        quotas: Those in force.
        overrides: What of them was set at run time.
        persons: By asker, of those who are linked to another.
    """

    version: str
    quotas: tuple[Quota, ...]
    overrides: Overrides = field(default_factory=Overrides)
    persons: Mapping[str, str] = field(default_factory=dict)

    def person_of(self, asker: str) -> str:
        """Return who an asker is on all platforms."""
        chain = [asker]
        while (person := self.persons.get(chain[-1], chain[-1])) not in chain:
            chain.append(person)
        # Linked in a circle, they are one person all the same.
        return min(chain[chain.index(person) :])

    def quota_named(self, identity: str) -> Quota | None:
        """Return the quota in force that speaks about something; None when none does."""
        named = (each for quota in self.quotas for each in one_by_one(quota))
        return next((each for each in named if identity_of(each) == identity), None)


class RedisPolicies:
    """This process's copy of the policy."""

    def __init__(self, connection: Connection, keys: Keys, settings: QuotaSettings) -> None:
        self._connection = connection
        self._keys = [keys.ledger(what) for what in ("version", "limits", "links")]
        self._settings = settings
        self._load = Script("policy_load")
        self.current = Policy("0", Overrides().applied_to(settings))

    def adopt(self, settings: QuotaSettings) -> None:
        """Go by other limits of the configuration; what was set at run time still wins."""
        self._settings = settings
        self.current = replace(self.current, quotas=self.current.overrides.applied_to(settings))

    async def reload(self) -> Policy:
        """Fetch the policy anew and return it.

        Raises:
            StoreUnavailable: The store does not answer, or has a limit this version cannot keep.
        """
        found = await self._connection.run(self._load, self._keys)
        version, limits, links = cast("tuple[bytes, list[bytes], list[bytes]]", found)
        overrides = _read(_pairs(limits))
        quotas = overrides.applied_to(self._settings)
        self.current = Policy(version.decode(), quotas, overrides, _pairs(links))
        return self.current


def _read(limits: Mapping[str, str]) -> Overrides:
    try:
        return Overrides({identity: from_line(line) for identity, line in limits.items()})
    except ValueError as error:  # to leave it out would be to spend more than it allows
        raise StoreNotUnderstood("a limit in the store is for another version") from error


def _pairs(flat: list[bytes]) -> dict[str, str]:
    texts = [each.decode("utf-8", "surrogatepass") for each in flat]
    return dict(zip(texts[::2], texts[1::2], strict=True))
