"""Posts, edits and deletes messages in the world, and tells the gateway."""

import copy
import re
from collections.abc import Sequence
from typing import Final

from tests.fakes.discord.checking import SELECTS, walk
from tests.fakes.discord.payloads import message_event_json
from tests.fakes.discord.permissions import Permission, permissions_of
from tests.fakes.discord.refusals import FormErrors, Json
from tests.fakes.discord.world import (
    DM,
    EPHEMERAL,
    LOADING,
    SUPPRESS_EMBEDS,
    Channel,
    Event,
    Message,
    Reference,
    Upload,
    User,
    World,
)

GUILD_MESSAGES: Final = 1 << 9
GUILD_MESSAGE_REACTIONS: Final = 1 << 10
DIRECT_MESSAGES: Final = 1 << 12

REPLY: Final = 19
COMMAND_ANSWER: Final = 20
MENU_ANSWER: Final = 23

_USER: Final = re.compile(r"<@!?(\d{5,20})>")
_ROLE: Final = re.compile(r"<@&(\d{5,20})>")
_ALL: Final = re.compile(r"@(everyone|here)\b")


def new_message(world: World, channel: Channel, author: User) -> Message:
    """Return an empty message that is posted nowhere yet."""
    return Message(world.new_id(), channel, author, "", world.clock.now())


def fill(world: World, message: Message, body: Json, uploads: Sequence[Upload]) -> None:
    """Put what a body says into a message; what it does not name stays."""
    if "content" in body:
        message.content = str(body["content"] or "").strip()
        world.note_text(message)
    if "embeds" in body:
        message.embeds = [{"type": "rich", **each} for each in body["embeds"] or []]
    if "components" in body:
        message.components = _numbered(body["components"] or [])
    if "flags" in body:
        kept = message.flags & ~SUPPRESS_EMBEDS
        message.flags = kept | (body["flags"] or 0)
    _fill_attachments(world, message, body, uploads)
    _fill_mentions(world, message, body.get("allowed_mentions"))


def _numbered(components: Sequence[Json]) -> list[Json]:
    """Give each component the id that Discord gives it where the bot gave none."""
    numbered = copy.deepcopy(list(components))
    for number, (_, component) in enumerate(walk(numbered), start=1):
        component.setdefault("id", number)
        if component["type"] in SELECTS:
            component.setdefault("min_values", 1)
            component.setdefault("max_values", 1)
    return numbered


def _fill_attachments(
    world: World, message: Message, body: Json, uploads: Sequence[Upload]
) -> None:
    listed = body.get("attachments")
    by_place = {str(each.get("id")): each for each in listed or []}
    if listed is not None:
        message.attachments = [each for each in message.attachments if str(each.id) in by_place]
    for place, upload in enumerate(uploads):
        said = by_place.get(str(place), {})
        named = Upload(
            str(said.get("filename") or upload.name), upload.content, upload.content_type
        )
        stored = world.store(named, message.channel.id, said.get("description"))
        message.attachments.append(stored)


def _fill_mentions(world: World, message: Message, allowed: Json | None) -> None:
    pings = set((allowed or {}).get("parse") or []) if allowed else {"users", "roles", "everyone"}
    users = {int(each) for each in (allowed or {}).get("users") or []}
    found = dict.fromkeys(int(each) for each in _USER.findall(message.content))
    mentioned = [each for each in found if "users" in pings or each in users]
    reference = message.reference
    if reference and reference.message and (allowed is None or allowed.get("replied_user")):
        mentioned.append(reference.message.author.id)
    known = dict.fromkeys(each for each in mentioned if each in world.users)
    message.mentions = [world.users[each] for each in known]
    roles = {int(each) for each in (allowed or {}).get("roles") or []}
    named = dict.fromkeys(int(each) for each in _ROLE.findall(message.content))
    message.mentions_roles = [each for each in named if "roles" in pings or each in roles]
    message.mentions_everyone = "everyone" in pings and bool(_ALL.search(message.content))


def post(world: World, message: Message) -> Message:
    """Let a message stand in its channel, and tell of it."""
    message.channel.messages[message.id] = message
    if message.channel.is_archived:
        message.channel.is_archived = False
    _tell(world, message, "MESSAGE_CREATE")
    world.changed.set()
    return message


def revise(world: World, message: Message, body: Json, uploads: Sequence[Upload] = ()) -> Message:
    """Edit a message, and tell of it."""
    fill(world, message, body, uploads)
    message.flags &= ~LOADING
    message.edited_at = world.clock.now()
    _tell(world, message, "MESSAGE_UPDATE")
    world.changed.set()
    return message


def announce_change(world: World, message: Message) -> None:
    """Tell that a message changed without being edited."""
    _tell(world, message, "MESSAGE_UPDATE")


def remove(world: World, message: Message) -> None:
    """Delete a message, and tell of it."""
    message.channel.messages.pop(message.id, None)
    message.is_deleted = True
    channel = message.channel
    told: Json = {"id": str(message.id), "channel_id": str(channel.id)}
    if channel.guild:
        told["guild_id"] = str(channel.guild.id)
    if not message.is_ephemeral:
        tell_in(world, channel, Event("MESSAGE_DELETE", lambda _: told))
    world.changed.set()


def remove_all(world: World, messages: Sequence[Message]) -> None:
    """Delete messages of one channel at once, and tell of it once."""
    channel = messages[0].channel
    for message in messages:
        channel.messages.pop(message.id, None)
        message.is_deleted = True
    ids = [str(message.id) for message in messages]
    told: Json = {"ids": ids, "channel_id": str(channel.id)}
    if channel.guild:
        told["guild_id"] = str(channel.guild.id)
    tell_in(world, channel, Event("MESSAGE_DELETE_BULK", lambda _: told))
    world.changed.set()


def reference_of(channel: Channel, body: Json) -> Reference | None:
    """Return what a new message replies to.

    Raises:
        Refused: 50035, where it is unknown and the sender insists.
    """
    asked = body.get("message_reference")
    if not asked:
        return None
    message_id = int(asked["message_id"])
    message = channel.messages.get(message_id)
    if message:
        guild_id = channel.guild.id if channel.guild else None
        return Reference(message_id, channel.id, guild_id, message)
    if asked.get("fail_if_not_exists", True):
        errors = FormErrors()
        errors.add("message_reference", "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
        errors.raise_any()
    return None


def _tell(world: World, message: Message, name: str) -> None:
    if message.is_ephemeral:
        return
    # Written for everybody who asks, at most once with content and once without.
    written: dict[bool, Json] = {}

    def payload(sees_content: bool) -> Json:  # an event's payload is called so
        if sees_content not in written:
            written[sees_content] = message_event_json(message, world, sees_content=sees_content)
        return written[sees_content]

    payload(True)
    payload(False)
    tell_in(world, message.channel, Event(name, payload))


def tell_in(
    world: World, channel: Channel, event: Event, intents: tuple[int, int] | None = None
) -> None:
    """Tell of something in a channel, if the bot is there and sees it.

    The intents are what it needs in a server and in a DM; those of messages if not given.
    """
    in_guild, in_dm = intents or (GUILD_MESSAGES, DIRECT_MESSAGES)
    if channel.guild is None:
        if channel.kind == DM and channel.has_bot:
            world.announce(Event(event.name, event.payload, None, in_dm))
    elif permissions_of(world.bot, channel) & Permission.VIEW_CHANNEL:
        world.announce(Event(event.name, event.payload, channel.guild.id, in_guild))


def visible(channel: Channel, viewer: User | None = None) -> list[Message]:
    """Return what a person sees in a channel, oldest first; None: what all see."""
    return [
        message
        for message in channel.messages.values()
        if not message.flags & EPHEMERAL or message.for_user is viewer
    ]
