import asyncio
import os
import signal

from bot.ending import AFTER_GRACE_S, TERMINATED, Ending, told_by_signals


class Asked:
    """An ending, and what it did."""

    def __init__(self, grace_s: float) -> None:
        self.did: asyncio.Queue[object] = asyncio.Queue()
        self.ending = Ending(
            grace_s,
            cut_short=lambda: self.did.put_nowait("cut short"),
            leave=self.did.put_nowait,
        )


async def test_the_first_signal_asks_for_the_end_and_the_second_cuts_it_short() -> None:
    asked = Asked(grace_s=60)
    with told_by_signals(asked.ending):
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(asked.ending.asked(), 5)
        assert asked.did.empty()

        os.kill(os.getpid(), signal.SIGTERM)
        assert await asyncio.wait_for(asked.did.get(), 5) == "cut short"


async def test_what_hangs_is_left_when_the_time_is_over() -> None:
    asked = Asked(grace_s=-AFTER_GRACE_S)
    asked.ending.ask()

    assert await asyncio.wait_for(asked.did.get(), 5) == TERMINATED


async def test_what_has_ended_in_time_is_not_left() -> None:
    asked = Asked(grace_s=-AFTER_GRACE_S)
    with told_by_signals(asked.ending):
        asked.ending.ask()

    for _ in range(5):
        await asyncio.sleep(0)
    assert asked.did.empty()
