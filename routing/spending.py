"""The budgets' part in an answer: set aside before each call, renewed while it runs, settled once.

With the store away, what costs nothing goes on, and what costs money only as far as the emergency
allowance of the operator's goes. What cannot be settled then is kept on disk and settled later.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Final

from config.quotas import QuotaSettings
from routing.background import beside
from routing.errors import SpendingClosed, StoreUnavailable
from routing.holds import Entry, Hold, Level, Reservation, Spent, Standing, crossed
from routing.ports import Ledger, Unsettled
from routing.query import Origin

_RENEWALS: Final = 3
"""How often a lease is renewed before it is over: two may be lost."""

_DOUBTS: Final = 1000
"""How many reservations without an answer are remembered; more lapse by themselves."""

_log = logging.getLogger(__name__)


class Spending:
    """Goes to the ledger for the router, whether or not the store answers."""

    def __init__(self, settings: QuotaSettings, ledger: Ledger, unsettled: Unsettled) -> None:
        self._settings = settings
        self._ledger = ledger
        self._unsettled = unsettled
        self._doubtful: deque[Reservation] = deque(maxlen=_DOUBTS)
        self._held: dict[str, int] = {}

    def adopt(self, settings: QuotaSettings) -> None:
        """Warn as other settings say; leases last as long as before."""
        self._settings = settings

    @property
    def held_microusd(self) -> int:
        """Return the most that the calls which run now, in this process, were granted to cost."""
        return sum(self._held.values())

    async def standing(self, origin: Origin) -> Standing:
        """Return how much is left to somebody; with the store away nothing is known."""
        try:
            return await self._ledger.standing(origin)
        except StoreUnavailable:
            return Standing(origin.asker)

    async def reserve(self, reservation: Reservation) -> Hold:
        """Set aside what a call may use.

        Raises:
            QuotaExceeded: Not even the shortest answer fits.
            SpendingClosed: The store is away, the call costs money and no emergency covers it.
            CallOver: An earlier worker's call has this number.
            Superseded: A later worker has begun.
        """
        try:
            hold = await self._ledger.reserve(reservation)
        except StoreUnavailable as error:
            is_free = reservation.most.cost_microusd == 0
            if not is_free and not await self._is_admitted(reservation):
                # It may have been carried out all the same, and would keep money nobody spends.
                self._doubtful.append(reservation)
                raise SpendingClosed(str(error)) from error
            hold = Hold(
                reservation,
                reservation.origin.asker,
                reservation.output_tokens,
                is_emergency=not is_free,
            )
        self._held[reservation.call_id] = reservation.most.cost_microusd
        return hold

    def renewing(self, hold: Hold, known: Callable[[], Spent]) -> AbstractAsyncContextManager[None]:
        """Keep a hold while a call runs; `known` tells what it has used so far."""
        return beside(self._renew(hold, known))

    async def settle(self, hold: Hold, spent: Spent, entry: Entry) -> tuple[Level, ...]:
        """Write down what a call used, however often the task is cancelled meanwhile.

        Returns:
            The limits it brought near their end.
        """
        self._held.pop(hold.reservation.call_id, None)
        writing = asyncio.create_task(self._write_down(hold, spent, entry))
        cancelled: asyncio.CancelledError | None = None
        while not writing.done():
            try:
                await asyncio.shield(writing)
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled:
            raise cancelled
        return crossed(writing.result(), spent, self._settings.warn_at)

    async def clear_up(self) -> int:
        """Settle what the store did not answer for when it was asked; return how much that was.

        Raises:
            StoreUnavailable: It is still away; what is left is tried the next time.
        """
        done = 0
        while self._doubtful:
            reservation = self._doubtful[0]
            nothing = Hold(reservation, reservation.origin.asker, 0)
            entry = replace(reservation.entry, outcome="not asked")
            await self._ledger.settle(nothing, Spent(), entry)
            self._doubtful.popleft()
            done += 1
        return done + await self._unsettled.replay(self._ledger)

    async def _is_admitted(self, reservation: Reservation) -> bool:
        try:
            return await self._unsettled.admit(reservation)
        except OSError as error:
            _log.error("the emergency allowance cannot be used: %s", error)
            return False

    async def _write_down(self, hold: Hold, spent: Spent, entry: Entry) -> tuple[Level, ...]:
        try:
            levels = await self._ledger.settle(hold, spent, entry)
        except StoreUnavailable as error:
            _log.warning("kept on disk until the store answers: %s", error)
            await self._unsettled.keep(hold, spent, entry)
            return ()
        if hold.is_emergency:
            await self._forget(hold.reservation)
        return levels

    async def _forget(self, reservation: Reservation) -> None:
        try:
            await self._unsettled.settled(reservation.call_id, reservation.delivery)
        except OSError as error:  # settling it again changes nothing
            _log.warning("%s stays kept on disk: %s", reservation.call_id, error)

    async def _renew(self, hold: Hold, known: Callable[[], Spent]) -> None:
        while True:
            await asyncio.sleep(self._settings.lease_s / _RENEWALS)
            try:
                await self._ledger.renew(hold, known())
            except StoreUnavailable as error:
                _log.warning("a hold is not renewed: %s", error)
