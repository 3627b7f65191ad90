"""From what is written on Slack to what the bot is asked: applies the rules, then takes it in."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from bot.commands.everything import COMMANDS
from bot.platforms.port import Message
from bot.platforms.slack.addresses import PLATFORM, message_id_of
from bot.platforms.slack.doorman import Doorman, hidden
from bot.platforms.slack.given import is_private
from bot.platforms.slack.listening import (
    Heard,
    Said,
    Us,
    Where,
    asked,
    is_for_us,
    may_be_for_us,
    placed,
    unwelcome,
)
from bot.platforms.slack.once import Once
from bot.platforms.slack.people import People
from bot.platforms.slack.ports import Inward
from bot.platforms.slack.reading import Change, change_in, said_in, where_in
from bot.platforms.slack.threads import Threads
from bot.platforms.slack.wording import mentioned_in
from config.settings import Settings
from routing.inbox import Admission

MENTION: Final = "app_mention"

_COMMANDS: Final = frozenset(command.name for command in COMMANDS.commands)


class Messages:
    """Takes in what is addressed to the bot, and what becomes of it."""

    def __init__(
        self,
        settings: Settings,
        inward: Inward,
        *,
        people: People,
        threads: Threads,
        doorman: Doorman,
    ) -> None:
        self.adopt(settings)
        self._intake = inward.intake
        self._people = people
        self._threads = threads
        self._doorman = doorman
        self._taken = Once()

    def adopt(self, settings: Settings) -> None:
        """Go by other settings from now on."""
        self._settings, self._catalog = settings.slack, settings.models

    async def take(self, event: Mapping[str, Any], us: Us, *, is_shared: bool) -> None:
        """Take in that something was written, changed or deleted.

        Args:
            event: `message` or `app_mention`, without its envelope.
            us: The bot.
            is_shared: Whether people of other organisations read along.
        """
        channel, kind = str(event["channel"]), str(event.get("channel_type") or "")
        where = where_in(channel, kind, is_shared=is_shared)
        if change := change_in(event, us):
            await self._changed(change, where or await self._people.where(channel, us), us)
            return
        said = said_in(event, us)
        message_id = message_id_of(us.team, channel, said.ts)
        if not may_be_for_us(said, us) or message_id in self._taken:
            return
        where = where or await self._people.where(channel, us)
        heard = Heard(said, where, us, is_mention=event.get("type") == MENTION)
        heard = await self._with_thread(heard)
        if self._is_for_us(heard):
            await self._ask(heard)
            self._taken.add(message_id)

    async def _ask(self, heard: Heard) -> None:
        message, why_not = await self._message(heard)
        if message is None:
            return
        if why_not:
            await self._doorman.turn_away(message, why_not)
            return
        admitted = await self._intake.accept(message)
        if admitted.admission is not Admission.FULL and "is_ephemeral" not in message.handle:
            await self._threads.joined(message)

    async def _changed(self, change: Change, where: Where, us: Us) -> None:
        if change.after is None:
            await self._deleted(change, where.channel, us)
        elif change.is_by_person and may_be_for_us(change.after, us):
            after = await self._with_thread(Heard(change.after, where, us))
            before = replace(after, said=change.before) if change.before else after
            if self._is_for_us(after) or self._is_for_us(before):
                message, why_not = await self._message(after)
                if message is not None and not why_not:
                    await self._intake.edited(message)

    async def _deleted(self, change: Change, channel: str, us: Us) -> None:
        """Take in that a message is gone: a question by its name, a part of an answer by its own.

        Where Slack does not tell whose it was, it is taken for both.
        """
        author = change.before.author_id if change.before else ""
        if author != us.user_id or not author:
            question = message_id_of(us.team, channel, change.ts)
            await self._intake.deleted(PLATFORM, channel, question)
        if author == us.user_id or not author:
            await self._intake.deleted(PLATFORM, channel, change.ts)

    async def _with_thread(self, heard: Heard) -> Heard:
        """Return a message with whether the bot takes part in its thread."""
        said, where, us = heard.said, heard.where, heard.us
        if not said.thread or where.is_direct:
            return heard
        is_ours = await self._threads.is_ours(us.team, where.channel, said.thread)
        return replace(heard, is_followed=is_ours)

    def _is_for_us(self, heard: Heard) -> bool:
        settings = self._settings
        return is_for_us(heard, settings.always_answer, follow_threads=settings.follow_threads)

    async def _message(self, heard: Heard) -> tuple[Message | None, str]:
        """Return what is asked, and why it is not answered; None where no person asks."""
        said, us = heard.said, heard.us
        asker, names = await asyncio.gather(
            self._people.asker(said.author_id, us), self._names(said, us)
        )
        if asker.is_no_person:
            return None, ""
        asker = placed(asker, said.author_team, us)
        settings = self._settings
        why_not = unwelcome(
            asker, heard.where, guests=settings.guests, strangers=settings.strangers
        )
        message = asked(heard, asker, names, _COMMANDS)
        if not heard.where.is_direct and is_private(message, self._catalog):
            message = _overheard(hidden(message))
        return message, why_not

    async def _names(self, said: Said, us: Us) -> dict[str, str]:
        mentioned: Collection[str] = mentioned_in(said.text)
        return await self._people.names(mentioned, us) if mentioned else {}


def _overheard(message: Message) -> Message:
    """Return a message that others read, though not its answer."""
    return replace(message, handle={**message.handle, "is_overheard": "1"})
