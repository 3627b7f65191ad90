"""conversations.*: what a channel is, and what was said there."""

from collections.abc import Iterable, Mapping
from typing import Final

from tests.fakes.slack.asks import Ask, Method, method, page
from tests.fakes.slack.payloads import channel_json, message_json
from tests.fakes.slack.refusals import refused
from tests.fakes.slack.world import Json, Message

MOST_RATIONED: Final = 15


def _info(ask: Ask) -> Json:
    channel = ask.channel()
    ask.demand_of_channel(channel, "read")
    written = channel_json(channel, ask.team)
    if ask.flag("include_num_members"):
        written["num_members"] = len(channel.members)
    return {"channel": written}


def _listed(ask: Ask, messages: Iterable[Message]) -> Json:
    most = MOST_RATIONED if ask.world.is_distributed else 100
    limit = min(ask.number("limit", most), MOST_RATIONED if ask.world.is_distributed else 999)
    ask.args["limit"] = limit
    shown, more = page(messages, ask, limit)
    with_metadata = ask.flag("include_all_metadata")
    written = [message_json(each, with_metadata=with_metadata) for each in shown]
    has_more = bool(more["response_metadata"]["next_cursor"])
    return {"messages": written, "has_more": has_more, **more}


def _within(ask: Ask, message: Message) -> bool:
    oldest, latest = ask.text("oldest"), ask.text("latest")
    if message.ts in {oldest, latest}:
        return ask.flag("inclusive")
    return (not oldest or message.ts > oldest) and (not latest or message.ts < latest)


def _history(ask: Ask) -> Json:
    channel = ask.channel()
    ask.demand_of_channel(channel, "history")
    if ask.bot.id not in channel.members:
        raise refused("not_in_channel")
    top = [each for each in reversed(channel.messages.values()) if not each.is_reply]
    return _listed(ask, [each for each in top if _within(ask, each)])


def _replies(ask: Ask) -> Json:
    channel = ask.channel()
    ask.demand_of_channel(channel, "history")
    if ask.bot.id not in channel.members:
        raise refused("not_in_channel")
    root = channel.messages.get(ask.text("ts"))
    if root is None:
        raise refused("thread_not_found")
    root = channel.messages.get(root.thread_ts, root)
    return _listed(ask, [root, *(each for each in root.replies if _within(ask, each))])


def _members(ask: Ask) -> Json:
    channel = ask.channel()
    ask.demand_of_channel(channel, "read")
    shown, more = page(channel.members, ask, 100)
    return {"members": shown, **more}


def _open(ask: Ask) -> Json:
    names = ask.text("users").split(",")
    if len(names) != 1 or names[0] not in ask.world.users:
        raise refused("user_not_found" if len(names) == 1 else "method_not_supported")
    channel = ask.world.dm_with(ask.world.users[names[0]])
    return {"channel": channel_json(channel, ask.team)}


_SPAN: Final = "oldest latest inclusive limit cursor include_all_metadata"

METHODS: Final[Mapping[str, Method]] = {
    "conversations.info": method(_info, 3, "channel", "include_locale include_num_members"),
    "conversations.history": method(_history, 3, "channel", _SPAN),
    "conversations.replies": method(_replies, 3, "channel ts", _SPAN),
    "conversations.members": method(_members, 4, "channel", "cursor limit"),
    "conversations.open": method(
        _open, 3, "", "users channel return_im prevent_creation", scope="im:write"
    ),
}
