from typing import Any
from unittest.mock import Mock

import discord
import pytest

from bot.platforms.discord.errors import DiscordRefuses
from bot.platforms.discord.supervising import explained, stay_connected
from routing.clock import Clock


def closed(code: int) -> discord.ConnectionClosed:
    """Build what discord.py raises when Discord closes with a code; the socket is not looked at."""
    return discord.ConnectionClosed(Mock(close_code=code), shard_id=0, code=code)


class Life:
    """A row of connections, each ending in its own way, on a clock that only they move."""

    def __init__(self, *ends: tuple[float, Exception | None]) -> None:
        self._ends = list(ends)
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
        with pytest.raises(DiscordRefuses) as refused:
            await stay_connected(
                self.connect,
                clock=Clock(elapsed_s=lambda: self._now_s),
                sleep=self.sleep,
                chance=lambda: 1.0,
            )
        return str(refused.value)


async def test_a_connection_that_fails_is_made_again_after_a_growing_pause() -> None:
    failures: list[tuple[float, Exception | None]] = [(0, OSError("refused"))] * 8

    life = Life(*failures, (0, closed(4014)))
    await life.run()

    assert life.pauses == [1, 2, 4, 8, 16, 32, 60, 60]


async def test_after_a_long_connection_the_pause_is_short_again() -> None:
    life = Life((0, OSError()), (0, OSError()), (600, None), (0, closed(4004)))
    await life.run()

    assert life.pauses == [1, 2, 1]


async def test_pauses_are_spread_by_chance() -> None:
    pauses: list[float] = []

    async def sleep(pause_s: float) -> None:
        pauses.append(pause_s)
        if len(pauses) == 3:
            raise DiscordRefuses("enough")

    async def connect() -> None:
        raise OSError

    with pytest.raises(DiscordRefuses):
        await stay_connected(connect, clock=Clock(), sleep=sleep, chance=lambda: 0.0)

    assert pauses == [0.5, 1, 2]


@pytest.mark.parametrize(
    ("error", "way_out"),
    [
        pytest.param(closed(4004), "set DISCORD_TOKEN", id="4004"),
        pytest.param(discord.LoginFailure("x"), "set DISCORD_TOKEN", id="401 at login"),
        pytest.param(closed(4010), "--shards", id="4010"),
        pytest.param(closed(4011), "--shards", id="4011"),
        pytest.param(closed(4012), "newer Pointsman", id="4012"),
        pytest.param(closed(4013), "newer Pointsman", id="4013"),
        pytest.param(closed(4014), "MESSAGE CONTENT INTENT", id="4014"),
        pytest.param(
            discord.PrivilegedIntentsRequired(0), "discord.message_content: false", id="4014 told"
        ),
    ],
)
async def test_what_waiting_cannot_mend_ends_the_bot_with_the_way_out(
    error: Exception, way_out: str
) -> None:
    assert way_out in await Life((0, error)).run()


@pytest.mark.parametrize("error", [closed(1000), closed(4000), OSError(), ValueError()], ids=repr)
def test_anything_else_may_pass(error: Any) -> None:
    assert explained(error) == ""
