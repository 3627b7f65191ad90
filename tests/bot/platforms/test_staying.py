import pytest

from bot.platforms.staying import stay_connected
from bot.platforms.surface import NotLetIn
from routing.clock import Clock


class Shut(Exception):
    """The service does not want the bot."""


def refusal(error: Exception) -> NotLetIn | None:
    return NotLetIn("knock elsewhere") if isinstance(error, Shut) else None


class Life:
    """A row of connections, each ending in its own way, on a clock that only they move."""

    def __init__(self, *ends: tuple[float, Exception | None], chance: float = 1.0) -> None:
        self._ends = list(ends)
        self._chance = chance
        self._now_s = 0.0
        self.pauses: list[float] = []

    async def connect(self) -> None:
        lasted_s, error = self._ends.pop(0)
        self._now_s += lasted_s
        if error:
            raise error

    async def sleep(self, pause_s: float) -> None:
        self.pauses.append(pause_s)

    async def run(self) -> str:
        with pytest.raises(NotLetIn) as refused:
            await stay_connected(
                self.connect,
                to="the service",
                refusal=refusal,
                clock=Clock(elapsed_s=lambda: self._now_s),
                sleep=self.sleep,
                chance=lambda: self._chance,
            )
        return str(refused.value)


async def test_a_connection_that_fails_is_made_again_after_a_growing_pause() -> None:
    failures: list[tuple[float, Exception | None]] = [(0, OSError("refused"))] * 8

    life = Life(*failures, (0, Shut()))
    await life.run()

    assert life.pauses == [1, 2, 4, 8, 16, 32, 60, 60]


async def test_after_a_long_connection_the_pause_is_short_again() -> None:
    life = Life((0, OSError()), (0, OSError()), (600, None), (0, Shut()))
    await life.run()

    assert life.pauses == [1, 2, 1]


async def test_pauses_are_spread_by_chance() -> None:
    life = Life((0, OSError()), (0, OSError()), (0, None), (0, Shut()), chance=0.0)
    await life.run()

    assert life.pauses == [0.5, 1, 2]


async def test_what_waiting_cannot_mend_ends_it_with_the_way_out() -> None:
    assert await Life((0, Shut())).run() == "knock elsewhere"
