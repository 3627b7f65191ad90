"""What is looked up when somebody asks, rather than counted when it happens. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.platforms.vitals import Sending


@dataclass(frozen=True, slots=True)
class Traffic:
    """What one service was sent by this process.

    Attributes:
        sent: How many requests of each kind it took.
        limited: How many it turned away because there were too many.
        is_heard: Whether it is listened to.
    """

    sent: Mapping[Sending, int]
    limited: int
    is_heard: bool


@dataclass(frozen=True, slots=True)
class Readings:
    """How things stand now.

    Attributes:
        is_store_up: Whether the store answers.
        waiting: How many questions wait, in all processes; None when the store does not say.
        oldest_s: For how long the oldest whose turn has come is not answered; None likewise.
        held_microusd: The most that the calls running here may cost.
        resting: Of every model that is set up, whether it rests after failures.
        traffic: By service.
        tasks: How much goes on side by side on the event loop.
    """

    is_store_up: bool
    waiting: int | None
    oldest_s: float | None
    held_microusd: int
    resting: Mapping[str, bool]
    traffic: Mapping[str, Traffic] = field(default_factory=dict)
    tasks: int = 0
