"""The routes of channels, threads, servers, members and users."""

from typing import Final

from tests.fakes.discord.asks import Answer, Ask, Handler, channel_of, message_of, require
from tests.fakes.discord.limits import Route
from tests.fakes.discord.payloads import (
    channel_json,
    guild_json,
    member_json,
    thread_member_json,
    user_json,
)
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.posts import announce_change, fill, new_message, post
from tests.fakes.discord.refusals import FormErrors, Json, refused
from tests.fakes.discord.world import TEXT, Channel, Guild, Message, Reference, User, World

THREAD_BEGUN: Final = 18
THREAD_STARTER: Final = 21

_CHANNEL: Final = "/channels/{channel_id}"


def _channel(world: World, ask: Ask) -> Answer:
    return channel_json(channel_of(world, ask))


def _change(world: World, ask: Ask) -> Answer:
    channel = channel_of(world, ask)
    if not channel.is_thread:
        require(world, channel, Permission.MANAGE_CHANNELS)
    elif channel.owner is not world.bot or "locked" in ask.form:
        require(world, channel, Permission.MANAGE_THREADS)
    errors = FormErrors()
    if "name" in ask.form:
        check_name(ask.form["name"], errors)
    errors.raise_any()
    channel.name = ask.form.get("name", channel.name)
    channel.is_archived = bool(ask.form.get("archived", channel.is_archived))
    channel.is_locked = bool(ask.form.get("locked", channel.is_locked))
    channel.topic = ask.form.get("topic", channel.topic)
    world.announce_channel("THREAD_UPDATE" if channel.is_thread else "CHANNEL_UPDATE", channel)
    return channel_json(channel)


def check_name(name: object, errors: FormErrors) -> None:
    """Note a channel's name that is none."""
    if not isinstance(name, str) or not 1 <= len(name) <= 100:
        errors.add("name", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")


def _thread_from_message(world: World, ask: Ask) -> Answer:
    channel = _parent_of(world, ask)
    message = message_of(channel, ask)
    if message.thread:
        raise refused(160004)
    thread = open_thread(world, channel, ask.form["name"], world.bot, start=message)
    return channel_json(thread)


def _thread(world: World, ask: Ask) -> Answer:
    channel = _parent_of(world, ask)
    return channel_json(open_thread(world, channel, ask.form["name"], world.bot))


def _parent_of(world: World, ask: Ask) -> Channel:
    channel = channel_of(world, ask)
    if channel.kind != TEXT:
        raise refused(50024)
    require(world, channel, Permission.CREATE_PUBLIC_THREADS)
    errors = FormErrors()
    check_name(ask.form.get("name"), errors)
    errors.raise_any()
    return channel


def open_thread(
    world: World, parent: Channel, name: str, owner: User, *, start: Message | None = None
) -> Channel:
    """Open a thread with the system message that Discord puts into it or its parent."""
    thread = world.add_thread(parent, name, owner, start=start)
    world.announce_channel("THREAD_CREATE", thread)
    guild_id = parent.guild.id if parent.guild else None
    notice = new_message(world, thread if start else parent, owner)
    if start:
        notice.kind = THREAD_STARTER
        notice.reference = Reference(start.id, parent.id, guild_id, start)
        announce_change(world, start)
    else:
        notice.kind, notice.thread = THREAD_BEGUN, thread
        notice.reference = Reference(thread.id, thread.id, guild_id)
        fill(world, notice, {"content": name}, ())
    post(world, notice)
    return thread


def _join(world: World, ask: Ask) -> Answer:
    _thread_of(world, ask).thread_members.add(world.bot.id)
    return None


def _leave(world: World, ask: Ask) -> Answer:
    _thread_of(world, ask).thread_members.discard(world.bot.id)
    return None


def _add_to_thread(world: World, ask: Ask) -> Answer:
    thread = _thread_of(world, ask)
    require(world, thread, Permission.SEND_MESSAGES_IN_THREADS)
    if ask.id_of("user_id") not in _guild_of(thread).members:
        raise refused(10007)
    thread.thread_members.add(ask.id_of("user_id"))
    return None


def _thread_members(world: World, ask: Ask) -> Answer:
    thread = _thread_of(world, ask)
    return [thread_member_json(thread, user_id) for user_id in thread.thread_members]


def _thread_of(world: World, ask: Ask) -> Channel:
    thread = channel_of(world, ask)
    if not thread.is_thread:
        raise refused(50024)
    return thread


def _guild_of(channel: Channel) -> Guild:
    if channel.guild is None:
        raise refused(50024)
    return channel.guild


def _guild(world: World, ask: Ask) -> Answer:
    return guild_json(_known_guild(world, ask))


def _roles(world: World, ask: Ask) -> Answer:
    roles: list[Json] = guild_json(_known_guild(world, ask))["roles"]
    return roles


def _member(world: World, ask: Ask) -> Answer:
    member = _known_guild(world, ask).members.get(ask.id_of("user_id"))
    if member is None:
        raise refused(10007)
    return member_json(member)


def _known_guild(world: World, ask: Ask) -> Guild:
    guild = world.guilds.get(ask.id_of("guild_id"))
    if guild is None:
        raise refused(10004)
    if world.bot.id not in guild.members:
        raise refused(50001)
    return guild


def _user(world: World, ask: Ask) -> Answer:
    user = world.users.get(ask.id_of("user_id"))
    if user is None:
        raise refused(10013)
    return user_json(user)


def _open_dm(world: World, ask: Ask) -> Answer:
    recipient = world.users.get(int(ask.form.get("recipient_id", 0)))
    if recipient is None:
        raise refused(10013)
    if recipient.is_bot:
        raise refused(50007)
    return channel_json(world.dm_with(recipient))


ROUTES: Final[dict[Route, Handler]] = {
    ("GET", _CHANNEL): _channel,
    ("PATCH", _CHANNEL): _change,
    ("POST", f"{_CHANNEL}/messages/{{message_id}}/threads"): _thread_from_message,
    ("POST", f"{_CHANNEL}/threads"): _thread,
    ("GET", f"{_CHANNEL}/thread-members"): _thread_members,
    ("PUT", f"{_CHANNEL}/thread-members/@me"): _join,
    ("DELETE", f"{_CHANNEL}/thread-members/@me"): _leave,
    ("PUT", f"{_CHANNEL}/thread-members/{{user_id}}"): _add_to_thread,
    ("GET", "/guilds/{guild_id}"): _guild,
    ("GET", "/guilds/{guild_id}/roles"): _roles,
    ("GET", "/guilds/{guild_id}/members/{user_id}"): _member,
    ("GET", "/users/{user_id}"): _user,
    ("POST", "/users/@me/channels"): _open_dm,
}
