"""Slack as a stage: the real bot over a socket to the fake Slack, with people in a workspace.

In a direct message all is said in one thread, where Slack's client takes no slash commands: there
they are typed behind a mention.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

from bot.app import open_app
from bot.platforms.slack.platform import open_slack
from bot.running import open_station_of
from config.settings import Settings
from tests.dialogues.script import ADMINS, GUEST, Step
from tests.dialogues.stage import STOP, Seen, settings_for, typed
from tests.fakes.hurried_time import HurriedTime
from tests.fakes.provider import FakeProvider
from tests.fakes.slack import Channel, FakeSlack, Message, User
from tests.fakes.slack.interactions import Interaction
from tests.fakes.slack.limits import Rate
from tests.fakes.slack.shown import shown_blocks, shown_markdown
from tests.fakes.slack.streams import State

_WITHIN_S: Final = 30
"""The first answer of all waits for LiteLLM to be imported."""
_SMALL: Final = frozenset({"context", "actions", "context_actions"})


@dataclass(frozen=True)
class _Answers:
    """What the bot posts after a moment, or answers a command with."""

    fake: FakeSlack
    find: Callable[[], list[Message]]
    is_direct: bool

    def seen(self) -> Seen:
        posts = self.find()
        text = "\n".join(map(_text, posts))
        is_to_one = bool(posts) and all(each.for_user for each in posts)
        uploads = [each.upload.content for post in posts for each in post.files]
        return Seen(
            text,
            "\n".join(map(_small, posts)),
            is_over=not any(_grows(post) for post in posts),
            is_private=self.is_direct or is_to_one,
            # No file is shown to one person only: it is said instead.
            files=text if is_to_one else b"\n".join(uploads).decode(errors="replace"),
        )

    async def until(self, is_so: Callable[[], bool]) -> None:
        await self.fake.until(is_so, _WITHIN_S)


@dataclass(frozen=True)
class _InForm:
    """What a form says when it was sent, or who sent it is answered with."""

    fake: FakeSlack
    user: User
    sent: Interaction
    opened: Interaction

    def seen(self) -> Seen:
        modal = self.fake.modal(self.user)
        answers = self.opened.response.answers if self.opened.response else []
        texts = [*self.sent.errors.values()]
        texts += [shown_blocks(modal["blocks"])] if modal and not texts else []
        return Seen("\n".join(texts or map(_text, answers)), is_private=True)

    def find(self) -> list[Message]:
        return []

    async def until(self, is_so: Callable[[], bool]) -> None:
        await self.fake.until(is_so, _WITHIN_S)


def _grows(post: Message) -> bool:
    is_written = post.stream is not None and post.stream.state is State.OPEN
    return is_written or bool(_named([post], STOP))


def _text(post: Message) -> str:
    if post.stream and post.is_streamed:
        return shown_markdown(post.stream.text)
    blocks = [each for each in post.blocks if each.get("type") not in _SMALL]
    return shown_blocks(blocks) if post.blocks else post.text


def _small(post: Message) -> str:
    return shown_blocks([each for each in post.blocks if each.get("type") in _SMALL])


class SlackStage:
    """People in a workspace, and the bot."""

    name: ClassVar[str] = "slack"

    def __init__(self, fake: FakeSlack, time: HurriedTime) -> None:
        self._fake = fake
        self._time = time
        self._channels: dict[str, Channel] = {}
        self._people: dict[str, User] = {}
        self._roots: dict[str, Message] = {}
        self._last: dict[Channel, _Answers | _InForm] = {}

    def asker(self, name: str) -> str:
        return f"slack:{self._person(name).id}"

    def shown(self, name: str) -> str:
        return f"<@{self._person(name).id}>"

    async def appoint(self, name: str, *, is_admin: bool) -> None:
        self._person(name).is_admin = is_admin
        # Who was no admin is asked for again after five minutes, an admin at once.
        await self._time.sleep(301 if is_admin else 10)

    async def do(self, step: Step) -> _Answers | _InForm:
        user = self._person(step.who)
        place = self._place(user, step.where)
        before = self._last.get(place)
        answers: _Answers | _InForm
        if step.how == "fills":
            answers = await self._fill(user, place, step)
        elif step.how == "presses" and isinstance(before, _InForm):
            await before.until(lambda: "submit" in (self._fake.modal(user) or {}))
            sent = await self._fake.submit(user, {})
            answers = _InForm(self._fake, user, sent, before.opened)
        elif step.how == "presses":
            assert isinstance(before, _Answers), "there is nothing to press"
            answers = await self._press(user, place, before, step.what)
        elif step.how == "slash" and step.where != "dm":
            name, _, words = typed(step, self.asker)[1:].partition(" ")
            answers = self._to(await self._fake.slash(user, place, name, words))
        else:
            answers = await self._say(user, place, step)
        self._last[place] = answers
        return answers

    async def _say(self, user: User, place: Channel, step: Step) -> _Answers:
        text = typed(step, self.asker) if step.how == "slash" else step.what
        root = self._roots.get(place.id) if step.how == "replies" or place.is_direct else None
        is_mention = text.startswith("/") or not (root or place.is_direct)
        said = await self._fake.say(user, place, text, thread=root, mention_bot=is_mention)
        root = self._roots[place.id] = root or said
        return _Answers(self._fake, lambda: self._after(root, said), place.is_direct)

    def _after(self, root: Message, said: Message) -> list[Message]:
        bot, hidden = self._fake.bot, said.channel.ephemeral
        return [
            each
            for each in (*root.replies, *hidden)
            if each.user is bot and float(each.ts) > float(said.ts)
        ]

    def _to(self, interaction: Any) -> _Answers:
        def find() -> list[Message]:
            return list(interaction.response.answers) if interaction.response else []

        return _Answers(self._fake, find, is_direct=False)

    async def _fill(self, user: User, place: Channel, step: Step) -> _InForm:
        """Send the form that a command alone opens."""
        name, options = step.options()
        command, _, verb = name.partition(" ")
        if self._fake.modal(user):
            await self._fake.close_modal(user)
        opened = await self._fake.slash(user, place, command, verb)
        await self._fake.until(lambda: self._fake.modal(user), _WITHIN_S)
        values = {
            each: self._person(value[1:]).id if value.startswith("@") else value
            for each, value in options.items()
        }
        return _InForm(self._fake, user, await self._fake.submit(user, values), opened)

    async def _press(self, user: User, place: Channel, before: _Answers, label: str) -> _Answers:
        await before.until(lambda: bool(_named(before.find(), label)))
        post, action_id = _named(before.find(), label)[0]
        answers = self._to(await self._fake.press(user, post, action_id))
        if (root := self._roots.get(place.id)) is None:
            return answers
        # In a thread what is asked by a press is answered there.
        return _Answers(
            self._fake, lambda: answers.find() or self._after(root, post), place.is_direct
        )

    def _person(self, name: str) -> User:
        if name not in self._people:
            self._people[name] = self._fake.add_user(
                name, is_admin=name in ADMINS, is_guest=name == GUEST
            )
        return self._people[name]

    def _place(self, user: User, where: str) -> Channel:
        if where == "dm":
            return self._fake.world.dm_with(user)
        if where not in self._channels:
            self._channels[where] = self._fake.add_channel(where[1:])
        return self._channels[where]


def _named(posts: list[Message], label: str) -> list[tuple[Message, str]]:
    """Return the buttons with a label, each with the post it is under."""
    return [
        (post, element["action_id"])
        for post in posts
        for block in post.blocks
        for element in block.get("elements", ())
        if label in _label(element)
    ]


def _label(element: dict[str, Any]) -> str:
    text = element.get("text")
    return str(text.get("text", "") if isinstance(text, dict) else text or "")


def slack_settings(fake: FakeSlack, folder: Path, provider: FakeProvider) -> Settings:
    """Build settings that lead to the fake."""
    return settings_for(
        folder,
        provider,
        SLACK_BOT_TOKEN=fake.bot_token,
        SLACK_APP_TOKEN=fake.app_token,
        SLACK_API_URL=fake.api_url,
    )


@asynccontextmanager
async def slack_stage(fake: FakeSlack, settings: Settings) -> AsyncIterator[SlackStage]:
    """Run the bot; it listens when the block begins.

    People here talk faster than any do, so its turns at writing come at once.
    """
    time = HurriedTime()
    stage = SlackStage(fake, time)
    fake.limits.rates.clear()
    fake.limits.tiers.update(dict.fromkeys(fake.limits.tiers, Rate(10_000, 60)))
    async with (
        open_app(settings) as app,
        open_slack(
            settings,
            answers=app.handler,
            posts=app.stores.posts,
            installations=None,
            clock=time.clock(),
            sleep=time.sleep,
        ) as slack,
        open_station_of(app, settings, [slack]) as station,
    ):
        ear = asyncio.create_task(slack.run(station.intake))
        working = asyncio.create_task(station.worker.run())
        try:
            await fake.until(lambda: ear.done() or fake.sockets.count, 30)
            yield stage
        finally:
            station.worker.end()
            ear.cancel()
            with suppress(asyncio.CancelledError):
                await ear
            await working
