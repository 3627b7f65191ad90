"""One request to the REST API, and the questions every route asks about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.discord.limits import Route
from tests.fakes.discord.permissions import Permission, permissions_of
from tests.fakes.discord.refusals import FormErrors, Json, refused
from tests.fakes.discord.world import Channel, Message, Upload, World


@dataclass
class Ask:
    """A request.

    Attributes:
        route: The method, and the path as the OpenAPI file writes it.
        path: As it was asked.
        places: The path's parameters.
        body: The JSON, also where files came with it.
    """

    route: Route
    path: str
    places: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    uploads: tuple[Upload, ...] = ()

    def id_of(self, name: str) -> int:
        """Return a snowflake of the path.

        Raises:
            Refused: 50035, it is none.
        """
        return snowflake(self.places[name], name)

    @property
    def form(self) -> Json:
        """Return the body, which has to be an object."""
        return self.body if isinstance(self.body, dict) else {}


Answer = Json | list[Json] | None
Handler = Callable[[World, Ask], Answer]


def snowflake(text: str, name: str) -> int:
    """Read a snowflake.

    Raises:
        Refused: 50035, it is none.
    """
    if text.isascii() and text.isdecimal() and len(text) <= 20:
        return int(text)
    errors = FormErrors()
    errors.add(name, "NUMBER_TYPE_COERCE", f'Value "{text}" is not snowflake.')
    raise errors.refusal()


def channel_of(world: World, ask: Ask) -> Channel:
    """Return the channel of the path, which the bot has to see.

    Raises:
        Refused: 10003 or 50001.
    """
    channel = world.channels.get(ask.id_of("channel_id"))
    if channel is None:
        raise refused(10003)
    if not may(world, channel, Permission.VIEW_CHANNEL):
        raise refused(50001)
    return channel


def message_of(channel: Channel, ask: Ask) -> Message:
    """Return the message of the path.

    Raises:
        Refused: 10008; nobody but its addressee sees an ephemeral one.
    """
    message = channel.messages.get(ask.id_of("message_id"))
    if message is None or message.is_ephemeral:
        raise refused(10008)
    return message


def may(world: World, channel: Channel, permissions: Permission) -> bool:
    """Return whether the bot has all these permissions in a channel."""
    if channel.guild is None:
        return channel.has_bot
    return permissions_of(world.bot, channel) & permissions == permissions


def require(world: World, channel: Channel, permissions: Permission) -> None:
    """Return if the bot has all these permissions in a channel.

    Raises:
        Refused: 50013.
    """
    if not may(world, channel, permissions):
        raise refused(50013)
