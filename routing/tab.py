"""What one answer has set aside and spent: a hold for each of its calls, one after the other."""

from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime

from routing.answering import Answering
from routing.errors import QuotaExceeded, SpendingClosed
from routing.holds import Entry, Hold, Level, Reservation, Spent
from routing.policy import Candidate
from routing.pricing import Usage
from routing.query import Origin
from routing.reply import Outcome, Receipt
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
        self._is_shortened = False

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

        Raises:
            QuotaExceeded: There is no room for it.
            SpendingClosed: The store is away, and nothing covers it.
        """
        if self._hold is not None:
            hold, self._hold = self._hold, None
            await self._settle(hold, Outcome.FAILED, Spent())
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
        except (QuotaExceeded, SpendingClosed):
            self._hold = None
            raise
        self._held_microusd = ceiling_microusd(candidate.card, self._hold)
        self._is_shortened |= self._hold.output_tokens < reservation.output_tokens
        return self._hold

    def renewing(self, hold: Hold) -> AbstractAsyncContextManager[None]:
        """Keep a hold while its call runs."""
        requests = hold.reservation.most.requests
        return self._spending.renewing(
            hold, lambda: replace(self._answering.known(), requests=requests)
        )

    async def close(self, unfinished: Outcome) -> Receipt:
        """Settle the last call and return the receipt; `unfinished` stands where nothing ended."""
        receipt = self._answering.receipt(unfinished)
        of_answer = Spent(answers=int(bool(receipt.model)), saved_microusd=receipt.saved_microusd)
        if self._is_beside:
            of_answer = Spent()
        hold, self._hold = self._hold, None
        if hold is None and not receipt.model:
            return receipt
        if hold is None:  # every call is settled, but what one of them said stays: an answer
            hold = Hold(self._nothing(receipt.model), self._origin.asker, 0)
        warnings = await self._settle(hold, receipt.outcome, of_answer, receipt.reason)
        return replace(receipt, warnings=warnings, is_shortened=self._is_shortened)

    async def _settle(
        self, hold: Hold, outcome: Outcome, of_answer: Spent, reason: str = ""
    ) -> tuple[Level, ...]:
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
        return await self._spending.settle(hold, spent, entry)

    def _entry(self, model: str) -> Entry:
        rules = ", ".join(self._answering.decision.rules)
        return Entry(self._answering.reply_id, model, rule=rules)

    def _nothing(self, model: str, requests: int = 0) -> Reservation:
        beside = ":beside" if self._is_beside else ""
        call_id = f"{self._answering.reply_id}{beside}:{self._tries}"
        entry = self._entry(model)
        return no_reservation(call_id, self._origin, self._at, entry, requests=requests)


async def count_cached(
    spending: Spending, receipt: Receipt, origin: Origin, at: datetime
) -> Receipt:
    """Count an answer from the cache: a request of its asker's that costs nothing.

    Raises:
        QuotaExceeded: The asker has no more requests.
    """
    entry = Entry(
        receipt.reply_id,
        receipt.model,
        receipt.reason,
        outcome=receipt.outcome,
        is_cached=True,
    )
    request = no_reservation(f"{receipt.reply_id}:0", origin, at, entry, requests=1)
    hold = await spending.reserve(request)
    spent = Spent(requests=1, answers=1, saved_microusd=receipt.saved_microusd)
    return replace(receipt, warnings=await spending.settle(hold, spent, entry))
