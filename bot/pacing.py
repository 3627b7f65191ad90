"""How often posts are edited while answers grow: by time, by channel, and as the service allows.

Pure: it is told the time and says how long to wait. What must be seen, the first words and the
end, never waits here; previews share what is left, in turn.
"""

from dataclasses import dataclass
from typing import Final
from weakref import WeakValueDictionary

from routing.clock import Clock

_NEVER: Final = float("-inf")


class Pace:
    """The writes to one channel."""

    __slots__ = ("__weakref__", "_clock", "_every_s", "_next_at_s", "_rests_until_s")

    def __init__(self, every_s: float, clock: Clock) -> None:
        self._every_s = every_s
        self._clock = clock
        self._next_at_s = self._rests_until_s = _NEVER

    def slot(self) -> "Slot":
        """Return the next turn for a preview; each turn is given once."""
        at_s = max(self._clock.elapsed_s(), self._next_at_s)
        self._next_at_s = at_s + self._every_s
        return Slot(self, at_s)

    def wrote(self) -> None:
        """Note a write that did not wait for a turn."""
        self._next_at_s = max(self._next_at_s, self._clock.elapsed_s() + self._every_s)

    def rest(self, seconds: float) -> None:
        """Hold previews back for so long: the service says so."""
        self._rests_until_s = max(self._rests_until_s, self._clock.elapsed_s() + seconds)

    def wait_s(self, at_s: float) -> float:
        """Return how long it is until a moment that is not within a rest."""
        return max(0.0, max(at_s, self._rests_until_s) - self._clock.elapsed_s())

    def give_back(self, at_s: float) -> None:
        """Let the next preview have a turn that is not used."""
        if self._next_at_s == at_s + self._every_s:
            self._next_at_s = at_s


@dataclass(frozen=True, slots=True)
class Slot:
    """A preview's turn in its channel."""

    pace: Pace
    at_s: float

    @property
    def wait_s(self) -> float:
        """Return how long it still is."""
        return self.pace.wait_s(self.at_s)

    def give_back(self) -> None:
        """Let another preview have it: something was written that need not wait."""
        self.pace.give_back(self.at_s)


class Pacing:
    """The paces of all channels somebody writes to."""

    def __init__(self, every_s: float, clock: Clock) -> None:
        self._every_s = every_s
        self._clock = clock
        self._paces: WeakValueDictionary[str, Pace] = WeakValueDictionary()

    def adopt(self, every_s: float) -> None:
        """Let channels nobody writes to at the moment have another pace from now on."""
        self._every_s = every_s

    def of(self, channel: str) -> Pace:
        """Return the pace of a channel; all who hold it share it."""
        if (pace := self._paces.get(channel)) is None:
            pace = self._paces[channel] = Pace(self._every_s, self._clock)
        return pace
