"""What Discord sends, as values: from discord.py's objects, and from the JSON of the REST API."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import discord

from bot.platforms.attached import kind_of
from bot.platforms.discord.listening import Asker, Said, Us, Where
from routing.query import Attachment

_ORDINARY: Final = frozenset({discord.MessageType.default.value, discord.MessageType.reply.value})
_FORWARDED: Final = discord.MessageReferenceType.forward.value
_FORUMS: Final = (discord.ForumChannel,)


def said(message: discord.Message) -> Said:
    """Return a message of the gateway as a value."""
    reference = message.reference
    is_reply = (
        reference is not None
        and reference.type.value != _FORWARDED
        and reference.channel_id == message.channel.id
    )
    answered = reference.resolved if reference and is_reply else None
    snapshot = next(iter(message.message_snapshots), None)
    return Said(
        post_id=str(message.id),
        author_id=str(message.author.id),
        author=message.author.display_name,
        text=message.content,
        at=message.created_at,
        is_bot=message.author.bot or message.webhook_id is not None,
        is_ordinary=message.type.value in _ORDINARY,
        mentions=frozenset(str(user.id) for user in message.mentions),
        role_mentions=frozenset(str(role.id) for role in message.role_mentions),
        answers=str(reference.message_id or "") if reference and is_reply else "",
        answered=said(answered) if isinstance(answered, discord.Message) else None,
        forwarded=_forwarded(snapshot.content, snapshot.created_at) if snapshot else None,
        attachments=tuple(
            _attachment(file.to_dict(), str(message.channel.id), str(message.id))
            for file in (*message.attachments, *(snapshot.attachments if snapshot else ()))
        ),
        has_thread=message.thread is not None,
    )


def said_in(raw: Mapping[str, Any]) -> Said:
    """Return a message of the REST API, or of an interaction, as a value."""
    author, channel, post_id = raw["author"], str(raw.get("channel_id", "")), str(raw["id"])
    reference = raw.get("message_reference") or {}
    is_reply = reference.get("type", 0) != _FORWARDED and (
        str(reference.get("channel_id", channel)) == channel
    )
    answered = raw.get("referenced_message") if is_reply else None
    snapshots: Sequence[Mapping[str, Any]] = raw.get("message_snapshots") or ()
    shown: Mapping[str, Any] = snapshots[0]["message"] if snapshots else {}
    return Said(
        post_id=post_id,
        author_id=str(author["id"]),
        author=author.get("global_name") or author.get("username", ""),
        text=raw.get("content", ""),
        at=_moment(raw),
        is_bot=bool(author.get("bot")) or raw.get("webhook_id") is not None,
        is_ordinary=raw.get("type", 0) in _ORDINARY,
        mentions=frozenset(str(user["id"]) for user in raw.get("mentions", ())),
        role_mentions=frozenset(map(str, raw.get("mention_roles", ()))),
        answers=str(reference.get("message_id", "")) if is_reply else "",
        answered=said_in(answered) if answered else None,
        forwarded=_forwarded(shown["content"], _moment(shown)) if shown else None,
        attachments=attachments_in(
            (*raw.get("attachments", ()), *shown.get("attachments", ())), channel, post_id
        ),
    )


def _forwarded(text: str, at: datetime) -> Said:
    """Return what is shown of a message elsewhere: Discord does not say who wrote it."""
    return Said("", "", "somebody, elsewhere", text, at)


def _moment(raw: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(raw["timestamp"])


def attachments_in(
    files: Iterable[Mapping[str, Any]], channel: str, post_id: str
) -> tuple[Attachment, ...]:
    """Return attached files as values; `post_id` is empty where no message holds them."""
    return tuple(_attachment(file, channel, post_id) for file in files)


def _attachment(file: Mapping[str, Any], channel: str, post_id: str) -> Attachment:
    name, media_type = str(file.get("filename", "")), str(file.get("content_type") or "")
    return Attachment(
        kind=kind_of(name, media_type),
        name=name,
        media_type=media_type,
        size_bytes=int(file.get("size", 0)),
        url=str(file.get("url", "")),
        reference=f"{channel}/{post_id}/{file['id']}" if channel and post_id else "",
    )


def where(channel: object, guild_id: int | None) -> Where | None:
    """Return a channel as a value; None for one nothing is known of but its id.

    Which rules hold in a thread depends on its channel, so an unknown one is not guessed at.
    """
    match channel:
        case discord.Thread():
            return _thread(channel)
        case discord.abc.GuildChannel():
            everyone = channel.permissions_for(channel.guild.default_role)
            return Where(
                str(channel.id),
                guild=str(channel.guild.id),
                is_public=everyone.view_channel,
                has_threads=isinstance(channel, discord.TextChannel),
            )
        case discord.DMChannel():
            return Where(str(channel.id))
        case discord.GroupChannel():
            return Where(str(channel.id), is_group=True)
        case discord.PartialMessageable() if guild_id is None:
            return Where(str(channel.id))
        case _:
            return None


def _thread(thread: discord.Thread) -> Where:
    parent, own_id, parent_id = thread.parent, str(thread.id), str(thread.parent_id)
    is_public = (
        parent is not None
        and not thread.is_private()
        and parent.permissions_for(thread.guild.default_role).view_channel
    )
    return Where(
        own_id,
        guild=str(thread.guild.id),
        parent=parent_id,
        owner=str(thread.owner_id),
        title=thread.name,
        # A forum's post holds its own first message; elsewhere it stays in the channel.
        starter_in=own_id if isinstance(parent, _FORUMS) else parent_id,
        is_public=is_public,
        is_closed=thread.is_private(),
    )


def where_in(interaction: discord.Interaction) -> Where | None:
    """Return where an interaction happened; None when Discord does not say.

    In a server the bot is not a member of, nobody can tell who may read the channel.
    """
    channel = interaction.channel
    if interaction.guild_id is None:
        if channel is None:
            return None
        is_ours = interaction.context.dm_channel and isinstance(channel, discord.DMChannel)
        return Where(str(channel.id), is_group=not is_ours)
    if not is_member(interaction):
        return _where_outside(interaction)
    return where(channel, interaction.guild_id)


def is_member(interaction: discord.Interaction) -> bool:
    """Tell whether the bot itself is in the server; a person may bring its commands along."""
    guild_id = interaction.guild_id
    return guild_id is not None and interaction.client.get_guild(guild_id) is not None


def _where_outside(interaction: discord.Interaction) -> Where | None:
    channel = interaction.channel
    if channel is None:
        return None
    guild = str(interaction.guild_id)
    if not isinstance(channel, discord.Thread):
        return Where(str(channel.id), guild=guild)
    parent, is_closed = str(channel.parent_id), channel.is_private()
    return Where(str(channel.id), guild=guild, parent=parent, is_closed=is_closed)


def asker(user: discord.User | discord.Member) -> Asker:
    """Return who wrote a message; what they may do is what their roles give them."""
    if not isinstance(user, discord.Member):
        return Asker(str(user.id), user.display_name)
    return _member(user, is_admin=user.guild_permissions.manage_guild)


def asker_in(interaction: discord.Interaction) -> Asker:
    """Return who started an interaction, with the permissions Discord resolved for it."""
    user = interaction.user
    if not isinstance(user, discord.Member):
        return Asker(str(user.id), user.display_name)
    may = interaction.permissions
    return _member(user, is_admin=may.manage_guild or may.administrator)


def _member(member: discord.Member, *, is_admin: bool) -> Asker:
    # The payload's own list: discord.py drops roles of servers it has not cached.
    roles = frozenset(map(str, member._roles))  # noqa: SLF001
    return Asker(str(member.id), member.display_name, roles, is_admin)


def us(user: discord.ClientUser, guild: discord.Guild | None) -> Us:
    """Return the bot as it is in a server, or outside of one."""
    role = guild.self_role if guild else None
    return Us(str(user.id), user.display_name, frozenset({str(role.id)} if role else ()))
