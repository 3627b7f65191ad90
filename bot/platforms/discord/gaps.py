"""What the bot may not do in a channel: who is told of it, and how often.

A missing permission would otherwise show up with every single message, or not at all.
"""

from collections.abc import Callable
from typing import Final

import discord

_DAY_S: Final = 24 * 3600.0
_MOST_KEPT: Final = 10_000

_NAMES: Final = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "read_message_history": "Read Message History",
    "attach_files": "Attach Files",
}


def missing(permissions: discord.Permissions, *, is_thread: bool) -> tuple[str, ...]:
    """Return which permissions the bot lacks for its work, as Discord's settings call them."""
    send = "send_messages_in_threads" if is_thread else "send_messages"
    needed = ("view_channel", send, "read_message_history", "attach_files")
    return tuple(_NAMES[name] for name in needed if not getattr(permissions, name))


def may_answer(permissions: discord.Permissions, *, is_thread: bool) -> bool:
    """Tell whether an answer can be seen at all."""
    may_send = permissions.send_messages_in_threads if is_thread else permissions.send_messages
    return permissions.view_channel and may_send


class Told:
    """Remembers what was said of late, so that nobody hears the same thing over and over."""

    def __init__(self, elapsed_s: Callable[[], float], every_s: float = _DAY_S) -> None:
        self._elapsed_s = elapsed_s
        self._every_s = every_s
        self._told: dict[tuple[str, ...], float] = {}

    def is_new(self, *what: str) -> bool:
        """Tell whether something was not said yet in this while; from now on it was."""
        now = self._elapsed_s()
        last = self._told.get(what)
        if last is not None and now - last < self._every_s:
            return False
        if len(self._told) >= _MOST_KEPT:
            self._told.clear()  # being told twice is no harm, growing without end is
        self._told[what] = now
        return True
