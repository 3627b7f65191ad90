"""Heeds what is ordered, question by question, and while an answer is made."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final

from routing.errors import NotAdmitted, StoreUnavailable
from routing.orders import NOTHING_ORDERED, InForce, Realm, StandingOrders, is_operator, realm_of
from routing.query import Origin
from routing.stop import Stop

_LOOKS_EVERY_S: Final = 0.5
_REALMS: Final = 256
"""Whose orders are held in memory."""

_log = logging.getLogger(__name__)


class Heeding:
    """Asks for the orders with every question; of what is known already only whether it holds.

    With the store away, what was known last holds on. Of what was never known nothing may be
    answered but the operator's own questions.

    Args:
        orders: Where they are kept.
        sleep: Waits for so many seconds.
    """

    def __init__(
        self, orders: StandingOrders, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._orders = orders
        self._sleep = sleep
        self._known: OrderedDict[Realm, InForce] = OrderedDict()

    async def for_origin(self, origin: Origin) -> InForce:
        """Return the orders that may be for a question from there.

        Raises:
            StoreUnavailable: They are not known.
        """
        realm = realm_of(origin)
        known = self._known.get(realm)
        try:
            found = await self._orders.load(realm, known)
        except StoreUnavailable as error:
            if known is None and not is_operator(origin):
                raise
            _log.warning("the orders of before hold on: %s", error)
            return known or NOTHING_ORDERED
        self._known[realm] = found
        self._known.move_to_end(realm)
        if len(self._known) > _REALMS:
            self._known.popitem(last=False)
        return found

    async def admitted(self, origin: Origin) -> InForce:
        """Return the same where somebody may ask there.

        Raises:
            NotAdmitted: They may not.
            Paused: Nobody is answered.
            StoreUnavailable: It is not known.
        """
        in_force = await self.for_origin(origin)
        try:
            in_force.admit(origin)
        except NotAdmitted as refusal:
            where = f"{origin.place} of {origin.tenant}"
            _log.warning("%s was not admitted in %s: %s", origin.asker, where, refusal)
            raise
        return in_force

    async def end_when_paused(self, origin: Origin, stop: Stop) -> None:
        """End an answer as soon as answers are paused; look for that twice a second."""
        while not stop.is_requested:
            await self._sleep(_LOOKS_EVERY_S)
            try:
                found = await self.for_origin(origin)
            except StoreUnavailable:
                continue
            if found.pause():
                stop.request()
