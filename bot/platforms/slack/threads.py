"""In which threads the bot takes part, and what was asked there lately; shared by all processes.

It is kept in the index of posts, under names that no post has.
"""

import logging
from collections import OrderedDict
from typing import Final

from bot.platforms.port import Message
from bot.platforms.slack.addresses import PLATFORM
from routing.errors import StoreUnavailable
from routing.posts import Posted, PostIndex

_LATELY: Final = 5
_REMEMBERED: Final = 2000
"""Threads, in this process; the others are known by their last question."""

_log = logging.getLogger(__name__)


class Threads:
    """Knows the threads the bot takes part in."""

    def __init__(self, posts: PostIndex) -> None:
        self._posts = posts
        self._lately: OrderedDict[tuple[str, str, str], tuple[str, ...]] = OrderedDict()

    async def is_ours(self, team: str, channel: str, root: str) -> bool:
        """Tell whether the bot takes part in a thread; not, as long as that cannot be known."""
        if (team, channel, root) in self._lately:
            return True
        return await self._found(team, channel, root) is not None

    async def joined(self, message: Message) -> None:
        """Remember that something is asked in a thread."""
        origin = message.origin
        if not origin.thread:
            return
        lately = self._asked(message)
        posted = Posted(message.conversation, reply_id=" ".join(lately))
        name = _name(origin.tenant, origin.thread)
        try:
            await self._posts.note(PLATFORM, origin.place, name, posted)
        except StoreUnavailable as error:
            _log.warning("a thread may have to be joined again: %s", error)

    async def asked_in(self, team: str, channel: str, root: str) -> tuple[str, ...]:
        """Return the ids of the messages that asked something in a thread lately."""
        here = self._lately.get((team, channel, root), ())
        found = await self._found(team, channel, root)
        elsewhere = tuple(found.reply_id.split()) if found else ()
        return tuple(dict.fromkeys((*here, *elsewhere)))

    async def _found(self, team: str, channel: str, root: str) -> Posted | None:
        try:
            return await self._posts.find(PLATFORM, channel, _name(team, root))
        except StoreUnavailable as error:
            _log.warning("not looked up whether a thread is ours: %s", error)
            return None

    def _asked(self, message: Message) -> tuple[str, ...]:
        origin = message.origin
        key = (origin.tenant, origin.place, origin.thread)
        lately = dict.fromkeys((*self._lately.get(key, ()), message.message_id))
        self._lately[key] = tuple(lately)[-_LATELY:]
        self._lately.move_to_end(key)
        if len(self._lately) > _REMEMBERED:
            self._lately.popitem(last=False)
        return self._lately[key]


def _name(team: str, root: str) -> str:
    return f"thread:{team}:{root}"
