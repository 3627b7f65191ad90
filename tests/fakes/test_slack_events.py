"""What the fake Slack tells of what people do."""

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import Channel, FakeSlack, Upload
from tests.fakes.slack_saying import QUIET, Json


def told(slack: FakeSlack) -> list[Json]:
    """Return the events so far."""
    return [each.payload["event"] for each in slack.deliveries.told]


def kinds(slack: FakeSlack) -> list[tuple[str, str]]:
    return [(each["type"], each.get("subtype", "")) for each in told(slack)]


async def test_a_mention_is_told_as_a_message_too(slack: FakeSlack) -> None:
    ada, channel = slack.add_user("ada"), slack.add_channel()

    question = await slack.mention(ada, channel, "why?")

    message, mention = told(slack)
    assert (message["type"], message["channel_type"]) == ("message", "channel")
    assert (mention["type"], mention["user"]) == ("app_mention", ada.id)
    assert message["ts"] == mention["ts"] == question.ts
    assert message["text"] == f"<@{slack.bot.id}> why?"
    envelope = slack.deliveries.told[0].payload
    assert envelope["authorizations"][0]["team_id"] == envelope["team_id"] == slack.team.id


async def test_in_dms_and_group_dms_the_kind_is_told(slack: FakeSlack) -> None:
    ada, bob = slack.add_user("ada"), slack.add_user("bob")

    await slack.dm(ada, "hi")
    await slack.say(bob, slack.add_group_dm(ada, bob), "hi")
    await slack.say(bob, slack.add_channel("private", is_private=True), "hi")

    assert [each["channel_type"] for each in told(slack)] == ["im", "mpim", "group"]


async def test_threads_edits_unfurls_and_deletions(slack: FakeSlack) -> None:
    ada, channel = slack.add_user("ada"), slack.add_channel()
    root = await slack.say(ada, channel, "one")
    reply = await slack.say(ada, channel, "two", thread=root)
    await slack.edit(reply, "three")
    await slack.unfurl(reply, "title")
    await slack.delete(reply)
    await slack.delete(root)

    events: list[Any] = told(slack)
    assert (events[1]["thread_ts"], events[1]["parent_user_id"]) == (root.ts, ada.id)
    assert [subtype for _, subtype in kinds(slack)[2:]] == (
        ["message_changed"] * 2 + ["message_deleted"] * 2
    )
    edited, unfurled, deleted = events[2:5]
    assert (edited["message"]["text"], edited["previous_message"]["text"]) == ("three", "two")
    assert "edited" in edited["message"]
    assert unfurled["message"]["text"] == unfurled["previous_message"]["text"]
    assert (deleted["deleted_ts"], deleted["previous_message"]["thread_ts"]) == (reply.ts, root.ts)
    assert slack.shown(channel) == []


async def test_of_a_deleted_root_with_answers_a_stone_is_left(slack: FakeSlack) -> None:
    ada, channel = slack.add_user("ada"), slack.add_channel()
    root = await slack.say(ada, channel, "one")
    await slack.say(ada, channel, "two", thread=root)

    await slack.delete(root)

    assert slack.shown(channel) == ["This message was deleted.", "two"]


async def test_files_joining_and_other_subtypes(slack: FakeSlack) -> None:
    ada, channel = slack.add_user("ada"), slack.add_channel()
    await slack.say(ada, channel, "see", files=[Upload("a.txt", b"words")])
    await slack.say(ada, channel, "waves", subtype="me_message")
    await slack.join(slack.add_user("bob"), channel)
    other = slack.add_user("other-bot", is_bot=True)
    await slack.say(other, channel, "beep", subtype="bot_message")

    assert kinds(slack) == [
        ("message", "file_share"),
        ("message", "me_message"),
        ("member_joined_channel", ""),
        ("message", "channel_join"),
        ("message", "bot_message"),
    ]
    (file,) = told(slack)[0]["files"]
    assert (file["mimetype"], file["size"], file["mode"]) == ("text/plain", 5, "hosted")
    assert "bot_id" in told(slack)[-1]


async def test_the_bot_hears_of_its_own_messages(slack: FakeSlack, web: AsyncWebClient) -> None:
    channel = slack.add_channel()
    posted = await web.chat_postMessage(channel=channel.id, text="x", **QUIET)
    await web.chat_update(channel=channel.id, ts=posted["ts"], text="y")
    await web.chat_delete(channel=channel.id, ts=posted["ts"])

    assert kinds(slack) == [
        ("message", ""),
        ("message", "message_changed"),
        ("message", "message_deleted"),
    ]
    assert told(slack)[0]["bot_id"] == slack.team.bot_id


async def test_where_the_bot_is_not_it_hears_nothing(slack: FakeSlack) -> None:
    ada = slack.add_user("ada")
    outside = slack.add_channel("outside", has_bot=False)
    inside = slack.add_channel()
    await slack.mention(ada, outside, "hello?")
    await slack.expel_bot(inside)
    await slack.mention(ada, inside, "hello?")

    assert told(slack) == []


async def test_a_shared_channel_is_told_to_each_workspace_with_the_app(slack: FakeSlack) -> None:
    other = slack.add_team("globex")
    eve = slack.add_user("eve", other)
    channel = slack.add_channel("shared", shared_with=[other])

    await slack.say(eve, channel, "hi")

    envelopes = [each.payload for each in slack.deliveries.told]
    assert [each["team_id"] for each in envelopes] == [slack.team.id, other.id]
    assert all(each["is_ext_shared_channel"] for each in envelopes)
    assert {each["event"]["team"] for each in envelopes} == {other.id}


async def test_opening_looking_elsewhere_and_throwing_the_app_out(slack: FakeSlack) -> None:
    ada = slack.add_user("ada")
    channel: Channel = slack.add_channel()
    await slack.open_home(ada, "messages")
    await slack.change_context(ada, channel)
    await slack.uninstall(slack.team)

    events: list[Any] = told(slack)
    assert [each["type"] for each in events] == [
        "app_home_opened",
        "app_context_changed",
        "tokens_revoked",
        "app_uninstalled",
    ]
    assert (events[0]["tab"], events[0]["channel"]) == ("messages", slack.add_dm(ada).id)
    assert events[1]["context"]["entities"][0]["value"] == channel.id
    assert slack.bot_token == ""
