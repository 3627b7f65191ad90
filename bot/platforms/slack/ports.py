"""What listening on Slack needs of Slack, and what the doors hand on to it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.platforms.inward import Intake
from routing.posts import PostIndex

Payload = Mapping[str, Any]
"""What Slack sends, as it is: an event's envelope, a command's form, an interaction."""


class Web(Protocol):
    """What of Slack's Web API is asked while listening.

    Every method raises SlackFailed when Slack does not do it.
    """

    async def user(self, team: str, user_id: str) -> Mapping[str, Any]:
        """Return who somebody is, as `users.info` tells it."""
        ...

    async def usergroups(self, team: str) -> Sequence[Mapping[str, Any]]:
        """Return the user groups of a workspace with the people in them."""
        ...

    async def conversation(self, team: str, channel: str) -> Mapping[str, Any]:
        """Return what a channel is, as `conversations.info` tells it."""
        ...

    async def replies(
        self, team: str, channel: str, thread: str, *, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        """Return the messages of a thread, its first one first."""
        ...

    async def file(self, team: str, file_id: str) -> Mapping[str, Any]:
        """Return what a file is, as `files.info` tells it."""
        ...

    async def open_modal(self, team: str, trigger_id: str, view: Mapping[str, Any]) -> object:
        """Open a form."""
        ...

    async def publish_home(self, team: str, user: str, view: Mapping[str, Any]) -> object:
        """Let somebody's Home tab show something."""
        ...

    async def set_prompts(
        self, team: str, channel: str, prompts: Sequence[str], *, title: str = ""
    ) -> object:
        """Offer questions where somebody opens the bot."""
        ...


class Hearing(Protocol):
    """What the doors hand on to, as Slack sends it.

    Each method returns once what was asked is recorded, or refused; everything slow goes on
    beside. None of them raises for what Slack sends.
    """

    async def event(self, team: str, enterprise: str, payload: Payload) -> None:
        """Take in an event with its envelope.

        Args:
            team: The workspace whose installation it was sent to.
            enterprise: The organisation that is installed as a whole; empty for none.
            payload: The envelope: `event`, `authorizations`, ….
        """
        ...

    async def command(self, payload: Payload) -> None:
        """Take in a slash command, acknowledged already."""
        ...

    async def shortcut(self, payload: Payload) -> None:
        """Take in an entry of a message's menu, acknowledged already."""
        ...

    async def action(self, payload: Payload) -> None:
        """Take in a press or a choice, acknowledged already."""
        ...

    async def view(self, payload: Payload) -> Mapping[str, Any] | None:
        """Take in a form that was sent; return what becomes of it, None: it closes."""
        ...

    async def options(self, payload: Payload) -> Sequence[Mapping[str, Any]]:
        """Return what can be chosen in a field, as Slack's option objects."""
        ...

    async def aclose(self) -> None:
        """End what goes on beside."""
        ...


@dataclass(frozen=True, slots=True)
class Inward:
    """What is heard is handed on to.

    Attributes:
        intake: Takes questions in.
        posts: Knows what was asked and answered before, and in which threads.
        web: Asks Slack what an event did not bring along.
        uninstalled: Told team and enterprise of a workspace that does not want the bot any more.
    """

    intake: Intake
    posts: PostIndex
    web: Web
    uninstalled: Callable[[str, str], Awaitable[object]]
