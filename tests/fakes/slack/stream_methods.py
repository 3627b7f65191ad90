"""Streams and what belongs to them: the session of an agent, its status and title."""

from collections.abc import Mapping
from typing import Final

from tests.fakes.slack import posts
from tests.fakes.slack.asks import Ask, Method, method
from tests.fakes.slack.blocks import check_blocks
from tests.fakes.slack.payloads import message_json
from tests.fakes.slack.refusals import refused
from tests.fakes.slack.streams import State, Stream
from tests.fakes.slack.world import Channel, Json, Message

_STATUSES: Final = {"active", "processing", "suspended", "closed"}
STOP_EVENT: Final = "agent_session_stopped"


def stream_of(ask: Ask) -> Stream | None:
    """Return the stream that a request writes to, if there is one."""
    channel = ask.world.channels.get(ask.text("channel"))
    message = channel.messages.get(ask.text("ts")) if channel else None
    return message.stream if message else None


def _recipient(ask: Ask, channel: Channel) -> None:
    if channel.is_direct:
        return
    for name in ("recipient_user_id", "recipient_team_id"):
        if not ask.text(name):
            raise refused(f"missing_{name}")
    ask.user("recipient_user_id")
    if ask.text("recipient_team_id") not in ask.world.teams:
        raise refused("team_not_found")


def _start(ask: Ask) -> Json:
    world = ask.world
    channel = ask.channel_to_write()
    if not ask.text("thread_ts"):
        raise refused("invalid_arguments", "missing required field: thread_ts")
    root = ask.root(channel)
    _recipient(ask, channel)
    message = Message(world.new_ts(), channel, ask.bot, thread_ts=root, is_streamed=True)
    stream = Stream(message, world.clock.elapsed_s(), world.stream_life_s)
    stream.write(ask.args)
    message.stream = stream
    world.streams.append(stream)
    posts.post(world, message)
    return {"channel": channel.id, "ts": message.ts}


def _own(ask: Ask) -> Stream:
    message = ask.message(ask.channel())
    if message.user is not ask.bot:
        raise refused("message_not_owned_by_app")
    if message.stream is None:
        raise refused("message_not_in_streaming_state")
    return message.stream


def _append(ask: Ask) -> Json:
    stream = _own(ask)
    stream.demand_open(ask.world.clock.elapsed_s())
    if not ask.text("markdown_text") and not ask.args.get("chunks"):
        raise refused("no_text")
    stream.write(ask.args)
    stream.appends += 1
    ask.world.note_text(stream.message)
    return {"channel": stream.message.channel.id, "ts": stream.message.ts}


def _stop(ask: Ask) -> Json:
    world = ask.world
    stream = _own(ask)
    says_more = bool(ask.text("markdown_text") or ask.args.get("chunks"))
    state = stream.state_at(world.clock.elapsed_s())
    # Where a person stopped it, the app still says so of the session, but nothing else.
    if state is not State.STOPPED_BY_USER or says_more:
        stream.demand_open(world.clock.elapsed_s())
    if ask.args.get("blocks"):
        check_blocks(ask.args["blocks"])
    message = stream.message
    before = message_json(message)
    stream.write(ask.args)
    stream.state = State.STOPPED if state is State.OPEN else state
    message.blocks = list(ask.args.get("blocks") or [])
    message.metadata = posts.metadata_of(ask.args) or message.metadata
    session = world.sessions.get((message.channel.id, message.thread_ts))
    if session:
        session["status"] = _status(ask.text("session_status") or "active")
    posts.revise(world, message, before)
    written = message_json(message, with_metadata=True)
    return {"channel": message.channel.id, "ts": message.ts, "message": written}


def _status(status: str) -> str:
    if status not in _STATUSES:
        raise refused("invalid_arguments", "status: must be one of active, processing, …")
    return status


def _thread(ask: Ask) -> tuple[str, str]:
    channel = ask.channel_to_write("channel_id")
    if not ask.text("thread_ts"):
        raise refused("invalid_arguments", "missing required field: thread_ts")
    return channel.id, ask.root(channel)


def _set_session(ask: Ask) -> Json:
    key = _thread(ask)
    title = ask.text("title")
    if len(title) > 200:
        raise refused("invalid_arguments", "title: must be less than 201 characters")
    session = ask.world.sessions.setdefault(key, {"title": title, "history": []})
    session["status"] = _status(ask.text("status"))
    session["history"].append(session["status"])
    ask.world.changed.set()
    answer: Json = {"status": session["status"], "title": session["title"]}
    subscribed = ask.world.subscribed
    if subscribed is not None and STOP_EVENT not in subscribed:
        answer["warning"] = f"missing_{STOP_EVENT}_event_subscription"
    return answer


def _rename(ask: Ask) -> Json:
    session = ask.world.sessions.get(_thread(ask))
    if session is None:
        raise refused("session_not_found")
    if not 0 < len(ask.text("title")) <= 200:
        raise refused("invalid_arguments", "title: must be 1 to 200 characters")
    session["title"] = ask.text("title")
    return {"title": session["title"]}


def _set_status(ask: Ask) -> Json:
    key = _thread(ask)
    if len(ask.args.get("loading_messages") or []) > 10:
        raise refused("invalid_arguments", "loading_messages: no more than 10 items allowed")
    ask.world.statuses[key] = ask.text("status")
    ask.world.changed.set()
    return {}


def _set_title(ask: Ask) -> Json:
    key = _thread(ask)
    ask.world.sessions.setdefault(key, {"status": "active", "history": []})["title"] = ask.text(
        "title"
    )
    return {}


def _set_prompts(ask: Ask) -> Json:
    channel = ask.channel_to_write("channel_id")
    prompts = ask.args["prompts"]
    if not isinstance(prompts, list) or not 0 < len(prompts) <= 4:
        raise refused("invalid_arguments", "prompts: between 1 and 4 items allowed")
    if any(set(each) != {"title", "message"} for each in prompts):
        raise refused("invalid_arguments", "prompts: each needs title and message")
    ask.world.prompts[channel.id, ask.text("thread_ts")] = prompts
    ask.world.changed.set()
    return {}


_LOOK: Final = "icon_emoji icon_url username"
_WRITTEN: Final = "markdown_text chunks"

METHODS: Final[Mapping[str, Method]] = {
    "chat.startStream": method(
        _start,
        2,
        "channel",
        f"thread_ts recipient_user_id recipient_team_id task_display_mode {_WRITTEN} {_LOOK}",
        scope="chat:write",
    ),
    "chat.appendStream": method(_append, 4, "channel ts", _WRITTEN, scope="chat:write"),
    "chat.stopStream": method(
        _stop,
        2,
        "channel ts",
        f"{_WRITTEN} blocks metadata session_status",
        scope="chat:write",
    ),
    "agents.sessions.setStatus": method(
        _set_session,
        3,
        "channel_id status",
        f"thread_ts title initiator_user_id {_LOOK}",
        scope="chat:write",
    ),
    "agents.sessions.rename": method(
        _rename, 3, "channel_id title", "thread_ts", scope="chat:write"
    ),
    "assistant.threads.setStatus": method(
        _set_status,
        4,
        "channel_id thread_ts status",
        f"loading_messages {_LOOK}",
        scope="assistant:write",
    ),
    "assistant.threads.setTitle": method(
        _set_title, 4, "channel_id thread_ts title", scope="assistant:write"
    ),
    "assistant.threads.setSuggestedPrompts": method(
        _set_prompts, 4, "channel_id prompts", "thread_ts title", scope="assistant:write"
    ),
}
