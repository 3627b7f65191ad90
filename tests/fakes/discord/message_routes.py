"""The routes of messages: post, edit, delete, read, react, type."""

from typing import Final

from tests.fakes.discord.asks import Answer, Ask, Handler, channel_of, may, message_of, require
from tests.fakes.discord.asks import snowflake as read_snowflake
from tests.fakes.discord.checking import check_message
from tests.fakes.discord.limits import Route
from tests.fakes.discord.payloads import message_json, user_json
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.posts import (
    GUILD_MESSAGE_REACTIONS,
    REPLY,
    fill,
    new_message,
    post,
    reference_of,
    remove,
    revise,
    tell_in,
)
from tests.fakes.discord.refusals import Json, refused
from tests.fakes.discord.world import Channel, Event, Message, World

DIRECT_MESSAGE_REACTIONS: Final = 1 << 13
_SYSTEM: Final = {18, 21}

_CHANNEL: Final = "/channels/{channel_id}"
_MESSAGES: Final = f"{_CHANNEL}/messages"
_MESSAGE: Final = f"{_MESSAGES}/{{message_id}}"
_REACTION: Final = f"{_MESSAGE}/reactions/{{emoji_name}}/@me"


def _post(world: World, ask: Ask) -> Answer:
    channel = channel_of(world, ask)
    _require_to_send(world, channel, ask)
    check_message(ask.form, ask.uploads)
    reference = reference_of(channel, ask.form)
    nonce = ask.form.get("nonce")
    if nonce is not None and ask.form.get("enforce_nonce"):
        known = world.said_with(world.bot, str(nonce))
        if known:
            return shown(world, known)
    message = new_message(world, channel, world.bot)
    message.reference, message.nonce = reference, nonce
    message.kind = REPLY if reference else 0
    fill(world, message, ask.form, ask.uploads)
    if nonce is not None:
        world.remember_nonce(message)
    if channel.is_thread:
        channel.thread_members.add(world.bot.id)
    return shown(world, post(world, message))


def _require_to_send(world: World, channel: Channel, ask: Ask) -> None:
    if channel.guild is None:
        if not all(user.takes_dms for user in channel.recipients):
            raise refused(50007)
        return
    in_thread = channel.is_thread
    require(
        world,
        channel,
        Permission.SEND_MESSAGES_IN_THREADS if in_thread else Permission.SEND_MESSAGES,
    )
    if ask.uploads:
        require(world, channel, Permission.ATTACH_FILES)
    if ask.form.get("embeds"):
        require(world, channel, Permission.EMBED_LINKS)
    if ask.form.get("message_reference") and not may(
        world, channel, Permission.READ_MESSAGE_HISTORY
    ):
        raise refused(160002)
    if channel.is_locked and not may(world, channel, Permission.MANAGE_THREADS):
        raise refused(50083)


def _edit(world: World, ask: Ask) -> Answer:
    channel = channel_of(world, ask)
    message = message_of(channel, ask)
    if message.author is not world.bot:
        raise refused(50005)
    if channel.is_archived:
        raise refused(50083)
    if ask.uploads:
        require(world, channel, Permission.ATTACH_FILES)
    check_message(ask.form, ask.uploads, before=message)
    return shown(world, revise(world, message, ask.form, ask.uploads))


def _delete(world: World, ask: Ask) -> Answer:
    channel = channel_of(world, ask)
    message = message_of(channel, ask)
    if message.kind in _SYSTEM:
        raise refused(50021)
    if message.author is not world.bot:
        if channel.guild is None:
            raise refused(50013)
        require(world, channel, Permission.MANAGE_MESSAGES)
    remove(world, message)
    return None


def _read(world: World, ask: Ask) -> Answer:
    channel = channel_of(world, ask)
    require(world, channel, Permission.READ_MESSAGE_HISTORY)
    return shown(world, message_of(channel, ask))


def _list(world: World, ask: Ask) -> Answer:
    channel = channel_of(world, ask)
    if not may(world, channel, Permission.READ_MESSAGE_HISTORY):
        return []
    limit = min(int(ask.query.get("limit", "50")), 100)
    everything = [each for each in channel.messages.values() if not each.is_ephemeral]
    bounds = {
        name: read_snowflake(ask.query[name], name)
        for name in ("before", "after", "around")
        if name in ask.query
    }
    found = _window(everything, bounds, limit)
    return [shown(world, each) for each in sorted(found, key=lambda each: -each.id)]


def _window(messages: list[Message], bounds: dict[str, int], limit: int) -> list[Message]:
    if "around" in bounds:
        middle = bounds["around"]
        older = [each for each in messages if each.id < middle][-(limit // 2) :]
        newer = [each for each in messages if each.id >= middle][: limit - len(older)]
        return older + newer
    if "after" in bounds:
        return [each for each in messages if each.id > bounds["after"]][:limit]
    before = bounds.get("before")
    return [each for each in messages if before is None or each.id < before][-limit:]


def _type(world: World, ask: Ask) -> Answer:
    channel = channel_of(world, ask)
    if channel.guild:
        in_thread = channel.is_thread
        require(
            world,
            channel,
            Permission.SEND_MESSAGES_IN_THREADS if in_thread else Permission.SEND_MESSAGES,
        )
    world.typing.append((world.clock.now(), channel))
    return None


def _react(world: World, ask: Ask) -> Answer:
    channel = channel_of(world, ask)
    require(world, channel, Permission.READ_MESSAGE_HISTORY)
    message, emoji = message_of(channel, ask), ask.places["emoji_name"]
    if emoji not in message.reactions:
        require(world, channel, Permission.ADD_REACTIONS)
    react(world, message, emoji, world.bot.id)
    return None


def react(world: World, message: Message, emoji: str, user_id: int) -> None:
    """Let somebody react to a message."""
    users = message.reactions.setdefault(emoji, [])
    if user_id not in users:
        users.append(user_id)
        _tell_of_reaction(world, message, emoji, user_id, "MESSAGE_REACTION_ADD")


def _unreact(world: World, ask: Ask) -> Answer:
    channel = channel_of(world, ask)
    message, emoji = message_of(channel, ask), ask.places["emoji_name"]
    unreact(world, message, emoji, world.bot.id)
    return None


def unreact(world: World, message: Message, emoji: str, user_id: int) -> None:
    """Let somebody take a reaction back."""
    users = message.reactions.get(emoji, [])
    if user_id in users:
        users.remove(user_id)
        if not users:
            del message.reactions[emoji]
        _tell_of_reaction(world, message, emoji, user_id, "MESSAGE_REACTION_REMOVE")


def _tell_of_reaction(world: World, message: Message, emoji: str, user_id: int, name: str) -> None:
    told: Json = {
        "user_id": str(user_id),
        "channel_id": str(message.channel.id),
        "message_id": str(message.id),
        "emoji": {"id": None, "name": emoji},
        "burst": False,
        "type": 0,
    }
    if message.channel.guild:
        told["guild_id"] = str(message.channel.guild.id)
    intents = (GUILD_MESSAGE_REACTIONS, DIRECT_MESSAGE_REACTIONS)
    tell_in(world, message.channel, Event(name, lambda _: told), intents)


def _reactors(world: World, ask: Ask) -> Answer:
    message = message_of(channel_of(world, ask), ask)
    users = message.reactions.get(ask.places["emoji_name"], [])
    return [user_json(world.users[each]) for each in users]


def shown(world: World, message: Message) -> Json:
    """Return a message as REST answers it: what the bot may not see is empty there too."""
    return message_json(message, world, sees_content=world.sees_content)


ROUTES: Final[dict[Route, Handler]] = {
    ("GET", _MESSAGES): _list,
    ("POST", _MESSAGES): _post,
    ("GET", _MESSAGE): _read,
    ("PATCH", _MESSAGE): _edit,
    ("DELETE", _MESSAGE): _delete,
    ("POST", f"{_CHANNEL}/typing"): _type,
    ("PUT", _REACTION): _react,
    ("DELETE", _REACTION): _unreact,
    ("GET", f"{_MESSAGE}/reactions/{{emoji_name}}"): _reactors,
}
