import asyncio
import os
import signal
from queue import SimpleQueue

from bot.ending import AFTER_GRACE_S, TERMINATED, Ending, told_by_signals


class Asked:
    """An ending, and what it did."""

    def __init__(self, grace_s: float) -> None:
        self.did: SimpleQueue[object] = SimpleQueue()
        self.ending = Ending(
            grace_s, cut_short=lambda: self.did.put("cut short"), leave=self.did.put
        )


async def test_the_first_signal_asks_for_the_end_and_the_second_cuts_it_short() -> None:
    asked = Asked(grace_s=60)
    with told_by_signals(asked.ending):
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(asked.ending.asked(), 5)
        assert asked.did.empty()

        os.kill(os.getpid(), signal.SIGTERM)
        assert await asyncio.to_thread(asked.did.get, timeout=5) == "cut short"
        assert await asyncio.to_thread(asked.did.get, timeout=5) == TERMINATED


def test_what_hangs_is_left_when_the_time_is_over_also_without_a_loop() -> None:
    asked = Asked(grace_s=-AFTER_GRACE_S)
    asked.ending.ask()

    assert asked.did.get(timeout=5) == TERMINATED
