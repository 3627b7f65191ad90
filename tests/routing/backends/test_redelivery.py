"""A worker dies at some point and another gets its question: what is asked and charged then."""

import json
from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace

import pytest

from config.quotas import Unit
from config.settings import Settings
from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.bill_lines import bill_from_value, bill_to_value
from routing.errors import ModelBusy, StoreUnavailable, Superseded
from routing.holds import Entry, Hold, Level, Reservation, Spent, Standing
from routing.ports import Ledger
from routing.pricing import Usage
from routing.query import Origin
from routing.reply import Bill, Chosen, Ended, Finished, ReplyEvent, TextDelta
from routing.router import Router
from tests.builders import a_card, a_query, an_origin
from tests.fakes.ports import DictCache, ScriptedCompleter, Step, ToldClock, spending
from tests.routing.backends.books import NOON, Books, a_quota

LLAMA = a_card("llama", input_price="0.1", output_price="0.2")
GPT = a_card("gpt", input_price="2", output_price="10", quality={"general": 0.82})
QUERY = a_query("6 x 7?", reply_id="r1")
COST = 14  # 100 x 0.1 + 20 x 0.2: what a whole answer of llama is said to have used
BROKEN = ModelBusy("llama", "429", usage=Usage(50, 10), billed=True)


class Mortal:
    """A ledger as one process reaches it; nothing reaches it any more once that is dead."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.is_dead = False

    async def standing(self, origin: Origin) -> Standing:
        return await self._alive().standing(origin)

    async def reserve(self, reservation: Reservation) -> Hold:
        return await self._alive().reserve(reservation)

    async def renew(self, hold: Hold, known: Spent) -> None:
        await self._alive().renew(hold, known)

    async def settle(self, hold: Hold, spent: Spent, entry: Entry) -> tuple[Level, ...]:
        return await self._alive().settle(hold, spent, entry)

    async def sweep(self, at_most: int = 100) -> int:
        return await self._alive().sweep(at_most)

    def _alive(self) -> Ledger:
        if self.is_dead:
            raise StoreUnavailable("this process is dead")
        return self._ledger


class Worker:
    """One process that answers, of several over one ledger."""

    def __init__(
        self,
        books: Books,
        models: dict[str, Sequence[Step] | str],
        cache: DictCache | None = None,
    ) -> None:
        self.completer = ScriptedCompleter(models)
        self.ledger = Mortal(books.ledger)
        cards = [card for card in (LLAMA, GPT) if card.name in models]
        self.router = Router(
            Settings.model_validate({"models": cards}),
            completer=self.completer,
            spending=spending(self.ledger),
            cache=cache or DictCache(),
            clock=ToldClock(NOON).clock(),
        )

    async def answer(
        self, delivery: int = 1, *, dies_at: type[ReplyEvent] | None = None
    ) -> list[ReplyEvent]:
        """Answer the question, or die when some event comes."""
        events: list[ReplyEvent] = []
        query = replace(QUERY, delivery=delivery)
        async with aclosing(self.router.answer(query)) as answering:
            async for event in answering:
                events.append(event)
                if dies_at and isinstance(event, dies_at):
                    self.ledger.is_dead = True
                    break
        return events


async def in_the_books(books: Books) -> tuple[Counter[str], list[tuple[int, int]]]:
    """Return all that is recorded, and what is spent and held of each limit."""
    standing = await books.ledger.standing(an_origin())
    return await books.recorded(), [(level.spent, level.held) for level in standing.levels]


def two_books(connection: Connection, keys: Keys) -> tuple[Books, Books]:
    """Return books for the test, and others for what happens when nobody dies."""
    limits = (a_quota(usd=1, per="day"), a_quota(requests=3, per="day"), a_quota(at_once=1))
    other = Keys(f"{keys.hash_tag}-undisturbed")
    return Books(connection, keys, *limits), Books(connection, other, *limits)


def bill_line(events: Sequence[ReplyEvent]) -> str:
    """Return the bill of an answer as it is written down."""
    (ended,) = [event for event in events if isinstance(event, Ended)]
    assert ended.bill
    return json.dumps(bill_to_value(ended.bill))


def read_bill(line: str) -> Bill:
    """Read a bill as whoever takes over does."""
    return bill_from_value(json.loads(line))


async def test_who_dies_in_mid_answer_is_paid_and_the_message_counts_once(
    connection: Connection, keys: Keys
) -> None:
    books, _ = two_books(connection, keys)
    await Worker(books, {"llama": ["4", "2"]}).answer(dies_at=TextDelta)
    assert (await in_the_books(books))[0] == Counter()

    events = await Worker(books, {"llama": ["4", "2"]}).answer(delivery=2)

    assert [type(event) for event in events] == [Chosen, TextDelta, TextDelta, Ended, Finished]
    recorded, (money, requests, at_once) = await in_the_books(books)
    assert (recorded["requests"], recorded["answers"]) == (1, 1)
    known_microusd = recorded["cost_microusd"] - COST
    assert 0 < known_microusd < COST
    assert (money, requests, at_once) == ((known_microusd + COST, 0), (1, 0), (0, 0))


async def test_what_was_written_down_before_a_death_is_settled_as_if_nobody_died(
    connection: Connection, keys: Keys
) -> None:
    books, undisturbed = two_books(connection, keys)
    await Worker(undisturbed, {"llama": "42"}).answer()
    line = bill_line(await Worker(books, {"llama": "42"}).answer(dies_at=Ended))
    heir = Worker(books, {"llama": "42"})

    for _ in range(2):
        await heir.router.settle(read_bill(line))

    assert await in_the_books(books) == await in_the_books(undisturbed)
    assert heir.completer.calls == []


async def test_who_settles_for_the_dead_is_told_which_limits_are_near_their_end(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys, a_quota(requests=1, per="day"))
    line = bill_line(await Worker(books, {"llama": "42"}).answer(dies_at=Ended))

    (level,) = await Worker(books, {"llama": "42"}).router.settle(read_bill(line))

    assert (level.limit.unit, level.spent) == (Unit.REQUESTS, 1)


async def test_settling_again_what_was_settled_before_a_death_changes_nothing(
    connection: Connection, keys: Keys
) -> None:
    books, undisturbed = two_books(connection, keys)
    await Worker(undisturbed, {"llama": "42"}).answer()
    line = bill_line(await Worker(books, {"llama": "42"}).answer(dies_at=Finished))

    assert await Worker(books, {"llama": "42"}).router.settle(read_bill(line)) == ()

    assert await in_the_books(books) == await in_the_books(undisturbed)


async def test_a_bill_whose_hold_lapsed_meanwhile_is_settled_all_the_same(
    connection: Connection, keys: Keys
) -> None:
    books, undisturbed = two_books(connection, keys)
    await Worker(undisturbed, {"llama": "42"}).answer()
    line = bill_line(await Worker(books, {"llama": "42"}).answer(dies_at=Ended))
    books.advance(minutes=5)
    assert await books.ledger.sweep() == 1

    await Worker(books, {"llama": "42"}).router.settle(read_bill(line))

    assert await in_the_books(books) == await in_the_books(undisturbed)


async def test_who_stops_listening_at_the_end_settles_its_bill(
    connection: Connection, keys: Keys
) -> None:
    books, undisturbed = two_books(connection, keys)
    await Worker(undisturbed, {"llama": "42"}).answer()
    async with aclosing(Worker(books, {"llama": "42"}).router.answer(QUERY)) as events:
        async for event in events:
            if isinstance(event, Ended):
                break

    assert await in_the_books(books) == await in_the_books(undisturbed)


async def test_calls_that_are_settled_are_passed_by_and_the_request_counts_once(
    connection: Connection, keys: Keys
) -> None:
    books, _ = two_books(connection, keys)
    models: dict[str, Sequence[Step] | str] = {"llama": [BROKEN], "gpt": ["4", "2"]}
    await Worker(books, models).answer(dies_at=TextDelta)

    await Worker(books, {"llama": "42"}).answer(delivery=2)

    recorded, (_, requests, at_once) = await in_the_books(books)
    assert (recorded["requests"], recorded["answers"]) == (1, 1)
    assert (requests, at_once) == ((1, 0), (0, 0))
    records = [each async for each in books.accounts.records(NOON.replace(year=2020))]
    assert [(each.call_id, each.kind, each.model) for each in records] == [
        ("r1:0", "settled", "llama"),
        ("r1:1", "lapsed", "gpt"),
        ("r1:1", "settled", "llama"),
    ]


async def test_a_call_that_was_refused_takes_no_number(connection: Connection, keys: Keys) -> None:
    books = Books(connection, keys, a_quota(usd="0.002", per="day"))
    models: dict[str, Sequence[Step] | str] = {"llama": "42", "gpt": "42"}
    worker = Worker(books, models)
    query = replace(QUERY, wanted="best")

    events = [event async for event in worker.router.answer(query)]

    assert [call.card.name for call in worker.completer.calls] == ["llama"]
    assert read_bill(bill_line(events)).hold.reservation.call_id == "r1:0"


async def test_a_worker_that_is_past_asks_no_further_model(
    connection: Connection, keys: Keys
) -> None:
    books = Books(connection, keys)
    past = Worker(books, {"llama": ["4", BROKEN], "gpt": "42"})

    async with aclosing(past.router.answer(QUERY)) as answering:
        async for event in answering:
            if isinstance(event, TextDelta):
                await Worker(books, {"llama": "42"}).answer(delivery=2)
                break
        with pytest.raises(Superseded):
            await anext(answering)

    assert [call.card.name for call in past.completer.calls] == ["llama"]
    recorded = await books.recorded()
    assert (recorded["requests"], recorded["answers"]) == (1, 1)
    assert recorded["cost_microusd"] == COST + 7  # what llama said its broken call has used


async def test_an_answer_from_the_cache_counts_once_for_all_workers(
    connection: Connection, keys: Keys
) -> None:
    books, _ = two_books(connection, keys)
    cache = DictCache()
    elsewhere, _ = two_books(connection, Keys(f"{keys.hash_tag}-elsewhere"))
    await Worker(elsewhere, {"llama": "42"}, cache).answer()

    for delivery in (1, 2, 3):
        *_, finished = await Worker(books, {"llama": "41"}, cache).answer(delivery)
        assert isinstance(finished, Finished)
        assert finished.receipt.is_cached

    recorded, (_, requests, _) = await in_the_books(books)
    assert (recorded["requests"], recorded["answers"], requests) == (1, 1, (1, 0))


async def test_what_the_dead_worker_asked_of_a_model_counts_no_second_request_for_a_hit(
    connection: Connection, keys: Keys
) -> None:
    books, _ = two_books(connection, keys)
    cache = DictCache()
    await Worker(books, {"llama": ["4", "2"]}).answer(dies_at=TextDelta)
    elsewhere, _ = two_books(connection, Keys(f"{keys.hash_tag}-elsewhere"))
    await Worker(elsewhere, {"llama": "42"}, cache).answer()

    await Worker(books, {"llama": "41"}, cache).answer(delivery=2)

    recorded, (money, requests, _) = await in_the_books(books)
    assert (recorded["requests"], recorded["answers"], requests) == (1, 1, (1, 0))
    assert money == (recorded["cost_microusd"], 0)
