"""The core's ports, played by scripts and lists."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from config.quotas import QuotaSettings, Unit
from routing.cache import CachedAnswer, CacheHit, CacheKeys, CacheTurn
from routing.clock import Clock
from routing.errors import ModelFailed, QuotaExceeded, Refusal, StoreUnavailable, Superseded
from routing.holds import CallOver, Entry, Hold, Level, Reservation, Spent, Standing
from routing.marks import Mark
from routing.ports import (
    Call,
    Completed,
    Ledger,
    Part,
    TextPart,
    Unsettled,
)
from routing.posts import Posted
from routing.pricing import Usage
from routing.query import Origin
from routing.spending import Spending
from routing.votes import House, Vote
from tests.builders import a_level

Step = str | Part | ModelFailed | asyncio.Event
"""What a scripted model does next: says text, yields a part, fails, or waits for an event."""

DONE = Completed("stop", Usage(input_tokens=100, output_tokens=20))


class ScriptedCompleter:
    """Plays each model's script once per call; a script without an ending completes normally."""

    def __init__(self, scripts: Mapping[str, Sequence[Step] | str]) -> None:
        self._scripts = scripts
        self.calls: list[Call] = []
        self.closed: list[str] = []

    async def stream(self, call: Call) -> AsyncGenerator[Part]:
        self.calls.append(call)
        script = self._scripts[call.card.name]
        steps = [script] if isinstance(script, str) else list(script)
        try:
            for step in steps:
                if isinstance(step, ModelFailed):
                    raise step
                if isinstance(step, asyncio.Event):
                    await step.wait()
                else:
                    yield TextPart(step) if isinstance(step, str) else step
            if not isinstance(steps[-1], Completed):
                yield DONE
        finally:
            self.closed.append(call.card.name)


@dataclass(frozen=True, slots=True)
class Settled:
    """What a ledger was told of one call."""

    hold: Hold
    spent: Spent
    entry: Entry


class ListLedger:
    """Keeps in lists what is set aside and settled; refuses all above a price, away when told so.

    Args:
        most_microusd: What a call may cost at most; None: anything.
    """

    def __init__(self, most_microusd: int | None = None) -> None:
        self.most_microusd = most_microusd
        self.at_once = sys.maxsize
        self.is_asked = asyncio.Event()
        self.reservations: list[Reservation] = []
        self.settlements: list[Settled] = []
        self.lapsed: list[Reservation] = []
        self.standing_levels: tuple[Level, ...] = ()
        self.is_away = False

    @property
    def spent(self) -> Spent:
        """Return all that was settled."""
        return Spent(
            cost_microusd=sum(each.spent.cost_microusd for each in self.settlements),
            usage=sum((each.spent.usage for each in self.settlements), Usage()),
            requests=sum(each.spent.requests for each in self.settlements),
            answers=sum(each.spent.answers for each in self.settlements),
            saved_microusd=sum(each.spent.saved_microusd for each in self.settlements),
        )

    async def standing(self, origin: Origin) -> Standing:
        await self._answer()
        return Standing(origin.asker, self.standing_levels)

    async def reserve(self, reservation: Reservation) -> Hold:
        self.is_asked.set()
        await self._answer()
        has_request = self._take_over(reservation)
        if has_request:
            reservation = reservation.without_request()
        if len(self.reservations) - len(self.settlements) - len(self.lapsed) >= self.at_once:
            raise QuotaExceeded((Refusal(a_level(unit=Unit.AT_ONCE, window=None), None),))
        most, least = reservation.most.cost_microusd, reservation.least.cost_microusd
        limit = self.most_microusd
        output_tokens = reservation.output_tokens
        if limit is not None and most > limit:
            if least > limit:
                raise QuotaExceeded((Refusal(a_level(amount=limit, spent=limit), None),))
            output_tokens = reservation.floor_tokens
        self.reservations.append(reservation)
        person = reservation.origin.asker
        return Hold(reservation, person, output_tokens, has_request=has_request)

    def _take_over(self, reservation: Reservation) -> bool:
        """End what an earlier worker left of a call; tell whether its request is counted."""
        of_reply = [
            each for each in self.reservations if each.entry.reply_id == reservation.entry.reply_id
        ]
        if any(each.delivery > reservation.delivery for each in of_reply):
            raise Superseded
        earlier = [
            each
            for each in of_reply
            if each.call_id == reservation.call_id and each.delivery < reservation.delivery
        ]
        for settled in self.settlements:
            if _named(settled.hold.reservation) in map(_named, earlier):
                raise CallOver(
                    has_request=any(each.known.requests for each in earlier),
                    has_answer=bool(settled.spent.answers),
                )
        self.lapsed += [each for each in earlier if each not in self.lapsed]
        return any(each.known.requests for each in earlier)

    async def renew(self, hold: Hold, known: Spent) -> None:  # noqa: ARG002 # the port gives it
        await self._answer()

    async def settle(self, hold: Hold, spent: Spent, entry: Entry) -> tuple[Level, ...]:
        await self._answer()
        known = [_named(each.hold.reservation) for each in self.settlements]
        if _named(hold.reservation) not in known:
            self.settlements.append(Settled(hold, spent, entry))
        return ()

    async def sweep(self, at_most: int = 100) -> int:  # noqa: ARG002 # the port gives it
        await self._answer()
        return 0

    async def _answer(self) -> None:
        await asyncio.sleep(0)
        if self.is_away:
            raise StoreUnavailable("away")


class ListUnsettled:
    """Keeps in a list what could not be settled; admits what it is told to."""

    def __init__(self, *, admits: bool = False) -> None:
        self.admits = admits
        self.kept: list[Settled] = []

    async def admit(self, reservation: Reservation) -> bool:  # noqa: ARG002 # the port gives it
        return self.admits

    async def keep(self, hold: Hold, spent: Spent, entry: Entry) -> None:
        self.kept.append(Settled(hold, spent, entry))

    async def settled(self, call_id: str, delivery: int) -> None:
        forgotten = (call_id, delivery)
        self.kept = [each for each in self.kept if _named(each.hold.reservation) != forgotten]

    async def replay(self, ledger: Ledger) -> int:
        kept, self.kept = self.kept, []
        for each in kept:
            await ledger.settle(each.hold, each.spent, each.entry)
        return len(kept)


def _named(reservation: Reservation) -> tuple[str, int]:
    return reservation.call_id, reservation.delivery


def spending(ledger: Ledger, unsettled: Unsettled | None = None) -> Spending:
    """Return what goes to a ledger, with nothing on disk."""
    return Spending(QuotaSettings(), ledger, unsettled or ListUnsettled())


class DictPosts:
    """Keeps in a dictionary what posts belong to."""

    def __init__(self) -> None:
        self._posted: dict[tuple[str, str, str], Posted] = {}

    async def note(self, platform: str, place: str, post_id: str, posted: Posted) -> None:
        self._posted[platform, place, post_id] = posted

    async def note_first(self, platform: str, place: str, post_id: str, posted: Posted) -> bool:
        return self._posted.setdefault((platform, place, post_id), posted) == posted

    async def find(self, platform: str, place: str, post_id: str) -> Posted | None:
        return self._posted.get((platform, place, post_id))


OPEN = "open"


class DictMarks:
    """Remembers in a dict how far was listened; away when told so."""

    def __init__(self) -> None:
        self.is_away = False
        self._marks: dict[tuple[str, str, str], tuple[datetime, Mark]] = {}

    async def note(self, platform: str, mark: Mark, at: datetime) -> None:
        if self.is_away:
            raise StoreUnavailable("the store is away")
        key = (platform, mark.tenant, mark.place)
        before = self._marks.get(key)
        if before is None or int(mark.post_id) > int(before[1].post_id):
            self._marks[key] = (at, mark)

    async def since(self, platform: str, at: datetime, at_most: int) -> tuple[Mark, ...]:
        if self.is_away:
            raise StoreUnavailable("the store is away")
        found = [
            noted for (of, *_), noted in self._marks.items() if of == platform and noted[0] >= at
        ]
        latest = sorted(found, key=lambda noted: noted[0], reverse=True)
        return tuple(mark for _, mark in latest[:at_most])


class DictCache:
    """Keeps answers in dictionaries; each question has one leader until its turn ends."""

    def __init__(self) -> None:
        self._answers: dict[str, CachedAnswer] = {}
        self._leaders: dict[str, str] = {}
        self._generations: Counter[str] = Counter()
        self.turn_s = 5.0
        self.asked = 0

    async def ask(self, keys: CacheKeys, caller: str) -> CacheHit | CacheTurn:
        self.asked += 1
        for key in (keys.exact, keys.reduced):
            if answer := self._answers.get(key):
                return CacheHit(answer, keys, is_reduced=key == keys.reduced)
        leader = self._leaders.setdefault(keys.exact, caller)
        return CacheTurn(leader in {caller, OPEN}, self._generations[keys.scope])

    async def renew(self, keys: CacheKeys, caller: str) -> None:
        assert self._leaders[keys.exact] in {caller, OPEN}

    async def keep(
        self, keys: CacheKeys, caller: str, answer: CachedAnswer, *, generation: int, ttl_s: int
    ) -> bool:
        assert ttl_s > 0
        is_kept = generation == self._generations[keys.scope]
        if is_kept:
            self._answers |= {key: answer for key in (keys.exact, keys.reduced) if key}
        await self.release(keys, caller)
        return is_kept

    async def release(self, keys: CacheKeys, caller: str) -> None:
        if self._leaders.get(keys.exact) == caller:
            del self._leaders[keys.exact]

    async def open(self, keys: CacheKeys, caller: str) -> None:
        if self._leaders.get(keys.exact) == caller:
            self._leaders[keys.exact] = OPEN

    async def remove(self, keys: CacheKeys) -> None:
        self._answers.pop(keys.exact, None)
        self._answers.pop(keys.reduced, None)

    async def purge(self, scope: str) -> None:
        self._generations[scope] += 1
        self._answers.clear()


class ListVotes:
    """Keeps votes in a dictionary; away when told so."""

    def __init__(self) -> None:
        self.cast_in: dict[House, dict[tuple[str, str], Vote]] = {}
        self.is_away = False
        self.loads = 0

    async def cast(self, house: House, vote: Vote) -> None:
        self._in(house)[vote.reply_id, vote.voter] = vote

    async def take_back(self, house: House, reply_id: str, voter: str) -> None:
        self._in(house).pop((reply_id, voter), None)

    async def forget(self, house: House, voter: str) -> None:
        kept = {name: vote for name, vote in self._in(house).items() if vote.voter != voter}
        self.cast_in[house] = kept

    async def load(self, house: House, known: str = "") -> tuple[str, tuple[Vote, ...] | None]:
        self.loads += 1
        votes = tuple(self._in(house).values())
        state = str(hash(votes))
        return state, None if state == known else votes

    def _in(self, house: House) -> dict[tuple[str, str], Vote]:
        if self.is_away:
            raise StoreUnavailable("away")
        return self.cast_in.setdefault(house, {})


class ToldClock:
    """A clock that moves only when told to."""

    def __init__(self, at: datetime = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)) -> None:
        self.at = at

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def clock(self) -> Clock:
        return Clock(now=self._now, elapsed_s=self._elapsed_s)

    def _now(self) -> datetime:
        return self.at

    def _elapsed_s(self) -> float:
        return self.at.timestamp()
