"""From what is said on Discord to what the bot is asked: applies the rules, then takes it in."""

import logging
from collections.abc import Iterable
from dataclasses import replace
from typing import Final, Protocol

from bot.platforms.discord.errors import DiscordFailed
from bot.platforms.discord.listening import (
    PLATFORM,
    Asker,
    Said,
    Us,
    Where,
    asked_text,
    conversation_of,
    files_of,
    is_always_answered,
    is_for_us,
    mentions_us,
    origin_of,
    quotes_with,
    threaded_conversation,
)
from bot.platforms.discord.ports import Inward
from bot.platforms.inward import PostIndex
from bot.platforms.port import Message
from config.chats import DiscordSettings
from routing.errors import StoreUnavailable
from routing.inbox import Admission
from routing.posts import Posted

_TITLE_CHARS: Final = 60
_NO_TITLE: Final = "Question"

_log = logging.getLogger(__name__)


class Notes(Protocol):
    """Writes down how far was listened."""

    async def taken_in(self, said: Said, where: Where) -> None:
        """Note that a message was taken in."""
        ...


class Hearing:
    """Takes in what is addressed to the bot, and what becomes of it."""

    def __init__(
        self, settings: DiscordSettings, inward: Inward, notes: Notes | None = None
    ) -> None:
        self._settings = settings
        self._intake = inward.intake
        self._posts = inward.posts
        self._rest = inward.rest
        self._notes = notes

    def is_for_us(self, said: Said, where: Where, us: Us) -> bool:
        """Tell whether the bot answers a message."""
        return is_for_us(said, where, us, self._settings.always_answer)

    async def heard(self, said: Said, where: Where, us: Us, asker: Asker) -> None:
        """Take in a message that is for the bot."""
        posted = await posted_at(self._posts, where.place, said.answers)
        message = asked(said, where, us, asker, self._settings, posted)
        if self._settings.open_threads and where.has_threads and posted is None:
            message = await self._with_thread(message)
        admitted = await self._intake.accept(message)
        if self._notes and admitted.admission is not Admission.FULL:
            await self._notes.taken_in(said, where)

    async def edited(self, said: Said, where: Where, us: Us, asker: Asker) -> None:
        """Take in that a message for the bot reads otherwise now."""
        posted = await posted_at(self._posts, where.place, said.answers)
        message = asked(said, where, us, asker, self._settings, posted)
        if self._settings.open_threads and said.has_thread and posted is None:
            message = in_thread(message, said.post_id)
        await self._intake.edited(message)

    async def deleted(self, place: str, post_ids: Iterable[int]) -> None:
        """Take in that messages are gone, whoever wrote them."""
        for post_id in post_ids:
            await self._intake.deleted(PLATFORM, place, str(post_id))

    async def _with_thread(self, message: Message) -> Message:
        """Open a thread for the answer; where that fails, it is given in the channel."""
        channel, post_id = message.handle["channel"], message.message_id
        try:
            thread = await self._rest.start_thread(channel, post_id, title_of(message.text))
        except DiscordFailed as error:
            _log.warning("no thread was opened in channel %s: %s", channel, error)
            return message
        return in_thread(message, thread)


def in_thread(message: Message, thread: str) -> Message:
    """Return a question with its answer in the thread that was opened from it."""
    origin = replace(message.origin, thread=thread)
    return replace(
        message,
        origin=origin,
        conversation=threaded_conversation(origin, thread),
        handle={**message.handle, "channel": thread, "reply_to": "", "opens_thread": "1"},
    )


async def posted_at(posts: PostIndex, place: str, post_id: str) -> Posted | None:
    """Return what is known of a post; nothing while the store is away."""
    if not post_id:
        return None
    try:
        return await posts.find(PLATFORM, place, post_id)
    except StoreUnavailable as error:
        _log.warning("not looked up which answer a post belongs to: %s", error)
        return None


def asked(
    said: Said,
    where: Where,
    us: Us,
    asker: Asker,
    settings: DiscordSettings,
    posted: Posted | None,
) -> Message:
    """Return what is asked by a message.

    Args:
        said: The message.
        where: Where it stands.
        us: The bot.
        asker: Its author.
        settings: Of Discord.
        posted: What is known of the message it answers; None for nothing.
    """
    origin = origin_of(where, asker)
    is_always = is_always_answered(where, settings.always_answer)
    text = asked_text(said, us)
    handle = {
        "channel": where.channel,
        "reply_to": said.post_id,
        "guild": where.guild,
        "can_send": "1",
        "asked_in": where.channel,
        "us": us.user_id,
        "name": us.name,
        "our_roles": ",".join(sorted(us.roles)),
    }
    if where.thread and where.owner != us.user_id:
        handle |= {"starter_in": where.starter_in, "title": where.title}
    if posted is not None:
        handle["is_known"] = "1"  # the transcript has what it answers
    return Message(
        message_id=said.post_id,
        origin=origin,
        conversation=conversation_of(said, origin, us, posted, is_always=is_always),
        text=text,
        at=said.at,
        is_admin=asker.among(settings.admin_roles).is_admin,
        is_addressed=where.is_direct or mentions_us(said, us),
        attachments=files_of(said, us),
        author=asker.name,
        quotes=() if posted else quotes_with(said, us),
        about=posted.reply_id if posted and not posted.is_question else "",
        handle=handle,
    )


def title_of(text: str) -> str:
    """Return what a thread is called: the head of its question, which may be a file alone."""
    title = " ".join(text.split()) or _NO_TITLE
    return title if len(title) <= _TITLE_CHARS else f"{title[: _TITLE_CHARS - 1].rstrip()}…"
