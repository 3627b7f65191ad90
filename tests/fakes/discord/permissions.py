"""What a member may do in a channel, computed as Discord documents it."""

from collections.abc import Iterable
from enum import IntFlag
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tests.fakes.discord.world import Channel, Guild, User


class Permission(IntFlag):
    """The permissions a chat bot meets, with Discord's bits."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38


ALL: Final = reduce(or_, Permission)

EVERYONE: Final = ALL & ~(
    Permission.ADMINISTRATOR
    | Permission.MANAGE_CHANNELS
    | Permission.MANAGE_GUILD
    | Permission.MANAGE_MESSAGES
    | Permission.MANAGE_THREADS
)
"""What everyone may do in a new server."""


def permissions_of(user: "User", channel: "Channel") -> Permission:
    """Return what a user may do in a channel; a thread asks its parent."""
    if channel.guild is None:
        return ALL if user in channel.recipients or user.is_bot else Permission(0)
    member = channel.guild.members.get(user.id)
    if member is None:
        return Permission(0)
    granted = guild_permissions_of(user, channel.guild)
    if granted & Permission.ADMINISTRATOR:
        return ALL
    place = channel.parent or channel
    role_ids = [role.id for role in member.roles]
    for target_ids in ([channel.guild.id], role_ids, [user.id]):
        granted &= ~_union(
            place.overwrites[each][1] for each in target_ids if each in place.overwrites
        )
        granted |= _union(
            place.overwrites[each][0] for each in target_ids if each in place.overwrites
        )
    if not granted & Permission.VIEW_CHANNEL:
        return Permission(0)
    return granted


def guild_permissions_of(user: "User", guild: "Guild") -> Permission:
    """Return what a member's roles let it do anywhere in a server."""
    if user is guild.owner:
        return ALL
    roles = (guild.everyone, *guild.members[user.id].roles)
    return _union(role.permissions for role in roles)


def _union(permissions: Iterable[Permission]) -> Permission:
    return reduce(or_, permissions, Permission(0))
