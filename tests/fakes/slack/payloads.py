"""The JSON Slack writes of people, channels, messages and files."""

from tests.fakes.slack.world import APP_ID, Channel, File, Group, Json, Message, Team, User


def user_json(user: User) -> Json:
    """Write a person as `users.info` does."""
    return {
        "id": user.id,
        "team_id": user.team.id,
        "name": user.name,
        "deleted": user.is_deleted,
        "real_name": user.name.title(),
        "tz": "Europe/Amsterdam",
        "tz_offset": 3600,
        "profile": {
            "real_name": user.name.title(),
            "display_name": user.name,
            "team": user.team.id,
            **({"bot_id": user.team.bot_id, "api_app_id": APP_ID} if user.is_bot else {}),
        },
        "is_admin": user.is_admin or user.is_owner,
        "is_owner": user.is_owner,
        "is_primary_owner": False,
        "is_restricted": user.is_guest or user.is_single_channel_guest,
        "is_ultra_restricted": user.is_single_channel_guest,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 1_700_000_000,
    }


def group_json(group: Group, team: Team, *, with_users: bool) -> Json:
    """Write a user group."""
    written: Json = {
        "id": group.id,
        "team_id": team.id,
        "is_usergroup": True,
        "name": group.handle.title(),
        "handle": group.handle,
        "date_delete": 0,
        "user_count": len(group.members),
    }
    if with_users:
        written["users"] = [user.id for user in group.members]
    return written


def channel_json(channel: Channel, team: Team) -> Json:
    """Write a channel or DM as `conversations.info` does."""
    is_shared = bool(channel.teams)
    written: Json = {
        "id": channel.id,
        "created": channel.created_at,
        "is_archived": channel.is_archived,
        "is_im": channel.is_direct,
        "is_mpim": channel.kind == "mpim",
        "is_org_shared": False,
        "context_team_id": team.id,
    }
    if channel.is_direct:
        others = [member.id for member in channel.members.values() if not member.is_bot]
        return written | {"user": others[0]}
    return written | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_private": channel.kind in {"group", "mpim"},
        "is_general": False,
        "is_member": team.bot.id in channel.members,
        "is_shared": is_shared,
        "is_ext_shared": is_shared,
        "shared_team_ids": [each.id for each in (channel.team, *channel.teams)],
        "topic": {"value": ""},
        "purpose": {"value": ""},
    }


def file_json(file: File) -> Json:
    """Write a file."""
    kind = file.upload.name.rpartition(".")[2]
    host = file.team.world.host_url
    path = f"{host}/files-pri/{file.team.id}-{file.id}"
    written: Json = {
        "id": file.id,
        "created": 1_700_000_000,
        "name": file.upload.name,
        "title": file.title or file.upload.name,
        "mimetype": file.upload.content_type,
        "filetype": kind,
        "user": file.user.id,
        "user_team": file.user.team.id,
        "size": len(file.upload.content),
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": False,
        "file_access": "visible",
        "url_private": f"{path}/{file.upload.name}",
        "url_private_download": f"{path}/download/{file.upload.name}",
        "permalink": f"{host}/files/{file.user.id}/{file.id}/{file.upload.name}",
    }
    if file.external_url:
        written |= {"mode": "external", "is_external": True, "external_type": "gdrive"}
        written |= {"url_private": file.external_url}
        del written["url_private_download"]
    return written


def with_ids(blocks: list[Json]) -> list[Json]:
    """Return blocks with an id each, which Slack makes up where the app gave none."""
    return [{"block_id": f"made{number}", **block} for number, block in enumerate(blocks)]


def message_json(message: Message, *, with_metadata: bool = False) -> Json:
    """Write a message as methods and events show it."""
    user = message.user
    written: Json = {
        "type": "message",
        "user": user.id,
        "ts": message.ts,
        "text": message.text,
        "team": user.team.id,
    }
    if message.stream and message.is_streamed:
        written["text"] = message.stream.text
    if message.blocks:
        written["blocks"] = with_ids(message.blocks)
    if message.subtype:
        written["subtype"] = message.subtype
    if user.is_bot:
        written |= {"bot_id": user.team.bot_id, "app_id": APP_ID}
        written["bot_profile"] = {"id": user.team.bot_id, "app_id": APP_ID, "name": user.name}
    else:
        written["client_msg_id"] = f"client-{message.ts}"
    if message.files:
        written["files"] = [file_json(file) for file in message.files]
    if message.edited_at:
        edited_at = f"{message.edited_at.timestamp():.6f}"
        written["edited"] = {"user": user.id, "ts": edited_at}
    if message.metadata and with_metadata:
        written["metadata"] = message.metadata
    if message.reactions:
        written["reactions"] = [
            {"name": name, "users": users, "count": len(users)}
            for name, users in message.reactions.items()
        ]
    return written | _thread_json(message)


def _thread_json(message: Message) -> Json:
    if message.is_reply:
        root = message.channel.messages.get(message.thread_ts)
        parent = {"parent_user_id": root.user.id} if root else {}
        return {"thread_ts": message.thread_ts, **parent}
    if message.replies:
        last = message.replies[-1].ts
        return {
            "thread_ts": message.ts,
            "reply_count": len(message.replies),
            "reply_users": sorted({reply.user.id for reply in message.replies}),
            "latest_reply": last,
        }
    return {}
