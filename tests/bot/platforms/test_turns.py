import asyncio

import pytest

from bot.platforms.turns import Turns


class Diary:
    """Writes down what is done, each when its event comes."""

    def __init__(self) -> None:
        self.done: list[str] = []

    async def write(self, what: str, after: asyncio.Event | None = None) -> None:
        if after:
            await after.wait()
        self.done.append(what)


async def test_events_of_a_channel_are_taken_in_as_they_happened() -> None:
    diary, turns, gate = Diary(), Turns(patience_s=60), asyncio.Event()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(turns.take(1, diary.write("said", gate)))
        tasks.create_task(turns.take(1, diary.write("deleted")))
        tasks.create_task(turns.take(2, diary.write("elsewhere")))
        for _ in range(10):
            await asyncio.sleep(0)
        assert diary.done == ["elsewhere"]
        gate.set()

    assert diary.done == ["elsewhere", "said", "deleted"]


async def test_what_takes_too_long_lets_the_next_one_go_ahead() -> None:
    diary, turns, gate = Diary(), Turns(patience_s=0), asyncio.Event()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(turns.take(1, diary.write("slow", gate)))
        await turns.take(1, diary.write("next"))
        gate.set()

    assert diary.done == ["next", "slow"]


async def test_what_fails_holds_up_nothing() -> None:
    diary, turns = Diary(), Turns()

    async def fail() -> None:
        raise ValueError

    with pytest.raises(ExceptionGroup):
        await turns.take(1, fail())
    await turns.take(1, diary.write("next"))

    assert diary.done == ["next"]
