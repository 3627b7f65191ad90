"""Claims questions, answers them side by side, and holds on to them while it does."""

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable
from contextlib import suppress
from secrets import token_hex
from typing import Final

from bot.errand import MOST_TRIES, Desk, Errand, SealUnreadable
from bot.held import Held
from bot.log import answering
from bot.message_lines import MessageUnreadable, address_from_line, message_from_line
from bot.platforms.surface import ClaimLost
from bot.wording import NOT_UNDERSTOOD
from config.chats import IntakeSettings
from routing.background import beside
from routing.clock import Clock
from routing.errors import StoreUnavailable
from routing.inbox import Claim, Wish

_POLL_S: Final = 0.1
_AT_A_TIME: Final = 8
_BREATH_S: Final = 0.05
"""Between two rounds of claims: then the posts of the first tell whether it is crowded."""

_STORE_AWAY_S: Final = 0.5
_RENEW_S: Final = 1.0
_RENEWALS_A_LEASE: Final = 6
_HANDING_OVER_S: Final = 1.5
"""For what is left when the time to end in peace is over."""

FORGOTTEN: Final = "forgotten"
"""Why a question is not answered whose asker is being forgotten, as it is counted."""

READ_WITHIN_S: Final = 60.0
"""A question that nobody there can read for so long is refused."""

_log = logging.getLogger(__name__)


class Worker:
    """Answers what is in the inbox.

    Args:
        settings: How much at once, and how long a claim holds.
        desk: What it takes to answer.
        clock: What time it is.
        read_within_s: How long a question that cannot be read here is left to others.
    """

    def __init__(
        self,
        settings: IntakeSettings,
        desk: Desk,
        clock: Clock,
        read_within_s: float = READ_WITHIN_S,
    ) -> None:
        self._settings = settings
        self._desk = desk
        self._elapsed_s = clock.elapsed_s
        self._name = f"{socket.gethostname()}:{os.getpid()}:{token_hex(4)}"  # nobody else's
        self._read_within_s = read_within_s
        self._running: dict[Held, asyncio.Task[None]] = {}
        self._woken = asyncio.Event()
        self._is_ending = False
        self._is_store_away = False

    def adopt(self, settings: IntakeSettings) -> None:
        """Answer as much at once as other settings say; claims are held as long as before."""
        self._settings = settings

    @property
    def running(self) -> int:
        """Return how many questions are being answered."""
        return len(self._running)

    def wake(self) -> None:
        """Look for questions at once: there is a new one."""
        self._woken.set()

    def end(self) -> None:
        """Claim nothing more."""
        self._is_ending = True
        self._woken.set()

    async def run(self) -> None:
        """Answer until told to end, then as long as the grace allows, and hand over the rest."""
        async with beside(self._renew_for_ever()):
            try:
                await self._claim_until_told()
                await self._rest_until_done(self._settings.grace_s)
            finally:
                await self._let_go()

    # ---- claiming

    async def _claim_until_told(self) -> None:
        while not self._is_ending:
            self._woken.clear()
            room = min(self._settings.at_once - len(self._running), _AT_A_TIME)
            claims = await self._claimed(room) if room > 0 and not self._is_crowded() else 0
            if claims < _AT_A_TIME:
                await self._pause()
            else:
                await self._desk.sleep(_BREATH_S)

    def _is_crowded(self) -> bool:
        """Tell whether answers are made faster than they can be shown: more would slow all down."""
        return not all(each.has_room() for each in self._desk.surfaces.values())

    async def _claimed(self, at_most: int) -> int:
        """Begin with what there is; return how much."""
        asked_at_s = self._elapsed_s()
        try:
            claims = await self._desk.inbox.claim(self._name, at_most)
        except StoreUnavailable as error:
            self._store_is_away(error)
            await self._desk.sleep(_STORE_AWAY_S)
            return 0
        self._is_store_away = False
        for claim in claims:
            self._begin(claim, asked_at_s)
        return len(claims)

    def _begin(self, claim: Claim, asked_at_s: float) -> None:
        self._desk.begun(claim.identity)
        held = Held(claim, self._settings.claim_s, self._elapsed_s, asked_at_s)
        task = asyncio.create_task(self._answer(held), name=f"answering {claim.identity}")
        self._running[held] = task
        task.add_done_callback(lambda _: self._ended(held))

    def _ended(self, held: Held) -> None:
        # What is not done and not lost is left to its lease, or handed over below.
        if held.is_done or held.is_lost or not self._is_ending:
            self._running.pop(held, None)
        self._woken.set()

    async def _answer(self, held: Held) -> None:
        claim = held.claim
        try:
            errand = self._errand(held)
        except (MessageUnreadable, KeyError) as error:
            await self._pass_on(held, error)
            return
        try:
            with answering(errand.reply_id):
                await errand.run()
        except ClaimLost:
            _log.info("%s is another worker's now", claim.identity)
        except SealUnreadable as error:
            await self._pass_on(held, error)
        except Exception:  # noqa: BLE001 # one question ends no other
            _log.exception("%s broke off; another worker will have it", claim.identity)
            await self._leave(held)

    def _errand(self, held: Held) -> Errand:
        """Return what there is to do; of a question nobody there can read, to say so.

        Raises:
            MessageUnreadable: It is for a worker of another version.
            KeyError: It is for one with another platform's token.
        """
        claim, refusal = held.claim, ""
        try:
            message = message_from_line(claim.content)
        except MessageUnreadable:
            if not claim.is_overdue:
                raise
            message, refusal = address_from_line(claim.content), NOT_UNDERSTOOD
        surface = self._desk.surfaces[message.origin.platform]
        if claim.is_taken_back:
            held.question_gone()
            if claim.tries == 1:
                self._desk.refused(FORGOTTEN)
        return Errand(held, message, surface, self._desk, refusal)

    async def _pass_on(self, held: Held, why: Exception) -> None:
        """Let others have a question that cannot be answered here."""
        claim = held.claim
        if claim.is_overdue and isinstance(why, MessageUnreadable):
            _log.error("%s is lost: nobody can read where it is answered: %s", claim.identity, why)
            await self._end(held)
            return
        _log.info("%s cannot be answered here: %r", claim.identity, why)
        with suppress(StoreUnavailable):  # it is left to its lease
            await self._desk.inbox.pass_on(claim, self._name, self._read_within_s)

    async def _leave(self, held: Held) -> None:
        """Leave a question to another worker, unless enough of them have tried."""
        if held.claim.tries > MOST_TRIES:
            await self._end(held)

    async def _end(self, held: Held) -> None:
        """End a question without an answer."""
        with suppress(StoreUnavailable):
            await self._desk.inbox.done(held.claim, is_withdrawn=True)
            held.is_done = True

    async def _pause(self) -> None:
        """Wait for a call, or a moment: other processes take questions in, too."""
        await _first_of(self._woken.wait(), self._desk.sleep(_POLL_S))

    # ---- holding

    async def _renew_for_ever(self) -> None:
        pause_s = min(_RENEW_S, self._settings.claim_s / _RENEWALS_A_LEASE)
        while True:
            await self._desk.sleep(pause_s)
            await self.renew()

    async def renew(self) -> None:
        """Go on holding all there is, and hear what is wished of it."""
        helds = [held for held, task in self._running.items() if not task.done()]
        if not helds:
            return
        asked_at_s = self._elapsed_s()
        try:
            renewals = await self._desk.inbox.renew(self._name, [held.claim for held in helds])
        except StoreUnavailable as error:
            self._store_is_away(error)
            return
        self._is_store_away = False
        for held, renewal in zip(helds, renewals, strict=True):
            if renewal.is_held:
                held.renewed(asked_at_s)
                self._wished(held, renewal.wish)
            elif not held.is_done:
                held.lose()
                if task := self._running.get(held):
                    task.cancel()

    def _wished(self, held: Held, wish: Wish | None) -> None:
        if wish is Wish.STOP:
            held.stop.request()
        elif wish is Wish.CANCEL:
            held.question_gone()

    def _store_is_away(self, error: StoreUnavailable) -> None:
        if not self._is_store_away:
            _log.warning("questions wait: %s", error)
        self._is_store_away = True

    # ---- ending

    async def _rest_until_done(self, at_most_s: float) -> None:
        tasks = list(self._running.values())
        if not tasks:
            return
        await _first_of(asyncio.wait(tasks), self._desk.sleep(at_most_s))

    async def _let_go(self) -> None:
        """End what still runs, its cost settled, and let other workers have it."""
        self._is_ending = True
        left = dict(self._running)
        for task in left.values():
            task.cancel()
        if left:
            await asyncio.wait(left.values(), timeout=_HANDING_OVER_S)
        await asyncio.gather(*(self._hand_over(held) for held, task in left.items() if task.done()))

    async def _hand_over(self, held: Held) -> None:
        if held.is_done or held.is_lost:
            return
        try:
            await self._desk.inbox.hand_over(held.claim)
        except StoreUnavailable as error:
            _log.warning("%s is left to its lease: %s", held.claim.identity, error)


async def _first_of(*waits: Awaitable[object]) -> None:
    """Wait until one of several is there; the others are waited for no longer."""
    tasks = [asyncio.ensure_future(each) for each in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
