"""Discord as a stage: the real bot at the fake Discord, with people in a server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

from bot.platforms.discord import create_bot
from config.settings import Settings
from tests.dialogues.script import ABROAD, ADMINS, Step
from tests.dialogues.stage import STOP, Seen, settings_for
from tests.fakes.discord import Channel, FakeDiscord, Message, Permission, Rate, User
from tests.fakes.discord.interactions import Interaction
from tests.fakes.provider import FakeProvider

_WITHIN_S: Final = 30
"""The first answer of all waits for LiteLLM to be imported."""


@dataclass(frozen=True)
class _Answers:
    """What the bot posts after a moment, or answers an interaction with."""

    fake: FakeDiscord
    find: Callable[[], list[Message]]

    def seen(self) -> Seen:
        posts = self.find()
        lines = [line for post in posts for line in post.content.splitlines()]
        return Seen(
            "\n".join(line for line in lines if not line.startswith("-# ")),
            "\n".join(line for line in lines if line.startswith("-# ")),
            is_over=not _named(posts, STOP),
            is_private=bool(posts) and all(post.is_ephemeral for post in posts),
            files="\n".join(
                each.upload.content.decode(errors="replace")
                for post in posts
                for each in post.attachments
            ),
        )

    async def until(self, is_so: Callable[[], bool]) -> None:
        await self.fake.until(is_so, _WITHIN_S)


class DiscordStage:
    """People in a server, and the bot."""

    name: ClassVar[str] = "discord"

    def __init__(self, fake: FakeDiscord) -> None:
        self._fake = fake
        self._guild, self._abroad = fake.add_guild(), fake.add_guild("abroad")
        self._admins = self._guild.add_role("admins", Permission.MANAGE_GUILD)
        self._channels: dict[str, Channel] = {}
        self._people: dict[str, User] = {}
        self._last: dict[Channel, _Answers] = {}

    def asker(self, name: str) -> str:
        return f"discord:{self._person(name).id}"

    def shown(self, name: str) -> str:
        return f"<@{self._person(name).id}>"

    async def appoint(self, name: str, *, is_admin: bool) -> None:
        self._guild.add_member(self._person(name), [self._admins] if is_admin else [])

    async def do(self, step: Step) -> _Answers:
        user, place = self._person(step.who), self._place(step.who, step.where)
        before = self._last.get(place)
        match step.how:
            case "slash":
                answers = self._to(await self._slash(user, place, step))
            case "fills":
                answers = self._to(await self._fill(user, place, step))
            case "presses":
                assert before, "there is nothing to press"
                answers = self._to(await self._press(user, before, step.what))
            case how:
                reply_to = before.find()[-1] if before and how == "replies" else None
                is_mention = step.where != "dm" and not reply_to
                said = await self._fake.say(
                    user, place, step.what, mention_bot=is_mention, reply_to=reply_to
                )
                answers = _Answers(self._fake, lambda: self._after(said))
        self._last[place] = answers
        return answers

    def _after(self, said: Message) -> list[Message]:
        posts = self._fake.messages(said.channel)
        return [each for each in posts if each.author is self._fake.bot and each.id > said.id]

    def _to(self, interaction: Interaction) -> _Answers:
        def find() -> list[Message]:
            original = interaction.original
            whole = [original, *interaction.follow_ups] if original else []
            return [each for each in whole if not each.is_loading]

        return _Answers(self._fake, find)

    async def _slash(self, user: User, place: Channel, step: Step) -> Interaction:
        name, options = step.options()
        given: dict[str, Any] = {
            each: str(self._person(value[1:]).id) if value.startswith("@") else value
            for each, value in options.items()
        }
        return await self._fake.slash(user, place, name, given)

    async def _fill(self, user: User, place: Channel, step: Step) -> Interaction:
        """Send the form that a command alone is answered with; it has fewer lines than options."""
        name, options = step.options()
        asked = await self._fake.slash(user, place, name)
        await self._fake.until(lambda: asked.modal, _WITHIN_S)
        lines = {each["component"]["custom_id"] for each in (asked.modal or {})["components"]}
        texts = {
            each if each in lines else "who": (
                str(self._person(value[1:]).id) if value.startswith("@") else value
            )
            for each, value in options.items()
        }
        return await self._fake.submit(asked, texts)

    async def _press(self, user: User, answers: _Answers, label: str) -> Interaction:
        """Press a button once it is there: those of an answer come with its end."""
        await answers.until(lambda: bool(_named(answers.find(), label)))
        post, custom_id = _named(answers.find(), label)[0]
        return await self._fake.press(user, post, custom_id)

    def _person(self, name: str) -> User:
        if name not in self._people:
            self._people[name] = user = self._fake.add_user(name, self._guild)
            if name in ADMINS:
                self._guild.add_member(user, [self._admins])
        return self._people[name]

    def _place(self, who: str, where: str) -> Channel:
        key = f"{where} {who}" if where == "dm" else where
        if key not in self._channels:
            is_dm = where == "dm"
            person = self._person(who)
            guild = self._abroad if where == ABROAD else self._guild
            channel = self._fake.add_dm(person) if is_dm else guild.add_channel(where[1:])
            self._channels[key] = channel
        return self._channels[key]


def _named(posts: list[Message], label: str) -> list[tuple[Message, str]]:
    """Return the buttons that have a label or an emoji, each with the post it is under."""
    return [
        (post, button["custom_id"])
        for post in posts
        for row in post.components
        for button in row["components"]
        if label in {button.get("label"), (button.get("emoji") or {}).get("name")}
    ]


def discord_settings(fake: FakeDiscord, folder: Path, provider: FakeProvider) -> Settings:
    """Build settings that lead to the fake."""
    return settings_for(
        folder,
        provider,
        DISCORD_TOKEN=fake.token,
        DISCORD_API_URL=fake.api_url,
        DISCORD_GATEWAY_URL=fake.gateway_url,
        DISCORD_CDN_URL=fake.cdn_url,
    )


@asynccontextmanager
async def discord_stage(fake: FakeDiscord, settings: Settings) -> AsyncIterator[DiscordStage]:
    """Run the bot; it listens when the block begins."""
    stage = DiscordStage(fake)
    # People here talk faster than any do.
    fake.limits.rates.clear()
    fake.limits.usual = Rate(1000, 1)
    bot = create_bot(settings)
    running = asyncio.create_task(bot.start(fake.token))
    try:
        await fake.until(lambda: running.done() or fake.gateway.is_connected, 30)
        yield stage
    finally:
        await bot.close()
        await running
