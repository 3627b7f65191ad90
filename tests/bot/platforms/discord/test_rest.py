import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.platforms.beside import File
from bot.platforms.buttons import running_buttons
from bot.platforms.discord.errors import (
    Crowded,
    DiscordRefuses,
    Forbidden,
    Gone,
    Invalid,
)
from bot.platforms.discord.outgoing import Outgoing
from bot.platforms.discord.rest import DiscordRest, open_rest
from bot.platforms.vitals import Vitals
from config.chats import DiscordSettings
from config.references import Resolved
from tests.bot.platforms.discord.posted import acknowledge
from tests.fakes.discord import (
    DROPPED,
    LOST_ANSWER,
    Channel,
    FakeDiscord,
    Permission,
    Rate,
    Status,
)

MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = f"{MESSAGES}/{{message_id}}"


def settings_for(fake: FakeDiscord, **changes: object) -> DiscordSettings:
    given = {"token": Resolved(fake.token, "env:DISCORD_TOKEN"), "api_url": fake.api_url}
    return DiscordSettings.model_validate(given | changes)


@pytest.fixture
async def rest(fake: FakeDiscord) -> AsyncIterator[DiscordRest]:
    async with open_rest(settings_for(fake)) as rest:
        yield rest


async def test_what_is_sent_edited_and_deleted_is_seen(
    fake: FakeDiscord, rest: DiscordRest, channel: Channel
) -> None:
    outgoing = Outgoing("one", running_buttons("9", "8"), (File("answer.md", "# All"),))
    post_id = await rest.send(str(channel.id), outgoing, nonce="n1")
    other_id = await rest.send(str(channel.id), Outgoing("other"), nonce="n2")
    (post, _) = fake.messages(channel)
    sent = (post.content, post.flags & 4, [file.upload.name for file in post.attachments])

    await rest.edit(str(channel.id), post_id, Outgoing("two @everyone"))
    await rest.delete(str(channel.id), other_id)
    await rest.delete(str(channel.id), other_id)

    (only,) = fake.messages(channel)
    assert sent == ("one", 4, ["answer.md"])
    assert str(only.id) == post_id
    assert (only.content, only.flags & 4, only.attachments) == ("two @everyone", 4, [])
    assert only.components == []


async def test_half_a_character_does_not_cost_the_answer(
    fake: FakeDiscord, rest: DiscordRest, channel: Channel
) -> None:
    halves = Outgoing("half \ud83d, whole \ud83d\ude00", files=(File("answer.md", "\ud83d"),))

    await rest.send(str(channel.id), Outgoing(halves.content), nonce="n1")
    await rest.send(str(channel.id), halves, nonce="n2")

    assert [each.content for each in fake.messages(channel)] == ["half \ufffd, whole 😀"] * 2


async def test_an_answer_replies_and_pings_nobody(
    fake: FakeDiscord, rest: DiscordRest, channel: Channel
) -> None:
    question = await fake.say(fake.add_user("ada"), channel, "why?")

    await rest.send(str(channel.id), Outgoing("so"), nonce="n1", reply_to=str(question.id))

    assert fake.messages(channel)[1].reference


async def test_without_sight_of_the_history_it_is_said_without_replying(
    fake: FakeDiscord, rest: DiscordRest, channel: Channel
) -> None:
    question = await fake.say(fake.add_user("ada"), channel, "why?")
    channel.deny(Permission.READ_MESSAGE_HISTORY)

    await rest.send(str(channel.id), Outgoing("so"), nonce="n1", reply_to=str(question.id))

    assert fake.messages(channel)[1].reference is None


@pytest.mark.parametrize(
    "fault", [LOST_ANSWER, DROPPED, Status(503), Status(500), Status(502), Status(429)], ids=repr
)
async def test_a_post_that_goes_wrong_is_repeated_and_there_once(
    fake: FakeDiscord, rest: DiscordRest, channel: Channel, fault: Status
) -> None:
    fake.faults.next("POST", "/messages$", fault)

    post_id = await rest.send(str(channel.id), Outgoing("once"), nonce="n1")

    assert [str(message.id) for message in fake.messages(channel)] == [post_id]
    assert len(fake.faults.happened) == 1


@pytest.mark.parametrize(
    ("permission", "named"),
    [
        pytest.param(Permission.SEND_MESSAGES, "Send Messages and Attach Files", id="send"),
        pytest.param(Permission.VIEW_CHANNEL, "View Channel", id="view"),
        pytest.param(Permission.ATTACH_FILES, "Send Messages and Attach Files", id="attach"),
    ],
)
async def test_a_missing_permission_is_named(
    rest: DiscordRest, channel: Channel, permission: Permission, named: str
) -> None:
    channel.deny(permission)

    with pytest.raises(Forbidden) as caught:
        await rest.send(str(channel.id), Outgoing("x", files=(File("answer.md", "x"),)), nonce="n1")

    assert caught.value.permission == named


async def test_what_is_gone_and_what_is_refused_are_told_apart(
    fake: FakeDiscord,
    rest: DiscordRest,
    channel: Channel,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(Gone):
        await rest.edit(str(channel.id), "1234567890123456", Outgoing("x"))
    with pytest.raises(Gone):
        await rest.send("1234567890123456", Outgoing("x"), nonce="n1")
    with pytest.raises(Gone):
        await rest.edit_original("aW50ZXJhY3Rpb24.1.1", Outgoing("x"))
    with pytest.raises(Invalid):
        await rest.send(str(channel.id), Outgoing("secret" * 400), nonce="n1")

    assert "BASE_TYPE_MAX_LENGTH" in caplog.text
    assert "secret" not in caplog.text
    fake.violations.clear()  # it was wrong on purpose


async def test_a_limit_that_is_told_is_kept_and_costs_no_refusal(
    fake: FakeDiscord, rest: DiscordRest, channel: Channel
) -> None:
    fake.limits.rates["POST", MESSAGES] = Rate(2, 0.2)

    async with asyncio.TaskGroup() as tasks:
        for i in range(5):
            tasks.create_task(rest.send(str(channel.id), Outgoing(f"{i}"), nonce=f"n{i}"))

    assert len(fake.messages(channel)) == 5
    assert not fake.limits.refusals


async def test_a_preview_never_waits_and_leaves_room_for_the_end(
    fake: FakeDiscord, rest: DiscordRest, channel: Channel
) -> None:
    fake.limits.rates["PATCH", MESSAGE] = Rate(3, 5)
    post_id = await rest.send(str(channel.id), Outgoing("0"), nonce="n1")
    for i in range(1, 3):
        await rest.edit(str(channel.id), post_id, Outgoing(f"{i}"), is_preview=True)

    with pytest.raises(Crowded) as caught:
        await rest.edit(str(channel.id), post_id, Outgoing("3"), is_preview=True)
    await rest.edit(str(channel.id), post_id, Outgoing("the end"))

    assert 0 < caught.value.wait_s <= 1
    assert fake.messages(channel)[0].content == "the end"
    assert not fake.limits.refusals


async def test_a_limit_over_everything_holds_everything_back(
    fake: FakeDiscord, rest: DiscordRest, channel: Channel
) -> None:
    other = fake.add_guild().add_channel()
    fake.faults.next("POST", "/messages$", Status(429, 0.3, "global"))
    before_s = asyncio.get_running_loop().time()

    await rest.send(str(channel.id), Outgoing("x"), nonce="n1")
    await rest.send(str(other.id), Outgoing("y"), nonce="n2")

    assert asyncio.get_running_loop().time() - before_s >= 0.3


async def test_messages_are_read_and_a_thread_is_opened_once(
    fake: FakeDiscord, rest: DiscordRest, channel: Channel
) -> None:
    ada = fake.add_user("ada")
    first, second, third = [await fake.say(ada, channel, f"{i}") for i in range(3)]
    place = str(channel.id)

    before = await rest.messages_before(place, str(third.id), 5)
    one = await rest.message(place, str(second.id))
    threads = [await rest.start_thread(place, str(first.id), "x" * 200) for _ in range(2)]

    assert [each["id"] for each in before] == [str(second.id), str(first.id)]
    assert one["author"]["username"] == "ada"
    assert threads == [str(first.id)] * 2


async def test_an_interaction_is_answered_in_its_place(
    fake: FakeDiscord, rest: DiscordRest, channel: Channel
) -> None:
    fake.world.commands[None] = [{"id": "5", "name": "ask", "type": 1, "description": "Ask"}]
    asked = await fake.slash(fake.add_user("ada"), channel, "ask")
    with pytest.raises(Gone):
        await rest.edit_original(asked.token, Outgoing("too early"))
    await acknowledge(f"{fake.api_url}/interactions/{asked.id}/{asked.token}/callback")

    post_id = await rest.edit_original(asked.token, Outgoing("so"))
    seen = [message.content for message in fake.messages(channel)]
    await rest.delete_original(asked.token)

    assert asked.original
    assert str(asked.original.id) == post_id
    assert seen == ["so"]
    assert fake.messages(channel) == []


async def test_a_wrong_token_is_explained(fake: FakeDiscord) -> None:
    wrong = settings_for(fake, token=Resolved("wrong", "env:DISCORD_TOKEN"))

    with pytest.raises(DiscordRefuses, match="DISCORD_TOKEN"):
        async with open_rest(wrong):
            pass


async def test_without_a_token_it_is_said_how_to_set_one() -> None:
    with pytest.raises(DiscordRefuses, match="DISCORD_TOKEN"):
        async with open_rest(DiscordSettings()):
            pass


async def test_what_is_sent_is_counted_by_what_it_does_and_so_is_what_is_turned_away(
    fake: FakeDiscord, channel: Channel
) -> None:
    vitals = Vitals()
    async with open_rest(settings_for(fake), vitals=vitals) as rest:
        fake.faults.next("POST", "/messages$", Status(429, 0.05))
        post_id = await rest.send(str(channel.id), Outgoing("x"), nonce="n1")
        await rest.edit(str(channel.id), post_id, Outgoing("y"))
        await rest.message(str(channel.id), post_id)
        await rest.start_thread(str(channel.id), post_id, "more")
        await rest.delete(str(channel.id), post_id)

    # Who it is, the message and the thread are what is not seen of an answer.
    assert vitals.sent == {"post": 1, "edit": 1, "delete": 1, "other": 3}
    assert vitals.limited == 1
