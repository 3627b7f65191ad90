"""`pointsman run` as a process at the fake Discord, with a provider on loopback behind it."""

import asyncio
import json
import signal
import time

from bot.ending import TERMINATED
from tests.bot.platforms.discord.program import Program
from tests.bot.platforms.running import MODEL
from tests.fakes.discord import Channel, FakeDiscord, User
from tests.fakes.provider import Answer

GONE_WITHIN_S = 2.0
AT_ONCE_S = 1.0


async def test_a_question_its_follow_up_and_the_end(
    program: Program, fake: FakeDiscord, ada: User, channel: Channel
) -> None:
    program.provider.script(MODEL, Answer("Tea is a drink."))
    process = await program.start()
    await program.connected()

    question = await fake.say(ada, channel, "What is tea?", mention_bot=True)
    answer = await program.answer_to(question)
    follow_up = await fake.say(ada, channel, "And milk?", reply_to=answer, mention_bot=True)
    await program.answer_to(follow_up)
    usage = await fake.slash(ada, channel, "usage")
    await fake.until(lambda: usage.original and MODEL in usage.original.content)
    ready, numbers = json.loads(await program.tells("/ready")), await program.tells("/metrics")
    process.send_signal(signal.SIGTERM)
    code = await asyncio.wait_for(process.wait(), 20)

    assert ready["ready"]
    assert 'pointsman_questions_total{platform="discord"} 2.0' in numbers
    assert 'pointsman_commands_total{platform="discord"} 1.0' in numbers
    assert 'pointsman_platform_connected{platform="discord"} 1.0' in numbers
    assert 'pointsman_platform_requests_total{kind="edit",platform="discord"}' in numbers
    asked = [turn["content"] for turn in program.provider.requests[-1].body["messages"]][1:]
    assert asked[:2] == ["What is tea?", "Tea is a drink."]
    assert asked[-1].endswith("And milk?")
    assert usage.original
    assert usage.original.is_ephemeral
    assert "pointsman:why" in str(answer.components)
    assert "pointsman:good" not in str(answer.components)  # no vote counts by default
    assert code == 0


async def test_a_killed_process_is_succeeded_in_the_same_post(
    program: Program, fake: FakeDiscord, ada: User, channel: Channel
) -> None:
    program.stall_once()
    first = await program.start()
    await program.connected()
    await fake.say(ada, channel, "6 x 7?", mention_bot=True)
    await program.half_answered()
    first.kill()
    await first.wait()

    await program.start()
    await program.answered()

    assert len(program.shown) == 1


async def test_what_is_not_done_in_time_is_handed_over_to_the_next_process(
    program: Program, fake: FakeDiscord, ada: User, channel: Channel
) -> None:
    program.stall_once()
    first = await program.start(grace_s=0)
    await program.connected()
    await fake.say(ada, channel, "6 x 7?", mention_bot=True)
    await program.half_answered()
    code, gone_after_s = await told(first, signal.SIGTERM)

    await program.start()
    await program.answered()

    assert code == 0
    assert gone_after_s < GONE_WITHIN_S
    assert len(program.shown) == 1


async def test_an_idle_process_is_gone_soon_after_it_is_told_to_end(program: Program) -> None:
    process = await program.start()
    await program.connected()

    code, gone_after_s = await told(process, signal.SIGTERM)

    assert code == 0
    assert gone_after_s < GONE_WITHIN_S


async def test_told_twice_a_process_is_gone_at_once(
    program: Program, fake: FakeDiscord, ada: User, channel: Channel
) -> None:
    program.stall_once()
    process = await program.start(grace_s=600)
    await program.connected()
    await fake.say(ada, channel, "6 x 7?", mention_bot=True)
    await program.half_answered()
    process.send_signal(signal.SIGTERM)
    await fake.until(lambda: not fake.gateway.is_connected)

    code, gone_after_s = await told(process, signal.SIGTERM)

    assert code == TERMINATED
    assert gone_after_s < AT_ONCE_S


async def told(process: asyncio.subprocess.Process, sign: signal.Signals) -> tuple[int, float]:
    """Send a process a signal; return the exit code and after how long it was gone."""
    process.send_signal(sign)
    told_at_s = time.monotonic()
    code = await asyncio.wait_for(process.wait(), 20)
    return code, time.monotonic() - told_at_s
