"""Answers on the fake Slack over real HTTP, with slack-sdk's own connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from bot.draft import Draft, View
from bot.platforms.port import Message
from bot.platforms.slack.surface import SlackSurface
from bot.platforms.slack.web import SlackWeb, open_web
from config.chats import SlackSettings
from routing.clock import Clock
from routing.ports import Conversation
from routing.reply import TextDelta
from tests.bot.platforms.slack.indoors import OneToken, remembered
from tests.builders import an_origin
from tests.fakes.faults import DROPPED, LOST_ANSWER
from tests.fakes.slack import FakeSlack, User
from tests.fakes.slack.response_urls import new_response_url
from tests.fakes.slack.world import Channel, ResponseUrl
from tests.fakes.slack.world import Message as Said
from tests.fakes.surface import as_it_is


@dataclass(frozen=True)
class Meeting:
    """A workspace with a channel in which somebody has asked."""

    fake: FakeSlack
    web: SlackWeb
    surface: SlackSurface
    asker: User
    channel: Channel
    question: Said
    message: Message


@asynccontextmanager
async def meeting() -> AsyncIterator[Meeting]:
    async with FakeSlack() as fake:
        asker = fake.add_user("ann")
        channel = fake.add_channel("general", asker)
        question = await fake.mention(asker, channel, "why?")
        settings = SlackSettings.model_validate({"api_url": fake.api_url, "append_every_s": 0.1})
        handle = {"team": fake.team.id, "channel": channel.id, "thread": question.ts}
        handle |= {"ts": question.ts, "user": asker.id, "user_team": fake.team.id}
        message = Message(
            message_id=question.ts,
            origin=an_origin(platform="slack", tenant=fake.team.id, person=asker.id),
            conversation=Conversation("slack", fake.team.id, channel.id),
            text="why?",
            at=Clock().now(),
            handle=handle,
        )
        async with open_web(settings, OneToken(fake.bot_token)) as web:
            surface = SlackSurface(web, settings, as_it_is)
            yield Meeting(fake, web, surface, asker, channel, question, message)


async def test_an_answer_is_streamed_and_its_file_attached_though_answers_get_lost() -> None:
    async with meeting() as here:
        text = "".join(f"Line {number} of it.\n" for number in range(40))
        here.fake.faults.next("POST", "chat.startStream", LOST_ANSWER)
        here.fake.faults.next("POST", "files.completeUploadExternal", LOST_ANSWER)
        here.fake.faults.next("GET", "files.getUploadURLExternal", DROPPED)
        draft = Draft()
        reply = here.surface.reply(here.message, remembered())

        await reply.begin("asking llama …")
        running = asyncio.create_task(reply.run(draft))
        for line in text.splitlines(keepends=True):
            draft.take(TextDelta(line))
            await asyncio.sleep(0.005)
        await asyncio.sleep(0.2)
        reasoning = "I wonder. " * 100
        draft.end(View(text, reasoning, receipt="llama", reply_id="r", is_final=True))
        await running

        posts = here.fake.messages(here.channel, here.question)
        shown = "\n".join(each.shown for each in posts)
        assert [shown.count(f"Line {number} of") for number in range(40)] == [1] * 40
        files = [file for each in posts for file in each.files]
        assert [file.upload.name for file in files] == ["reasoning.md"]
        assert files[0].upload.content.decode() == reasoning
        assert here.fake.violations == []


async def test_a_command_is_answered_by_its_address_then_by_a_post() -> None:
    async with meeting() as here:
        url = ResponseUrl(here.asker, here.channel, here.fake.world.clock.elapsed_s())
        address = new_response_url(here.fake.world, url)
        handle = {"thread": "", "ts": "", "response_url": address}
        command = replace(here.message, handle=dict(here.message.handle) | handle)

        for number in range(6):
            draft = Draft()
            draft.end(View(f"Answer {number}", is_final=True, is_notice=True))
            await here.surface.reply(command, remembered()).run(draft)

        shown = [each for each in here.fake.shown(here.channel) if "Answer" in each]
        assert [f"Answer {number}" in each for number, each in enumerate(shown)] == [True] * 6
        assert len(here.fake.asked("chat.postMessage")) == 1
        assert here.fake.violations == []


async def test_what_others_use_of_slack_goes_through() -> None:
    async with meeting() as here:
        team, user, web = here.fake.team.id, here.asker.id, here.web
        here.fake.add_group("crew", here.asker)

        await web.publish_home(team, user, {"type": "home", "blocks": []})
        await web.set_prompts(team, here.fake.add_dm(here.asker).id, ["What can you do?"])
        await web.set_status(team, here.channel.id, here.question.ts, "processing", "why?")

        assert (await web.user(team, user))["id"] == user
        assert (await web.conversation(team, here.channel.id))["id"] == here.channel.id
        assert (await web.auth_test(team))["user_id"] == here.fake.bot.id
        assert [user in each["users"] for each in await web.usergroups(team)] == [True]
        key = (here.channel.id, here.question.ts)
        assert here.fake.world.sessions[key]["title"] == "why?"
        assert user in here.fake.world.homes
        assert here.fake.violations == []
