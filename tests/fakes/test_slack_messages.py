"""Posting, changing and deleting on the fake Slack, and what it refuses, by Slack's own client."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from tests.fakes.slack import SCOPES, FakeSlack
from tests.fakes.slack.api import METHODS
from tests.fakes.slack.mentions import live_in
from tests.fakes.slack_saying import QUIET, Json, error_of, markdown, refusal_of, section, whats


async def test_a_message_is_posted_changed_and_deleted(
    slack: FakeSlack, web: AsyncWebClient
) -> None:
    channel = slack.add_channel()
    question = await slack.say(slack.add_user("ada"), channel, "hi")
    metadata: Json = {"event_type": "answer", "event_payload": {"to": "1"}}

    posted = await web.chat_postMessage(
        channel=channel.id, thread_ts=question.ts, text="a &lt; b", metadata=metadata, **QUIET
    )
    first = slack.shown(channel, question)
    await web.chat_update(
        channel=channel.id, ts=posted["ts"], blocks=[section("changed")], text="f"
    )
    changed = slack.shown(channel, question)
    told = await web.conversations_replies(
        channel=channel.id, ts=question.ts, include_all_metadata=True
    )
    await web.chat_delete(channel=channel.id, ts=posted["ts"])

    assert (first, changed) == (["a < b"], ["changed"])
    assert told["messages"][0]["reply_count"] == 1
    assert told["messages"][1]["metadata"] == metadata
    assert told["messages"][1]["bot_id"] == slack.team.bot_id
    assert slack.shown(channel, question) == []
    assert slack.violations == []


async def test_an_ephemeral_message_is_seen_by_one(slack: FakeSlack, web: AsyncWebClient) -> None:
    ada, bob = slack.add_user("ada"), slack.add_user("bob")
    channel = slack.add_channel("general", ada)

    await web.chat_postEphemeral(channel=channel.id, user=ada.id, text="only you")
    elsewhere = web.chat_postEphemeral(channel=channel.id, user=bob.id, text="not you")

    assert await error_of(elsewhere) == "user_not_in_channel"
    assert slack.shown(channel, viewer=ada) == ["only you"]
    assert slack.shown(channel, viewer=bob) == slack.shown(channel) == []


KWARGS = inspect.Parameter.VAR_KEYWORD
Asking = Callable[[AsyncWebClient, str, str], Awaitable[AsyncSlackResponse]]


def post(web: AsyncWebClient, channel: str, **asked: Any) -> Awaitable[AsyncSlackResponse]:
    """Post, without the client's warning that a text is better."""
    return web.api_call("chat.postMessage", json={"channel": channel, **QUIET, **asked})


@pytest.mark.parametrize(
    ("asking", "error"),
    [
        (lambda web, _c, _t: post(web, "C1", text="x"), "channel_not_found"),
        (lambda web, c, _t: post(web, c), "no_text"),
        (lambda web, c, _t: post(web, c, text="x", thread_ts="1.2"), "thread_not_found"),
        (lambda web, c, _t: post(web, c, blocks=[{"type": "x"}]), "invalid_blocks"),
        (lambda web, c, _t: post(web, c, markdown_text="x" * 12_001), "msg_too_long"),
        (lambda web, c, _t: post(web, c, markdown_text="x", text="y"), "markdown_text_conflict"),
        (lambda web, c, _t: post(web, c, text="x", metadata={}), "invalid_metadata_format"),
        (lambda web, c, _t: web.chat_update(channel=c, ts="1.2", text="x"), "message_not_found"),
        (lambda web, c, t: web.chat_update(channel=c, ts=t, text="x"), "cant_update_message"),
        (lambda web, c, t: web.chat_delete(channel=c, ts=t), "cant_delete_message"),
        (lambda web, _c, _t: web.users_info(user="U1"), "user_not_found"),
        (lambda web, _c, _t: web.api_call("chat.sing"), "unknown_method"),
        (lambda web, _c, _t: web.api_call("chat.update", json={}), "invalid_arguments"),
        (lambda web, _c, _t: web.files_info(file="F1"), "file_not_found"),
        (lambda web, _c, _t: web.usergroups_users_list(usergroup="S1"), "no_such_subteam"),
    ],
)
async def test_what_cannot_be_done_is_refused_in_slacks_words(
    slack: FakeSlack, web: AsyncWebClient, asking: Asking, error: str
) -> None:
    channel = slack.add_channel()
    question = await slack.say(slack.add_user("ada"), channel, "hi")

    assert await error_of(asking(web, channel.id, question.ts)) == error


async def test_the_text_of_an_update_counts_in_bytes_once_escaped(
    slack: FakeSlack, web: AsyncWebClient
) -> None:
    channel = slack.add_channel()
    posted = await web.chat_postMessage(channel=channel.id, text="x", **QUIET)

    await web.chat_update(channel=channel.id, ts=posted["ts"], text="&lt;" * 1000)
    refused = await error_of(web.chat_update(channel=channel.id, ts=posted["ts"], text="é" * 2001))

    assert refused == "msg_too_long"


async def test_without_blocks_an_update_shows_its_text_and_without_both_nothing_is_said(
    slack: FakeSlack, web: AsyncWebClient
) -> None:
    channel = slack.add_channel()
    posted = await web.chat_postMessage(
        channel=channel.id, text="fallback", blocks=[section("shown")], **QUIET
    )
    assert slack.shown(channel) == ["shown"]

    await web.chat_update(channel=channel.id, ts=posted["ts"], text="text")

    assert slack.shown(channel) == ["text"]
    nothing = web.api_call("chat.update", json={"channel": channel.id, "ts": posted["ts"]})
    assert await error_of(nothing) == "no_text"


async def test_places_the_bot_may_not_write_to(slack: FakeSlack, web: AsyncWebClient) -> None:
    public = slack.add_channel("public", has_bot=False)
    private = slack.add_channel("private", is_private=True, has_bot=False)
    archived = slack.add_channel("archived")
    archived.is_archived = True
    foreign = slack.add_channel("foreign", team=slack.add_team())

    errors = [
        await error_of(web.chat_postMessage(channel=each.id, text="x", **QUIET))
        for each in (public, private, archived, foreign)
    ]

    assert errors == ["not_in_channel", "channel_not_found", "is_archived", "channel_not_found"]


async def test_tokens_are_looked_at(slack: FakeSlack, web: AsyncWebClient) -> None:
    limited = slack.add_team(scopes=[scope for scope in SCOPES if scope != "users:read"])
    ada = slack.add_user("ada", limited)

    web.token = ""
    assert await error_of(web.auth_test()) == "not_authed"
    web.token = "xoxb-unknown"
    assert await error_of(web.auth_test()) == "invalid_auth"
    web.token = slack.app_token
    assert await error_of(web.auth_test()) == "not_allowed_token_type"
    web.token = limited.bot_token
    told = await web.auth_test()
    assert (told["team_id"], told["user_id"]) == (limited.id, limited.bot.id)
    assert "users:read" not in told.headers["X-OAuth-Scopes"]
    refusal = await refusal_of(web.users_info(user=ada.id))
    assert (refusal["error"], refusal["needed"]) == ("missing_scope", "users:read")
    await slack.uninstall(limited)
    assert await error_of(web.auth_test()) == "token_revoked"


@pytest.mark.parametrize(
    ("text", "is_live"),
    [
        ("<!channel>", True),
        ("<!here|here>", True),
        ("<!subteam^S123|@team>", True),
        ("hello <@U123>", True),
        ("&lt;!channel&gt;", False),
        ("`<!channel>` and ```<@U123>```", False),
        ("@channel", False),
        ("<https://example.com|x>", False),
    ],
)
async def test_a_live_mention_is_held_against_the_bot(
    slack: FakeSlack, web: AsyncWebClient, text: str, is_live: bool
) -> None:
    channel = slack.add_channel()

    await web.chat_postMessage(channel=channel.id, text=text, **QUIET)
    await web.chat_postMessage(channel=channel.id, text="x", blocks=[section(text)], **QUIET)
    await web.chat_postMessage(channel=channel.id, text="x", blocks=[markdown(text)], **QUIET)

    assert whats(slack) == ["may ping"] * 3 * is_live
    assert len(slack.pings) == 3 * is_live
    assert bool(live_in(text)) is is_live


async def test_what_a_well_behaved_bot_never_does(slack: FakeSlack, web: AsyncWebClient) -> None:
    channel = slack.add_channel()
    question = await slack.say(slack.add_user("ada"), channel, "hi")
    answer = await web.chat_postMessage(
        channel=channel.id, thread_ts=question.ts, text="x", **QUIET
    )

    await web.chat_postMessage(channel=channel.id, text="x")
    await web.chat_postMessage(channel=channel.id, text="x", link_names=True, **QUIET)
    await web.chat_update(channel=channel.id, ts=answer["ts"], text="@here `@channel`")
    await web.chat_update(channel=channel.id, ts=answer["ts"], text="@here", parse="none")
    await web.chat_postMessage(channel=channel.id, text="x", colour="red", **QUIET)
    await web.chat_postMessage(channel=channel.id, thread_ts=answer["ts"], text="x", **QUIET)

    expected = [
        "may unfurl",
        "may unfurl",
        "may ping",
        "may ping",
        "not in the API",
        "answers a reply",
    ]
    assert whats(slack) == expected


async def test_history_is_read_page_by_page_and_rationed_for_distributed_apps(
    slack: FakeSlack, web: AsyncWebClient
) -> None:
    channel, ada = slack.add_channel(), slack.add_user("ada")
    for number in range(20):
        root = await slack.say(ada, channel, f"{number}")
    for number in range(20):
        await slack.say(ada, channel, f"{number}", thread=root)

    first = await web.conversations_history(channel=channel.id, limit=12)
    cursor = first["response_metadata"]["next_cursor"]
    rest = await web.conversations_history(channel=channel.id, limit=12, cursor=cursor)
    slack.world.is_distributed = True
    rationed = await web.conversations_replies(channel=channel.id, ts=root.ts, limit=100)
    refused = await refusal_of(web.conversations_history(channel=channel.id))

    said = [each["text"] for each in [*first["messages"], *rest["messages"]]]
    assert said == [f"{number}" for number in reversed(range(20))]
    assert (len(rationed["messages"]), rationed["has_more"]) == (15, True)
    assert refused["error"] == "ratelimited"


async def test_people_groups_and_channels_are_described(
    slack: FakeSlack, web: AsyncWebClient
) -> None:
    ada = slack.add_user("ada", is_owner=True)
    guest = slack.add_user("guest", is_single_channel_guest=True)
    stranger = slack.add_user("eve", slack.add_team("globex"))
    slack.add_group("ops", ada)
    channel = slack.add_channel("shared", ada, stranger, shared_with=[stranger.team])

    owner = (await web.users_info(user=ada.id))["user"]
    restricted = (await web.users_info(user=guest.id))["user"]
    foreign = (await web.users_info(user=stranger.id))["user"]
    groups = (await web.usergroups_list(include_users=True))["usergroups"]
    place = (await web.conversations_info(channel=channel.id))["channel"]
    dm = (await web.conversations_open(users=ada.id))["channel"]

    assert (owner["is_admin"], owner["is_owner"], owner["is_restricted"]) == (True, True, False)
    assert (restricted["is_restricted"], restricted["is_ultra_restricted"]) == (True, True)
    assert (foreign["is_stranger"], foreign["team_id"]) == (True, stranger.team.id)
    assert [(each["handle"], each["users"]) for each in groups] == [("ops", [ada.id])]
    assert (place["is_ext_shared"], place["is_private"], place["is_member"]) == (True, False, True)
    assert (dm["is_im"], dm["user"]) == (True, ada.id)


@pytest.mark.parametrize("name", sorted(METHODS))
def test_each_method_takes_what_slacks_client_has_for_it(name: str) -> None:
    ours = METHODS[name]
    theirs = inspect.signature(getattr(AsyncWebClient, name.replace(".", "_"))).parameters

    named = {each for each, parameter in theirs.items() if parameter.kind is not KWARGS}
    assert named - {"self", "team_id", "app_token"} <= ours.allowed
    assert ours.needed <= named
