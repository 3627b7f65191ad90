"""Orders in a dictionary."""

from collections import defaultdict
from datetime import UTC, datetime
from itertools import count

from routing.errors import StoreUnavailable
from routing.orders import EVERYWHERE, InForce, Order, Orders, Persona, Realm, Subject, Target


class DictOrders:
    """Keeps orders in dictionaries; away when told so."""

    def __init__(self) -> None:
        self.is_away = False
        self.loads = 0
        self._orders: defaultdict[Realm, Orders] = defaultdict(Orders)
        self._personas: defaultdict[tuple[Realm, Target], list[Persona]] = defaultdict(list)
        self._versions = count(1)

    async def load(self, realm: Realm, known: InForce | None = None) -> InForce:  # noqa: ARG002 # the port gives it
        self._answer()
        self.loads += 1
        return InForce(self._orders[realm], self._orders[EVERYWHERE])

    async def give(self, realm: Realm, order: Order, by: str, change_id: str = "") -> str | None:  # noqa: ARG002 # the port gives it
        value = order.value
        if order.subject is Subject.PERSONA:
            versions = self._personas[realm, order.target]
            persona = Persona(len(versions) + 1, value, by, datetime.now(UTC))
            versions.insert(0, persona)
            value = f"{persona.version}\n{value}"
        return self._put(realm, order.subject, order.target, value)

    async def take_back(
        self, realm: Realm, subject: Subject, target: Target, by: str, change_id: str = ""  # noqa: ARG002 # the port gives it
    ) -> str | None:  # fmt: skip
        return self._put(realm, subject, target, None)

    async def personas(self, realm: Realm, target: Target) -> tuple[Persona, ...]:
        self._answer()
        return tuple(self._personas[realm, target])

    async def digests(self) -> dict[Realm, str]:
        self._answer()
        found = ((realm, each.value(Subject.DIGEST)) for realm, each in self._orders.items())
        return {realm: line for realm, line in found if line}

    def _put(self, realm: Realm, subject: Subject, target: Target, value: str | None) -> str | None:
        self._answer()
        orders = dict(self._orders[realm].orders)
        old = orders.pop((subject, target), None)
        if value is not None:
            orders[subject, target] = value
        self._orders[realm] = Orders(str(next(self._versions)), orders)
        return old

    def _answer(self) -> None:
        if self.is_away:
            raise StoreUnavailable("away")
