"""Who is told that a question is not taken in, while answers need the room."""

import asyncio
from dataclasses import dataclass

from bot.draft import View
from bot.platforms.discord.errors import Crowded, DiscordFailed
from bot.platforms.discord.surface import DiscordSurface
from bot.platforms.port import Message
from config.chats import DiscordSettings
from tests.bot.platforms.discord.posted import RecordingRest, a_message, an_interaction
from tests.fakes.virtual_time import in_virtual_time, virtual_clock

BUSY = View("I am busy.", is_final=True, is_notice=True, is_failure=True)


@dataclass
class Crowd:
    """Leaves no room for what may be left out, until a moment."""

    until_s: float

    def __call__(self, verb: str) -> DiscordFailed | None:
        now_s = asyncio.get_running_loop().time()
        return Crowded(0.3) if verb == "preview" and now_s < self.until_s else None


async def around(message: Message) -> Message:
    return message


def a_surface(rest: RecordingRest) -> DiscordSurface:
    return DiscordSurface(rest, DiscordSettings(), around, virtual_clock())


@in_virtual_time
async def test_a_refusal_waits_a_moment_for_room() -> None:
    rest = RecordingRest(failing=Crowd(until_s=0.5))

    await a_surface(rest).refuse(a_message(), BUSY, is_optional=True)

    assert [each.content for each in rest.posts.values()] == ["I am busy."]


@in_virtual_time
async def test_a_refusal_that_would_come_late_is_left_out() -> None:
    rest, loop = RecordingRest(failing=Crowd(until_s=60)), asyncio.get_running_loop()

    await a_surface(rest).refuse(a_message(), BUSY, is_optional=True)

    assert rest.posts == {}
    assert loop.time() <= 1


@in_virtual_time
async def test_what_must_be_said_and_the_answer_to_a_command_are_said_all_the_same() -> None:
    rest = RecordingRest(failing=Crowd(until_s=60))
    surface = a_surface(rest)

    await surface.refuse(a_message(), BUSY)
    await surface.refuse(an_interaction(), BUSY, is_optional=True)

    assert [each.content for each in rest.posts.values()] == ["I am busy."] * 2
