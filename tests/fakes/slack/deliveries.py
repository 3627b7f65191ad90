"""What Slack tells the app: each thing until it is acknowledged, or for some times."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from tests.fakes.disorder import Disorder
from tests.fakes.slack.timetable import Timetable
from tests.fakes.slack.world import Json, Team, World

EVENT: Final = "events_api"
COMMAND: Final = "slash_commands"
INTERACTION: Final = "interactive"

PATIENCE_S: Final = 3.0
PAUSES_S: Final = (0.0, 60.0, 300.0)
_LATE_BY_S: Final = 0.05


@dataclass(eq=False)
class Attempt:
    """One time that something was told.

    Attributes:
        number: 0 the first time; then which repetition.
        reason: Why it is told again, as Slack names it.
        acknowledged_after_s: By the real clock, which measures the bot, not the story.
        is_over: Whether nobody waits any longer for it to be acknowledged.
    """

    delivery: "Delivery"
    number: int
    reason: str
    sent_at: datetime
    started_s: float
    acknowledged_after_s: float | None = None
    is_over: bool = False


@dataclass(eq=False)
class Delivery:
    """Something the app is told.

    Attributes:
        kind: Of the envelope.
        attempts: So far.
        response: What came with the acknowledgement, if anything.
        is_given_up: Whether Slack stopped telling it, unheard.
    """

    kind: str
    payload: Json
    team: Team
    attempts: list[Attempt] = field(default_factory=list)
    response: Json | None = None
    is_acknowledged: bool = False
    is_given_up: bool = False
    on_response: Callable[[Json | None], None] = lambda _: None

    @property
    def acknowledged_after_s(self) -> float | None:
        """Return how long the acknowledged attempt took, by the real clock."""
        took = [each.acknowledged_after_s for each in self.attempts]
        return next((each for each in took if each is not None), None)


class Carrier(Protocol):
    """A way to the app."""

    def carry(self, attempt: Attempt) -> bool:
        """Send it off; return whether there was a way."""
        ...


class Deliveries:
    """All that is told.

    Attributes:
        carrier: The way it goes.
        told: The last deliveries, in order.
        pauses_s: Before each repetition of an event.
        patience_s: How long an acknowledgement may take.
        disorder: Tells events twice, or in the wrong order, where that is asked.
    """

    def __init__(self, world: World, timetable: Timetable, carrier: Carrier) -> None:
        self.carrier = carrier
        self.told: deque[Delivery] = deque(maxlen=50_000)
        self.pauses_s: tuple[float, ...] = PAUSES_S
        self.patience_s = PATIENCE_S
        self._world = world
        self._timetable = timetable
        self.disorder = Disorder(self._try)

    def tell(self, delivery: Delivery) -> Delivery:
        """Tell the app of something; twice, or after the next one, where that was asked."""
        self.told.append(delivery)
        self.disorder.pass_on(delivery, keeps_order=delivery.kind != EVENT)
        return delivery

    def acknowledge(self, attempt: Attempt, response: Json | None) -> None:
        """Take an acknowledgement, be it in time or not."""
        took_s = time.monotonic() - attempt.started_s
        if attempt.is_over or attempt.acknowledged_after_s is not None:
            return
        attempt.acknowledged_after_s = took_s
        attempt.is_over = True
        delivery = attempt.delivery
        delivery.response = response
        if took_s > self.patience_s + _LATE_BY_S:
            self._accuse(attempt)
        if not delivery.is_acknowledged:
            delivery.is_acknowledged = True
            delivery.on_response(response)
        self._world.changed.set()

    def fail(self, attempt: Attempt, reason: str, *, is_final: bool = False) -> None:
        """Note that an attempt did not arrive; an event is told again."""
        if attempt.is_over:
            return
        attempt.is_over = True
        delivery = attempt.delivery
        if delivery.kind != EVENT or is_final or attempt.number >= len(self.pauses_s):
            delivery.is_given_up = not delivery.is_acknowledged
            self._world.changed.set()
            return
        pause_s = self.pauses_s[attempt.number]
        self._timetable.after(pause_s, lambda: self._try(delivery, attempt.number + 1, reason))

    def _try(self, delivery: Delivery, number: int = 0, reason: str = "") -> None:
        now = self._world.clock.now()
        attempt = Attempt(delivery, number, reason, now, time.monotonic())
        delivery.attempts.append(attempt)
        if not self.carrier.carry(attempt):
            self.fail(attempt, "connection_failed")
            return
        self._timetable.after(self.patience_s, lambda: self._lose_patience(attempt))

    def _lose_patience(self, attempt: Attempt) -> None:
        if not attempt.is_over:
            self._accuse(attempt)
            self.fail(attempt, "http_timeout")

    def _accuse(self, attempt: Attempt) -> None:
        kind, payload = attempt.delivery.kind, attempt.delivery.payload
        name = payload.get("event", {}).get("type") or payload.get("command") or payload["type"]
        self._world.accuse("acknowledged late", f"{kind} {name}, attempt {attempt.number}")
