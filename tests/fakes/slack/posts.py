"""How messages come to be, change and go; and what the app is told of it."""

from typing import Any

from tests.fakes.slack.payloads import message_json
from tests.fakes.slack.refusals import refused
from tests.fakes.slack.world import Channel, Json, Message, User, World

_KINDS = {"channel": "channel", "group": "group", "im": "im", "mpim": "mpim"}
MOST_TEXT_CHARS = 40_000


def post(world: World, message: Message) -> Message:
    """Put a message where it belongs, and tell of it."""
    channel = message.channel
    channel.messages[message.ts] = message
    if message.is_reply:
        if message.user.is_bot:
            world.statuses.pop((channel.id, message.thread_ts), None)
        root = channel.messages.get(message.thread_ts)
        if root:
            root.thread_ts = root.ts
            root.replies.append(message)
    world.note_text(message)
    tell(world, channel, message_json(message, with_metadata=True))
    return message


def post_for(world: World, message: Message, user: User) -> Message:
    """Show a message to one person only; no event tells of it."""
    message.for_user = user
    message.channel.ephemeral.append(message)
    world.note_text(message)
    return message


def revise(world: World, message: Message, before: Json, *, is_hidden: bool = True) -> None:
    """Tell that a message changed."""
    world.note_text(message)
    if message.for_user is None:
        changed = {"type": "message", "subtype": "message_changed", "hidden": is_hidden}
        changed |= {"message": message_json(message, with_metadata=True)}
        changed |= {"previous_message": before, "ts": world.new_ts()}
        tell(world, message.channel, changed)


def remove(world: World, message: Message) -> None:
    """Delete a message; of a root with answers a stone is left."""
    before = message_json(message)
    channel = message.channel
    message.is_deleted = True
    if message.for_user:
        channel.ephemeral.remove(message)
        world.changed.set()
        return
    if message.replies:
        message.subtype, message.text, message.blocks = "tombstone", "This message was deleted.", []
        message.is_streamed = False
    else:
        channel.messages.pop(message.ts, None)
    root = channel.messages.get(message.thread_ts)
    if root and message in root.replies:
        root.replies.remove(message)
    deleted = {"type": "message", "subtype": "message_deleted", "hidden": True}
    deleted |= {"deleted_ts": message.ts, "previous_message": before, "ts": world.new_ts()}
    tell(world, channel, deleted)
    world.changed.set()


def tell(world: World, channel: Channel, inner: Json) -> None:
    """Tell each workspace's app that is in a channel of an event there."""
    event = inner | {"channel": channel.id, "channel_type": _KINDS[channel.kind]}
    event["event_ts"] = inner["ts"]
    for team in channel.teams_with_app():
        world.announce(team, event, channel)


def fill(message: Message, asked: Json) -> None:
    """Write what a request says into a message.

    Raises:
        Refused: It says nothing.
    """
    text, blocks = str(asked.get("text") or ""), asked.get("blocks")
    markdown = asked.get("markdown_text")
    if markdown:
        if text or blocks:
            raise refused("markdown_text_conflict")
        blocks = [{"type": "markdown", "text": markdown}]
    if not text and not blocks and not asked.get("attachments") and not message.files:
        raise refused("no_text")
    message.text, message.blocks = text[:MOST_TEXT_CHARS], list(blocks or [])


def metadata_of(asked: Json) -> Json | None:
    """Return the metadata of a request.

    Raises:
        Refused: It is not of the form it must have.
    """
    metadata: Any = asked.get("metadata")
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or not metadata.get("event_type"):
        raise refused("invalid_metadata_format")
    if not isinstance(metadata.get("event_payload"), dict):
        raise refused("invalid_metadata_format")
    return metadata
