"""Asks for weekly digests when they are due, as if somebody did: so the inbox posts each once.

What keeps a question from being answered twice, or not at all, keeps a digest so: of several
processes that ask for it, one is heard, and what one leaves behind, another finishes.
"""

import asyncio
import logging
from collections.abc import Container
from datetime import datetime
from typing import Final

from bot.intake import parcel_of
from bot.platforms.port import Message
from routing.clock import Clock
from routing.digests import Digest, from_line
from routing.errors import StoreUnavailable
from routing.inbox import Inbox
from routing.orders import Realm, StandingOrders
from routing.ports import Conversation
from routing.query import Origin

COMMAND: Final = "/digest now"

_EVERY_S: Final = 60.0

_log = logging.getLogger(__name__)


class Digesting:
    """Looks which digests are due.

    Args:
        orders: Where they are ordered.
        inbox: Where they are asked for.
        platforms: Those this process can post on.
        clock: What time it is.
    """

    def __init__(
        self, orders: StandingOrders, inbox: Inbox, platforms: Container[str], clock: Clock
    ) -> None:
        self._orders = orders
        self._inbox = inbox
        self._platforms = platforms
        self._clock = clock

    async def run(self) -> None:
        """Ask for what is due, now and every minute, until cancelled."""
        while True:
            try:
                await self.ask_for_due()
            except StoreUnavailable as error:
                _log.debug("digests wait: %s", error)
            await asyncio.sleep(_EVERY_S)

    async def ask_for_due(self) -> None:
        """Ask for what is due; what was asked for already is not taken in again.

        Raises:
            StoreUnavailable: It is left for the next time.
        """
        now = self._clock.now()
        for realm, line in (await self._orders.digests()).items():
            digest = from_line(line) if realm.platform in self._platforms else None
            due_at = digest.due_at(now) if digest else None
            if digest and due_at:
                await self._inbox.add(parcel_of(digest_message(realm, digest, due_at)))


def digest_message(realm: Realm, digest: Digest, due_at: datetime) -> Message:
    """Return the message that asks for a digest; the answer to it is posted in its channel."""
    origin = Origin(realm.platform, realm.tenant, digest.place, digest.person)
    message_id = f"digest:{realm.tenant}:{due_at:%Y-%m-%dT%H:%M}"
    return Message(
        message_id=message_id,
        origin=origin,
        conversation=Conversation(realm.platform, realm.tenant, digest.place, message_id),
        text=COMMAND,
        at=due_at,
        is_alone=True,
        is_admin=True,
        handle={"channel": digest.place},
    )
