"""What must be done now and then whether or not anybody asks: dead holds and unsettled calls."""

import asyncio
import logging
from typing import Final

from routing.errors import StoreUnavailable
from routing.ports import Ledger
from routing.spending import Spending

_EVERY_S: Final = 2.0
"""A dead process's holds lapse this much after their lease, at the latest."""

_AT_MOST: Final = 100

_log = logging.getLogger(__name__)


async def tidy(ledger: Ledger, spending: Spending) -> None:
    """Do once what is due.

    Raises:
        StoreUnavailable: It is left for the next time.
    """
    while lapsed := await ledger.sweep(_AT_MOST):
        _log.warning("%d calls lapsed: whoever made them did not settle them", lapsed)
    if settled := await spending.clear_up():
        _log.info("settled %d calls that the store had not answered for", settled)


async def keep_tidy(ledger: Ledger, spending: Spending) -> None:
    """Do what is due, now and every few seconds, until cancelled."""
    while True:
        try:
            await tidy(ledger, spending)
        except (StoreUnavailable, OSError) as error:
            _log.debug("the upkeep waits: %s", error)  # whoever asks is told
        await asyncio.sleep(_EVERY_S)
