"""What was taken in already: Slack sends much of it twice, and people press twice."""

import logging
from collections import OrderedDict
from typing import Final
from uuid import uuid4

from bot.platforms.port import Message
from bot.platforms.slack.addresses import PLATFORM
from routing.errors import StoreUnavailable
from routing.posts import Posted, PostIndex

_REMEMBERED: Final = 20_000

_log = logging.getLogger(__name__)


class Once:
    """Remembers names, the latest ones."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, name: str) -> bool:
        """Tell whether something was taken in."""
        return name in self._known

    def add(self, name: str) -> None:
        """Remember that something was taken in."""
        self._known[name] = None
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)


class OnceAnywhere:
    """Remembers commands, for all processes: each hears what Slack deals to it.

    It is kept in the index of posts, under names that no post has.
    """

    def __init__(self, posts: PostIndex) -> None:
        self._posts = posts

    async def is_first(self, message: Message) -> bool:
        """Tell whether a command was not given before; so it is where that cannot be known."""
        place, name = message.origin.place, f"command:{message.message_id}"
        taken = Posted(message.conversation, uuid4().hex)  # of nobody else who hears it
        try:
            return await self._posts.note_first(PLATFORM, place, name, taken)
        except StoreUnavailable as error:
            _log.warning("not known whether a command was given before: %s", error)
        return True
