"""Discord's JSON objects, written from the world; what the bot may not see is left empty."""

import hashlib
from datetime import UTC, datetime
from typing import Final

from tests.fakes.discord.permissions import guild_permissions_of, permissions_of
from tests.fakes.discord.refusals import Json
from tests.fakes.discord.world import (
    DM,
    GROUP_DM,
    PRIVATE_THREAD,
    Attachment,
    Channel,
    Guild,
    Member,
    Message,
    Role,
    User,
    World,
)

MESSAGE_CONTENT_LIMITED: Final = 1 << 19

_NOT_SET: Final = (
    "icon",
    "splash",
    "banner",
    "description",
    "home_header",
    "discovery_splash",
    "application_id",
    "afk_channel_id",
    "system_channel_id",
    "widget_channel_id",
    "max_presences",
    "vanity_url_code",
    "rules_channel_id",
    "safety_alerts_channel_id",
    "public_updates_channel_id",
    "incidents_data",
)
"""What a new server has none of."""


def user_json(user: User) -> Json:
    """Write a user."""
    return {
        "id": str(user.id),
        "username": user.name,
        "discriminator": "0",
        "global_name": user.display_name,
        "avatar": None,
        "bot": user.is_bot,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
        "collectibles": None,
        "avatar_decoration_data": None,
    }


def member_json(member: Member, *, with_user: bool = True) -> Json:
    """Write a member, with or without who it is."""
    written: Json = {
        "roles": [str(role.id) for role in member.roles],
        "joined_at": member.joined_at.isoformat(),
        "premium_since": None,
        "nick": member.nick,
        "avatar": None,
        "banner": None,
        "pending": False,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "communication_disabled_until": None,
    }
    return written | ({"user": user_json(member.user)} if with_user else {})


def role_json(role: Role) -> Json:
    """Write a role."""
    colors = {"primary_color": 0, "secondary_color": None, "tertiary_color": None}
    return {
        "id": str(role.id),
        "name": role.name,
        "description": None,
        "color": 0,
        "colors": colors,
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": 0,
        "permissions": str(int(role.permissions)),
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def channel_json(channel: Channel) -> Json:
    """Write a channel, DM or thread."""
    written: Json = {"id": str(channel.id), "type": channel.kind, "flags": 0}
    last = next(reversed(channel.messages), None)
    written["last_message_id"] = None if last is None else str(last)
    if channel.kind in {DM, GROUP_DM}:
        written["recipients"] = [user_json(user) for user in channel.recipients]
        if channel.kind == GROUP_DM:
            written |= {
                "name": channel.name,
                "icon": None,
                "owner_id": str(channel.recipients[0].id),
            }
        return written
    guild_id = str(channel.guild.id) if channel.guild else None
    written |= {"guild_id": guild_id, "name": channel.name, "rate_limit_per_user": 0}
    if channel.is_thread:
        return written | _thread_json(channel)
    return written | {
        "topic": channel.topic,
        "position": 0,
        "nsfw": False,
        "parent_id": None,
        "permission_overwrites": [
            {
                "id": str(target),
                "type": int(channel.guild is not None and target in channel.guild.members),
                "allow": str(int(allow)),
                "deny": str(int(deny)),
            }
            for target, (allow, deny) in channel.overwrites.items()
        ],
    }


def _thread_seen_by(bot: User, thread: Channel) -> Json:
    if bot.id not in thread.thread_members:
        return channel_json(thread)
    return channel_json(thread) | {"member": thread_member_json(thread, bot.id)}


def _thread_json(thread: Channel) -> Json:
    begun_at = moment_of(thread.id).isoformat()
    return {
        "parent_id": str(thread.parent.id) if thread.parent else None,
        "owner_id": str(thread.owner.id) if thread.owner else None,
        "message_count": len(thread.messages),
        "member_count": len(thread.thread_members),
        "total_message_sent": len(thread.messages),
        "thread_metadata": {
            "archived": thread.is_archived,
            "auto_archive_duration": 1440,
            "archive_timestamp": begun_at,
            "create_timestamp": begun_at,
            "locked": thread.is_locked,
        },
    }


def thread_member_json(thread: Channel, user_id: int) -> Json:
    """Write who is in a thread."""
    joined_at = moment_of(thread.id).isoformat()
    return {
        "id": str(thread.id),
        "user_id": str(user_id),
        "join_timestamp": joined_at,
        "flags": 1,
    }


def guild_json(guild: Guild) -> Json:
    """Write a server as REST does."""
    return {
        **dict.fromkeys(_NOT_SET),
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner.id),
        "region": "",
        "features": [],
        "roles": [role_json(role) for role in (guild.everyone, *guild.roles.values())],
        "emojis": [],
        "stickers": [],
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw": False,
        "nsfw_level": 0,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": "en-US",
        "afk_timeout": 300,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "max_members": 25_000_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
    }


def guild_create_json(guild: Guild, bot: User, *, with_members: bool) -> Json:
    """Write a server as the gateway does; without the members intent the bot alone is in it."""
    visible = [
        channel_json(channel) for channel in guild.channels.values() if permissions_of(bot, channel)
    ]
    members = guild.members.values() if with_members else [guild.members[bot.id]]
    threads = [
        _thread_seen_by(bot, thread)
        for channel in guild.channels.values()
        for thread in channel.threads
        if permissions_of(bot, channel) and not thread.is_archived
        if thread.kind != PRIVATE_THREAD or bot.id in thread.thread_members
    ]
    return guild_json(guild) | {
        "joined_at": guild.members[bot.id].joined_at.isoformat(),
        "large": False,
        "unavailable": False,
        "member_count": len(guild.members),
        "voice_states": [],
        "members": [member_json(member) for member in members],
        "channels": visible,
        "threads": threads,
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def attachment_json(attachment: Attachment, world: World) -> Json:
    """Write a file, with an address that is signed and will expire."""
    url = signed_url(attachment, world)
    written: Json = {
        "id": str(attachment.id),
        "filename": attachment.upload.name,
        "size": len(attachment.upload.content),
        "url": url,
        "proxy_url": url,
        "content_type": attachment.upload.content_type,
    }
    if attachment.upload.width:
        written |= {"width": attachment.upload.width, "height": attachment.upload.height}
    if attachment.description:
        written["description"] = attachment.description
    return written


def signed_url(attachment: Attachment, world: World) -> str:
    """Return where a file is to be had until its address expires."""
    now = world.clock.now()
    expires = f"{int((now + world.attachment_life).timestamp()):x}"
    path = f"/attachments/{attachment.channel_id}/{attachment.id}/{attachment.upload.name}"
    query = f"ex={expires}&is={int(now.timestamp()):x}&hm={signature_of(path, expires)}&"
    return f"{world.cdn_url}{path}?{query}"


def signature_of(path: str, expires: str) -> str:
    """Return the signature of a file's address."""
    return hashlib.sha256(f"{path} {expires}".encode()).hexdigest()


def message_json(message: Message, world: World, *, sees_content: bool) -> Json:
    """Write a message; a referenced one goes with it, seen by its own right."""
    written = _bare_message(message, world, sees_content=sees_content)
    reference = message.reference
    if reference:
        written["message_reference"] = {
            "type": 0,
            "message_id": str(reference.message_id),
            "channel_id": str(reference.channel_id),
        } | ({"guild_id": str(reference.guild_id)} if reference.guild_id else {})
        there = reference.message
        written["referenced_message"] = (
            _bare_message(there, world, sees_content=sees_content)
            if there and not there.is_deleted
            else None
        )
    if message.thread:
        written["thread"] = channel_json(message.thread)
    return written


def _bare_message(message: Message, world: World, *, sees_content: bool) -> Json:
    is_open = sees_content or _is_always_seen(message, world.bot)
    written: Json = {
        "id": str(message.id),
        "channel_id": str(message.channel.id),
        "type": message.kind,
        "author": user_json(message.author),
        "content": message.content if is_open else "",
        "embeds": message.embeds if is_open else [],
        "attachments": [attachment_json(each, world) for each in message.attachments]
        if is_open
        else [],
        "components": message.components if is_open else [],
        "timestamp": message.created_at.isoformat(),
        "edited_timestamp": message.edited_at.isoformat() if message.edited_at else None,
        "flags": message.flags,
        "tts": False,
        "pinned": False,
        "mention_everyone": message.mentions_everyone,
        "mentions": [user_json(user) for user in message.mentions],
        "mention_roles": [str(role_id) for role_id in message.mentions_roles],
    }
    if message.nonce is not None:
        written["nonce"] = message.nonce
    if message.reactions:
        written["reactions"] = [_reaction_json(*each, world) for each in message.reactions.items()]
    if message.interaction:
        written["application_id"] = written["webhook_id"] = str(world.bot.id)
        written["interaction_metadata"] = message.interaction.metadata_json()
    return written


def _reaction_json(emoji: str, user_ids: list[int], world: World) -> Json:
    return {
        "emoji": {"id": None, "name": emoji},
        "count": len(user_ids),
        "count_details": {"burst": 0, "normal": len(user_ids)},
        "burst_colors": [],
        "me": world.bot.id in user_ids,
        "me_burst": False,
    }


def _is_always_seen(message: Message, bot: User) -> bool:
    """Return whether the bot sees what is said without the message content intent."""
    is_private = message.channel.guild is None
    return is_private or message.author is bot or bot in message.mentions


def message_event_json(message: Message, world: World, *, sees_content: bool) -> Json:
    """Write a message as the gateway tells of it: with its server and its author there."""
    written = message_json(message, world, sees_content=sees_content)
    guild = message.channel.guild
    if guild is None:
        return written | {"channel_type": message.channel.kind}
    written |= {"guild_id": str(guild.id), "channel_type": message.channel.kind}
    if member := guild.members.get(message.author.id):
        written["member"] = member_json(member, with_user=False)
    for user, mention in zip(message.mentions, written["mentions"], strict=True):
        if mentioned := guild.members.get(user.id):
            mention["member"] = member_json(mentioned, with_user=False)
    return written


def application_json(world: World, flags: int) -> Json:
    """Write the bot's application."""
    bot = world.bot
    return {
        "id": str(bot.id),
        "name": bot.name,
        "icon": None,
        "description": "",
        "type": None,
        "summary": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": flags,
        "flags_new": str(flags),
        "hook": True,
        "is_monetized": False,
        "is_verified": False,
        "is_discoverable": False,
        "storefront_available": False,
        "integration_types_config": {"0": {}, "1": {}},
        "owner": user_json(next((each.owner for each in world.guilds.values()), bot)),
        "team": None,
        "approximate_guild_count": len(world.guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": [],
        "bot": user_json(bot),
    }


def resolved_permissions(user: User, channel: Channel) -> str:
    """Return a member's permissions in a channel as an interaction tells them."""
    if channel.guild is None:
        return str(int(permissions_of(user, channel)))
    everywhere = guild_permissions_of(user, channel.guild)
    return str(int(everywhere | permissions_of(user, channel)))


def moment_of(snowflake: int) -> datetime:
    """Return when a snowflake was made."""
    return datetime.fromtimestamp(((snowflake >> 22) + 1_420_070_400_000) / 1000, UTC)
