"""Does to an inbox whatever may happen to it, in any order, and keeps it on paper, too.

On paper there are no sets, lists or scripts: who is where is counted anew each time.
"""

import asyncio
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.inbox import Admission, Claim, Ending, Parcel, Renewal, Whereabouts, Wish
from tests.routing.backends.ledger_machine import driven_store
from tests.routing.backends.letters import CLAIM_S, Desk

OF_ASKER: Final = 2
OF_PLACE: Final = 3
WAITING: Final = 8
WAITING_OF_ASKER: Final = 4
WAITING_OF_PLACE: Final = 5
WAITING_FOR_WORKER: Final = 2
WORKERS: Final = ("a", "b")
PASSED_ON_S: Final = 2 * CLAIM_S


@dataclass
class Letter:
    """A parcel on paper.

    Attributes:
        passed: Through how many gates it is.
        queued_at: When it came before the gate it waits at.
        ready_at: When it became ready; None before.
        delivery: How often it was claimed.
        lease_until: When its claim is over; None while it is not claimed.
        not_for: The workers that could not answer it.
        is_offered: Whether it was passed on, and nobody has it.
    """

    parcel: Parcel
    content: str
    passed: int = 0
    queued_at: int = 0
    ready_at: int | None = None
    delivery: int = 0
    lease_until: int | None = None
    is_handed: bool = False
    wish: Wish | None = None
    notes: dict[str, str] = field(default_factory=dict)
    not_for: set[str] = field(default_factory=set)
    is_offered: bool = False

    @property
    def gates(self) -> tuple[tuple[str, str], ...]:
        """Return the gates in its way, in order."""
        parcel = self.parcel
        return (("lane", parcel.lane), ("asker", parcel.asker), ("place", parcel.place))

    @property
    def is_begun(self) -> bool:
        """Tell whether somebody ever claimed it."""
        return self.lease_until is not None


ROOM: Final = {"lane": 1, "asker": OF_ASKER, "place": OF_PLACE}


class Paper:
    """The inbox on paper."""

    def __init__(self) -> None:
        self.letters: dict[str, Letter] = {}
        self.known: set[str] = set()
        self.moment = 0

    def tick(self) -> int:
        """Return a later moment than ever before."""
        self.moment += 1
        return self.moment

    def within(self, gate: tuple[str, str]) -> int:
        """Count who is within a gate."""
        return sum(gate in each.gates[: each.passed] for each in self.letters.values())

    def before(self, gate: tuple[str, str]) -> list[Letter]:
        """Return who waits before a gate, in order."""
        waiting = [
            each
            for each in self.letters.values()
            if each.passed < len(each.gates) and each.gates[each.passed] == gate
        ]
        return sorted(waiting, key=lambda each: each.queued_at)

    def go_on(self, letter: Letter) -> None:
        """Let a letter through the gates before it."""
        while letter.passed < len(letter.gates):
            gate = letter.gates[letter.passed]
            others = [each for each in self.before(gate) if each is not letter]
            if others or self.within(gate) >= ROOM[gate[0]]:
                letter.queued_at = self.tick()
                return
            letter.passed += 1
        letter.ready_at = self.tick()

    def leave(self, letter: Letter) -> None:
        """Take a letter away and let others in."""
        del self.letters[letter.parcel.identity]
        for gate in letter.gates[: letter.passed]:
            while (queue := self.before(gate)) and self.within(gate) < ROOM[gate[0]]:
                queue[0].passed += 1
                self.go_on(queue[0])

    def waiting(self) -> list[Parcel]:
        """Return what is not begun."""
        return [each.parcel for each in self.letters.values() if not each.is_begun]

    def is_full_for(self, parcel: Parcel) -> bool:
        """Tell whether too much waits, in all or of the same asker or place."""
        waiting = self.waiting()
        running = sum(each.is_begun for each in self.letters.values())
        ready = sum(not each.is_begun and bool(each.ready_at) for each in self.letters.values())
        return (
            ready >= max(running // 2, WAITING_FOR_WORKER)
            or len(waiting) >= WAITING
            or sum(each.asker == parcel.asker for each in waiting) >= WAITING_OF_ASKER
            or sum(each.place == parcel.place for each in waiting) >= WAITING_OF_PLACE
        )


class InboxMachine(RuleBasedStateMachine):
    """Two workers on one store, and a clock that is told."""

    runner: ClassVar[asyncio.Runner]
    connection: ClassVar[Connection]
    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.paper = Paper()
        self.claims: list[tuple[str, Claim]] = []
        self.finished: Counter[str] = Counter()
        self.number = 0

    @initialize()
    def open(self) -> None:
        """Open an empty inbox."""
        self.desk = Desk(
            self.connection,
            Keys(token_hex(8)),
            at_once_per_asker=OF_ASKER,
            at_once_per_place=OF_PLACE,
            waiting=WAITING,
            waiting_per_asker=WAITING_OF_ASKER,
            waiting_per_place=WAITING_OF_PLACE,
            waiting_for_worker=WAITING_FOR_WORKER,
        )

    # ---- what happens

    @rule(
        lane=st.integers(0, 4),
        asker=st.sampled_from(("ada", "bob", "cyd")),
        place=st.sampled_from(("here", "there")),
        times=st.integers(1, 2),
    )
    def add(self, lane: int, asker: str, place: str, times: int) -> None:
        """Hand something in, maybe twice."""
        self.number += 1
        parcel = Parcel(f"discord:{self.number}", f"lane {lane}", asker, place, f"{self.number}")
        paper = self.paper
        is_full = paper.is_full_for(parcel)
        admitted = self.runner.run(self.desk.inbox.add(parcel))
        if is_full:
            assert admitted.admission is Admission.FULL
        else:
            letter = Letter(parcel, parcel.content)
            paper.letters[parcel.identity] = letter
            letter.queued_at = paper.tick()
            paper.go_on(letter)
            is_ready = letter.ready_at is not None
            assert admitted.admission is (Admission.READY if is_ready else Admission.WAITING)
        for _ in range(times - 1):
            self.add_again(parcel.identity)

    @precondition(lambda self: self.number)
    @rule(data=st.data())
    def add_known(self, data: st.DataObject) -> None:
        """Hand in what was handed in at some time."""
        self.add_again(f"discord:{data.draw(st.integers(1, self.number))}")

    def add_again(self, identity: str) -> None:
        """Hand in what is known: nothing changes."""
        parcel = Parcel(identity, "lane", "ada", "here", "again")
        admitted = self.runner.run(self.desk.other.add(parcel))
        assert admitted.admission is Admission.AGAIN

    @rule(worker=st.sampled_from(WORKERS), at_most=st.integers(1, 5))
    def claim(self, worker: str, at_most: int) -> None:
        """Take what there is: what lies in dead hands first, then by age."""
        found = self.runner.run(self.desk.inbox.claim(worker, at_most))
        letters = self.paper.letters
        lapsed = [each for each in letters.values() if self.is_lapsed(each)]
        offered = [
            each
            for each in letters.values()
            if each.is_offered and worker not in each.not_for and not self.is_lapsed(each)
        ]
        ready = [
            each for each in letters.values() if each.ready_at is not None and not each.is_begun
        ]
        ready.sort(key=lambda each: each.ready_at or 0)
        identities = [each.identity for each in found]
        old = {each.parcel.identity for each in lapsed}
        others = {each.parcel.identity for each in offered}
        assert set(identities[: len(old)]) <= old
        assert set(identities[len(old) : len(old) + len(others)]) <= others
        before = len(old) + len(others)
        new = [each.parcel.identity for each in ready][: max(at_most - before, 0)]
        assert identities[min(before, at_most) :] == new
        assert len(found) == min(at_most, before + len(ready))
        for claim in found:
            self.take(worker, claim)

    def take(self, worker: str, claim: Claim) -> None:
        """Write down a claim."""
        letter = self.paper.letters[claim.identity]
        if letter.is_offered and self.is_lapsed(letter):
            letter.notes["overdue"] = "1"
        letter.is_offered = False
        letter.delivery += 1
        letter.lease_until = self.desk.at_ms + CLAIM_S * 1000
        letter.is_handed = False
        assert claim == Claim(claim.identity, letter.content, letter.delivery, letter.notes)
        self.claims.append((worker, claim))

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), is_withdrawn=st.booleans())
    def done(self, data: st.DataObject, *, is_withdrawn: bool) -> None:
        """End something, maybe with a claim that is lost."""
        _, claim = data.draw(st.sampled_from(self.claims))
        ending = self.runner.run(self.desk.inbox.done(claim, is_withdrawn=is_withdrawn))
        if not self.is_held(claim):
            assert ending is (Ending.DONE if self.is_finished_by(claim) else Ending.LOST)
        elif self.paper.letters[claim.identity].wish is Wish.CANCEL and not is_withdrawn:
            assert ending is Ending.CANCELLED
        else:
            assert ending is Ending.DONE
            self.finished[claim.identity] = claim.delivery
            self.paper.leave(self.paper.letters[claim.identity])

    @precondition(lambda self: self.claims)
    @rule(worker=st.sampled_from(WORKERS))
    def renew(self, worker: str) -> None:
        """Renew all claims a worker ever had."""
        mine = [claim for name, claim in self.claims if name == worker]
        renewals = self.runner.run(self.desk.inbox.renew(worker, mine))
        for claim, renewal in zip(mine, renewals, strict=True):
            if self.is_held(claim):
                letter = self.paper.letters[claim.identity]
                letter.lease_until = self.desk.at_ms + CLAIM_S * 1000
                assert renewal == Renewal(is_held=True, wish=letter.wish)
            else:
                assert renewal == Renewal(is_held=False)

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), text=st.sampled_from(("x", "y")))
    def note(self, data: st.DataObject, text: str) -> None:
        """Note something, maybe with a claim that is lost."""
        _, claim = data.draw(st.sampled_from(self.claims))
        is_held = self.is_held(claim)
        assert self.runner.run(self.desk.inbox.note(claim, "posts", text)) == is_held
        if is_held:
            self.paper.letters[claim.identity].notes["posts"] = text

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def hand_over(self, data: st.DataObject) -> None:
        """Let another have something."""
        _, claim = data.draw(st.sampled_from(self.claims))
        letter = self.paper.letters.get(claim.identity)
        is_again = bool(letter and letter.is_handed and letter.delivery == claim.delivery)
        is_held = self.is_held(claim)
        assert self.runner.run(self.desk.inbox.hand_over(claim)) == (is_held or is_again)
        if letter and is_held:
            letter.is_handed, letter.lease_until = True, 0

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def pass_on(self, data: st.DataObject) -> None:
        """Let others have what a worker cannot answer."""
        worker, claim = data.draw(st.sampled_from(self.claims))
        letter = self.paper.letters.get(claim.identity)
        is_again = bool(letter and letter.is_handed and letter.delivery == claim.delivery)
        is_held = self.is_held(claim)
        passed_on = self.desk.inbox.pass_on(claim, worker, PASSED_ON_S)
        assert self.runner.run(passed_on) == (is_held or is_again)
        if letter and is_held:
            letter.is_handed, letter.is_offered = True, True
            letter.not_for.add(worker)
            letter.lease_until = self.desk.at_ms + PASSED_ON_S * 1000
            letter.notes["passed-on"] = str(int(letter.notes.get("passed-on", "0")) + 1)

    @precondition(lambda self: self.number)
    @rule(data=st.data(), wish=st.sampled_from(Wish))
    def wish(self, data: st.DataObject, wish: Wish) -> None:
        """Wish something of anything."""
        identity = f"discord:{data.draw(st.integers(1, self.number))}"
        found = self.runner.run(self.desk.other.wish(identity, wish))
        letter = self.paper.letters.get(identity)
        if letter is None:
            # What was cancelled a moment ago is told of as it was then.
            assert found.whereabouts is not Whereabouts.RUNNING
        elif letter.is_begun or wish is Wish.STOP:
            is_running = found.whereabouts is Whereabouts.RUNNING
            assert is_running == letter.is_begun
            letter.wish = letter.wish if letter.wish is Wish.CANCEL else wish
        else:
            assert found.whereabouts is Whereabouts.WAITING
            assert (found.content, found.notes) == (letter.content, letter.notes)
            self.paper.leave(letter)

    @precondition(lambda self: self.number)
    @rule(data=st.data(), text=st.sampled_from(("v", "w")))
    def revise(self, data: st.DataObject, text: str) -> None:
        """Edit anything."""
        identity = f"discord:{data.draw(st.integers(1, self.number))}"
        letter = self.paper.letters.get(identity)
        is_open = letter is not None and not letter.is_begun
        assert self.runner.run(self.desk.other.revise(identity, text)) == is_open
        if letter and is_open:
            letter.content = text

    @rule(seconds=st.sampled_from((1, CLAIM_S - 1, CLAIM_S, CLAIM_S + 1)))
    def wait(self, seconds: int) -> None:
        """Let time pass: a worker that does not renew is dead."""
        self.desk.advance(seconds)

    # ---- what must be true

    def is_lapsed(self, letter: Letter) -> bool:
        """Tell whether a claim is over."""
        return letter.lease_until is not None and letter.lease_until <= self.desk.at_ms

    def is_held(self, claim: Claim) -> bool:
        """Tell whether a claim is the last one, and not handed over."""
        letter = self.paper.letters.get(claim.identity)
        return bool(letter and letter.delivery == claim.delivery and not letter.is_handed)

    def is_finished_by(self, claim: Claim) -> bool:
        """Tell whether it was this claim that ended a parcel."""
        return self.finished[claim.identity] == claim.delivery

    @invariant()
    def as_many_wait_as_on_paper(self) -> None:
        """Nothing is lost, nothing is twice."""
        if hasattr(self, "desk"):
            type(self).steps += 1
            assert self.runner.run(self.desk.inbox.waiting()) == len(self.paper.waiting())

    @invariant()
    def no_gate_holds_more_than_it_has_room_for(self) -> None:
        """One conversation is one answer at a time, and nobody has more than a share."""
        for letter in self.paper.letters.values():
            for gate in letter.gates[: letter.passed]:
                assert self.paper.within(gate) <= ROOM[gate[0]]

    def teardown(self) -> None:
        """Answer all that is left: everything comes, each conversation in order."""
        if not hasattr(self, "desk"):
            return
        for _ in range(2 * len(self.paper.letters) + 1):
            self.desk.advance(PASSED_ON_S)
            for claim in self.runner.run(self.desk.inbox.claim("last", 100)):
                del self.paper.letters[claim.identity]
                done = self.desk.inbox.done(claim, is_withdrawn=True)
                assert self.runner.run(done) is Ending.DONE
        assert not self.paper.letters
        names = self.runner.run(self.desk.names())
        kept = (":known:", ":cancelled:", ":told:", ":turn:", ":stream", ":workers")
        assert [name for name in names if not name.startswith(kept)] == []


@contextmanager
def inbox_machine(folder: Path) -> Generator[type[InboxMachine]]:
    """Yield the machine, on a store."""
    with driven_store(folder) as (runner, connection):
        InboxMachine.runner, InboxMachine.connection, InboxMachine.steps = runner, connection, 0
        yield InboxMachine
