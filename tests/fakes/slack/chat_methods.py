"""chat.*: posting, changing and deleting messages."""

from collections.abc import Mapping
from typing import Final

from tests.fakes.slack import posts
from tests.fakes.slack.asks import Ask, Method, method
from tests.fakes.slack.blocks import check_blocks
from tests.fakes.slack.payloads import message_json
from tests.fakes.slack.refusals import refused
from tests.fakes.slack.streams import MOST_CHARS, State
from tests.fakes.slack.world import Channel, Json, Message

MOST_UPDATED_BYTES: Final = 4_000


def _check(ask: Ask) -> None:
    if ask.args.get("blocks"):
        check_blocks(ask.args["blocks"])
    if len(ask.text("markdown_text")) > MOST_CHARS:
        raise refused("msg_too_long")
    if ask.text("markdown_text"):
        check_blocks([{"type": "markdown", "text": ask.text("markdown_text")}])


def _new(ask: Ask, channel: Channel) -> Message:
    _check(ask)
    message = Message(ask.world.new_ts(), channel, ask.bot, thread_ts=ask.root(channel))
    message.metadata = posts.metadata_of(ask.args)
    posts.fill(message, ask.args)
    return message


def _judge_unfurling(ask: Ask) -> None:
    for name in ("unfurl_links", "unfurl_media"):
        if ask.flag(name, otherwise=True):
            ask.world.accuse("may unfurl", f"{ask.method}: {name} is not false")


def _post_message(ask: Ask) -> Json:
    channel = ask.channel_to_write()
    message = _new(ask, channel)
    _judge_unfurling(ask)
    if ask.flag("reply_broadcast") and message.is_reply:
        message.subtype = "thread_broadcast"
    posts.post(ask.world, message)
    written = message_json(message, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": written}


def _post_ephemeral(ask: Ask) -> Json:
    channel = ask.channel_to_write()
    user = ask.user("user")
    if user.id not in channel.members:
        raise refused("user_not_in_channel")
    root = channel.messages.get(ask.root(channel))
    if root and not root.replies:
        ask.world.accuse("never seen", f"{ask.method}: nobody has answered in thread {root.ts}")
    message = posts.post_for(ask.world, _new(ask, channel), user)
    return {"message_ts": message.ts}


def _update(ask: Ask) -> Json:
    channel = ask.channel()
    message = ask.message(channel)
    if message.user is not ask.bot:
        raise refused("cant_update_message")
    stream = message.stream
    if stream and stream.state_at(ask.world.clock.elapsed_s()) is State.OPEN:
        raise refused("streaming_state_conflict")
    _check(ask)
    if len(ask.text("text").encode()) > MOST_UPDATED_BYTES:
        raise refused("msg_too_long")
    before = message_json(message)
    metadata = posts.metadata_of(ask.args)
    if not metadata or ask.args.keys() & {"text", "blocks", "markdown_text", "attachments"}:
        posts.fill(message, ask.args)
        message.is_streamed = False
    message.metadata = metadata or message.metadata
    if not ask.args.get("blocks"):
        message.edited_at = ask.world.clock.now()
    posts.revise(ask.world, message, before)
    written = {"text": message.text, "user": message.user.id}
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": written}


def _delete(ask: Ask) -> Json:
    channel = ask.channel()
    message = ask.message(channel)
    stream = message.stream
    is_open = stream and stream.state_at(ask.world.clock.elapsed_s()) is State.OPEN
    if message.user is not ask.bot or is_open:
        raise refused("cant_delete_message")
    posts.remove(ask.world, message)
    return {"channel": channel.id, "ts": message.ts}


def _permalink(ask: Ask) -> Json:
    channel = ask.channel()
    message = ask.message(channel, "message_ts")
    place = f"{ask.world.host_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": place}


def _react(ask: Ask) -> Json:
    message = ask.message(ask.channel(), "timestamp")
    users = message.reactions.setdefault(ask.text("name"), [])
    if ask.bot.id in users:
        raise refused("already_reacted")
    users.append(ask.bot.id)
    ask.world.changed.set()
    return {}


_CONTENT: Final = "text blocks attachments markdown_text parse link_names metadata as_user"
_LOOK: Final = "icon_emoji icon_url username mrkdwn"

METHODS: Final[Mapping[str, Method]] = {
    "chat.postMessage": method(
        _post_message,
        4,
        "channel",
        f"{_CONTENT} {_LOOK} thread_ts reply_broadcast unfurl_links unfurl_media container_id",
        scope="chat:write",
    ),
    "chat.postEphemeral": method(
        _post_ephemeral, 4, "channel user", f"{_CONTENT} {_LOOK} thread_ts", scope="chat:write"
    ),
    "chat.update": method(
        _update, 3, "channel ts", f"{_CONTENT} reply_broadcast file_ids", scope="chat:write"
    ),
    "chat.delete": method(_delete, 3, "channel ts", "as_user", scope="chat:write"),
    "chat.getPermalink": method(_permalink, 4, "channel message_ts"),
    "reactions.add": method(_react, 3, "channel name timestamp", scope="reactions:write"),
}
