"""What one answer has set aside and spent: a hold for each of its calls, one after the other."""

from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime
from itertools import count

from routing.answering import Answering
from routing.errors import QuotaExceeded, SpendingClosed, Superseded
from routing.holds import CallOver, Entry, Hold, Level, Reservation, Spent
from routing.policy import Candidate
from routing.pricing import Usage
from routing.query import Origin, Query
from routing.reply import Bill, Outcome, Receipt
from routing.reserving import ceiling_microusd, no_reservation, reservation_for
from routing.spending import Spending


class Tab:
    """Reserves before each call of an answer and settles each exactly once.

    A call is settled when the next one begins, or with the receipt.

    Args:
        spending: Where the ledger is.
        answering: The answer.
        origin: Who pays.
        at: When the question came, aware and in UTC.
        floor_tokens: How far a budget may shorten the answer.
        is_beside: Whether it is for a call beside another answer's own: no request, no answer.
    """

    def __init__(
        self,
        spending: Spending,
        answering: Answering,
        *,
        origin: Origin,
        at: datetime,
        floor_tokens: int,
        is_beside: bool = False,
    ) -> None:
        self._spending = spending
        self._answering = answering
        self._origin = origin
        self._at = at
        self._floor_tokens = floor_tokens
        self._hold: Hold | None = None
        self._tries = 0
        self._number = 0
        self._held_microusd = 0
        self._is_beside = is_beside
        self._is_counted = is_beside
        self._is_answered = is_beside
        self._is_shortened = False
        self._drawn_up: tuple[Receipt, Bill | None] | None = None

    def beside(self, answering: Answering) -> "Tab":
        """Return a tab for a call of the same answer that is made at the same time."""
        return Tab(
            self._spending,
            answering,
            origin=self._origin,
            at=self._at,
            floor_tokens=self._floor_tokens,
            is_beside=True,
        )

    async def reserve(self, candidate: Candidate) -> Hold:
        """Set aside what a candidate's call may use, and settle the call before it.

        Calls that earlier workers made for the same message, and settled, are passed by.

        Raises:
            QuotaExceeded: There is no room for it.
            SpendingClosed: The store is away, and nothing covers it.
            Superseded: A later worker has begun.
        """
        if self._hold is not None:
            hold, self._hold = self._hold, None
            await self._settled(self._bill(hold, Outcome.FAILED, Spent()))
        while True:
            try:
                return await self._reserve_next(candidate)
            except CallOver as over:
                self._is_counted |= over.has_request
                self._is_answered |= over.has_answer

    async def _reserve_next(self, candidate: Candidate) -> Hold:
        reservation = reservation_for(
            candidate.card,
            self._answering.demand_now(),
            self._floor_tokens,
            self._nothing(candidate.card.name, requests=int(not self._is_counted)),
        )
        self._tries += 1
        self._number = self._answering.attempts_made
        # Noted before it is asked for: cancelled meanwhile, it may have been carried out.
        self._hold = Hold(reservation, self._origin.asker, 0)
        try:
            self._hold = await self._spending.reserve(reservation)
        except QuotaExceeded:
            # It left no trace. So every worker counts alike, and finds the calls of those before.
            self._hold, self._tries = None, self._tries - 1
            raise
        except (CallOver, SpendingClosed, Superseded):
            self._hold = None
            raise
        self._is_counted |= self._hold.has_request
        self._held_microusd = ceiling_microusd(candidate.card, self._hold)
        self._is_shortened |= self._hold.output_tokens < reservation.output_tokens
        return self._hold

    def renewing(self, hold: Hold) -> AbstractAsyncContextManager[None]:
        """Keep a hold while its call runs."""
        requests = hold.reservation.most.requests
        return self._spending.renewing(
            hold, lambda: replace(self._answering.known(), requests=requests)
        )

    def draw_up(self, unfinished: Outcome) -> tuple[Receipt, Bill | None]:
        """Return the receipt, without what settling tells, and what `close` will settle.

        Args:
            unfinished: Stands where nothing ended.
        """
        if self._drawn_up is None:
            receipt = self._answering.receipt(unfinished)
            receipt = replace(receipt, is_shortened=self._is_shortened)
            self._drawn_up = receipt, self._last_bill(receipt)
        return self._drawn_up

    async def close(self, unfinished: Outcome) -> Receipt:
        """Settle the last call and return the receipt; both are as they were drawn up, if so."""
        receipt, bill = self.draw_up(unfinished)
        self._hold = None
        return replace(receipt, warnings=await self._settled(bill)) if bill else receipt

    def _last_bill(self, receipt: Receipt) -> Bill | None:
        of_answer = Spent(answers=int(bool(receipt.model)), saved_microusd=receipt.saved_microusd)
        if self._is_answered:
            of_answer = Spent()
        hold = self._hold
        if hold is None and not receipt.model:
            return None
        if hold is None:  # every call is settled, but what one of them said stays: an answer
            hold = Hold(self._nothing(receipt.model), self._origin.asker, 0)
        return self._bill(hold, receipt.outcome, of_answer, receipt.reason)

    def _bill(self, hold: Hold, outcome: Outcome, of_answer: Spent, reason: str = "") -> Bill:
        reservation, attempt = hold.reservation, self._answering.attempt(self._number)
        spent = of_answer
        if attempt and reservation.output_tokens:
            requests = reservation.most.requests if attempt.usage != Usage() else 0
            self._is_counted |= bool(requests)
            spent = replace(
                of_answer,
                cost_microusd=attempt.cost_microusd,
                usage=attempt.usage,
                requests=requests,
            )
        entry = replace(
            reservation.entry,
            reason=reason,
            outcome=outcome,
            held_microusd=self._held_microusd if reservation.output_tokens else 0,
            is_reported=attempt is None or attempt.is_reported,
        )
        return Bill(hold, spent, entry)

    async def _settled(self, bill: Bill) -> tuple[Level, ...]:
        return await self._spending.settle(bill.hold, bill.spent, bill.entry)

    def _entry(self, model: str) -> Entry:
        rules = ", ".join(self._answering.decision.rules)
        return Entry(self._answering.reply_id, model, rule=rules)

    def _nothing(self, model: str, requests: int = 0) -> Reservation:
        beside = ":beside" if self._is_beside else ""
        call_id = f"{self._answering.reply_id}{beside}:{self._tries}"
        return no_reservation(
            call_id,
            self._origin,
            self._at,
            self._entry(model),
            requests=requests,
            delivery=self._answering.query.delivery,
        )


async def count_cached(spending: Spending, receipt: Receipt, query: Query, at: datetime) -> Receipt:
    """Count an answer from the cache: a request of its asker's that costs nothing.

    What an earlier worker has counted for the same message is not counted again.

    Raises:
        QuotaExceeded: The asker has no more requests.
        Superseded: A later worker has begun.
    """
    entry = Entry(
        receipt.reply_id,
        receipt.model,
        receipt.reason,
        outcome=receipt.outcome,
        is_cached=True,
    )
    requests = 1
    for number in count():
        request = no_reservation(
            f"{receipt.reply_id}:{number}",
            query.origin,
            at,
            entry,
            requests=requests,
            delivery=query.delivery,
        )
        try:
            hold = await spending.reserve(request)
        except CallOver as over:
            if over.has_answer:
                break
            requests = 0 if over.has_request else requests
            continue
        requests = hold.reservation.most.requests
        spent = Spent(requests=requests, answers=1, saved_microusd=receipt.saved_microusd)
        return replace(receipt, warnings=await spending.settle(hold, spent, entry))
    return receipt
