"""Tells people, once in a while, why they are not answered."""

from collections.abc import Callable
from dataclasses import replace

from bot.draft import View
from bot.platforms.port import Message
from bot.platforms.surface import Surface


class Doorman:
    """Tells whoever is not answered why, and nobody again before a while has passed.

    Attributes:
        notice_every_s: That while; it may change.
    """

    def __init__(
        self, surface: Surface, elapsed_s: Callable[[], float], notice_every_s: float
    ) -> None:
        self._surface = surface
        self._elapsed_s = elapsed_s
        self.notice_every_s = notice_every_s
        self._told: dict[str, float] = {}

    async def turn_away(self, message: Message, why: str) -> None:
        """Say why a message is not answered, seen by its author alone."""
        now_s, asker = self._elapsed_s(), message.origin.asker
        if self._told.get(asker, 0.0) > now_s:
            return
        self._told = {each: until_s for each, until_s in self._told.items() if until_s > now_s}
        self._told[asker] = now_s + self.notice_every_s
        await self._surface.refuse(hidden(message), notice(why), is_optional=True)


def notice(text: str) -> View:
    """Return something the bot itself says."""
    return View(text, is_final=True, is_notice=True, is_failure=True)


def hidden(message: Message) -> Message:
    """Return a message whose answer nobody else sees."""
    return replace(message, handle={**message.handle, "is_ephemeral": "1"})
