"""What a question is about, looked up when it is answered: at most two requests, often none."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.platforms.discord.errors import DiscordFailed, Forbidden, Gone
from bot.platforms.discord.listening import (
    MOST_QUOTES,
    Said,
    Us,
    adjacent_before,
    asked_text,
    chain_before,
    files_of,
    missing_link,
    quote_of,
    without_repeats,
)
from bot.platforms.discord.ports import Rest
from bot.platforms.discord.reading import said_in
from bot.platforms.port import Message, Quote
from bot.platforms.surface import QuestionGone

_LOOKED_THROUGH: Final = 20

_log = logging.getLogger(__name__)


class Surroundings:
    """Looks up replies, what somebody said just before, and how a thread began."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    async def around(self, message: Message) -> Message:
        """Return a message with what is around it now; what cannot be had is left out.

        A command or a press is no post in the channel, so nothing is around it. In a direct
        message, and behind an answer that is remembered, the transcript has what came before.

        Raises:
            QuestionGone: It was deleted.
        """
        channel = message.handle.get("asked_in", "")
        if not channel or message.origin.private or message.handle.get("is_known"):
            return message
        try:
            lately = await self._lately(channel, message.message_id)
        except Gone:
            raise QuestionGone from None
        except DiscordFailed as error:
            _log_failure(channel, error)
            return message
        if lately[0].post_id != message.message_id:
            raise QuestionGone
        return await self._with_quotes(message, lately[0], lately[1:], _us(message))

    async def _lately(self, channel: str, post_id: str) -> list[Said]:
        """Return a post as it reads now and what came before it, the latest first: one request.

        Where nothing is found, the history may be closed to the bot: only the post itself can tell.
        """
        after = str(int(post_id) + 1)
        found = await self._rest.messages_before(channel, after, _LOOKED_THROUGH)
        found = found or [await self._rest.message(channel, post_id)]
        return [said_in({"channel_id": channel, **raw}) for raw in found]

    async def _with_quotes(
        self, message: Message, question: Said, before: Sequence[Said], us: Us
    ) -> Message:
        known = {each.post_id: each for each in before}
        if starter := message.handle.get("starter_in"):
            more = await self._one(starter, message.handle["channel"])
        elif link := missing_link(question, known):
            more = await self._one(message.handle["asked_in"], link)
        else:
            more = None
        around = [*chain_before(question, known), *adjacent_before(question, before, us)]
        if more is not None:
            around.append(more)
        quotes = [quote_of(each, us) for each in without_repeats(around)[-MOST_QUOTES:]]
        if question.forwarded is not None:
            quotes.append(quote_of(question.forwarded, us))
        if title := message.handle.get("title"):
            quotes.insert(0, Quote("title of the thread", title))
        return replace(_as_it_reads_now(message, question, us), quotes=tuple(quotes))

    async def _one(self, channel: str, post_id: str) -> Said | None:
        try:
            return said_in({"channel_id": channel, **await self._rest.message(channel, post_id)})
        except DiscordFailed as error:
            _log_failure(channel, error)
            return None


def _us(message: Message) -> Us:
    """Return who the bot was where the message was heard; this process may not be there."""
    handle = message.handle
    roles = frozenset(filter(None, handle.get("our_roles", "").split(",")))
    return Us(handle.get("us", ""), handle.get("name", ""), roles)


def _as_it_reads_now(message: Message, question: Said, us: Us) -> Message:
    """Take over what was edited, and the files' addresses, which are good for a while only.

    Without the message content intent a text may be kept from the bot here.
    """
    if not (question.text or question.attachments or question.forwarded):
        return message
    return replace(message, text=asked_text(question, us), attachments=files_of(question, us))


def _log_failure(channel: str, error: DiscordFailed) -> None:
    level = logging.INFO if isinstance(error, Forbidden | Gone) else logging.WARNING
    _log.log(level, "what is around a question in channel %s is left out: %s", channel, error)
