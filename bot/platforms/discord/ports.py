"""What listening on Discord needs of Discord, and what it hands on to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.platforms.inward import Intake, PostIndex
from bot.platforms.surface import Surface
from config.chats import DiscordSettings


class Rest(Protocol):
    """What of Discord's REST API is asked while listening."""

    async def messages_before(
        self, channel_id: str, message_id: str, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        """Return messages of a channel before one, the latest first, as Discord sends them."""
        ...

    async def message(self, channel_id: str, message_id: str) -> Mapping[str, Any]:
        """Return one message as Discord sends it."""
        ...

    async def start_thread(self, channel_id: str, message_id: str, name: str) -> str:
        """Open a thread from a message and return its id."""
        ...


class Archive(Protocol):
    """What of Discord's REST API is asked to catch up."""

    async def messages_after(
        self, channel_id: str, message_id: str, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        """Return the messages of a channel that came next after one, as Discord sends them."""
        ...

    async def member(self, guild_id: str, user_id: str) -> Mapping[str, Any]:
        """Return who somebody is in a server, as Discord sends it."""
        ...


class ShownOn(Surface, Protocol):
    """Where answers are shown, by settings that may change."""

    def adopt(self, settings: DiscordSettings, *, has_votes: bool) -> None:
        """Show answers that begin from now on as other settings say."""
        ...


@dataclass(frozen=True, slots=True)
class Inward:
    """What is heard is handed on to.

    Attributes:
        intake: Takes questions in.
        posts: Knows what was asked and answered before.
        rest: Asks Discord what an event did not bring along.
    """

    intake: Intake
    posts: PostIndex
    rest: Rest
