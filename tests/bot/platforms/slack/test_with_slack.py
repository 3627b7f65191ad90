"""Listening with Slack's own payloads and its Web API, as the fake Slack has them."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.platforms.port import Quote
from bot.platforms.slack.addresses import ASK_ABOUT
from bot.platforms.slack.chores import Chores
from bot.platforms.slack.files import Files
from bot.platforms.slack.hearing import SlackHearing
from bot.platforms.slack.people import People
from bot.platforms.slack.ports import Inward
from bot.platforms.slack.surroundings import Surroundings
from bot.platforms.slack.web import SlackWeb, open_web
from bot.reading.fetching import fetch
from bot.reading.sources import slack_source
from config.settings import Settings
from routing.clock import Clock
from tests.bot.platforms.recording import Echo, RecordingIntake, ShownSurface
from tests.bot.platforms.slack.saying import KeptPosts
from tests.fakes.slack import Attempt, FakeSlack, Upload


@dataclass
class Door:
    """Hands on what the fake Slack tells, without a socket between."""

    slack: FakeSlack
    hearing: SlackHearing
    chores: Chores = field(default_factory=Chores)

    def carry(self, attempt: Attempt) -> bool:
        self.chores.start(self._hand_on(attempt))
        return True

    async def _hand_on(self, attempt: Attempt) -> None:
        delivery = attempt.delivery
        payload = delivery.payload
        match payload.get("type", "command"):
            case "event_callback":
                await self.hearing.event(str(payload["team_id"]), "", payload)
            case "block_actions":
                await self.hearing.action(payload)
            case "message_action":
                await self.hearing.shortcut(payload)
            case "view_submission":
                await self.hearing.view(payload)
            case "command":
                await self.hearing.command(payload)
        self.slack.deliveries.acknowledge(attempt, None)

    async def settled(self) -> None:
        await self.chores.settled()
        await self.hearing.settled()


class OneToken:
    """Has the token of the first workspace."""

    def __init__(self, slack: FakeSlack) -> None:
        self._slack = slack

    async def token(self, team: str, enterprise: str = "") -> str:
        assert (team, enterprise) == (self._slack.team.id, "")
        return self._slack.team.bot_token


@dataclass
class Connected:
    """The listening side at the fake Slack."""

    slack: FakeSlack
    settings: Settings
    web: SlackWeb
    door: Door
    intake: RecordingIntake
    surface: ShownSurface
    gone: list[str]

    async def texts(self) -> list[str]:
        """Return what was asked by now."""
        await self.door.settled()
        return [message.text for message in self.intake.taken]


@asynccontextmanager
async def connected() -> AsyncIterator[Connected]:
    async with FakeSlack() as slack:
        settings = Settings.model_validate({"slack": {"api_url": slack.api_url}})
        async with open_web(settings.slack, OneToken(slack)) as web:
            intake, surface, gone = RecordingIntake(), ShownSurface(), list[str]()

            async def uninstalled(team: str, _enterprise: str) -> None:
                gone.append(team)

            inward = Inward(intake, KeptPosts(), web, uninstalled)
            people = People(web, Clock(), wait_s=5)
            hearing = SlackHearing(settings, inward, answers=Echo(), surface=surface, people=people)
            door = Door(slack, hearing)
            slack.deliveries.carrier = door
            yield Connected(slack, settings, web, door, intake, surface, gone)
            await door.chores.aclose()
            await hearing.aclose()
            await people.aclose()
        assert slack.violations == []


async def test_what_people_write_is_heard_as_they_meant_it() -> None:
    async with connected() as side:
        slack = side.slack
        channel, ada = slack.add_channel("general"), slack.add_user("ada")

        await slack.say(ada, channel, "nobody in particular")
        question = await slack.mention(ada, channel, "6 x 7 &lt; 43?")
        assert await side.texts() == ["6 x 7 < 43?"]
        await slack.say(ada, channel, "and 7 x 8?", thread=question)
        await slack.dm(ada, "hello")
        assert await side.texts() == ["6 x 7 < 43?", "and 7 x 8?", "hello"]
        await slack.unfurl(question, "a page")
        await slack.edit(question, f"<@{slack.team.bot.id}> 6 x 8?")
        await slack.delete(question)
        await side.door.settled()

    first, second, third = side.intake.taken
    assert first.conversation == second.conversation
    assert first.author == "ada"
    assert first.origin.is_public
    assert third.origin.private
    assert [(each.identity, each.text) for each in side.intake.changed] == [
        (first.identity, "6 x 8?")
    ]
    assert side.intake.gone == [("slack", channel.id, first.message_id)]


async def test_what_people_do_is_taken_in() -> None:
    async with connected() as side:
        slack = side.slack
        channel, ada = slack.add_channel("general"), slack.add_user("ada")
        said = await slack.say(ada, channel, "tea or coffee?")

        await slack.slash(ada, channel, "ask", "6 x 7?")
        await slack.slash(ada, channel, "model", "llama")
        await slack.shortcut(ada, ASK_ABOUT, said)
        await side.door.settled()
        await slack.submit(ada, {"question": "which?"})
        await slack.open_home(ada)
        await side.door.settled()
        await slack.press_home(ada, "pointsman:home:model", "thrifty")
        await slack.open_home(ada, "messages")
        await slack.uninstall(slack.team)
        await side.door.settled()

    asked, pointed = side.intake.taken
    assert asked.text == "6 x 7?"
    assert (pointed.text, pointed.quotes) == ("which?", (Quote("ada", "tea or coffee?"),))
    assert pointed.handle["thread"] == said.ts
    assert [message.text for message, _ in side.surface.shown] == ["/model llama"]
    assert "/model of" in json.dumps(slack.world.homes[ada.id])
    assert side.gone == [slack.team.id] * 2


async def test_files_and_threads_are_there_when_the_answer_is_made() -> None:
    async with connected() as side:
        slack = side.slack
        channel, ada, bob = slack.add_channel("general"), slack.add_user("ada"), None
        bob = slack.add_user("bob")
        root = await slack.say(
            bob, channel, "tea", files=[Upload("tea.txt", b"green", "text/plain")]
        )
        await slack.mention(ada, channel, "what is it?", thread=root)
        await side.door.settled()

        people = People(side.web, Clock())
        message = await Surroundings(side.web, people).around(side.intake.taken[0])
        files = Files(side.web, OneToken(slack))
        source = slack_source(side.settings.slack, files.sign, files.fresh_address)
        (attachment,) = message.attachments
        content = await fetch(attachment, source, max_bytes=100, timeout_s=5)

    assert message.quotes == (Quote("bob", "tea"),)
    assert content == b"green"
