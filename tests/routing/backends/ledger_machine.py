"""Does to a ledger whatever may happen to it, in any order, and keeps the same books by itself.

The books here are kept in another way than the store's: from the records, one by one, and from
the holds that are open, in whole numbers and fractions. After every step both must agree.
"""

import asyncio
from collections.abc import Generator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from config.quotas import Quota, Unit
from routing.backends.embedded_store import embedded_store
from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.errors import QuotaExceeded, Superseded
from routing.holds import CallOver, Hold, Level, Reservation, Spent
from routing.periods import ROLLING_MS
from routing.pricing import Usage
from routing.query import Origin
from routing.records import Record
from tests.routing.backends.books import Books, an_entry
from tests.routing.backends.conftest import connection_to, valkey
from tests.routing.backends.ledger_world import ASKERS, LEASE_S, PEOPLE, STARTS, ZONES, quotas
from tests.routing.backends.paper_books import Open, PaperBooks, bucket_of, needed


class LedgerMachine(RuleBasedStateMachine):
    """Two processes on one store, three people, and a clock that is told."""

    runner: ClassVar[asyncio.Runner]
    connection: ClassVar[Connection]
    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.keys = Keys(token_hex(8))
        self.paper = PaperBooks(self.keys, lambda: self.at_ms)
        self.last_id = "-"

    # ---- beginnings

    @initialize(
        start=st.sampled_from(STARTS),
        limits=st.lists(quotas(), min_size=2, max_size=6),
        zone=st.sampled_from(ZONES),
    )
    def begin(self, start: datetime, limits: list[Quota], zone: str) -> None:
        """Open the books."""
        self.books = [
            Books(self.connection, self.keys, at=start, lease_s=LEASE_S, zone=zone)
            for _ in range(2)
        ]
        for limit in limits:
            self.runner.run(self.books[0].limits.set(limit, by="root"))

    @property
    def at_ms(self) -> int:
        """Return what time it is."""
        return int(self.books[0].at.timestamp() * 1000)

    # ---- what happens

    @rule(
        which=st.integers(0, 1),
        origin=st.sampled_from(PEOPLE),
        floor=st.integers(0, 900),
        more=st.integers(0, 900),
        lengths=st.sampled_from([(1000, 64), (4096, 256), (50, 50)]),
        requests=st.integers(0, 1),
    )
    def reserve(
        self,
        which: int,
        origin: Origin,
        floor: int,
        more: int,
        lengths: tuple[int, int],
        requests: int,
    ) -> None:
        """Ask for a call."""
        books, (output, least) = self.books[which], lengths
        most = floor + (more if output > least else 0)
        made = books.reservation(most, floor, origin=origin, tokens=lengths, known=floor // 2)
        made = replace(
            made,
            call_id=f"{which}-{made.call_id}",
            entry=an_entry(f"{which}-{made.call_id}"),
            most=replace(made.most, requests=requests),
            least=replace(made.least, requests=requests),
            known=replace(made.known, requests=requests),
        )
        self.ask(books, made, made)

    def ask(self, books: Books, sent: Reservation, made: Reservation) -> None:
        """Send a reservation for the first time, of which only a part need be made."""
        try:
            hold = self.runner.run(books.ledger.reserve(sent))
        except QuotaExceeded as refused:
            self.read()
            self.check_refusal(made, refused)
            return
        self.read()
        self.check_grant(hold)
        known = hold.reservation.known
        until_ms = self.at_ms + LEASE_S * 1000
        self.paper.calls.append(Open(sent, hold, self.at_ms, until_ms, known))

    @precondition(lambda self: self.paper.calls)
    @rule(data=st.data(), which=st.integers(0, 1), later=st.integers(1, 2))
    def take_over(self, data: st.DataObject, which: int, later: int) -> None:
        """Make a call for the next worker, whatever became of the last one's."""
        call = self.paper.last_of(data.draw(st.sampled_from(self.paper.calls)))
        delivery = self.paper.latest(call) + later
        made = replace(call.wish, delivery=delivery)
        self.paper.deliveries[made.call_id] = delivery
        if call.state != "settled":
            asked = self.paper.requests_of(made.call_id) + call.requests_if_left
            self.ask(self.books[which], made, made.without_request() if asked else made)
            return
        with pytest.raises(CallOver) as over:
            self.runner.run(self.books[which].ledger.reserve(made))
        assert over.value.has_request == bool(self.paper.requests_of(made.call_id))

    @precondition(lambda self: self.paper.calls)
    @rule(
        data=st.data(),
        cost=st.integers(0, 2500),
        tokens=st.integers(0, 5000),
        times=st.integers(1, 2),
    )
    def settle(self, data: st.DataObject, cost: int, tokens: int, times: int) -> None:
        """Settle a call, for the first time or again, in time or late, at any cost."""
        running = [call for call in self.paper.calls if call.state == "open"]
        among = running if tokens % 4 and running else self.paper.calls
        call = data.draw(st.sampled_from(among))
        requests = call.hold.reservation.most.requests
        spent = Spent(cost, Usage(10, tokens), requests=requests)
        self.settle_as(call, spent, times)

    @precondition(lambda self: self.paper.calls)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        """Settle a call that was never made."""
        self.settle_as(data.draw(st.sampled_from(self.paper.calls)), Spent(), 1)

    def settle_as(self, call: Open, spent: Spent, times: int) -> None:
        """Settle a call by either process."""
        entry = an_entry(call.hold.reservation.call_id)
        if self.paper.is_superseded(call) and call.state == "lapsed":
            spent_as = replace(spent, requests=call.known.requests)
        else:
            spent_as = spent
        for books in self.books[:times]:
            levels = self.runner.run(books.ledger.settle(call.hold, spent, entry))
            was, call.truth = call.truth, call.truth or spent_as
            if was is None:
                call.state = "settled"
            self.read()
            self.check_told(call, levels, is_first=was is None)

    @precondition(lambda self: any(call.state == "open" for call in self.paper.calls))
    @rule(data=st.data(), cost=st.integers(0, 500))
    def renew(self, data: st.DataObject, cost: int) -> None:
        """Go on holding, if it still holds."""
        call = data.draw(st.sampled_from(self.paper.calls))
        known = Spent(cost, Usage(10, cost), requests=call.hold.reservation.most.requests)
        self.runner.run(self.books[0].ledger.renew(call.hold, known))
        if call.state == "open":
            call.known, call.until_ms = known, self.at_ms + LEASE_S * 1000

    @precondition(lambda self: self.paper.calls)
    @rule(data=st.data())
    def reserve_again(self, data: st.DataObject) -> None:
        """Send a reservation twice: nothing changes; one of a worker that is past is refused."""
        call = data.draw(st.sampled_from(self.paper.calls))
        if self.paper.is_superseded(call):
            with pytest.raises(Superseded):
                self.runner.run(self.books[1].ledger.reserve(call.wish))
            return
        again = self.runner.run(self.books[1].ledger.reserve(call.wish))
        assert again.output_tokens == call.hold.output_tokens

    @rule(which=st.integers(0, 1))
    def sweep(self, which: int) -> None:
        """End what nobody renewed."""
        due = [
            call
            for call in self.paper.calls
            if call.state == "open" and call.until_ms <= self.at_ms
        ]
        assert self.runner.run(self.books[which].ledger.sweep(1000)) == len(due)
        self.read()
        assert all(call.state == "lapsed" for call in due)

    @rule(which=st.integers(0, 1), quota=quotas())
    def limit(self, which: int, quota: Quota) -> None:
        """Set a limit, maybe for the first time, maybe lower than what is used."""
        self.runner.run(self.books[which].limits.set(quota, by="root"))

    @rule(which=st.integers(0, 1), data=st.data())
    def remove(self, which: int, data: st.DataObject) -> None:
        """Take a limit away."""
        if quota := self.drawn_quota(data):
            self.runner.run(self.books[which].limits.remove(quota, by="root"))

    @rule(which=st.integers(0, 1), origin=st.sampled_from(PEOPLE), data=st.data())
    def reset(self, which: int, origin: Origin, data: st.DataObject) -> None:
        """Forgive what is spent of a limit."""
        if quota := self.drawn_quota(data):
            self.runner.run(self.books[which].limits.reset(origin, quota, by="root"))
            self.read()

    @rule(which=st.integers(0, 1), origin=st.sampled_from(PEOPLE), data=st.data())
    def recount(self, which: int, origin: Origin, data: st.DataObject) -> None:
        """Count what is spent from the records."""
        if (quota := self.drawn_quota(data)) is None:
            return
        books = self.books[which]
        spent = self.runner.run(books.limits.recount(origin, quota))
        limit = books.ledger.limit_of(origin, quota)
        if limit is None or limit.unit is Unit.AT_ONCE:
            assert not spent
            return
        key = self.paper.key(limit)
        self.paper.spent_in[key] = self.paper.counted(limit, books.policies.current)
        assert spent == self.paper.spent(limit)

    @rule(
        which=st.integers(0, 1),
        asker=st.sampled_from(ASKERS),
        person=st.sampled_from(("", *ASKERS)),
    )
    def link(self, which: int, asker: str, person: str) -> None:
        """Make two askers one person, or one asker himself again."""
        self.runner.run(self.books[which].limits.link(asker, person, by="root"))

    @rule(ms=st.sampled_from((1, 999, 1000, 29_999, 30_000, 60_000, 61_000, 3_599_999, 3_660_000)))
    def wait(self, ms: int) -> None:
        """Let a little time pass, or just as much as a lease or a window takes."""
        self.advance(timedelta(milliseconds=ms))

    @rule(days=st.sampled_from((1, 3, 7, 31)), hours=st.integers(-1, 1))
    def sleep(self, days: int, hours: int) -> None:
        """Let days pass; some of them have another length."""
        self.advance(timedelta(days=days, hours=hours))

    @rule(data=st.data(), ms=st.sampled_from((-1, 0, 1)))
    def wait_for_midnight(self, data: st.DataObject, ms: int) -> None:
        """Go to the very end of some limit's window."""
        origin = data.draw(st.sampled_from(PEOPLE))
        levels = self.standing(0, origin)
        now = self.books[0].at
        if ends := [period.ends_at for each in levels if (period := each.limit.period(now))]:
            self.advance(data.draw(st.sampled_from(ends)) + timedelta(milliseconds=ms) - now)

    def advance(self, by: timedelta) -> None:
        """Let time pass for both processes."""
        for books in self.books:
            books.at += max(by, timedelta(0))

    def drawn_quota(self, data: st.DataObject) -> Quota | None:
        """Draw one of the limits in force."""
        in_force = [quota for quota, _ in self.runner.run(self.books[0].limits.in_force())]
        return data.draw(st.sampled_from(in_force)) if in_force else None

    # ---- what was written

    def read(self) -> None:
        """Take what was written to the ledger since the last time into our books."""
        start = "-" if self.last_id == "-" else f"({self.last_id}"
        for record in self.runner.run(self.read_after(start)):
            self.last_id = record.record_id
            self.paper.write(record)

    async def read_after(self, start: str) -> list[Record]:
        """Return the records after one."""
        return [record async for record in self.books[0].accounts.records_from(start)]

    # ---- what must be true

    def check_grant(self, hold: Hold) -> None:
        """A grant fits into every limit, and is no shorter than it must be."""
        made, is_longest = hold.reservation, hold.output_tokens == hold.reservation.output_tokens
        for limit in hold.limits:
            wanted = needed(made, hold.output_tokens, limit.unit)
            assert wanted <= max(self.paper.free(limit), 0)
            is_longest |= needed(made, hold.output_tokens + 2, limit.unit) > self.paper.free(limit)
        assert is_longest

    def check_refusal(self, made: Reservation, refused: QuotaExceeded) -> None:
        """A refusal names just the limits without room for the shortest answer."""
        for refusal in refused.refusals:
            limit = refusal.level.limit
            assert made.least.of(limit.unit) > max(self.paper.free(limit), 0)
            assert refusal.level.spent + refusal.level.held == limit.amount - self.paper.free(limit)
            if (period := limit.period(self.books[0].at)) and refusal.resets_at:
                assert refusal.resets_at == period.ends_at

    def check_told(self, call: Open, levels: tuple[Level, ...], *, is_first: bool) -> None:
        """The first settle tells how far each limit is used; a further one tells nothing."""
        if not is_first:
            assert levels == ()
        for level in levels:
            if level.limit.unit is not Unit.AT_ONCE and not bucket_of(level.limit, 10**15):
                sums = self.paper.spent_in[self.paper.key(level.limit, call.at_ms)]
                assert level.spent == sum(sums.values())

    def standing(self, which: int, origin: Origin) -> tuple[Level, ...]:
        """Return how far each limit is used, as a process knows it."""
        return self.runner.run(self.books[which].ledger.standing(origin)).levels

    @invariant()
    def every_call_is_charged_once(self) -> None:
        """What is recorded of a call is what it used, or what is known of it."""
        type(self).steps += 1
        for call in self.paper.calls:
            truth = call.truth or (call.known if call.state == "lapsed" else Spent())
            assert call.charged["cost_microusd"] == truth.cost_microusd
            assert call.charged["tokens"] == truth.of(Unit.TOKENS)
            assert call.charged["requests"] == truth.requests
            assert self.paper.requests_of(call.wish.call_id) <= 1

    @invariant()
    def counters_equal_the_ledger(self) -> None:
        """What is spent is the sum of the records, what is held that of the open calls."""
        for which, origin in enumerate(PEOPLE):
            for level in self.standing(which % 2, origin):
                limit = level.limit
                if limit.unit is not Unit.AT_ONCE:
                    assert level.spent == self.paper.spent(limit)
                assert level.held == self.paper.held(limit)

    def teardown(self) -> None:
        """Look at every counter there ever was, also of windows that are over."""
        if not hasattr(self, "books"):
            return
        used = [(limit, call.at_ms) for call in self.paper.calls for limit in call.hold.limits]
        for limit, at_ms in dict.fromkeys(used):
            if limit.window in ROLLING_MS or limit.unit is Unit.AT_ONCE:
                continue
            key = self.paper.key(limit, at_ms)
            spent, held = self.runner.run(self.raw(key))
            assert spent == sum(self.paper.spent_in[key].values())
            assert held == self.paper.held(limit, at_ms)

    async def raw(self, key: str) -> tuple[int, int]:
        """Read a counter as it stands in the store."""
        found = await self.connection.command("HMGET", key, "s", "h")
        assert isinstance(found, list)
        spent, held = (int(each or 0) for each in found)
        return spent, held


@contextmanager
def driven_store(folder: Path) -> Generator[tuple[asyncio.Runner, Connection]]:
    """Yield an embedded store for tests that cannot wait themselves, and what waits for them."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        try:
            url = runner.run(stack.enter_async_context(embedded_store(valkey(), folder)))
            yield runner, runner.run(stack.enter_async_context(connection_to(url)))
        finally:
            runner.run(stack.aclose())


@contextmanager
def ledger_machine(folder: Path) -> Generator[type[LedgerMachine]]:
    """Yield the machine, on a store."""
    with driven_store(folder) as (runner, connection):
        LedgerMachine.runner, LedgerMachine.connection, LedgerMachine.steps = runner, connection, 0
        yield LedgerMachine
