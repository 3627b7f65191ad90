"""`pointsman run` as a process at the fake Slack, with a provider on loopback behind it."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bot.platforms.running import MODEL
from tests.bot.platforms.slack.browser import Browser
from tests.bot.platforms.slack.program import Program
from tests.fakes.provider import Answer, FakeProvider
from tests.fakes.slack import Channel, FakeSlack, User


@pytest.fixture
async def program(slack: FakeSlack, tmp_path: Path) -> AsyncIterator[Program]:
    async with FakeProvider() as provider:
        made = Program(provider, tmp_path, fake=slack)
        yield made
        await made.kill()


async def test_over_sockets_a_question_its_follow_up_and_the_end(
    program: Program, slack: FakeSlack, ada: User, channel: Channel
) -> None:
    program.provider.script(MODEL, Answer("Tea is a drink."), Answer("Milk goes with it."))
    process = await program.start()
    await program.connected()

    question = await slack.mention(ada, channel, "What is tea?")
    first = await program.answered(channel, question, "Tea is a drink.")
    await slack.say(ada, channel, "And milk?", thread=question)
    await program.answered(channel, question, "Milk goes with it.")
    usage = await slack.slash(ada, channel, "usage")
    await slack.until(lambda: any(each.for_user is ada for each in channel.ephemeral))
    ready, numbers = json.loads(await program.tells("/ready")), await program.tells("/metrics")
    process.send_signal(signal.SIGTERM)
    code = await asyncio.wait_for(process.wait(), 20)

    assert ready["ready"]
    assert 'pointsman_questions_total{platform="slack"} 2.0' in numbers
    assert 'pointsman_commands_total{platform="slack"} 1.0' in numbers
    assert 'pointsman_door_lag_seconds_count{platform="slack"}' in numbers
    assert 'pointsman_platform_connected{platform="slack"} 1.0' in numbers
    assert 'pointsman_answers_total{model="gpt",outcome="complete"} 2.0' in numbers
    asked = [turn["content"] for turn in program.provider.requests[-1].body["messages"]][1:]
    assert asked[:2] == ["What is tea?", "Tea is a drink."]
    assert asked[-1].endswith("And milk?")
    assert first.startswith("Tea is a drink.")
    assert "[Why?]" in first
    assert "👍" not in first  # no vote counts by default
    assert usage.delivery.is_acknowledged
    assert code == 0


async def test_a_workspace_that_installed_the_app_is_answered_by_http(
    program: Program, slack: FakeSlack
) -> None:
    globex = slack.add_team("globex", is_installed=False)
    slack.door.team = globex
    grace = slack.add_user("grace", globex)
    program.over_http()
    program.is_installable = True
    await program.start()
    await program.connected()
    browser = Browser(program.address, program.address)
    await browser.comes_back(slack.door.decide(await browser.begins()))

    asked = await slack.dm(grace, "/help")  # which needs no model, so no time to get ready
    await slack.until(lambda: slack.shown(asked.channel, asked), within_s=30)

    (shown,) = slack.shown(asked.channel, asked)
    assert shown.startswith("Ask anything")
    told = slack.deliveries.told[0]
    assert len(told.attempts) == 1
    assert told.acknowledged_after_s
    assert told.acknowledged_after_s < 1
