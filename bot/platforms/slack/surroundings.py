"""What a question is about, looked up when it is answered: at most one request, mostly none.

Our own transcript has what was said to the bot. Only a thread that somebody calls it into began
without it; Slack lets many apps look there once a minute, so without it has to do as well.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from bot.platforms.port import Message, Quote
from bot.platforms.slack.errors import Crowded, SlackFailed
from bot.platforms.slack.listening import OUR_NAME, Us
from bot.platforms.slack.people import People
from bot.platforms.slack.ports import Web
from bot.platforms.slack.reading import said_in
from bot.platforms.slack.wording import mentioned_in, readable
from bot.platforms.surface import QuestionGone

MOST_QUOTES: Final = 10
_LOOKED_THROUGH: Final = 100

_log = logging.getLogger(__name__)


class Surroundings:
    """Looks up what was said in a thread before the bot was called into it."""

    def __init__(self, web: Web, people: People) -> None:
        self._web = web
        self._people = people

    async def around(self, message: Message) -> Message:
        """Return a message with what is around it now; what cannot be had is left out.

        Raises:
            QuestionGone: It was deleted.
        """
        handle = message.handle
        if not handle.get("joins"):
            return message
        team, channel, thread = handle["team"], handle["channel"], handle["thread"]
        try:
            found = await self._web.replies(team, channel, thread, limit=_LOOKED_THROUGH)
        except SlackFailed as error:
            level = logging.INFO if isinstance(error, Crowded) else logging.WARNING
            _log.log(level, "a thread in channel %s is not looked through: %s", channel, error)
            return message
        before = _before(found, handle["ts"])
        return await self._with_quotes(message, before)

    async def _with_quotes(self, message: Message, before: Sequence[Mapping[str, Any]]) -> Message:
        handle = message.handle
        us = Us(handle["team"], handle.get("enterprise", ""), handle.get("us", ""))
        said = [said_in(each, us) for each in before]
        people = [who for each in said for who in (each.author_id, *mentioned_in(each.text)) if who]
        names = {us.user_id: OUR_NAME} | await self._people.names(dict.fromkeys(people), us)
        quotes = [
            Quote(
                names.get(each.author_id) or str(raw.get("username") or "somebody"),
                readable(each.text, names),
                is_ours=bool(us.user_id) and each.author_id == us.user_id,
            )
            for raw, each in zip(before, said, strict=True)
        ]
        first = said[0].attachments if said and not message.attachments else ()
        return replace(
            message,
            quotes=(*(each for each in quotes if each.text), *message.quotes),
            attachments=(*message.attachments, *first),
        )


def _before(found: Sequence[Mapping[str, Any]], ts: str) -> list[Mapping[str, Any]]:
    """Return how a thread began and what was said in it just before a message, oldest first.

    Raises:
        QuestionGone: The message would have to be among them, and is not.
    """
    moments = {str(each.get("ts")): float(each.get("ts") or 0) for each in found}
    if ts not in moments and any(at > float(ts) for at in moments.values()):
        raise QuestionGone
    before = [each for each in found if float(each.get("ts") or 0) < float(ts)]
    return before if len(before) <= MOST_QUOTES else [before[0], *before[1 - MOST_QUOTES :]]
