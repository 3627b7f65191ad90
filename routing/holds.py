"""What is set aside for a call before it is made, and what it used in the end. Pure values."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from config.quotas import Unit
from routing.pricing import Usage
from routing.query import Origin
from routing.quota import Limit


@dataclass(frozen=True, slots=True)
class Spent:
    """What one call used, or may use, in every unit that is counted.

    Attributes:
        cost_microusd: Its price, at least 0.
        usage: Its tokens.
        requests: 1 for the first call of an answer, 0 for its further ones.
        answers: 1 for the call that ended an answer.
        saved_microusd: What the answer would have cost more on the best model.
    """

    cost_microusd: int = 0
    usage: Usage = field(default_factory=Usage)
    requests: int = 0
    answers: int = 0
    saved_microusd: int = 0

    def of(self, unit: Unit) -> int:
        """Return how much it counts in a unit; at once it counts as one while it runs."""
        match unit:
            case Unit.MICROUSD:
                return self.cost_microusd
            case Unit.TOKENS:
                return self.usage.input_tokens + self.usage.output_tokens
            case Unit.REQUESTS:
                return self.requests
            case Unit.AT_ONCE:
                return 1


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger keeps of a call beside its amounts: one record, without content.

    Attributes:
        reply_id: The answer it is part of.
        model: The card's name.
        reason: Why that model.
        rule: The rules that were for the question, joined by commas.
        outcome: How it ended; of a call that is still running, that it runs.
        is_cached: Whether the answer came from the cache.
        is_reported: Whether the host reported the tokens.
        held_microusd: What was set aside.
    """

    reply_id: str
    model: str
    reason: str = ""
    rule: str = ""
    outcome: str = "running"
    is_cached: bool = False
    is_reported: bool = True
    held_microusd: int = 0


@dataclass(frozen=True, slots=True)
class Reservation:
    """The wish to make a call.

    Attributes:
        call_id: Chosen by the caller and unique: reserving it again gives the first answer.
        origin: Who asks, where.
        at: When, aware and in UTC.
        entry: What is written down if nobody settles it.
        most: What it uses at most.
        least: What it uses when its answer is as short as is worth having.
        known: What it uses even if nothing comes back.
        output_tokens: The length of the answer in `most`.
        floor_tokens: The length of the answer in `least`.
        delivery: Which worker makes the call, from 1: each takes over from those before.
    """

    call_id: str
    origin: Origin
    at: datetime
    entry: Entry
    most: Spent
    least: Spent
    known: Spent
    output_tokens: int
    floor_tokens: int
    delivery: int = 1

    def without_request(self) -> "Reservation":
        """Return the wish for a call whose request is counted already."""
        most, least, known = (
            replace(each, requests=0) for each in (self.most, self.least, self.known)
        )
        return replace(self, most=most, least=least, known=known)


class CallOver(Exception):
    """An earlier worker made this call, and it is settled: the next one is due.

    Attributes:
        has_request: Whether the question's request is counted with it.
        has_answer: Whether its answer is.
    """

    def __init__(self, *, has_request: bool, has_answer: bool) -> None:
        super().__init__("settled by an earlier worker")
        self.has_request = has_request
        self.has_answer = has_answer


@dataclass(frozen=True, slots=True)
class Hold:
    """What is set aside for one call.

    Attributes:
        reservation: For which.
        person: Who is charged.
        output_tokens: How long the answer may be, within every limit.
        limits: All that it counts against; none when it was granted while the store was away.
        is_emergency: Whether the emergency allowance covers it.
        has_request: Whether an earlier worker's call has counted the question's request already.
    """

    reservation: Reservation
    person: str
    output_tokens: int
    limits: tuple[Limit, ...] = ()
    is_emergency: bool = False
    has_request: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """How far a limit is used.

    Attributes:
        limit: Which.
        spent: What is settled.
        held: What is set aside for calls that run.
    """

    limit: Limit
    spent: int
    held: int

    @property
    def used(self) -> int:
        """Return what is spent or set aside."""
        return self.spent + self.held

    @property
    def share(self) -> float:
        """Return the used share, 0 to 1; a limit of nothing is used up."""
        return min(max(self.used / self.limit.amount, 0.0), 1.0) if self.limit.amount else 1.0


def crossed(levels: Iterable[Level], spent: Spent, share: float) -> tuple[Level, ...]:
    """Return the limits whose used share has just been reached, by what was settled last.

    Args:
        levels: As they stand after it; answers at once warn of nothing.
        spent: What was settled.
        share: From which people are told, above 0.
    """
    counted = (each for each in levels if each.limit.unit is not Unit.AT_ONCE)
    return tuple(
        level
        for level in counted
        if level.spent - spent.of(level.limit.unit) < share * level.limit.amount <= level.spent
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """How much is left to somebody.

    Attributes:
        person: Who it is on all platforms.
        levels: One for each limit that holds.
    """

    person: str
    levels: tuple[Level, ...] = ()

    @property
    def tightest(self) -> Level | None:
        """Return the most used limit of money or tokens; None without one."""
        spending = {Unit.MICROUSD, Unit.TOKENS}
        of_spending = (each for each in self.levels if each.limit.unit in spending)
        return max(of_spending, key=lambda level: level.share, default=None)
