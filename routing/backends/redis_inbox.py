"""What was taken in and is not yet answered, in Redis: each step is one script.

What is ready is an entry of a stream, read by a group of consumers; its list of pending entries is
what is being answered. What has to wait for its turn waits in lists before the stream, so that one
busy asker or channel never fills it. `scripts/inbox.lua` tells how.

All keys begin with the inbox's name:

    stream              entries of what is ready or running; each removed with its parcel
    leases              when each claim is over; an entry is removed with its parcel
    passed-on           what a worker could not answer, by since when; until another has it
    waiting             what is not begun, by when it is next looked after; the same
    workers             when each worker was last seen; forgotten after an hour
    turn:WORKER         what it was given last; ten leases
    parcel:ID           all about a parcel; removed when it is done, and after 7 days
    gate:KIND:NAME      who is within a gate; empty when nobody is, and after 7 days
    queue:KIND:NAME     who is before it; the same
    of:KIND:NAME        what of an asker, or a place, is not begun; the same
    known:ID            that a message was taken in: 24 hours; that it was refused: 10 minutes
    cancelled:ID        what waited and is cancelled; a minute
    told:ASKER          that a refusal was shown; until the next may be
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from secrets import token_hex
from typing import Final, cast

from config.chats import IntakeSettings
from routing.backends.keys import Keys
from routing.backends.redis import Connection, Script
from routing.inbox import (
    Admission,
    Admitted,
    Claim,
    Ending,
    Found,
    Parcel,
    Renewal,
    Whereabouts,
    Wish,
)

_KNOWN_S: Final = 86_400
_REFUSED_S: Final = 600
_MOST_AT_ONCE: Final = 1000
"""No turn is given more: a script can hand over only so many values."""


class RedisInbox:
    """Parcels in Redis.

    Args:
        connection: To the store.
        keys: Names everything in it.
        settings: How much is answered at once, and how much waits.
        now_ms: What time it is for the scripts; None: the store's own clock, one for all replicas.
    """

    def __init__(
        self,
        connection: Connection,
        keys: Keys,
        settings: IntakeSettings,
        now_ms: Callable[[], int] | None = None,
    ) -> None:
        self._connection = connection
        self._name = keys.inbox()
        self._settings = settings
        self._now_ms = now_ms
        self._turns: dict[str, str] = {}
        self._add = Script("inbox", "inbox_add")
        self._claim = Script("inbox", "inbox_claim")
        self._renew = Script("inbox", "inbox_renew")
        self._note = Script("inbox", "inbox_note")
        self._done = Script("inbox", "inbox_done")
        self._hand_over = Script("inbox", "inbox_hand_over")
        self._pass_on = Script("inbox", "inbox_pass_on")
        self._wish = Script("inbox", "inbox_wish")
        self._revise = Script("inbox", "inbox_revise")

    def adopt(self, settings: IntakeSettings) -> None:
        """Take in and hand out as much as other settings say; what waits is kept."""
        self._settings = settings

    async def add(self, parcel: Parcel) -> Admitted:
        """Take a parcel in, once."""
        settings = self._settings
        answer = await self._run(
            self._add,
            parcel.handing_in,
            parcel.identity,
            parcel.lane,
            parcel.asker,
            parcel.place,
            parcel.content,
            settings.waiting,
            settings.waiting_per_asker,
            settings.waiting_per_place,
            settings.waiting_for_worker,
            int(settings.notice_every_s * 1000),
            _KNOWN_S,
            _REFUSED_S,
        )
        admission, *told = _text(answer).split()
        return Admitted(Admission(admission), is_to_be_told=bool(told))

    async def claim(self, worker: str, at_most: int) -> Sequence[Claim]:
        """Return parcels that are this worker's from now on: those left by the dead come first."""
        # Kept until an answer comes: what was given in one that was lost is given again.
        turn = self._turns.setdefault(worker, token_hex(8))
        found = await self._run(self._claim, worker, turn, min(at_most, _MOST_AT_ONCE))
        self._turns[worker] = token_hex(8)
        return [_claim(each) for each in cast("list[list[object]]", found)]

    async def renew(self, worker: str, claims: Sequence[Claim]) -> Sequence[Renewal]:
        """Go on holding claims, in one step; tell of each what is known."""
        told = [part for each in claims for part in (each.identity, each.delivery)]
        found = await self._run(self._renew, worker, *told)
        return [_renewal(_text(each)) for each in cast("list[object]", found)]

    async def note(self, claim: Claim, name: str, text: str) -> bool:
        """Note something for whoever has the parcel later; False when the claim is lost."""
        about = (claim.identity, name, text, claim.delivery)
        return bool(await self._run(self._note, *about))

    async def note_waiting(self, identity: str, name: str, text: str) -> bool:
        """Note something of a parcel nobody has begun and that has no such note; else False."""
        return bool(await self._run(self._note, identity, name, text, ""))

    async def done(self, claim: Claim, *, is_withdrawn: bool = False) -> Ending:
        """End a parcel, and let go on what waited for it."""
        about = (claim.identity, claim.delivery, _KNOWN_S, "withdrawn" if is_withdrawn else "")
        return Ending(_text(await self._run(self._done, *about)))

    async def hand_over(self, claim: Claim) -> bool:
        """Let another worker have a parcel at once; False when the claim is lost."""
        return bool(await self._run(self._hand_over, claim.identity, claim.delivery))

    async def pass_on(self, claim: Claim, worker: str, within_s: float) -> bool:
        """Let other workers have a parcel this one cannot answer; False when the claim is lost.

        When none of them has it within that time, any worker is given it, and it is overdue.
        """
        about = (claim.identity, claim.delivery, worker, int(within_s * 1000))
        return bool(await self._run(self._pass_on, *about))

    async def wish(self, identity: str, wish: Wish) -> Found:
        """Wish something of a parcel. One that waits and is cancelled is ended at once."""
        found = cast("list[object]", await self._run(self._wish, identity, wish))
        whereabouts, content, *notes = map(_text, found)
        return Found(Whereabouts(whereabouts), content, _pairs(notes))

    async def revise(self, identity: str, content: str) -> bool:
        """Replace the content of a parcel nobody has begun; False when there is none."""
        return bool(await self._run(self._revise, identity, content))

    async def knows(self, identity: str) -> bool:
        """Tell whether a parcel was taken in, or refused, not long ago."""
        return bool(await self._connection.command("EXISTS", f"{self._name}:known:{identity}"))

    async def is_begun(self, identity: str) -> bool:
        """Tell whether a worker has, or had, a parcel; also of one that is gone."""
        key = _bytes(f"{self._name}:parcel:{identity}")
        state = await self._connection.command("HGET", key, "state")
        return state not in {b"waiting", b"ready"}

    async def of_asker(self, asker: str) -> frozenset[str]:
        """Return the identities of somebody's parcels: those that wait and those in hand."""
        names = (f"{self._name}:{kind}:asker:{asker}" for kind in ("of", "gate"))
        found = await self._connection.command("SUNION", *map(_bytes, names))
        return frozenset(map(_text, cast("Iterable[object]", found)))

    async def waiting(self) -> int:
        """Return how many parcels wait for a worker."""
        return cast("int", await self._connection.command("ZCARD", f"{self._name}:waiting"))

    async def oldest_at(self) -> datetime | None:
        """Return since when the oldest parcel whose turn has come is not done."""
        first = ("XRANGE", f"{self._name}:stream", "-", "+", "COUNT", "1")
        found = cast("list[tuple[object, object]]", await self._connection.command(*first))
        if not found:
            return None
        begun_ms, _, _ = _text(found[0][0]).partition("-")  # an entry's name begins with the moment
        return datetime.fromtimestamp(int(begun_ms) / 1000, UTC)

    async def _run(self, script: Script, *arguments: str | int) -> object:
        settings = self._settings
        header = (
            str(self._now_ms()) if self._now_ms else "",
            settings.at_once_per_asker,
            settings.at_once_per_place,
            int(settings.claim_s * 1000),
        )
        told = [_bytes(each) if isinstance(each, str) else each for each in arguments]
        return await self._connection.run(script, (self._name,), (*header, *told))


def _claim(found: Sequence[object]) -> Claim:
    identity, content, delivery, *notes = map(_text, found)
    return Claim(identity, content, int(delivery), _pairs(notes))


def _renewal(told: str) -> Renewal:
    if told == "lost":
        return Renewal(is_held=False)
    return Renewal(is_held=True, wish=Wish(told) if told else None)


def _pairs(in_turn: Sequence[str]) -> Mapping[str, str]:
    return dict(zip(in_turn[::2], in_turn[1::2], strict=True))


def _bytes(text: str) -> bytes:
    # A lone surrogate, which a chat may deliver, survives.
    return text.encode("utf-8", "surrogatepass")


def _text(raw: object) -> str:
    return cast("bytes", raw).decode("utf-8", "surrogatepass")
