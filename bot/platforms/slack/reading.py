"""What Slack sends, as values. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from bot.platforms.attached import kind_of
from bot.platforms.port import Quote
from bot.platforms.slack.listening import Asker, Kind, Said, Us, Where
from bot.platforms.slack.wording import readable
from routing.query import Attachment

_PERSONS: Final = frozenset({"", "file_share", "thread_broadcast", "me_message"})
"""Kinds of messages that people write; the rest is Slack's own, or a program's."""

_SLACK_ITSELF: Final = "USLACKBOT"
_TOMBSTONE: Final = "tombstone"

_DELETED: Final = "message_deleted"
_CHANGED: Final = "message_changed"


@dataclass(frozen=True, slots=True)
class Change:
    """A message that reads otherwise now, or is gone.

    Attributes:
        before: As it read; None where Slack does not say.
        after: As it reads; None where it is gone.
        ts: Its id.
    """

    ts: str
    before: Said | None
    after: Said | None

    @property
    def is_by_person(self) -> bool:
        """Tell whether somebody changed words or files: previews are added without that."""
        if self.before is None or self.after is None:
            return self.after is not None
        return (self.before.text, self.before.attachments) != (
            self.after.text,
            self.after.attachments,
        )


def installed_in(payload: Mapping[str, Any]) -> tuple[str, str]:
    """Return the workspace something happened in, and the organisation installed as a whole.

    In a channel that workspaces share, an event's `team_id` may be the speaker's; its authorization
    names whose bot is to hear it.
    """
    authorization = next(iter(payload.get("authorizations") or ()), payload)
    is_whole = str(authorization.get("is_enterprise_install", "")).lower() == "true"
    team, enterprise = (
        str(authorization.get(f"{what}_id") or payload.get(f"{what}_id") or "")
        for what in ("team", "enterprise")
    )
    view = _part(payload, "view")
    team = team or str(view.get("app_installed_team_id") or _part(payload, "team").get("id") or "")
    enterprise = enterprise or str(_part(payload, "enterprise").get("id") or "")
    return team or _only_hinted(payload), enterprise if is_whole else ""


def _only_hinted(payload: Mapping[str, Any]) -> str:
    """Return the workspace where Slack names only the organisation that installed the app.

    Who presses may be of another one than the bot: there the post counts, which is ours.
    """
    if payload.get("type") == "block_actions":
        part = _part(payload, "view").get("team_id") or _part(payload, "message").get("team")
    else:
        part = _part(payload, "user").get("team_id")
    return str(part or "")


def _part(payload: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = payload.get(name)
    return part if isinstance(part, Mapping) else {}


def us_in(team: str, enterprise: str, payload: Mapping[str, Any]) -> Us:
    """Return who the bot is where an event happened, as the event's envelope tells."""
    authorizations = payload.get("authorizations") or ()
    ours: Mapping[str, Any] = next((each for each in authorizations if each.get("is_bot")), {})
    return Us(team, enterprise, str(ours.get("user_id") or ""))


def said_in(raw: Mapping[str, Any], us: Us) -> Said:
    """Return a message as a value."""
    ts = str(raw.get("ts") or raw.get("event_ts") or "0")
    thread, author = str(raw.get("thread_ts") or ""), str(raw.get("user") or "")
    subtype = str(raw.get("subtype") or "")
    by_program = bool(raw.get("bot_id") or raw.get("bot_profile")) or author == _SLACK_ITSELF
    return Said(
        ts=ts,
        author_id=author,
        text=str(raw.get("text") or ""),
        at=moment(ts),
        thread="" if thread == ts else thread,
        began_by=str(raw.get("parent_user_id") or ""),
        author_team=str(raw.get("user_team") or raw.get("team") or ""),
        attachments=files_in(raw.get("files") or (), us),
        forwarded=_forwarded(raw.get("attachments") or ()),
        is_persons=subtype in _PERSONS and not by_program and not raw.get("hidden"),
        is_gone=subtype == _TOMBSTONE,
    )


def change_in(event: Mapping[str, Any], us: Us) -> Change | None:
    """Return what an event tells of an earlier message; None where it tells of a new one."""
    subtype = event.get("subtype")
    if subtype not in {_DELETED, _CHANGED}:
        return None
    raw_before = event.get("previous_message")
    before = said_in(raw_before, us) if raw_before else None
    if subtype == _DELETED:
        return Change(str(event.get("deleted_ts") or (before.ts if before else "")), before, None)
    after = said_in(event.get("message") or {}, us)
    return Change(after.ts, before, None if after.is_gone else after)


def thread_of(event: Mapping[str, Any]) -> str:
    """Return the thread of the message an event tells of; its own, where it opens one.

    What happens in one thread is taken in as it happened; threads do not wait for one another.
    """
    message = event.get("message") or event.get("previous_message") or event
    return str(message.get("thread_ts") or event.get("deleted_ts") or message.get("ts") or "")


def moment(ts: str) -> datetime:
    """Return when something happened by Slack's own name for it: `1764072000.000100`."""
    try:
        return datetime.fromtimestamp(float(ts), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def where_in(channel: str, channel_type: str, *, is_shared: bool = False) -> Where | None:
    """Return a place as a value; None where its kind is not told."""
    if channel.startswith("D"):
        return Where(channel, Kind.DIRECT)
    known = {kind.value: kind for kind in Kind}
    kind = known.get(channel_type)
    return Where(channel, kind, is_shared) if kind else None


def where_of(conversation: Mapping[str, Any]) -> Where:
    """Return a place as `conversations.info` tells of it."""
    if conversation.get("is_im"):
        kind = Kind.DIRECT
    elif conversation.get("is_mpim"):
        kind = Kind.GROUP
    elif conversation.get("is_private", True):
        kind = Kind.PRIVATE
    else:
        kind = Kind.CHANNEL
    shared = bool(conversation.get("is_ext_shared") or conversation.get("is_pending_ext_shared"))
    has_us = bool(conversation.get("is_member")) or kind in {Kind.DIRECT, Kind.GROUP}
    return Where(str(conversation.get("id") or ""), kind, shared, has_us)


def asker_in(user: Mapping[str, Any], us: Us) -> Asker:
    """Return a person as `users.info` tells of them; their user groups come from elsewhere."""
    profile, organisation = user.get("profile") or {}, user.get("enterprise_user") or {}
    team = str(user.get("team_id") or "")
    is_stranger = bool(user.get("is_stranger")) or not _is_of(team, organisation, us)
    manages = user.get("is_admin") or user.get("is_owner") or user.get("is_primary_owner")
    name = profile.get("display_name") or profile.get("real_name") or user.get("name") or ""
    return Asker(
        person=str(user.get("id") or ""),
        name=str(name),
        team=team,
        is_admin=bool(manages) and not is_stranger and not user.get("deleted"),
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_stranger=is_stranger,
        is_no_person=bool(user.get("is_bot") or user.get("deleted")),
    )


def _is_of(team: str, organisation: Mapping[str, Any], us: Us) -> bool:
    """Tell whether somebody belongs to the workspace, or to the organisation it is part of."""
    if team == us.team or us.team in (organisation.get("teams") or ()):
        return True
    return bool(us.enterprise) and organisation.get("enterprise_id") == us.enterprise


def files_in(files: Iterable[Mapping[str, Any]], us: Us) -> tuple[Attachment, ...]:
    """Return attached files as values; those that are gone already are none."""
    return tuple(_attachment(file, us) for file in files if file.get("mode") != _TOMBSTONE)


def _attachment(file: Mapping[str, Any], us: Us) -> Attachment:
    name = str(file.get("name") or file.get("title") or "")
    media_type = str(file.get("mimetype") or "")
    address = file.get("url_private_download") or file.get("url_private") or ""
    return Attachment(
        kind=kind_of(name, media_type),
        name=name,
        media_type=media_type,
        size_bytes=int(file.get("size") or 0),
        url=str(address),
        reference="/".join((us.team, us.enterprise, str(file.get("id") or ""))),
    )


def _forwarded(attachments: Iterable[Mapping[str, Any]]) -> tuple[Quote, ...]:
    """Return the messages from elsewhere that a message shows; not previews of web pages."""
    return tuple(
        Quote(
            str(each.get("author_name") or "somebody, elsewhere"),
            readable(str(each["text"]), {}),
        )
        for each in attachments
        if (each.get("is_msg_unfurl") or each.get("is_share")) and each.get("text")
    )
