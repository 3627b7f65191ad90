"""Commands, menus, buttons and modals: what a person does, and how the bot answers."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tests.fakes.discord.payloads import (
    channel_json,
    member_json,
    message_json,
    resolved_permissions,
    user_json,
)
from tests.fakes.discord.refusals import Json
from tests.fakes.discord.world import DM, Channel, Event, Message, User, World
from tests.fakes.impossible import Impossible

COMMAND: Final = 2
COMPONENT: Final = 3
AUTOCOMPLETE: Final = 4
MODAL_SUBMIT: Final = 5

ANSWER: Final = 4
DEFER: Final = 5
DEFER_UPDATE: Final = 6
UPDATE: Final = 7
CHOICES: Final = 8
MODAL: Final = 9

ACKNOWLEDGE_WITHIN: Final = timedelta(seconds=3)
TOKEN_LIFE: Final = timedelta(minutes=15)
MOST_FOLLOW_UPS: Final = 5


class NotOffered(Impossible):
    """Discord does not offer this to this person here."""


@dataclass(eq=False)
class Interaction:
    """One thing a person did, and what the bot answered.

    Attributes:
        kind: Discord's number: 2 a command, 3 a component, 4 an autocompletion, 5 a modal.
        is_user_installed: Whether the person alone has the bot, not the place.
        acknowledged_at: When the bot first answered; None: not yet.
        answer_kind: Discord's number for how: 4 a message, 5 later, 6 and 7 an edit, and so on.
        original: The message that is the answer.
        modal: What was asked back.
        opener: What was answered with the modal that this one sends.
        choices: What an autocompletion offers.
        acknowledged: Set with `acknowledged_at`.
    """

    world: World
    id: int
    kind: int
    user: User
    channel: Channel
    data: Json
    created_at: datetime
    message: Message | None = None
    is_user_installed: bool = False
    acknowledged_at: datetime | None = None
    answer_kind: int | None = None
    original: Message | None = None
    follow_ups: list[Message] = field(default_factory=list)
    modal: Json | None = None
    choices: list[Json] = field(default_factory=list)
    acknowledged: asyncio.Event = field(default_factory=asyncio.Event)
    opener: "Interaction | None" = None

    @property
    def token(self) -> str:
        """Return what the bot answers with; good for 15 minutes."""
        return f"aW50ZXJhY3Rpb24.{self.id}.{self.user.id}"

    @property
    def is_late(self) -> bool:
        """Return whether the first answer would come too late."""
        return self.world.clock.now() - self.created_at > ACKNOWLEDGE_WITHIN

    @property
    def is_expired(self) -> bool:
        """Return whether the token is of no more use."""
        return self.world.clock.now() - self.created_at > TOKEN_LIFE

    def acknowledge(self, answer_kind: int) -> None:
        """Note that the bot answered."""
        self.answer_kind = answer_kind
        self.acknowledged_at = self.world.clock.now()
        self.acknowledged.set()
        self.world.changed.set()

    def metadata_json(self) -> Json:
        """Write what an answer says about what it answers."""
        written: Json = {
            "id": str(self.id),
            "type": self.kind,
            "user": user_json(self.user),
            "authorizing_integration_owners": self._owners(),
        }
        if self.kind == COMMAND:
            written |= {"name": self.data["name"], "command_type": self.data["type"]}
        if self.opener:
            written["triggering_interaction_metadata"] = self.opener.metadata_json()
        elif self.message:
            written["interacted_message_id"] = str(self.message.id)
        return written

    def event(self) -> Event:
        """Return what the gateway tells the bot; no intent is needed."""
        written = self._json()
        guild = self.channel.guild
        return Event("INTERACTION_CREATE", lambda _: written, guild.id if guild else None)

    def _json(self) -> Json:
        channel, world = self.channel, self.world
        permissions = resolved_permissions(self.user, channel)
        written: Json = {
            "id": str(self.id),
            "application_id": str(world.bot.id),
            "type": self.kind,
            "token": self.token,
            "version": 1,
            "data": self.data,
            "channel_id": str(channel.id),
            "channel": channel_json(channel) | {"permissions": permissions},
            "app_permissions": str(int(world.bot_permissions(channel))),
            "locale": "en-US",
            "entitlements": [],
            "authorizing_integration_owners": self._owners(),
            "context": context_of(channel),
            "attachment_size_limit": 10 * 1024 * 1024,
        }
        if self.message:
            written["message"] = message_json(self.message, world, sees_content=True)
        if channel.guild is None:
            return written | {"user": user_json(self.user)}
        member = member_json(channel.guild.members[self.user.id])
        guild_id = str(channel.guild.id)
        return written | {
            "guild_id": guild_id,
            "guild": {"id": guild_id, "locale": "en-US", "features": []},
            "guild_locale": "en-US",
            "member": member | {"permissions": permissions},
        }

    def _owners(self) -> Json:
        if self.is_user_installed:
            return {"1": str(self.user.id)}
        return {"0": str(self.channel.guild.id) if self.channel.guild else "0"}


def context_of(channel: Channel) -> int:
    """Return Discord's number for where an interaction is: server, bot DM, other private."""
    if channel.guild:
        return 0
    return 1 if channel.kind == DM and channel.has_bot else 2
